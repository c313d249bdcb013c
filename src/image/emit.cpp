// SPDX-License-Identifier: Apache-2.0
// What the builder writes: code as it is made, then tables and header.
#include <cstring>

#include "compile/compile.hpp"
#include "compile/isa/target.hpp"
#include "image/build.hpp"
#include "image/rows.hpp"
#include "image/verify.hpp"
#include "runtime/engine.hpp"

namespace mote::image {

Builder::Builder(Pool& pool, const Sink& sink, const BuildOptions& options)
    : pool_(pool), sink_(sink), options_(options), code_(pool), position_(kHeaderRoom) {
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

/// What came before the code is stored: decodes it there.
bool Builder::begin_code() {
  decoded_ = true;
  if (error_ || !sink_.sync(sink_.context))
    return fail(ErrorCode::Storage, "the image cannot be written: the flash or file failed");
  const std::span<const uint8_t> prefix{sink_.base + kHeaderRoom, position_ - kHeaderRoom};
  wasm::Module& module = loaded_.wasm;
  if (!wasm::decode_prefix(prefix, pool_, module, error_)) {
    if (prefix.size() != stream_) error_.offset = Error::kNoOffset;  // sections have been left out
    return false;
  }
  const bool native = options_.isa != IsaId::Vm;
  const bool guards = options_.bounds == runtime::Bounds::GuardPages && options_.isa == IsaId::X64 &&
                      runtime::can_be_guarded(module);
  loaded_.options = {.tier = native ? runtime::Tier::Native : runtime::Tier::Vm,
                     .bounds = guards ? runtime::Bounds::GuardPages : runtime::Bounds::Software,
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
    return compile::PerIsa<I>::make_compiler(pool_, loaded_, code_, loaded_.entries, error_);
  });
  if (compiler_ == nullptr) {
    return fail(ErrorCode::OutOfMemory, "no memory for the compiler", static_cast<uint32_t>(pool_.missing()));
  }
  align();
  header_.code = position_;
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
  return !compiler_->leaves() || write_code();
}

bool Builder::write_code() {
  header_.code_bytes = code_.position();
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
    write_at(header_.code + at, piece, size);
  }
  return !error_;
}

bool Builder::read_data() {
  if (!sink_.sync(sink_.context))
    return fail(ErrorCode::Storage, "the image cannot be written: the flash or file failed");
  wasm::Module& module = loaded_.wasm;
  module.bytes = {sink_.base, position_};
  uint32_t count = 0;
  if (data_at_ != 0) {
    const uint8_t* contents = sink_.base + data_at_;
    const uint8_t* base = contents - data_stream_;
    wasm::Reader reader(contents, contents + data_bytes_, base, error_);
    count = reader.u32();
    if (!error_ && module.has_data_count && count != module.data.count) {
      reader.fail("data count and data section have inconsistent lengths");
    } else if (!error_ && count > reader.remaining()) {
      reader.fail("length out of bounds: more elements than the section has bytes");
    }
    if (error_) return false;
    data_ = pool_.array<wasm::DataSegment>(count);
    if (data_ == nullptr) {
      return fail(ErrorCode::OutOfMemory, "no memory for data segments",
                  static_cast<uint32_t>(pool_.missing()));
    }
    if (!wasm::decode_data({contents, data_bytes_}, base, module, {data_, count}, error_)) return false;
  }
  module.data = {data_, count};
  return true;
}

uint32_t Builder::offset_of(const uint8_t* at) const {
  return at == nullptr ? 0 : static_cast<uint32_t>(at - sink_.base);
}

/// One table's rows; see rows.hpp.
void Builder::write_rows(const RowKind& kind, const void* rows, uint32_t count) {
  const auto* row = static_cast<const uint8_t*>(rows);
  for (; count > 0; --count, row += kind.bytes) {
    for (uint32_t i = kind.first; i < kind.end; ++i) write_field(kFields[i], row + kFields[i].at);
  }
}

void Builder::write_field(Field field, const uint8_t* at) {
  if (field.kind >= FieldKind::WideNumber && !options_.wide_types) return;
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
      if (!options_.wide_types) type = type.with_null();
      write(&type.bits, 4);
      return;
    }
    default:
      write(at, field.bytes);
  }
}

/// What the format has no place for, and what a build of another profile would not understand.
bool Builder::check_kept() {
  const wasm::Module& module = loaded_.wasm;
  if (compiler_->has_handlers() || module.tags.count > 0)
    return fail(ErrorCode::Unsupported, "images do not keep tags and handlers of exceptions");
  for (const wasm::FuncType& type : module.types) {
    if (wasm::kind_of(type) != wasm::TypeKind::Function)
      return fail(ErrorCode::Unsupported, "images do not keep types of structures and arrays");
    bool plain = options_.wide_types || (!wasm::is_open(type) && type.more.super_plus_1 == 0);
    const uint8_t* at = type.params;
    for (uint32_t i = 0; i < type.param_count + uint32_t{type.result_count} && !options_.wide_types; ++i) {
      if (i == type.param_count) at = type.results();
      const wasm::ValType value = wasm::next_type(at);
      plain = plain && (!value.is_ref() || value == wasm::kFuncRef || value == wasm::kExternRef);
    }
    if (!plain)
      return fail(ErrorCode::Unsupported, "needs typed references, which the target's profile lacks");
  }
  return true;
}

void Builder::write_tables() {
  wasm::Module& module = loaded_.wasm;
  align();
  header_.entries = position_;
  write(loaded_.entries, 4 * module.defined_functions());
  header_.declared = position_;
  write(module.declared, (module.functions.count + 31) / 32 * 4);
  header_.function_types = position_;
  write(module.functions.data, 2 * module.functions.count);
  header_.rows = position_;
  auto rows = [&, kind = kRowKinds.data()](const auto& table) mutable {
    write_rows(*kind++, table.data, table.count);
  };
  rows(module.types);
  rows(module.tables);
  rows(module.memories);
  rows(module.globals);
  rows(module.elements);
  rows(module.data);
  header_.rows_bytes = position_ - header_.rows;
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
                                       (options_.wide_types ? kWideTypes : 0));
  header_.features = compiler_->features();
  header_.module_bytes = stream_;
  uint64_t memory = 0;
  for (uint32_t i = module.imported_memories; i < module.memories.count; ++i)
    memory += runtime::initial_bytes(module, i, touches);
  header_.memory_bytes = memory > 0xffff'ffff ? 0xffff'ffff : static_cast<uint32_t>(memory);
  header_.imports = offset_of(module.import_section);
  header_.exports = offset_of(module.export_section);
  header_.start = module.start;
  header_.functions = module.functions.count;
  header_.imported_functions = static_cast<uint16_t>(module.imported_functions);
  header_.imported_tables = static_cast<uint16_t>(module.imported_tables);
  header_.imported_memories = static_cast<uint16_t>(module.imported_memories);
  header_.imported_globals = static_cast<uint16_t>(module.imported_globals);
  header_.types = static_cast<uint16_t>(module.types.count);
  header_.tables = static_cast<uint16_t>(module.tables.count);
  header_.memories = static_cast<uint16_t>(module.memories.count);
  header_.globals = static_cast<uint16_t>(module.globals.count);
  header_.elements = static_cast<uint16_t>(module.elements.count);
  header_.data = static_cast<uint16_t>(module.data.count);
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
