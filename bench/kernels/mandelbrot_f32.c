// SPDX-License-Identifier: Apache-2.0
// Single precision in registers: the Mandelbrot set.
#include "kernel.h"

enum { kWidth = 40, kHeight = 24, kLimit = 100 };

static uint32_t iterations(float x0, float y0) {
  float x = 0, y = 0, xx = 0, yy = 0;
  uint32_t count = 0;
  while (count < kLimit && xx + yy <= 4.0f) {
    y = 2.0f * x * y + y0;
    x = xx - yy + x0;
    xx = x * x;
    yy = y * y;
    ++count;
  }
  return count;
}

uint32_t kernel(void) {
  uint32_t check = kMixStart;
  for (int row = 0; row < kHeight; ++row) {
    for (int column = 0; column < kWidth; ++column) {
      check =
          mix(check, iterations(-2.0f + 3.0f / kWidth * (float)column, -1.0f + 2.0f / kHeight * (float)row));
    }
  }
  return check;
}
