// SPDX-License-Identifier: Apache-2.0
// The native twin: the same source, compiled for the board.
int fib_native(int n);

int fib_native(int n) {
  return n < 2 ? n : fib_native(n - 1) + fib_native(n - 2);
}
