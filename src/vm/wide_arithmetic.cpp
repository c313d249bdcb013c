// SPDX-License-Identifier: Apache-2.0
#include "vm/wide_arithmetic.hpp"

#include "vm/slots.hpp"

namespace mote::vm {

namespace {

struct Wide {
  uint64_t low = 0, high = 0;
};

Wide add(Wide a, Wide b) {
  const uint64_t low = a.low + b.low;
  return {low, a.high + b.high + (low < a.low ? 1 : 0)};
}

Wide subtract(Wide a, Wide b) {
  return {a.low - b.low, a.high - b.high - (a.low < b.low ? 1 : 0)};
}

/// By 32-bit halves: no 32-bit machine has a 128-bit type.
Wide multiply(uint64_t a, uint64_t b) {
  const uint64_t a0 = static_cast<uint32_t>(a), a1 = a >> 32;
  const uint64_t b0 = static_cast<uint32_t>(b), b1 = b >> 32;
  const uint64_t low = a0 * b0;
  const uint64_t middle = a1 * b0 + (low >> 32);
  const uint64_t other = a0 * b1 + static_cast<uint32_t>(middle);
  return {other << 32 | static_cast<uint32_t>(low), a1 * b1 + (middle >> 32) + (other >> 32)};
}

}  // namespace

void wide_arithmetic(wasm::Op op, uint32_t* slots) {
  using wasm::Op;
  const uint64_t first = read64(slots), second = read64(slots + 2);
  Wide result;
  if (op == Op::I64Add128 || op == Op::I64Sub128) {
    const Wide a{first, second}, b{read64(slots + 4), read64(slots + 6)};
    result = op == Op::I64Add128 ? add(a, b) : subtract(a, b);
  } else {
    result = multiply(first, second);
    // A negative operand was taken for 2^64 more than it is.
    if (op == Op::I64MulWideS && static_cast<int64_t>(first) < 0) result.high -= second;
    if (op == Op::I64MulWideS && static_cast<int64_t>(second) < 0) result.high -= first;
  }
  write64(slots, result.low);
  write64(slots + 2, result.high);
}

}  // namespace mote::vm
