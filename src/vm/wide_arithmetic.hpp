// SPDX-License-Identifier: Apache-2.0
// The wide-arithmetic proposal: 128-bit sums and products of 64-bit halves.
#pragma once
#include <cstdint>

#include "wasm/opcodes.hpp"

namespace mote::vm {

/// i64.add128 to i64.mul_wide_u. Operands lie in `slots`, low half first; the result replaces them.
void wide_arithmetic(wasm::Op op, uint32_t* slots);

}  // namespace mote::vm
