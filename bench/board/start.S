// SPDX-License-Identifier: Apache-2.0
// The vector table, the FPU, and the kernel's module in flash; all else is newlib's start-up code.
  .syntax unified
  .thumb
  .section .vectors, "a"
  .global vectors
vectors:
  .word 0x20020000  // end of the RAM of netduinoplus2
  .word reset
  .rept 14
  .word fault
  .endr

  .text
  .thumb_func
reset:
  ldr r0, =0xe000ed88  // CPACR (ARMv7-M, B3.2.20): full access to coprocessors 10 and 11, the FPU
  ldr r1, [r0]
  orr r1, r1, #0xf00000
  str r1, [r0]
  dsb
  isb
  b _start
  .thumb_func
fault:
  mov r0, #0x18  // SYS_EXIT
  movw r1, #0x0023  // ADP_Stopped_RunTimeErrorUnknown
  movt r1, #0x0002
  bkpt 0xab
  b fault

  .section .rodata.kernel_module, "a"
  .balign 8
  .global kernel_module
  .global kernel_module_end
kernel_module:
  .incbin KERNEL_MODULE
kernel_module_end:
