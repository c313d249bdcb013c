// SPDX-License-Identifier: Apache-2.0
// The vector table and the FPU; all else is newlib's start-up code over semihosting. A fault is reported (board.cpp), so that a
// crash on the board is never taken for success.
  .syntax unified
  .thumb
  .section .vectors, "a"
  .global vectors
vectors:
  .word STACK_END
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
  mov r0, sp  // the exception frame (ARMv7-M, B1.5.6)
  b report_fault
