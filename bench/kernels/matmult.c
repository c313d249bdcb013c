// SPDX-License-Identifier: Apache-2.0
// Loads and multiply-accumulate in nested loops: products of integer matrices.
#include "kernel.h"

enum { kSize = 28, kRounds = 5 };
static int32_t a[kSize][kSize], b[kSize][kSize], product[kSize][kSize];

static void multiply(void) {
  for (int row = 0; row < kSize; ++row) {
    for (int column = 0; column < kSize; ++column) {
      int32_t sum = 0;
      for (int k = 0; k < kSize; ++k) sum += a[row][k] * b[k][column];
      product[row][column] = sum;
    }
  }
}

uint32_t kernel(void) {
  uint32_t random = 7, check = kMixStart;
  for (int row = 0; row < kSize; ++row) {
    for (int column = 0; column < kSize; ++column) {
      a[row][column] = (int32_t)(next_random(&random) & 0xfff) - 2048;
      b[row][column] = (int32_t)(next_random(&random) & 0xfff) - 2048;
    }
  }
  for (int round = 0; round < kRounds; ++round) {
    multiply();
    for (int row = 0; row < kSize; ++row) {
      for (int column = 0; column < kSize; ++column) {
        check = mix(check, (uint32_t)product[row][column]);
        a[row][column] = product[row][column] & 0xfff;
      }
    }
  }
  return check;
}
