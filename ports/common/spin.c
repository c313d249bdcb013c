// SPDX-License-Identifier: Apache-2.0
// A module that never gives up the processor.
__attribute__((export_name("spin"))) int spin(void) {
  for (unsigned turns = 0;; ++turns) __asm__ volatile("" : "+r"(turns));
}
