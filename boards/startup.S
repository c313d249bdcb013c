// SPDX-License-Identifier: Apache-2.0
// The vector table and the FPU; all else is newlib's start-up code over semihosting. A fault is reported (board.cpp), so that a
// crash on the board is never taken for success; so is an exception that nobody handles. An RTOS defines the three it needs.
  .syntax unified
  .thumb
  .section .vectors, "a"
  .global vectors
vectors:
  .word STACK_END
  .word reset
  .word fault
  .word fault
  .word mote_memory_fault  // 4 and 5: MemManage and BusFault, which Mote takes if it has the MPU tier
  .word mote_memory_fault
  .rept 5
  .word fault
  .endr
  .word SVC_Handler  // 11 (ARMv7-M, B1.5.2; names by CMSIS)
  .word fault
  .word fault
  .word PendSV_Handler
  .word SysTick_Handler
  .global mote_unhandled_fault
  .thumb_set mote_unhandled_fault, fault
  .irp handler, mote_memory_fault, SVC_Handler, PendSV_Handler, SysTick_Handler
  .weak \handler
  .thumb_set \handler, fault
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
  tst lr, #4  // EXC_RETURN (ARMv7-M, B1.5.8): the frame (B1.5.6) lies on the process or the main stack
  ite eq
  mrseq r0, msp
  mrsne r0, psp
  b report_fault
