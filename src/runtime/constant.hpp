// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "runtime/instance.hpp"

namespace mote::runtime {

/// The value of a validated constant expression in an instance: zero-extended bits, references as in slots.
/// Moves `at` past its end.
uint64_t constant(Instance& instance, const uint8_t*& at);
inline uint64_t constant(Instance& instance, wasm::ConstExpr expression) {
  return constant(instance, expression.at);
}

/// The reference to a function that references may name.
uint32_t function_reference(Instance& instance, uint32_t index);

/// Calls `visit(i, reference)` for `count` items of an element segment from `from` on; a trap when it has
/// fewer.
template <class Visit>
Trap segment_items(Instance& instance, uint32_t segment, uint32_t from, uint32_t count, Visit visit) {
  const wasm::Module& module = instance.module->wasm;
  const wasm::ElementSegment& element = module.elements[segment];
  const uint32_t bit = module.data.count + segment;
  const bool dropped = instance.dropped[bit / 32] >> (bit % 32) & 1;
  if (uint64_t{from} + count > (dropped ? 0 : element.count)) return Trap::TableOutOfBounds;
  if constexpr (wasm::kTypedReferences) {
    if (const uint32_t* items = instance.references.items[segment]; items != nullptr) {
      for (uint32_t i = 0; i < count; ++i) visit(i, items[from + i]);
      return Trap::None;
    }
  }
  wasm::Walk walk(module.bytes, element.items);
  const uint8_t* at = element.items;
  for (uint32_t i = 0; i < from + count; ++i) {
    const auto reference = element.expressions ? static_cast<uint32_t>(constant(instance, at))
                                               : function_reference(instance, walk.u32());
    if (i >= from) visit(i - from, reference);
  }
  return Trap::None;
}

/// Likewise the place of an active segment; `outside` when it takes more than 32 bits: nothing lies there.
inline Trap constant_address(Instance& instance, wasm::ConstExpr expression, uint32_t& to, Trap outside) {
  const uint8_t* at = expression.at;
  const uint64_t address = constant(instance, at);
  to = static_cast<uint32_t>(address);
  return !enabled(Proposal::Memory64) || to == address ? Trap::None : outside;
}

/// Likewise a value of any type, to its slots.
void constant_to_slots(Instance& instance, wasm::ConstExpr expression, wasm::ValType type, uint32_t* slots);

}  // namespace mote::runtime
