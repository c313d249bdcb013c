// SPDX-License-Identifier: Apache-2.0
// Operations on vectors (core spec, 4.4.3 and 4.4.7), done out of line.
#pragma once
#include <mote/error.hpp>

#include <cstdint>

#include "runtime/instance.hpp"
#include "wasm/opcodes.hpp"

namespace mote::vm {

/// Any opcode behind the prefix 0xfd but v128.const. Operands lie in `slots` in the order of the stack, the
/// result replaces them. `a` is the lane, or the memory; `b` its offset. A lane of an access is an operand
/// more, and so are the lanes of a shuffle.
Trap vector(runtime::Instance& instance, wasm::Op op, uint32_t* slots, uint32_t a, uint32_t b);

}  // namespace mote::vm
