// SPDX-License-Identifier: Apache-2.0
// What the builder writes: code as it is made, then tables and header.
#include <cstring>

#include "compile/compile.hpp"
#include "compile/isa/target.hpp"
#include "image/build.hpp"
#include "image/data_section.hpp"
#include "image/rows.hpp"
#include "image/verify.hpp"
#include "runtime/bounds.hpp"
#include "runtime/engine.hpp"

namespace mote::image {

Builder::Builder(Pool& pool, const Sink& sink, const BuildOptions& options)
    : pool_(pool),
      sink_(sink),
      options_(options),
      code_(pool),
      mapping_(pool, options.isa),
      position_(kHeaderRoom) {
  header_.module_hash = kHashBasis;
  pool_.clear_missing();
}

Builder::~Builder() {
  if (compiler_ != nullptr) compiler_->end();
  pool_.free(body_);
  pool_.free(data_);
  pool_.free(loaded_.entries);
  wasm::release(loaded_.wasm, pool_);
}

bool Builder::write_at(uint32_t offset, const void* bytes, uint32_t size) {
  if (error_ || size == 0) return !error_;
  if (uint64_t{offset} + size > sink_.capacity) {
    fail(ErrorCode::Limit, "the image does not fit where it is written to", sink_.capacity);
  } else if (!sink_.write(sink_.context, offset, static_cast<const uint8_t*>(bytes), size)) {
    fail(ErrorCode::Storage, "the image cannot be written: the flash or file failed");
  }
  return !error_;
}

bool Builder::write(const void* bytes, uint32_t size) {
  write_at(position_, bytes, size);
  position_ += size;
  return !error_;
}

/// The next part begins.
void Builder::align() {
  position_ = aligned(position_);
}

namespace {

/// What machines of the ISA may have of the bounds that are asked for.
runtime::Bounds isa_bounds(const BuildOptions& options) {
  using runtime::Bounds;
  const Bounds theirs = options.isa == IsaId::X64      ? Bounds::GuardPages
                        : options.isa == IsaId::Thumb2 ? Bounds::Mpu
                                                       : Bounds::Software;
  return options.bounds == theirs ? theirs : Bounds::Software;
}

}  // namespace

/// What came before the code is stored: decodes it there.
bool Builder::begin_code() {
  decoded_ = true;
  if (error_ || !sink_.sync(sink_.context))
    return fail(ErrorCode::Storage, "the image cannot be written: the flash or file failed");
  header_.parts[kModulePart] = {kHeaderRoom, position_ - kHeaderRoom};
  const std::span<const uint8_t> prefix{sink_.base + kHeaderRoom, position_ - kHeaderRoom};
  wasm::Module& module = loaded_.wasm;
  if (!wasm::decode_prefix(prefix, pool_, module, error_)) {
    if (prefix.size() != stream_) error_.offset = Error::kNoOffset;  // sections have been left out
    return false;
  }
  const bool native = options_.isa != IsaId::Vm;
  loaded_.options = {.tier = native ? runtime::Tier::Native : runtime::Tier::Vm,
                     .bounds = runtime::module_bounds(module, isa_bounds(options_)),
                     .fuel = options_.fuel,
                     .leaves = true,
                     .isa = options_.isa,
                     .wide_types = options_.wide_types,
                     .features = options_.features};
  if (!compile::compiles_for(options_.isa))
    return fail(ErrorCode::Unsupported, "this build does not compile for the ISA: see MOTE_COMPILERS");
  if (!compile::place_globals(module, error_)) return false;
  loaded_.entries = pool_.array<uint32_t>(module.defined_functions());
  compiler_ = loaded_.entries == nullptr ? nullptr : compile::for_isa(options_.isa, [&]<IsaId I>() {
    return compile::PerIsa<I>::make_compiler(pool_, loaded_, code_, loaded_.entries,
                                             mapping_.notes(options_.map), error_);
  });
  if (compiler_ == nullptr) {
    return fail(ErrorCode::OutOfMemory, "no memory for the compiler", static_cast<uint32_t>(pool_.missing()));
  }
  align();
  header_.parts[kCodePart].at = position_;
  reserved_ = aligned(compiler_->reserved_bytes());
  code_.leave(reserved_);
  position_ += reserved_;
  return true;
}

bool Builder::compile(const uint8_t* begin, uint32_t size) {
  const wasm::Body body{begin, begin + size, begin - (stream_ - size)};
  if (!compiler_->compile(body)) {
    if (error_) return false;
    return fail(ErrorCode::OutOfMemory, "no memory for a function's code",
                static_cast<uint32_t>(pool_.missing()));
  }
  const uint32_t frame = compiler_->frame_bytes(code_.at(loaded_.entries[functions_]));
  if (frame > header_.frame_bytes) header_.frame_bytes = frame;
  ++functions_;
  mapping_.take(code_.position());
  return !compiler_->leaves() || write_code();
}

bool Builder::write_code() {
  header_.parts[kCodePart].bytes = code_.position();
  const bool ok = write(code_.data(), code_.size());
  code_.leave();
  return ok;
}

/// In pieces: nothing that large is kept.
bool Builder::write_reserved() {
  const uint32_t bytes = compiler_->reserved_bytes();
  for (uint32_t at = 0; at < bytes && !error_; at += kSectionAlign) {
    uint8_t piece[kSectionAlign];
    const uint32_t size = bytes - at < kSectionAlign ? bytes - at : kSectionAlign;
    compiler_->write_reserved(at, piece, size);
    write_at(header_.parts[kCodePart].at + at, piece, size);
  }
  return !error_;
}

bool Builder::read_data() {
  if (!sink_.sync(sink_.context))
    return fail(ErrorCode::Storage, "the image cannot be written: the flash or file failed");
  wasm::Module& module = loaded_.wasm;
  module.bytes = {sink_.base, position_};
  module.data.count = module.has_data_count ? module.data.count : 0;
  const Part data = header_.parts[kDataPart];
  if (data.at == 0) return true;
  const uint8_t* contents = sink_.base + data.at;
  data_ = read_data_section({contents, data.bytes}, contents - data_stream_, module, pool_, error_);
  return !error_;
}

uint32_t Builder::offset_of(const uint8_t* at) const {
  return at == nullptr ? 0 : static_cast<uint32_t>(at - sink_.base);
}

/// One table's rows; see rows.hpp.
void Builder::write_rows(const RowKind& kind, const std::byte* rows, uint32_t count) {
  const auto* row = reinterpret_cast<const uint8_t*>(rows);
  for (; count > 0; --count, row += kind.bytes) {
    for (uint32_t i = kind.first; i < kind.end; ++i) write_field(kFields[i], row + kFields[i].at);
  }
}

void Builder::write_field(Field field, const uint8_t* at) {
  switch (field.kind) {
    case FieldKind::Place: {
      const uint8_t* place;
      std::memcpy(&place, at, sizeof place);
      const uint32_t offset = offset_of(place);
      write(&offset, 4);
      return;
    }
    case FieldKind::Type: {
      // Builds without typed references know no type that is never null.
      wasm::ValType type;
      std::memcpy(&type, at, sizeof type);
      type = type.with_null();
      write(&type.bits, 4);
      return;
    }
    case FieldKind::Size: {
      wasm::Limits::Size size;
      std::memcpy(&size, at, sizeof size);
      const uint64_t kept = size == wasm::Limits::kNoMax ? ~uint64_t{0} : size;
      write(&kept, 8);
      return;
    }
    default:
      write(at, field.bytes);
  }
}

/// What narrow images have no place for, and what a build of another profile would not understand.
bool Builder::check_kept() {
  const wasm::Module& module = loaded_.wasm;
  if (options_.wide_types) return true;
  bool plain = true;
  for (const wasm::FuncType& type : module.types) {
    plain = plain && wasm::kind_of(type) == wasm::TypeKind::Function && !wasm::is_open(type) &&
            type.more.super_plus_1 == 0;
    const uint8_t* at = type.params;
    for (uint32_t i = 0; plain && i < type.param_count + uint32_t{type.result_count}; ++i) {
      if (i == type.param_count) at = type.results();
      const uint8_t* begin = at;
      const wasm::ValType value = wasm::next_type(at);
      // They are read in place, byte by byte.
      plain =
          at == begin + 1 && value != wasm::kV128 &&
          (!value.is_ref() || value == wasm::kFuncRef || value == wasm::kExternRef || value == wasm::kExnRef);
    }
  }
  for (const wasm::Table& table : module.tables) plain = plain && !table.type.limits.is_64;
  for (const wasm::MemoryType& memory : module.memories)
    plain = plain && !memory.limits.is_64 && !memory.limits.is_shared();
  if (plain) return true;
  return fail(ErrorCode::Unsupported, "needs types, memories or tables that the target's profile lacks");
}

void Builder::write_tables() {
  wasm::Module& module = loaded_.wasm;
  compile::size_memories(module, compiler_->touches_memory());
  align();
  Part& part = header_.parts[kTablesPart];
  part.at = position_;
  write(loaded_.entries, 4 * module.defined_functions());
  const auto handlers = compiler_->handlers();
  header_.handlers = static_cast<uint32_t>(handlers.size());
  write(handlers.data(), static_cast<uint32_t>(handlers.size_bytes()));
  if (!options_.wide_types) {
    write(module.declared, (module.functions.count + 31) / 32 * 4);
    write(module.functions.data, 2 * module.functions.count);
    write(module.tags.data, 2 * module.tags.count);
    for (const RowKind& kind : kRowKinds) {
      const auto& table = *reinterpret_cast<const wasm::Rows<const std::byte>*>(
          reinterpret_cast<const std::byte*>(&module) + kind.at);
      write_rows(kind, table.data, table.count);
    }
  }
  part.bytes = position_ - part.at;
}

void Builder::write_map() {
  if (!config::kMakesOffsetMaps || !options_.map || error_) return;
  const OffsetMap* map = mapping_.complete_map();
  if (map == nullptr)
    return void(
        fail(ErrorCode::OutOfMemory, "no memory for the offset map", static_cast<uint32_t>(pool_.missing())));
  align();
  write(map->data(), map->size());
}

void Builder::write_header() {
  const wasm::Module& module = loaded_.wasm;
  header_.magic = kMagic;
  header_.version = kVersion;
  header_.header_bytes = sizeof(Header);
  header_.length = position_;
  header_.abi = abi_of(options_.isa);
  header_.isa = static_cast<uint8_t>(options_.isa);
  header_.bounds = static_cast<uint8_t>(loaded_.options.bounds);
  const bool touches = compiler_->touches_memory();
  header_.flags = static_cast<uint8_t>((options_.fuel ? kFuel : 0) | (touches ? kTouchesMemory : 0) |
                                       (options_.wide_types ? kWide : 0) |
                                       (options_.map && config::kMakesOffsetMaps ? kMapped : 0));
  header_.features = compiler_->features();
  header_.module_bytes = stream_;
  uint64_t memory = 0;
  for (uint32_t i = module.imported_memories; i < module.memories.count; ++i)
    memory += module.memories[i].at_first;
  header_.memory_bytes = memory > 0xffff'ffff ? 0xffff'ffff : static_cast<uint32_t>(memory);
  header_.imports = offset_of(module.import_section);
  header_.exports = offset_of(module.export_section);
  header_.start = module.start;
  const uint32_t imported[] = {module.imported_functions, module.imported_tables, module.imported_memories,
                               module.imported_globals};
  for (uint32_t i = 0; i < std::size(imported); ++i) header_.imported[i] = static_cast<uint16_t>(imported[i]);
  const uint32_t counts[kCounts] = {module.functions.count, module.tables.count, module.memories.count,
                                    module.globals.count,   module.tags.count,   module.types.count,
                                    module.elements.count,  module.data.count};
  for (uint32_t i = 0; i < kCounts; ++i) header_.counts[i] = static_cast<uint16_t>(counts[i]);
  if (!sink_.sync(sink_.context))
    return void(fail(ErrorCode::Storage, "the image cannot be written: the flash or file failed"));
  header_.crc = crc_of(header_, {sink_.base, header_.length});
  uint8_t room[kHeaderRoom];
  std::memset(room, 0xff, sizeof room);
  std::memcpy(room, &header_, sizeof header_);
  write_at(0, room, sizeof room);
  if (!error_ && !sink_.sync(sink_.context))
    fail(ErrorCode::Storage, "the image cannot be written: the flash or file failed");
}

}  // namespace mote::image
