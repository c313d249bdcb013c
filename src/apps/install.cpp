// SPDX-License-Identifier: Apache-2.0
// An install: the image builder, over flash, in a pool; then the record.
#include <bit>
#include <cstring>
#include <new>

#include "apps/page_writer.hpp"
#include "apps/record.hpp"
#include "image/build.hpp"
#include "image/verify.hpp"
#include "native/features.hpp"
#include "runtime/bounds.hpp"
#include "runtime/engine.hpp"

namespace mote {

using apps::Record;
using runtime::refusal;

/// At the start of the pool's memory.
struct Installer::State {
  State(std::span<std::byte> memory, const Flash& flash, uint8_t* page, uint32_t slot_at, uint32_t slot_end,
        const image::BuildOptions& options)
      : pool(memory),
        writer(flash, page, slot_at + static_cast<uint32_t>(sizeof(Record)), slot_end,
               slot_at + flash.erase_bytes),
        builder(pool, writer.sink(), options) {}

  Pool pool;
  apps::PageWriter writer;
  image::Builder builder;
  uint32_t slot = 0;
  Record record{};
};

namespace {

bool sound(const Flash& flash, uint32_t slot_bytes) {
  return std::has_single_bit(flash.erase_bytes) && std::has_single_bit(flash.page_bytes) &&
         std::has_single_bit(flash.write_bytes) && flash.write_bytes <= image::kSectionAlign &&
         flash.page_bytes >= image::kSectionAlign && flash.page_bytes <= 4096 &&
         slot_bytes % flash.erase_bytes == 0 && slot_bytes >= flash.erase_bytes &&
         reinterpret_cast<uintptr_t>(flash.base) % image::kAlign == 0;
}

image::BuildOptions build_options(const InstallOptions& options) {
  image::BuildOptions build{.fuel = options.fuel, .names = options.names, .map = options.map};
  if constexpr (config::kNative) {
    if (options.tier == Tier::Native) {
      build.isa = config::kNativeIsa;
      build.features = native::cpu_features();
      build.bounds = runtime::machine_bounds(static_cast<runtime::Bounds>(options.bounds));
    }
  }
  return build;
}

Error flash_failed() {
  return refusal(ErrorCode::Storage, "the flash cannot be erased or programmed");
}

}  // namespace

Installer::Installer(AppStore& store, std::span<std::byte> pool, const InstallOptions& options)
    : store_(store), memory_(pool), options_(options) {}

Installer::~Installer() {
  end();
}

void Installer::end() {
  if (state_ == nullptr) return;
  peak_ = peak();
  state_->~State();
  state_ = nullptr;
}

size_t Installer::peak() const {
  if (state_ == nullptr) return peak_;
  return state_->pool.peak() + sizeof(State) + store_.flash().page_bytes;
}

Result<void> Installer::begin(std::string_view name) {
  end();
  const Flash& flash = store_.flash();
  if (options_.tier == Tier::Native ? !config::kNative : !config::kInterpreter)
    return refusal(ErrorCode::Unsupported, "this build does not have the tier: see MOTE_TIERS");
  if (name.empty() || name.size() >= AppStore::kNameBytes)
    return refusal(ErrorCode::Limit, "an app's name has 1 to 31 bytes");
  if (!sound(flash, store_.slot_bytes()))
    return refusal(ErrorCode::Storage, "the flash driver's sizes are not what mote/apps.hpp asks for");
  uint32_t slot = 0;
  if (!store_.spare(slot))
    return refusal(ErrorCode::Storage, "every slot holds an app: remove one, or make more slots");
  const auto start = reinterpret_cast<uintptr_t>(memory_.data());
  const size_t pad = (Pool::kAlign - start % Pool::kAlign) % Pool::kAlign;
  const size_t own = pad + ((sizeof(State) + 7) & ~size_t{7}) + flash.page_bytes;
  if (memory_.size() < own + 64) {
    Error error = refusal(ErrorCode::OutOfMemory, "the pool is too small for an install");
    error.detail = static_cast<uint32_t>(own + 64 - memory_.size());
    return error;
  }
  const uint32_t slot_at = slot * store_.slot_bytes();
  const uint32_t sequence = store_.next_sequence();
  if (!flash.erase(flash.context, slot_at)) return flash_failed();
  auto* page = reinterpret_cast<uint8_t*>(memory_.data() + own - flash.page_bytes);
  state_ = new (memory_.data() + pad) State(memory_.subspan(own), flash, page, slot_at,
                                            slot_at + store_.slot_bytes(), build_options(options_));
  state_->slot = slot;
  state_->record.magic = apps::kRecordMagic;
  state_->record.sequence = sequence;
  std::memcpy(state_->record.name, name.data(), name.size());
  return {};
}

Result<void> Installer::write(std::span<const uint8_t> bytes) {
  if (state_ == nullptr) return refusal(ErrorCode::Busy, "no install has begun");
  if (state_->builder.feed(bytes)) return {};
  return state_->builder.error();
}

Result<App> Installer::finish() {
  if (state_ == nullptr) return refusal(ErrorCode::Busy, "no install has begun");
  if (!state_->builder.finish()) return state_->builder.error();
  const Flash& flash = store_.flash();
  const uint32_t slot = state_->slot, slot_at = slot * store_.slot_bytes();
  Record& record = state_->record;
  record.image_bytes = state_->builder.length();
  record.image_crc = state_->builder.header().crc;
  record.crc = crc_of(record);
  Error error;
  // Read back: what the flash did not take is noticed before the app counts.
  if (!image::verify({flash.base + slot_at + sizeof(Record), record.image_bytes}, error))
    return flash_failed();
  const auto* bytes = reinterpret_cast<const uint8_t*>(&record);
  for (uint32_t at = 0, size = 0; at < sizeof(Record); at += size) {
    size = flash.page_bytes < sizeof(Record) ? flash.page_bytes : static_cast<uint32_t>(sizeof(Record));
    if (!flash.program(flash.context, slot_at + at, bytes + at, size)) return flash_failed();
  }
  end();
  App app;
  if (!store_.at(slot, app)) return flash_failed();
  return app;
}

}  // namespace mote
