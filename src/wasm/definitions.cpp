// SPDX-License-Identifier: Apache-2.0
// Imports and definitions: functions, tables, memories, globals, the start function.
#include "wasm/const_expr.hpp"
#include "wasm/decoder.hpp"

namespace mote::wasm {

namespace {

constexpr uint8_t kHasMax = 1, kShared = 2, kIs64 = 4, kPageSize = 8;
/// Of what was read: a size that no type of this build can say.
constexpr uint8_t kTooLarge = 0x80;

Limits::Size read_size(Reader& reader, uint8_t& flags) {
  const uint64_t size = reader.u64();
  if (size > Limits::kNoMax) flags |= kTooLarge;
  return static_cast<Limits::Size>(size);
}

/// Limits with their flags (core spec, 5.3.12). `allowed` are the flags that the kind of type may ever have.
uint8_t read_limits(Reader& reader, Limits& limits, uint8_t allowed) {
  const uint32_t at = reader.offset();
  uint8_t flags = reader.u8();
  if (flags & ~allowed) {
    reader.fail_at("malformed limits flags", at, flags);
    return 0;
  }
  if (flags & kShared) require(reader, Proposal::Threads, at);
  if (flags & kIs64) require(reader, Proposal::Memory64, at);
  if (flags & kPageSize) require(reader, Proposal::CustomPageSizes, at);
  limits.shared = flags & kShared;
  limits.is_64 = flags & kIs64;
  limits.min = read_size(reader, flags);
  if (flags & kHasMax) limits.max = read_size(reader, flags);
  return flags;
}

/// Core spec, 3.2.11: bounds of a size, counted in pages or elements.
void check_limits(Reader& reader, const Limits& limits, uint8_t flags, Limits::Size most, Message beyond,
                  uint32_t at) {
  if ((flags & kTooLarge) || limits.min > most || ((flags & kHasMax) && limits.max > most)) {
    reader.fail_at(beyond, at);
  } else if (limits.max < limits.min) {
    reader.fail_at("size minimum must not be greater than maximum", at);
  }
}

}  // namespace

TableType read_table_type(Reader& reader, uint32_t types) {
  TableType type;
  const uint32_t at = reader.offset();
  type.element = reference_type(reader, types);
  const uint8_t flags = read_limits(reader, type.limits, kHasMax | kIs64);
  if (type.limits.address_type() == kI64) {
    check_limits(reader, type.limits, flags, Limits::kNoMax, {}, at);
  } else {
    check_limits(reader, type.limits, flags, 0xffff'ffff, "table size must be at most 4294967295 elements",
                 at);
  }
  return type;
}

MemoryType read_memory_type(Reader& reader) {
  constexpr auto kMost64 = static_cast<Limits::Size>(uint64_t{1} << 48);
  MemoryType type;
  const uint32_t at = reader.offset();
  const uint8_t flags = read_limits(reader, type.limits, kHasMax | kShared | kIs64 | kPageSize);
  if (type.limits.is_shared() && !(flags & kHasMax)) reader.fail_at("shared memory must have maximum", at);
  if (flags & kPageSize) {
    const uint32_t log2 = reader.u32();
    if (log2 != 0 && log2 != 16) {
      reader.fail_at(log2 < 64 ? Message("invalid custom page size") : Message("malformed custom page size"),
                     at, log2);
    }
    type.page_log2 = static_cast<uint8_t>(log2);
  }
  if (type.limits.address_type() == kI64) {
    check_limits(reader, type.limits, flags, type.page_log2 == 16 ? kMost64 : Limits::kNoMax,
                 "memory size must be at most 281474976710656 pages (2^64 bytes)", at);
  } else if (type.page_log2 == 16) {
    check_limits(reader, type.limits, flags, 65536, "memory size must be at most 65536 pages (4GiB)", at);
  } else {
    check_limits(reader, type.limits, flags, 0xffff'ffff,
                 "memory size must be at most 4294967295 pages of 1 byte", at);
  }
  return type;
}

GlobalType read_global_type(Reader& reader, uint32_t types) {
  GlobalType type;
  type.type = value_type(reader, reader.u8(), types);
  const uint32_t at = reader.offset();
  const uint8_t mutability = reader.u8();
  if (mutability > 1) reader.fail_at("malformed mutability", at, mutability);
  type.mutable_ = mutability == 1;
  return type;
}

/// A tag's type index, behind its attribute (core spec, 5.3.15).
static uint32_t read_tag_type(Reader& reader) {
  const uint32_t at = reader.offset();
  if (const uint8_t attribute = reader.u8(); attribute != 0)
    reader.fail_at("malformed tag attribute", at, attribute);
  return reader.u32();
}

void read_extern_type(Reader& reader, ExternKind kind, ExternType& type, uint32_t types) {
  switch (kind) {
    case ExternKind::Function:
      type.function = reader.u32();
      return;
    case ExternKind::Table:
      type.table = read_table_type(reader, types);
      return;
    case ExternKind::Memory:
      type.memory = read_memory_type(reader);
      return;
    case ExternKind::Global:
      type.global = read_global_type(reader, types);
      return;
    case ExternKind::Tag:
      if constexpr (!kExceptions) return refuse(reader, Proposal::ExceptionHandling, reader.offset() - 1);
      type.function = read_tag_type(reader);
      return;
  }
}

/// An import's two names, checked on the first walk only. True if the second is empty.
static bool skip_names(Reader& reader, bool checked) {
  if (!checked) {
    reader.name();
    return reader.name().empty();
  }
  reader.bytes(reader.u32());
  const uint32_t size = reader.u32();
  reader.bytes(size);
  return size == 0;
}

/// One import from its kind on.
[[gnu::always_inline]] inline void Decoder::read_import(Reader& reader, bool store, uint32_t (&counts)[5]) {
  const uint32_t at = reader.offset();
  const uint8_t kind = reader.u8();
  if (!reader.ok()) return;
  if (kind > 4) {
    if (kind == 0x20) return refuse(reader, Proposal::CustomDescriptors, at);  // an exact function
    return reader.fail_at("malformed import kind", at, kind);
  }
  ExternType type;
  read_extern_type(reader, static_cast<ExternKind>(kind), type, module_.types.count);
  const bool typed = kind == 0 || (kExceptions && kind == 4);
  if (store && typed && type.function >= module_.types.count)
    invalid(reader, "unknown type", at + 1, type.function);
  if (!reader.ok()) return;
  if (store) store_import(reader, static_cast<ExternKind>(kind), type, counts[kind]);
  ++counts[kind];
}

/// Several imports from one module (compact-import-section): 0x7f, then a name and a type for each; or 0x7e,
/// the type of all, and their names.
void Decoder::read_import_group(Reader& reader, uint8_t form, bool store, uint32_t (&counts)[5]) {
  Reader type = reader;
  if (form == 0x7e) {
    const uint8_t kind = reader.u8();
    ExternType skipped;
    if (kind > 4) return reader.fail_at("malformed import kind", type.offset(), kind);
    read_extern_type(reader, static_cast<ExternKind>(kind), skipped, module_.types.count);
  }
  for (uint32_t left = reader.u32(); left > 0 && reader.ok(); --left) {
    reader.name();
    Reader again = type;
    read_import(form == 0x7e ? again : reader, store, counts);
  }
}

/// Counts imports, and on the second walk stores their types: rows can only be allocated when all counts are
/// known.
void Decoder::read_imports(bool store) {
  if (!present(SectionId::Import)) return;
  Reader reader = section(SectionId::Import);
  uint32_t counts[5] = {};
  uint32_t left = reader.u32();
  if (left > reader.remaining()) reader.fail("length out of bounds");
  for (; left > 0 && reader.ok(); --left) {
    const bool nameless = skip_names(reader, store);
    const uint32_t at = reader.offset();
    const uint8_t kind = reader.at_end() ? uint8_t{0} : *reader.position();
    if (nameless && (kind == 0x7e || kind == 0x7f)) {
      if (!require(reader, Proposal::CompactImports, at)) return;
      if constexpr (enabled(Proposal::CompactImports)) {
        reader.u8();
        read_import_group(reader, kind, store, counts);
        continue;
      }
    }
    read_import(reader, store, counts);
  }
  finish(reader);
  module_.imported_functions = counts[0];
  module_.imported_tables = counts[1];
  module_.imported_memories = counts[2];
  module_.imported_globals = counts[3];
  if constexpr (kExceptions) module_.tags.imported = counts[4];
}

void Decoder::store_import(Reader& reader, ExternKind kind, const ExternType& type, uint32_t index) {
  switch (kind) {
    case ExternKind::Function:
      check_function_type(reader, type.function, reader.offset());
      module_.functions[index] = static_cast<uint16_t>(type.function);
      return;
    case ExternKind::Table:
      module_.tables[index].type = type.table;
      return note_addresses(type.table.limits);
    case ExternKind::Memory:
      module_.memories[index] = type.memory;
      return note_addresses(type.memory.limits);
    case ExternKind::Global:
      module_.globals[index].type = type.global;
      return;
    case ExternKind::Tag:
      if constexpr (kExceptions) store_tag(reader, index, type.function, reader.offset());
      return;
  }
}

/// A type that functions and tags have is a function's.
void Decoder::check_function_type(Reader& reader, uint32_t type, uint32_t offset) {
  if (kTypedReferences && module_.types[type].more.kind != TypeKind::Function)
    invalid(reader, "unknown type: it is not a function's", offset, type);
}

void Decoder::store_tag(Reader& reader, uint32_t index, uint32_t type, uint32_t offset) {
  check_function_type(reader, type, offset);
  if (module_.types[type].result_count > 0) require(reader, Proposal::StackSwitching, offset);
  module_.tags.data[index] = static_cast<uint16_t>(type);
}

void Decoder::read_tag(Reader& reader, uint32_t index) {
  const uint32_t at = reader.offset();
  const uint32_t type = read_tag_type(reader);
  if (!reader.ok()) return;
  if (type >= module_.types.count) return invalid(reader, "unknown type", at, type);
  store_tag(reader, index, type, at);
}

void Decoder::read_function(Reader& reader, uint32_t index) {
  const uint32_t at = reader.offset();
  const uint32_t type = reader.u32();
  if (type >= module_.types.count) return invalid(reader, "unknown type", at, type);
  check_function_type(reader, type, at);
  module_.functions[index] = static_cast<uint16_t>(type);
}

/// A table, or with 0x40 0x00 before it one whose elements begin with a value (core spec, 5.5.7).
void Decoder::read_table(Reader& reader, uint32_t index) {
  Table& table = module_.tables[index];
  const uint32_t at = reader.offset();
  const bool initialised = !reader.at_end() && *reader.position() == 0x40;
  if (initialised) {
    if constexpr (!kTypedReferences) return refuse(reader, Proposal::TypedFunctionReferences, at);
    reader.u8();
    if (const uint8_t zero = reader.u8(); zero != 0) return reader.fail_at("malformed table", at, zero);
  }
  table.type = read_table_type(reader, module_.types.count);
  note_addresses(table.type.limits);
  if constexpr (!kTypedReferences) return;
  if (initialised && reader.ok())
    table.init = validate_const_expr(reader, module_, table.type.element, module_.imported_globals);
  if (!initialised && !table.type.element.has_default())
    invalid(reader, "type mismatch: a table of references that cannot be null needs an initial value", at,
            index);
}

void Decoder::read_memory(Reader& reader, uint32_t index) {
  module_.memories[index] = read_memory_type(reader);
  note_addresses(module_.memories[index].limits);
}

void Decoder::read_global(Reader& reader, uint32_t index) {
  Global& global = module_.globals[index];
  global.type = read_global_type(reader, module_.types.count);
  global.init = validate_const_expr(reader, module_, global.type.type, index);
}

void Decoder::read_start() {
  Reader reader = section(SectionId::Start);
  const uint32_t at = reader.offset();
  const uint32_t start = reader.u32();
  if (!reader.ok()) return;
  if (start >= module_.functions.count) return invalid(reader, "unknown function", at, start);
  const FuncType& type = module_.type_of(start);
  if (type.param_count + type.result_count > 0) {
    return invalid(reader, "start function must have no parameters and no results", at, start);
  }
  module_.start = start;
  finish(reader);
}

}  // namespace mote::wasm
