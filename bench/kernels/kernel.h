// SPDX-License-Identifier: Apache-2.0
// What every kernel shares. A kernel is one file with `uint32_t kernel(void)`: no libc, all state static, the
// same result at every call. Built three times: for WebAssembly, for the board and for the host.
#pragma once
#include <stddef.h>
#include <stdint.h>

uint32_t kernel(void);

/// Pseudo-random numbers (Marsaglia, "Xorshift RNGs", 2003: the 13-17-5 triple); `state` must not be 0.
static inline uint32_t next_random(uint32_t* state) {
  uint32_t x = *state;
  x ^= x << 13;
  x ^= x >> 17;
  x ^= x << 5;
  return *state = x;
}

/// Mixes a word into a check value: FNV-1a's step, a word at a time.
static inline uint32_t mix(uint32_t check, uint32_t word) {
  return (check ^ word) * 16777619u;
}
static const uint32_t kMixStart = 2166136261u;
