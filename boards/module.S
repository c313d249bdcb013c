// SPDX-License-Identifier: Apache-2.0
// The app's module, in flash.
  .section .rodata.module, "a"
  .balign 8
  .global module_begin
  .global module_end
module_begin:
  .incbin MODULE_FILE
module_end:
