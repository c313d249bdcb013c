// SPDX-License-Identifier: Apache-2.0
// Atomic accesses, waiting and waking (threads proposal), done out of line.
#pragma once
#include <mote/error.hpp>

#include <cstdint>

#include "runtime/instance.hpp"
#include "wasm/opcodes.hpp"

namespace mote::vm {

/// Any opcode behind the prefix 0xfe. Operands lie in `slots` in the order of the stack, the result replaces
/// them. All are sequentially consistent.
Trap atomic(runtime::Instance& instance, wasm::Op op, uint32_t* slots, uint32_t memory, uint32_t offset);

}  // namespace mote::vm
