// SPDX-License-Identifier: Apache-2.0
// Tables at run time (core spec, 4.4.6).
#include <cstring>

#include "runtime/constant.hpp"
#include "runtime/engine.hpp"

namespace mote::runtime {

namespace {

bool inside(uint32_t at, uint32_t size, uint32_t limit) {
  return at <= limit && size <= limit - at;
}

/// Bit of an element segment in Instance::dropped: behind the data segments'.
uint32_t element_bit(const Instance& instance, uint32_t segment) {
  return instance.module->wasm.data.count + segment;
}

}  // namespace

int32_t grow(Engine& engine, Table& table, uint32_t elements, uint32_t value) {
  const uint32_t old_size = table.size;
  if (!inside(old_size, elements, table.max)) return -1;
  const uint32_t size = old_size + elements;
  const size_t bytes = size_t{size} * sizeof(uint32_t);
  if (bytes / sizeof(uint32_t) != size) return -1;
  Pool& pool = engine.pool;
  if (!pool.extend(table.elements, bytes)) {
    auto* moved = can_move(engine) ? static_cast<uint32_t*>(pool.allocate(bytes)) : nullptr;
    if (moved == nullptr) return -1;
    std::memcpy(moved, table.elements, old_size * sizeof(uint32_t));
    pool.free(table.elements);
    table.elements = moved;
  }
  table.size = size;
  (void)table_fill(table, old_size, value, elements);
  return static_cast<int32_t>(old_size);
}

Trap table_init(Instance& instance, uint32_t table_index, uint32_t segment, uint32_t to, uint32_t from,
                uint32_t size) {
  Table& table = *instance.tables[table_index];
  if (!inside(to, size, table.size)) return Trap::TableOutOfBounds;
  return segment_items(instance, segment, from, size,
                       [&](uint32_t i, uint32_t reference) { table.elements[to + i] = reference; });
}

Trap table_copy(Table& to_table, const Table& from_table, uint32_t to, uint32_t from, uint32_t size) {
  if (!inside(to, size, to_table.size) || !inside(from, size, from_table.size)) return Trap::TableOutOfBounds;
  if (size > 0) std::memmove(to_table.elements + to, from_table.elements + from, size * sizeof(uint32_t));
  return Trap::None;
}

Trap table_fill(Table& table, uint32_t to, uint32_t value, uint32_t size) {
  if (!inside(to, size, table.size)) return Trap::TableOutOfBounds;
  for (uint32_t i = 0; i < size; ++i) table.elements[to + i] = value;
  return Trap::None;
}

void elem_drop(Instance& instance, uint32_t segment) {
  if constexpr (wasm::kTypedReferences) {
    instance.pool->free(instance.references.items[segment]);
    instance.references.items[segment] = nullptr;
  }
  const uint32_t bit = element_bit(instance, segment);
  instance.dropped[bit / 32] |= uint32_t{1} << bit % 32;
}

}  // namespace mote::runtime
