// SPDX-License-Identifier: Apache-2.0
// The native twin of a kernel: `NAME [COUNT]` runs it COUNT times (default 1) and prints its check value.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

uint32_t repeat(uint32_t count);

int main(int argc, char** argv) {
  const uint32_t count = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 0) : 1;
  printf("0x%08x\n", (unsigned)repeat(count));
  return 0;
}
