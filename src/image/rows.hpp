// SPDX-License-Identifier: Apache-2.0
// The rows of a module's tables in an image, field by field: one description for both directions (SPEC.md,
// "Image").
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

#include "wasm/module.hpp"

namespace mote::image {

enum class FieldKind : uint8_t {
  Number,
  Flag,
  Place,  ///< a pointer, which images keep as a 32-bit offset, 0 for none
  Type,
  WideNumber,  ///< of types with extensions only (kWideTypes)
  WideFlag,
};

/// A field of a structure in memory. In an image fields follow each other without padding.
struct Field {
  uint8_t at = 0;
  uint8_t bytes : 4 = 0;
  FieldKind kind : 4 = FieldKind::Number;
};

/// The rows of one table: their fields, and their size in memory.
struct RowKind {
  uint8_t first = 0, end = 0;
  uint8_t bytes = 0;
};

/// All tables, in the order of the format.
inline constexpr uint32_t kTables = 6;

struct AllFields {
  std::array<Field, 48> fields{};
  std::array<RowKind, kTables> kinds{};
  uint8_t field_count = 0, kind_count = 0;

  consteval void table(size_t bytes, std::initializer_list<Field> list) {
    RowKind& kind = kinds[kind_count++];
    kind.bytes = static_cast<uint8_t>(bytes);
    kind.first = field_count;
    for (const Field& field : list) fields[field_count++] = field;
    kind.end = field_count;
  }
};

#define MOTE_FIELD(T, member, kind)                                                            \
  Field {                                                                                      \
    offsetof(wasm::T, member), sizeof(static_cast<wasm::T*>(nullptr)->member), FieldKind::kind \
  }
#define MOTE_LIMITS(T, limits)                                                                             \
  MOTE_FIELD(T, limits.min, Number), MOTE_FIELD(T, limits.max, Number), MOTE_FIELD(T, limits.is_64, Flag), \
      MOTE_FIELD(T, limits.shared, Flag)

consteval AllFields all_fields() {
  AllFields all;
  all.table(sizeof(wasm::FuncType),
            {MOTE_FIELD(FuncType, params, Place), MOTE_FIELD(FuncType, results_at, Number),
             MOTE_FIELD(FuncType, param_count, Number), MOTE_FIELD(FuncType, result_count, Number),
             MOTE_FIELD(FuncType, param_slots, Number), MOTE_FIELD(FuncType, result_slots, Number),
             MOTE_FIELD(FuncType, canonical, Number)});
  if (wasm::kTypedReferences) {
    for (Field field :
         {MOTE_FIELD(TypeExtension, id, WideNumber), MOTE_FIELD(TypeExtension, super_plus_1, WideNumber),
          MOTE_FIELD(TypeExtension, group, WideNumber), MOTE_FIELD(TypeExtension, group_size, WideNumber),
          MOTE_FIELD(TypeExtension, kind, WideNumber), MOTE_FIELD(TypeExtension, open, WideFlag)}) {
      field.at = static_cast<uint8_t>(field.at + offsetof(wasm::FuncType, more));
      all.fields[all.field_count++] = field;
    }
    all.kinds[0].end = all.field_count;
  }
  all.table(sizeof(wasm::Table), {MOTE_FIELD(Table, init.at, Place), MOTE_FIELD(Table, type.element, Type),
                                  MOTE_LIMITS(Table, type.limits)});
  all.table(sizeof(wasm::MemoryType),
            {MOTE_LIMITS(MemoryType, limits), MOTE_FIELD(MemoryType, page_log2, Number)});
  all.table(sizeof(wasm::Global), {MOTE_FIELD(Global, init.at, Place), MOTE_FIELD(Global, type.type, Type),
                                   MOTE_FIELD(Global, type.mutable_, Flag)});
  all.table(sizeof(wasm::ElementSegment),
            {MOTE_FIELD(ElementSegment, items, Place), MOTE_FIELD(ElementSegment, offset.at, Place),
             MOTE_FIELD(ElementSegment, count, Number), MOTE_FIELD(ElementSegment, type, Type),
             MOTE_FIELD(ElementSegment, table, Number), MOTE_FIELD(ElementSegment, mode, Number),
             MOTE_FIELD(ElementSegment, expressions, Flag)});
  all.table(sizeof(wasm::DataSegment),
            {MOTE_FIELD(DataSegment, bytes, Place), MOTE_FIELD(DataSegment, offset.at, Place),
             MOTE_FIELD(DataSegment, size, Number), MOTE_FIELD(DataSegment, memory, Number),
             MOTE_FIELD(DataSegment, mode, Number)});
  return all;
}
#undef MOTE_FIELD
#undef MOTE_LIMITS

inline constexpr std::array<RowKind, kTables> kRowKinds = all_fields().kinds;
inline constexpr auto kFields = [] {
  std::array<Field, all_fields().field_count> fields{};
  for (size_t i = 0; i < fields.size(); ++i) fields[i] = all_fields().fields[i];
  return fields;
}();

}  // namespace mote::image
