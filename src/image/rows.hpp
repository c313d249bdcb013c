// SPDX-License-Identifier: Apache-2.0
// The rows of a module's tables in an image, field by field: one description for both directions (SPEC.md,
// "Image").
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

#include "image/format.hpp"
#include "wasm/module.hpp"

namespace mote::image {

enum class FieldKind : uint8_t {
  Number,
  Flag,
  Place,   ///< a pointer, which images keep as a 32-bit offset; 0: none
  Extent,  ///< so many bytes from the row's first place on
  Size,    ///< wasm::Limits::Size, which images keep in 64 bits; all ones stay all ones
  Type,
};

/// A field of a structure in memory. In an image fields follow each other without padding.
struct Field {
  uint8_t at = 0;
  uint8_t bytes : 4 = 0;
  FieldKind kind : 4 = FieldKind::Number;
};

/// The rows of one table: their fields, their size in memory, what counts them, and where the module has
/// them.
struct RowKind {
  uint8_t first = 0, end = 0;
  uint8_t bytes = 0;
  CountId count{};
  uint8_t at = 0;
};

/// All tables, in the order of the format.
inline constexpr uint32_t kRowTables = 6;

struct AllFields {
  std::array<Field, 48> fields{};
  std::array<RowKind, kRowTables> kinds{};
  uint8_t field_count = 0, kind_count = 0;

  consteval void table(size_t bytes, CountId count, size_t at, std::initializer_list<Field> list) {
    RowKind& kind = kinds[kind_count++];
    kind.bytes = static_cast<uint8_t>(bytes);
    kind.count = count;
    kind.at = static_cast<uint8_t>(at);
    kind.first = field_count;
    for (const Field& field : list) fields[field_count++] = field;
    kind.end = field_count;
  }
};

#define MOTE_FIELD(T, member, kind)                                                            \
  Field {                                                                                      \
    offsetof(wasm::T, member), sizeof(static_cast<wasm::T*>(nullptr)->member), FieldKind::kind \
  }
#define MOTE_LIMITS(T, limits)                                                                         \
  MOTE_FIELD(T, limits.min, Size), MOTE_FIELD(T, limits.max, Size), MOTE_FIELD(T, limits.is_64, Flag), \
      MOTE_FIELD(T, limits.shared, Flag)
#define MOTE_TABLE(T, count, member) all.table(sizeof(wasm::T), count, offsetof(wasm::Module, member),

consteval AllFields all_fields() {
  AllFields all;
  MOTE_TABLE(FuncType, kTypes, types)
      {MOTE_FIELD(FuncType, params, Place), MOTE_FIELD(FuncType, param_count, Number),
       MOTE_FIELD(FuncType, canonical, Number)});
  MOTE_TABLE(Table, kTables, tables)
      {MOTE_FIELD(Table, type.element, Type), MOTE_LIMITS(Table, type.limits)});
  MOTE_TABLE(MemoryType, kMemories, memories)
      {MOTE_LIMITS(MemoryType, limits), MOTE_FIELD(MemoryType, page_log2, Number),
       MOTE_FIELD(MemoryType, at_first, Number)});
  MOTE_TABLE(Global, kGlobals, globals)
      {MOTE_FIELD(Global, init.at, Place), MOTE_FIELD(Global, type.type, Type), MOTE_FIELD(Global, type.mutable_, Flag)});
  MOTE_TABLE(ElementSegment, kElements, elements)
      {MOTE_FIELD(ElementSegment, items, Place), MOTE_FIELD(ElementSegment, offset.at, Place),
       MOTE_FIELD(ElementSegment, count, Number), MOTE_FIELD(ElementSegment, type, Type),
       MOTE_FIELD(ElementSegment, table, Number), MOTE_FIELD(ElementSegment, mode, Number),
       MOTE_FIELD(ElementSegment, expressions, Flag)});
  MOTE_TABLE(DataSegment, kSegments, data)
      {MOTE_FIELD(DataSegment, bytes, Place), MOTE_FIELD(DataSegment, size, Extent),
       MOTE_FIELD(DataSegment, offset.at, Place), MOTE_FIELD(DataSegment, memory, Number),
       MOTE_FIELD(DataSegment, mode, Number)});
  return all;
}
#undef MOTE_FIELD
#undef MOTE_LIMITS
#undef MOTE_TABLE

inline constexpr std::array<RowKind, kRowTables> kRowKinds = all_fields().kinds;
inline constexpr auto kFields = [] {
  std::array<Field, all_fields().field_count> fields{};
  for (size_t i = 0; i < fields.size(); ++i) fields[i] = all_fields().fields[i];
  return fields;
}();

}  // namespace mote::image
