// SPDX-License-Identifier: Apache-2.0
// Multiply-accumulate over 16-bit samples: a FIR filter in Q15.
#include "kernel.h"

enum { kTaps = 32, kSamples = 1024, kRounds = 3 };
static int16_t taps[kTaps], input[kSamples + kTaps], output[kSamples];

static int16_t saturate(int32_t x) {
  return (int16_t)(x > 32767 ? 32767 : x < -32768 ? -32768 : x);
}

static void filter(void) {
  for (int i = 0; i < kSamples; ++i) {
    int32_t sum = 1 << 14;
    for (int tap = 0; tap < kTaps; ++tap) sum += taps[tap] * input[i + tap];
    output[i] = saturate(sum >> 15);
  }
}

uint32_t kernel(void) {
  uint32_t random = 31, check = kMixStart;
  for (int i = 0; i < kTaps; ++i)
    taps[i] = (int16_t)(1800 - 110 * (i < kTaps / 2 ? kTaps / 2 - i : i - kTaps / 2));
  for (int i = 0; i < kSamples + kTaps; ++i) input[i] = (int16_t)next_random(&random);
  for (int round = 0; round < kRounds; ++round) {
    filter();
    for (int i = 0; i < kSamples; ++i) {
      check = mix(check, (uint16_t)output[i]);
      input[i] = output[i];
    }
  }
  return check;
}
