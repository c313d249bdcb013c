// SPDX-License-Identifier: Apache-2.0
#include "image/map.hpp"

#include <cstring>
#include <new>

#include "compile/compile.hpp"
#include "image/format.hpp"
#include "image/rows.hpp"
#include "native/executable.hpp"
#include "runtime/engine.hpp"
#include "wasm/reader.hpp"

namespace mote::image {

namespace {

/// Reads rows; see rows.hpp. The first place outside of the image fails it.
class Unpacker {
 public:
  Unpacker(std::span<const uint8_t> image, const Header& header)
      : image_(image), at_(image.data() + header.rows), end_(at_ + header.rows_bytes) {}

  template <class T>
  void number(T& value) {
    take(&value, sizeof(T));
  }
  void number(bool& value) {
    uint8_t byte = 0;
    number(byte);
    value = byte != 0;
  }
  void place(const uint8_t*& at) {
    uint32_t offset = 0;
    number(offset);
    ok_ = ok_ && offset < image_.size();
    at = ok_ && offset != 0 ? image_.data() + offset : nullptr;
  }
  void type(wasm::ValType& type) { number(type.bits); }
  static constexpr bool wide() { return true; }
  bool ok() const { return ok_; }

 private:
  void take(void* to, size_t size) {
    ok_ = ok_ && static_cast<size_t>(end_ - at_) >= size;
    if (!ok_) return std::memset(to, 0, size), void();
    std::memcpy(to, at_, size);
    at_ += size;
  }

