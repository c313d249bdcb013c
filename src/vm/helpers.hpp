// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <mote/error.hpp>

#include <cstdint>

#include "runtime/instance.hpp"
#include "vm/operation.hpp"
#include "wasm/opcodes.hpp"

namespace mote::vm {

/// The number by which the Helper instruction names an opcode: its byte, or its number behind the 0xfc prefix
/// (8 to 17); behind 0xfb its number and 0x80. HelperWide names all others by the number that wasm::Op gives
/// them.
constexpr HelperNumber helper_of(wasm::Op op) {
  if constexpr (wasm::kExceptions) {
    if (op == wasm::Op::Throw) return 0xa0;
    if (op == wasm::Op::ThrowRef) return 0xa1;
  }
  if constexpr (wasm::kTypedReferences) {
    if (wasm::prefix_of(op) == 0xfb) return static_cast<uint8_t>(0x80 | static_cast<uint8_t>(op));
  }
  if (wasm::prefix_of(op) == 0xfc && op <= wasm::Op::TableFill) return static_cast<uint8_t>(op);
  return static_cast<HelperNumber>(op);
}
/// The opcode, of those that work on memories or tables.
constexpr wasm::Op opcode_of_helper(HelperNumber which) {
  const bool bulk = which >= helper_of(wasm::Op::MemoryInit) && which <= helper_of(wasm::Op::TableFill);
  return bulk ? static_cast<wasm::Op>(wasm::opcode_number(0xfc, which)) : static_cast<wasm::Op>(which);
}

/// Does an operation that has no instruction of its own: tables, bulk memory, memory.size and memory.grow,
/// ref.func, and loads and stores of memories other than 0. Operands lie in `slots` in the order of the
/// stack, the result replaces them. `a` and `b` are the immediates: memory or table index, segment; for
/// accesses `a` is the memory and `b` the offset.
Trap helper(runtime::Instance& instance, HelperNumber which, uint32_t* slots, uint32_t a, uint32_t b);

}  // namespace mote::vm
