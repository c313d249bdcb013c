// SPDX-License-Identifier: Apache-2.0
#include "vm/helpers.hpp"

#include <cstring>

#include "runtime/aggregates.hpp"
#include "runtime/continuation.hpp"
#include "runtime/engine.hpp"
#include "runtime/exception.hpp"
#include "vm/access.hpp"
#include "vm/atomic.hpp"
#include "vm/long_addresses.hpp"
#include "vm/vector.hpp"
#include "vm/wide_arithmetic.hpp"

namespace mote::vm {

namespace {

using runtime::Instance;

/// A load or store of any memory: address, then the value to store or the place for the loaded one.
[[maybe_unused]] Trap access_memory(Instance& instance, Operation op, uint32_t* slots, uint32_t memory,
                                    uint32_t offset) {
  uint64_t value = 0;
  const bool wide = value_slots(op) == 2;
  if (is_store(op)) value = wide ? uint64_t{slots[2]} << 32 | slots[1] : slots[1];
  if (!access(*instance.memories[memory], op, uint64_t{slots[0]} + offset, value))
    return Trap::MemoryOutOfBounds;
  if (is_store(op)) return Trap::None;
  slots[0] = static_cast<uint32_t>(value);
  if (wide) slots[1] = static_cast<uint32_t>(value >> 32);
  return Trap::None;
}

[[maybe_unused]] Trap table_get(runtime::Table& table, uint32_t* slots) {
  if (slots[0] >= table.size) return Trap::TableOutOfBounds;
  slots[0] = table.elements[slots[0]];
  return Trap::None;
}

[[maybe_unused]] Trap table_set(runtime::Table& table, const uint32_t* slots) {
  if (slots[0] >= table.size) return Trap::TableOutOfBounds;
  table.elements[slots[0]] = slots[1];
  return Trap::None;
}

/// Operations of proposals that only large profiles have.
[[maybe_unused]] Trap prefixed(Instance& instance, wasm::Op op, uint32_t* slots, uint32_t a, uint32_t b) {
  if (wasm::prefix_of(op) == 0xfd) return vector(instance, op, slots, a, b);
  if (wasm::prefix_of(op) == 0xfe) return atomic(instance, op, slots, a, b);
  wide_arithmetic(op, slots);
  return Trap::None;
}

/// global.get and global.set of a vector.
[[maybe_unused]] void global_vector(Instance& instance, bool get, uint32_t* slots, uint32_t index) {
  uint32_t* global = runtime::global_of(instance, index).slots;
  std::memcpy(get ? slots : global, get ? global : slots, 16);
}

/// What only large profiles have, or an access of a memory other than 0.
Trap other(Instance& instance, HelperNumber which, uint32_t* slots, uint32_t a, uint32_t b) {
  using wasm::Op;
  if constexpr (wasm::kExceptions) {
    if (which == helper_of(Op::Throw))
      return runtime::throw_exception(*instance.engine, *instance.tags()[a], slots);
    if (which == helper_of(Op::ThrowRef)) return runtime::throw_reference(*instance.engine, slots[0]);
  }
  if constexpr (runtime::kStackSwitching) {
    if (which == helper_of(Op::ContNew)) return runtime::new_continuation(instance, slots);
    if (which == helper_of(Op::ContBind)) return runtime::bind_continuation(instance, slots, a);
  }
  if constexpr (enabled(Proposal::Gc)) {
    if (which >= helper_of(Op::StructNew) && which <= helper_of(Op::I31GetU))
      return runtime::aggregate(instance, which - helper_of(Op::StructNew), slots, a, b);
  }
  if constexpr (kManyHelpers) {
    if (which >> 8 != 0) return prefixed(instance, static_cast<Op>(which), slots, a, b);
  }
  if constexpr (enabled(Proposal::Simd)) {
    const bool get = which == helper_of(Op::GlobalGet);
    if (get || which == helper_of(Op::GlobalSet)) {
      global_vector(instance, get, slots, a);
      return Trap::None;
    }
  }
  if constexpr (enabled(Proposal::MultiMemory))
    return access_memory(instance, static_cast<Operation>(which), slots, a, b);
  return Trap::None;
}

/// What reference types added: more of tables, and references to functions.
[[maybe_unused]] Trap reference(Instance& instance, HelperNumber which, uint32_t* slots, uint32_t a,
                                uint32_t b) {
  using wasm::Op;
  switch (which) {
    case helper_of(Op::TableGrow):
      slots[0] =
          static_cast<uint32_t>(runtime::grow(*instance.engine, *instance.tables[a], slots[1], slots[0]));
      return Trap::None;
    case helper_of(Op::TableSize):
      slots[0] = instance.tables[a]->size;
      return Trap::None;
    case helper_of(Op::TableFill):
      return runtime::table_fill(*instance.tables[a], slots[0], slots[1], slots[2]);
    case helper_of(Op::TableGet):
      return table_get(*instance.tables[a], slots);
    case helper_of(Op::TableSet):
      return table_set(*instance.tables[a], slots);
    case helper_of(Op::RefFunc):
      slots[0] = instance.pool->handle(runtime::function_object(instance, a));
      return Trap::None;
    default:
      return other(instance, which, slots, a, b);
  }
}

Trap with_short_addresses(Instance& instance, HelperNumber which, uint32_t* slots, uint32_t a, uint32_t b) {
  using wasm::Op;
  switch (which) {
    case helper_of(Op::MemorySize):
      slots[0] = runtime::pages_of(*instance.memories[a]);
      return Trap::None;
    case helper_of(Op::MemoryGrow):
      slots[0] = static_cast<uint32_t>(runtime::grow(*instance.engine, *instance.memories[a], slots[0]));
      return Trap::None;
    case helper_of(Op::MemoryInit):
      return runtime::memory_init(instance, a, b, slots[0], slots[1], slots[2]);
    case helper_of(Op::DataDrop):
      runtime::data_drop(instance, a);
      return Trap::None;
    case helper_of(Op::MemoryCopy):
      return runtime::memory_copy(*instance.memories[a], *instance.memories[b], slots[0], slots[1], slots[2]);
    case helper_of(Op::MemoryFill):
      return runtime::memory_fill(*instance.memories[a], slots[0], static_cast<uint8_t>(slots[1]), slots[2]);
    case helper_of(Op::TableInit):
      return runtime::table_init(instance, a, b, slots[0], slots[1], slots[2]);
    case helper_of(Op::ElemDrop):
      runtime::elem_drop(instance, a);
      return Trap::None;
    case helper_of(Op::TableCopy):
      return runtime::table_copy(*instance.tables[a], *instance.tables[b], slots[0], slots[1], slots[2]);
    default:
      if constexpr (enabled(Proposal::ReferenceTypes)) return reference(instance, which, slots, a, b);
      return other(instance, which, slots, a, b);
  }
}

}  // namespace

Trap helper(Instance& instance, HelperNumber which, uint32_t* slots, uint32_t a, uint32_t b) {
  if constexpr (enabled(Proposal::Memory64)) {
    if (instance.module->wasm.long_addresses) {
      const wasm::Op op = opcode_of_helper(which);
      const LongAddresses types = long_addresses(instance, op, a, b);
      Trap why = Trap::None;
      if (types.any() && !shorten(op, types, slots, why)) return why;
      why = with_short_addresses(instance, which, slots, a, b);
      if (why == Trap::None) lengthen(op, types, slots);
      return why;
    }
  }
  return with_short_addresses(instance, which, slots, a, b);
}

}  // namespace mote::vm
