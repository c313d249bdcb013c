// SPDX-License-Identifier: Apache-2.0
// Calls: the recursive Fibonacci function.
#include "kernel.h"

static uint32_t fib(uint32_t n) {
  return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

uint32_t kernel(void) {
  return fib(24);
}
