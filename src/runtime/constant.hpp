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

}  // namespace mote::runtime
