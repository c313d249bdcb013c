// SPDX-License-Identifier: Apache-2.0
// memory64: operations on memories and tables whose addresses have 64 bits. No memory or table of ours is
// larger than 32 bits can say, so operands are cut to 32 bits, or known to lie outside, and the operation is
// the one that 32-bit addresses have.
#pragma once
#include <mote/error.hpp>

#include <cstdint>

#include "runtime/instance.hpp"
#include "wasm/opcodes.hpp"

namespace mote::vm {

/// Whether the addresses of a helper's memory or table have 64 bits, and of its source's where it has two.
struct LongAddresses {
  bool first = false, second = false;

  bool any() const { return first || second; }
};
/// `a` and `b` are the helper's immediates.
LongAddresses long_addresses(const runtime::Instance& instance, wasm::Op op, uint32_t a, uint32_t b);

/// Cuts the addresses among the operands in `slots`. False when one is out of reach: `why` is the trap, or
/// None after a growth, whose result then says that it failed.
bool shorten(wasm::Op op, LongAddresses which, uint32_t* slots, Trap& why);
/// Lengthens the result of memory.size, memory.grow, table.size, table.grow.
void lengthen(wasm::Op op, LongAddresses which, uint32_t* slots);

}  // namespace mote::vm
