// SPDX-License-Identifier: Apache-2.0
// Single precision in nested loops: products and the Gaussian elimination of a matrix.
#include "kernel.h"

enum { kSize = 24, kRounds = 4 };
static float a[kSize][kSize], b[kSize][kSize], product[kSize][kSize];

static void multiply(void) {
  for (int row = 0; row < kSize; ++row) {
    for (int column = 0; column < kSize; ++column) {
      float sum = 0;
      for (int k = 0; k < kSize; ++k) sum += a[row][k] * b[k][column];
      product[row][column] = sum;
    }
  }
}

static float determinant_by_elimination(void) {
  float determinant = 1;
  for (int pivot = 0; pivot < kSize; ++pivot) {
    determinant *= product[pivot][pivot];
    for (int row = pivot + 1; row < kSize; ++row) {
      const float factor = product[row][pivot] / product[pivot][pivot];
      for (int column = pivot; column < kSize; ++column)
        product[row][column] -= factor * product[pivot][column];
    }
  }
  return determinant;
}

static uint32_t bits_of(float x) {
  union {
    float value;
    uint32_t bits;
  } view = {x};
  return view.bits;
}

uint32_t kernel(void) {
  uint32_t random = 41, check = kMixStart;
  for (int round = 0; round < kRounds; ++round) {
    for (int row = 0; row < kSize; ++row) {
      for (int column = 0; column < kSize; ++column) {
        a[row][column] =
            (float)(next_random(&random) & 0xffff) * (1.0f / 65536) + (row == column ? 2.0f : 0.0f);
        b[row][column] =
            (float)(next_random(&random) & 0xffff) * (1.0f / 65536) + (row == column ? 2.0f : 0.0f);
      }
    }
    multiply();
    check = mix(check, bits_of(product[5][7]));
    check = mix(check, bits_of(determinant_by_elimination()));
  }
  return check;
}
