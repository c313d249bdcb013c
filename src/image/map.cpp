// SPDX-License-Identifier: Apache-2.0
#include "image/map.hpp"

#include <cstring>

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

  /// The next table's rows, to zeroed memory at `to`, which moves past them.
  std::byte* rows(uint32_t count, std::byte*& to) {
    const RowKind kind = *kind_++;
    std::byte* const begin = to;
    for (; count > 0; --count, to += kind.bytes) {
      for (uint32_t i = kind.first; i < kind.end; ++i) field(kFields[i], to + kFields[i].at);
    }
    to = begin + table_bytes(static_cast<uint32_t>(to - begin));
    return begin;
  }
  bool ok() const { return ok_; }

  static constexpr uint32_t table_bytes(uint32_t bytes) { return (bytes + 7) & ~uint32_t{7}; }

 private:
  void field(Field field, std::byte* to) {
    const bool is_place = field.kind == FieldKind::Place;
    const uint32_t bytes = is_place ? 4 : field.bytes;
    ok_ = ok_ && static_cast<size_t>(end_ - at_) >= bytes;
    if (!ok_) return;
    if (is_place) {
      uint32_t offset;
      std::memcpy(&offset, at_, 4);
      ok_ = offset < image_.size();
      const uint8_t* place = offset == 0 ? nullptr : image_.data() + offset;
      std::memcpy(to, &place, sizeof place);
    } else {
      std::memcpy(to, at_, bytes);
    }
    if (field.kind == FieldKind::Flag || field.kind == FieldKind::WideFlag) *to &= std::byte{1};
    at_ += bytes;
  }

  std::span<const uint8_t> image_;
  const uint8_t* at_;
  const uint8_t* end_;
  const RowKind* kind_ = kRowKinds.data();
  bool ok_ = true;
};

/// Of all tables, in memory.
size_t table_bytes(const Header& header) {
  // The counts lie behind each other, in the order of the tables.
  const uint16_t counts[] = {header.types,   header.tables,   header.memories,
                             header.globals, header.elements, header.data};
  size_t bytes = 0;
  for (uint32_t i = 0; i < kTables; ++i)
    bytes += Unpacker::table_bytes(counts[i] * uint32_t{kRowKinds[i].bytes});
  return bytes;
}

bool unpack(const Header& header, std::span<const uint8_t> image, wasm::Module& module) {
  Unpacker unpacker(image, header);
  auto* to = static_cast<std::byte*>(module.storage);
  const auto rows = [&]<class T>(wasm::Rows<T>& table, uint32_t count) {
    table = {reinterpret_cast<T*>(unpacker.rows(count, to)), count};
  };
  rows(module.types, header.types);
  rows(module.tables, header.tables);
  rows(module.memories, header.memories);
  rows(module.globals, header.globals);
  rows(module.elements, header.elements);
  rows(module.data, header.data);
  return unpacker.ok();
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
  const size_t size = table_bytes(header);
  module.storage = pool.array<std::byte>(size);
  if (module.storage == nullptr) {
    error = runtime::no_room(pool, "no memory for the image's tables");
    return false;
  }
  const bool whole = unpack(header, image, module);
  module.note_long_addresses();
  loaded.in_image = true;
  loaded.options = options_of(header);
  loaded.touches_memory = (header.flags & kTouchesMemory) != 0;
  loaded.entries = reinterpret_cast<uint32_t*>(const_cast<uint8_t*>(image.data() + header.entries));
  loaded.code_bytes = header.code_bytes;
  if (!whole || !consistent(module, image)) {
    error.code = ErrorCode::ImageDamaged;
    error.say("a row of the image's tables points outside");
  } else if (compile::place_globals(module, error) && !publish(loaded, image.data() + header.code)) {
    error = runtime::no_room(pool, "no memory for the image's code");
  }
  if (!error) return true;
  wasm::release(module, pool);
  return false;
}

}  // namespace mote::image
