// SPDX-License-Identifier: Apache-2.0
// Blinks: a native function of the host's, called from WebAssembly.
#define IMPORT(name) __attribute__((import_module("env"), import_name(name)))
#define EXPORT(name) __attribute__((export_name(name)))

IMPORT("led") void led(int on);

EXPORT("blink") int blink(int times) {
  for (int i = 0; i < times; ++i) {
    led(1);
    led(0);
  }
  return 2 * times;
}
