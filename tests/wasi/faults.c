/* SPDX-License-Identifier: Apache-2.0 */
/* Functions that fail only for an address outside the memory: faults.wasm NAME. That is a trap. */
#include "check.h"

#define OUTSIDE ((void*)0xfffffff0)

int main(int argc, char** argv) {
  __wasi_size_t size;
  const char* name = argc > 1 ? argv[1] : "";
  if (strcmp(name, "args_sizes_get") == 0) return __wasi_args_sizes_get(&size, OUTSIDE);
  if (strcmp(name, "environ_sizes_get") == 0) return __wasi_environ_sizes_get(OUTSIDE, &size);
  if (strcmp(name, "random_get") == 0) return __wasi_random_get(OUTSIDE, 64);
  puts("ok");
  return 0;
}
