// SPDX-License-Identifier: Apache-2.0
#include <cstring>

#include "apps/record.hpp"
#include "image/verify.hpp"
#include "runtime/engine.hpp"

namespace mote {

using apps::Record;

bool AppStore::at(uint32_t slot, App& app) const {
  if (slot >= slots()) return false;
  const uint8_t* begin = flash_.base + size_t{slot} * slot_bytes_;
  const auto& record = *reinterpret_cast<const Record*>(begin);
  if (record.magic != apps::kRecordMagic || record.crc != crc_of(record)) return false;
  if (record.image_bytes > slot_bytes_ - sizeof(Record)) return false;
  const auto* end = static_cast<const char*>(std::memchr(record.name, 0, kNameBytes));
  app.name = {record.name, end == nullptr ? kNameBytes : static_cast<size_t>(end - record.name)};
  app.slot = slot;
  app.sequence = record.sequence;
  app.image = {begin + sizeof(Record), record.image_bytes};
  Error error;
  return image::verify(app.image, error) &&
         reinterpret_cast<const image::Header*>(app.image.data())->crc == record.image_crc;
}

bool AppStore::find(std::string_view name, App& app) const {
  bool found = false;
  App other;
  for (uint32_t slot = 0; slot < slots(); ++slot) {
    if (!at(slot, other) || other.name != name || (found && other.sequence < app.sequence)) continue;
    app = other;
    found = true;
  }
  return found;
}

bool AppStore::newest(const App& app) const {
  App best;
  return find(app.name, best) && best.slot == app.slot;
}

bool AppStore::app(uint32_t index, App& app) const {
  for (uint32_t slot = 0; slot < slots(); ++slot) {
    if (at(slot, app) && newest(app) && index-- == 0) return true;
  }
  return false;
}

/// Empty slots first, then the oldest: so all wear alike.
bool AppStore::spare(uint32_t& slot) const {
  bool found = false;
  uint32_t least = 0;
  App app;
  for (uint32_t i = 0; i < slots(); ++i) {
    const bool used = at(i, app);
    if (used && newest(app)) continue;
    const uint32_t age = used ? app.sequence : 0;
    if (found && age >= least) continue;
    slot = i;
    least = age;
    found = true;
  }
  return found;
}

uint32_t AppStore::next_sequence() const {
  uint32_t most = 0;
  App app;
  for (uint32_t slot = 0; slot < slots(); ++slot) {
    if (at(slot, app) && app.sequence > most) most = app.sequence;
  }
  return most + 1;
}

Result<void> AppStore::remove(std::string_view name) {
  App app;
  if (!find(name, app)) return runtime::refusal(ErrorCode::NotFound, "no app of that name is installed");
  // The newest last: until then the app is there.
  const uint32_t newest_slot = app.slot;
  for (uint32_t i = 0; i <= slots(); ++i) {
    const uint32_t slot = i == slots() ? newest_slot : i;
    if (i < slots() && (slot == newest_slot || !at(slot, app) || app.name != name)) continue;
    if (!flash_.erase(flash_.context, slot * slot_bytes_))
      return runtime::refusal(ErrorCode::Storage, "the flash cannot be erased");
  }
  return {};
}

}  // namespace mote