  std::span<const uint8_t> image_;
  const uint8_t* at_;
  const uint8_t* end_;
  bool ok_ = true;
};

template <class T>
void cut(wasm::Rows<T>& rows, uint32_t count, size_t& size, std::byte* block) {
  size = (size + alignof(T) - 1) & ~(alignof(T) - 1);
  rows.count = count;
  rows.data = block == nullptr ? nullptr : reinterpret_cast<T*>(block + size);
  for (uint32_t i = 0; block != nullptr && i < count; ++i) new (&rows.data[i]) T;
  size += sizeof(T) * count;
}

size_t lay_out(const Header& header, wasm::Module& module, std::byte* block) {
  size_t size = 0;
  cut(module.tables, header.tables, size, block);
  cut(module.memories, header.memories, size, block);
  cut(module.types, header.types, size, block);
  cut(module.globals, header.globals, size, block);
  cut(module.elements, header.elements, size, block);
  cut(module.data, header.data, size, block);
  return size;
}

/// Types that name each other, in builds that know such: as the decoder would have them, so that the engine's
/// registry can rely on it.
bool types_consistent(const wasm::Module& module, std::span<const uint8_t> image) {
  const uint8_t* end = image.data() + image.size();
  for (uint32_t i = 0; i < module.types.count; ++i) {
    const wasm::FuncType& type = module.types[i];
    const uint32_t first = type.more.group, behind = first + type.more.group_size;
    if (first > i || behind <= i || behind > module.types.count || module.types[first].more.group != first ||
        module.types[first].more.group_size != type.more.group_size || type.canonical > i ||
        type.more.super_plus_1 > i || type.more.kind != wasm::TypeKind::Function)
      return false;
    Error error;
    for (const bool results : {false, true}) {
      wasm::Reader reader(results ? type.results() : type.params, end, image.data(), error);
      for (uint32_t left = results ? type.result_count : type.param_count; left > 0 && reader.ok(); --left)
        (void)wasm::value_type(reader, reader.u8(), behind);
    }
    if (error) return false;
  }
  return true;
}

/// What rows say of other rows and of the image.
bool consistent(const wasm::Module& module, std::span<const uint8_t> image) {
  const auto left = [&](const uint8_t* at) {
    return at == nullptr ? 0 : static_cast<size_t>(image.data() + image.size() - at);
  };
  bool ok = true;
  for (const wasm::FuncType& type : module.types) {
    ok = ok && type.canonical < module.types.count &&
         size_t{type.results_at} + type.result_count <= left(type.params) &&
         type.param_count <= left(type.params);
  }
  for (const wasm::ElementSegment& segment : module.elements) {
    const bool active = segment.mode == wasm::SegmentMode::Active;
    ok = ok && segment.count <= left(segment.items) &&
         (!active || (segment.table < module.tables.count && segment.offset.at != nullptr));
  }
  for (const wasm::DataSegment& segment : module.data) {
    const bool active = segment.mode == wasm::SegmentMode::Active;
    ok = ok && segment.size <= left(segment.bytes) &&
         (!active || (segment.memory < module.memories.count && segment.offset.at != nullptr));
  }
  for (uint32_t i = module.imported_globals; i < module.globals.count; ++i)
    ok = ok && module.globals[i].init.at != nullptr;
  if constexpr (wasm::kTypedReferences) return ok && types_consistent(module, image);
  return ok;
}

void read_header(const Header& header, std::span<const uint8_t> image, wasm::Module& module) {
  const auto part = [&](uint32_t offset) { return offset == 0 ? nullptr : image.data() + offset; };
  module.bytes = image;
  // Nobody writes to them: they are written where a module is decoded only.
  module.functions = {reinterpret_cast<uint16_t*>(const_cast<uint8_t*>(part(header.function_types))),
                      header.functions};
  module.declared = reinterpret_cast<uint32_t*>(const_cast<uint8_t*>(part(header.declared)));
  module.imported_functions = header.imported_functions;
  module.imported_tables = header.imported_tables;
  module.imported_memories = header.imported_memories;
  module.imported_globals = header.imported_globals;
  module.start = header.start;
  module.import_section = part(header.imports);
  module.export_section = part(header.exports);
  module.name_section = part(header.names);
  module.name_section_size = header.names_bytes;
}

runtime::CodeOptions options_of(const Header& header) {
  const auto isa = static_cast<IsaId>(header.isa);
  return {.tier = isa == IsaId::Vm ? runtime::Tier::Vm : runtime::Tier::Native,
          .bounds = static_cast<runtime::Bounds>(header.bounds),
          .fuel = (header.flags & kFuel) != 0,
          .isa = isa,
          .wide_types = (header.flags & kWideTypes) != 0,
          .features = header.features};
}

bool publish(runtime::LoadedModule& loaded, const uint8_t* code) {
  if constexpr (config::kNative) {
    if (loaded.options.tier == runtime::Tier::Native) return native::publish_image(loaded, code);
  }
  loaded.code = const_cast<uint8_t*>(code);
  return true;
}

}  // namespace

bool map(std::span<const uint8_t> image, Pool& pool, runtime::LoadedModule& loaded, Error& error) {
  const auto& header = *reinterpret_cast<const Header*>(image.data());
  wasm::Module& module = loaded.wasm;
  read_header(header, image, module);
  const size_t size = lay_out(header, module, nullptr);
  module.storage = pool.allocate(size);
  if (module.storage == nullptr) {
    error = runtime::out_of_memory(pool, "the pool is too small for the image's tables");
    return false;
  }
  lay_out(header, module, static_cast<std::byte*>(module.storage));
  Unpacker unpacker(image, header);
  rows(unpacker, module);
  module.note_long_addresses();
  loaded.in_image = true;
  loaded.options = options_of(header);
  loaded.touches_memory = (header.flags & kTouchesMemory) != 0;
  loaded.entries = reinterpret_cast<uint32_t*>(const_cast<uint8_t*>(image.data() + header.entries));
  loaded.code_bytes = header.code_bytes;
  if (!unpacker.ok() || !consistent(module, image)) {
    error = {.code = ErrorCode::ImageDamaged, .message = "a row of the image's tables points outside"};
  } else if (compile::place_globals(module, error) && !publish(loaded, image.data() + header.code)) {
    error = runtime::out_of_memory(pool, "no memory for the image's code");
  }
  if (!error) return true;
  wasm::release(module, pool);
  return false;
}

}  // namespace mote::image
