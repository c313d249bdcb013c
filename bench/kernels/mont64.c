// SPDX-License-Identifier: Apache-2.0
// 64-bit arithmetic: Montgomery multiplication (Montgomery, 1985) and powers modulo a 63-bit prime.
#include "kernel.h"

enum { kPowers = 16 };
static const uint64_t kModulus = 0x7fffffffffffffe7u;  // 2^63 - 25, a prime

typedef struct {
  uint64_t high, low;
} Wide;

static Wide multiply_wide(uint64_t a, uint64_t b) {
  const uint64_t a0 = (uint32_t)a, a1 = a >> 32, b0 = (uint32_t)b, b1 = b >> 32;
  const uint64_t low = a0 * b0, cross = a1 * b0 + (low >> 32), other = a0 * b1 + (uint32_t)cross;
  return (Wide){a1 * b1 + (cross >> 32) + (other >> 32), other << 32 | (uint32_t)low};
}

// By Newton's iteration: each step doubles the number of right bits.
static uint64_t negative_inverse(uint64_t modulus) {
  uint64_t x = modulus;
  for (int i = 0; i < 5; ++i) x *= 2 - modulus * x;
  return 0 - x;
}

static uint64_t reduce(Wide t, uint64_t inverse) {
  const Wide m = multiply_wide(t.low * inverse, kModulus);
  const uint64_t sum = t.high + m.high + (t.low != 0);
  return sum >= kModulus ? sum - kModulus : sum;
}

static uint64_t multiply(uint64_t a, uint64_t b, uint64_t inverse) {
  return reduce(multiply_wide(a, b), inverse);
}

uint32_t kernel(void) {
  const uint64_t inverse = negative_inverse(kModulus);
  uint64_t one = 1;  // 2^64 mod the modulus, by doubling
  for (int i = 0; i < 64; ++i) one = one * 2 >= kModulus ? one * 2 - kModulus : one * 2;
  uint64_t base = one;
  uint32_t check = kMixStart;
  for (uint32_t i = 1; i <= kPowers; ++i) {
    base = base + one >= kModulus ? base + one - kModulus : base + one;  // i + 1
    uint64_t power = one, square = base;
    for (uint64_t exponent = kModulus - 1 - (i & 1 ? 0 : 40000 + i); exponent; exponent >>= 1) {
      if (exponent & 1) power = multiply(power, square, inverse);
      square = multiply(square, square, inverse);
    }
    if ((i & 1) && power != one) return 0;  // Fermat's little theorem
    const uint64_t value = reduce((Wide){0, power}, inverse);
    check = mix(mix(check, (uint32_t)value), (uint32_t)(value >> 32));
  }
  return check;
}
