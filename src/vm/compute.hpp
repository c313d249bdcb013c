// SPDX-License-Identifier: Apache-2.0
// The numeric operations of computed.inc, as functions.
#pragma once
#include <mote/error.hpp>

#include <cstdint>

#include "vm/operation.hpp"

namespace mote::vm {

/// By which the instructions AnyNumeric and AnyNumericConstant name an operation: its place in computed.inc,
/// and bit 7 if its result has 64 bits.
uint8_t number_of(Operation op);
inline constexpr uint8_t kWideResult = 0x80;

/// Does the operation of a number: operands and result lie in slots. Operations with one operand leave `y`
/// aside; without a trap, `to` receives the result.
Trap compute(uint32_t number, const uint32_t* x, const uint32_t* y, uint32_t* to);

/// The operation of a number, for tools.
Operation computed_operation(uint8_t number);

}  // namespace mote::vm
