// SPDX-License-Identifier: Apache-2.0
// Byte stores in loops with a stride: the sieve of Eratosthenes.
#include "kernel.h"

enum { kSize = 8192, kRounds = 6 };
static uint8_t composite[kSize];

static uint32_t count_primes(void) {
  for (uint32_t i = 0; i < kSize; ++i) composite[i] = 0;
  uint32_t count = 0;
  for (uint32_t i = 2; i < kSize; ++i) {
    if (composite[i]) continue;
    ++count;
    for (uint32_t multiple = 2 * i; multiple < kSize; multiple += i) composite[multiple] = 1;
  }
  return count;
}

uint32_t kernel(void) {
  uint32_t check = kMixStart;
  for (uint32_t round = 0; round < kRounds; ++round) check = mix(check, count_primes() + round);
  return check;
}
