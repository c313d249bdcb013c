// SPDX-License-Identifier: Apache-2.0
// Code of known cost. Each row says how many cycles its code takes, counted by hand from Arm's Cortex-M4 Technical Reference Manual
// (DDI 0439, tables 3-1 and 7-1, "Load/store timings") with the choices that tools/cycles/timing.hpp names: P = 2, 3 for a target
// from memory. `check` reads the rows, and compares them with what the plugin counts between the marks. r4 and r5 point to RAM, r6 is 8.
  .syntax unified
  .thumb
  .macro row cycles:req, code:req
  mov r9, r9
  \code
  mov r9, r9
  .endm

  .bss
  .balign 8
buffer: .space 256

  .text
  .global timed
  .thumb_func
timed:
  push {r4-r11, lr}
  vpush {s16-s31}
  ldr r4, =buffer
  ldr r5, =buffer + 64
  movs r6, #8
  movs r7, #1

  // Data.
  row 1, "adds r0, r1, r2"
  row 1, "mov r0, r10"
  row 2, "movw r0, #1234; movt r0, #1234"
  row 1, "add.w r0, r1, r2, lsl #3"
  row 1, "muls r0, r1, r0"
  row 1, "mla r0, r1, r2, r3"
  row 1, "umull r0, r1, r2, r3"
  row 7, "udiv r0, r6, r7"
  row 7, "sdiv r0, r6, r7"
  row 3, "cmp r6, #9; it eq; addeq r0, #1"
  row 2, "clz r0, r6; ubfx r0, r0, #2, #4"

  // Loads and stores: neighbours overlap, unless the address comes from the first.
  row 2, "ldr r0, [r4]"
  row 2, "ldrb.w r0, [r4, #100]"
  row 2, "ldrsh r0, [r4, r6]"
  row 2, "ldr r0, =0x12345678"
  row 3, "ldr r0, [r4]; ldr r1, [r5]"
  row 3, "ldr r0, [r4, r6]; str r0, [r5, #20]"
  row 3, "ldr r0, [r4, r6]; str r1, [r5, r6]"
  row 4, "ldr r0, [r4, r6]; ldr r1, [r5]; ldr r2, [r4, #4]"
  row 1, "str r0, [r4]"
  row 1, "strb.w r0, [r4, #100]"
  row 2, "str r0, [r4, r6]"
  row 4, "str r0, [r4, r6]; ldr r1, [r4]"
  row 3, "str r0, [r4]; ldr r1, [r4]"
  row 5, "str r4, [r5]; ldr r0, [r5]; ldr r1, [r0]"
  row 4, "adds r0, r4, #4; ldr r1, [r0]"
  row 3, "adds r0, r4, #4; ldr r1, [r5]"
  row 3, "add r0, r4, #4; str r1, [r0]"
  row 4, "mov r0, r6; ldr r1, [r4, r0]"
  row 3, "ldrd r0, r1, [r4]"
  row 3, "strd r0, r1, [r4]"
  row 5, "ldmia r4, {r0-r3}"
  row 6, "stmia.w r4, {r0-r3, r8}"
  row 6, "push {r0, r1}; pop {r0, r1}"
  row 2, "ldrex r0, [r4]"
  row 1, "pld [r4]"

  // Branches: 1, and P when taken.
  row 3, "b 1f; nop; 1:"
  row 2, "cmp r6, #9; beq 1f; 1:"
  row 5, "cmp r6, #8; beq 1f; nop; 1: nop"
  row 3, "cbz r7, 1f; nop; nop; 1:"
  row 4, "cbnz r7, 1f; nop; 1: nop"
  row 3, "b.w 1f; nop; 1:"
  row 6, "bl nothing"
  row 8, "ldr r0, =nothing; blx r0"
  row 12, "bl pushes"
  row 9, "movs r0, #0; tbb [pc, r0]; 2: .byte (1f - 2b) / 2, 0; nop; 1: nop"
  row 7, "adr r0, 1f; ldr pc, [r0]; .balign 4; 1: .word 2f + 1; nop; 2:"
  row 499, "movs r0, #100; 1: subs r0, #1; cmp r0, #0; bne 1b"
  row 599, "movs r0, #100; 1: ldr r1, [r4]; subs r0, #1; bne 1b"
  row 1229, "movs r1, #10; 2: movs r0, #30; 1: subs r0, #1; bne 1b; subs r1, #1; bne 2b"

  // Floating point.
  row 1, "vadd.f32 s0, s1, s2"
  row 1, "vmul.f32 s0, s1, s2"
  row 3, "vmla.f32 s0, s1, s2"
  row 3, "vfma.f32 s0, s1, s2"
  row 14, "vdiv.f32 s0, s1, s2"
  row 14, "vsqrt.f32 s0, s1"
  row 2, "vcvt.s32.f32 s0, s1; vneg.f32 s0, s1"
  row 2, "vcmp.f32 s0, s1; vmrs apsr_nzcv, fpscr"
  row 1, "vmov r0, s0"
  row 2, "vmov r0, r1, d0"
  row 2, "vldr s0, [r4]"
  row 3, "vldr d0, [r4]"
  row 2, "vstr s0, [r4]"
  row 5, "vldmia r4, {s0-s3}"
  row 9, "vstmia r4, {d0-d3}"

  vpop {s16-s31}
  pop {r4-r11, pc}

  .thumb_func
nothing:
  bx lr

  .thumb_func
pushes:
  push {r4, lr}
  pop {r4, pc}
