// SPDX-License-Identifier: Apache-2.0
// The main job's module: a recursive Fibonacci number between two calls to the host's timer. No C library.
#define IMPORT(name) __attribute__((import_module("env"), import_name(name)))
#define EXPORT(name) __attribute__((export_name(name)))

IMPORT("start_timer") void start_timer(void);
IMPORT("end_timer") void end_timer(void);
IMPORT("print") void print(int value);

static int fib(int n) {
  return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

// Not main(): its type is the C standard's business, and clang would wrap it.
EXPORT("main") int run(void) {
  start_timer();
  const int result = fib(24);
  end_timer();
  print(result);
  return 0;
}
