// SPDX-License-Identifier: Apache-2.0
// Which handlers share their ends with others (bodies_end.hpp): with -Os those of the most common layout, and
// branches that are taken. It costs them a jump, and saves 10 bytes each, 18 where the result has 64 bits.
#pragma once
#include "config/tuning.hpp"
#include "vm/instruction.hpp"

namespace mote::vm {

/// Only where a handler jumps to the next one by itself.
inline constexpr bool kSharesEnds = config::kSharedEnds && MOTE_VM_DRIVER == MOTE_VM_DRIVER_REGISTERS;

/// Forms that run so often that they keep ends of their own: each 0.3 % or more of all that the interpreter
/// executes in bench/kernels.
template <class I>
inline constexpr bool kFrequent = false;
template <>
inline constexpr bool kFrequent<Numeric<operation_of(wasm::Op::I32Add), Place::S, Place::S, Place::S>> = true;
template <>
inline constexpr bool kFrequent<Numeric<operation_of(wasm::Op::I32Shl), Place::S, Place::S, Place::K>> = true;

/// Where the destination is in the layout that shares an end: behind two operands of a byte.
inline constexpr size_t kSharedDestination = 3, kSharedSize = 4;

/// Whether a handler leaves it to a shared end to put its result into a slot.
template <class I>
constexpr bool stores_by_end() {
  constexpr Operands kOperands = I::kOperands;
  return kSharesEnds && !kFrequent<I> && kOperands.count == 3 &&
         kOperands.offset_of(2, false) == kSharedDestination && kOperands.size(false) == kSharedSize;
}

}  // namespace mote::vm
