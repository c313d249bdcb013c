/* SPDX-License-Identifier: Apache-2.0 */
/* From one guest stack to another on Cortex-M. A suspended stack is as mote_native_help leaves it (a word, r4 to r9 and
   where to go on), with the FPU's registers that calls keep below. */
#include "native/image_thumb2.inc"
#include "native/layout.hpp"

        .text

/* Where a continuation's stack begins: at the top is the image of its first call. */
        function mote_native_start
        ldr     r4, [sp, #IMAGE_ENTRY]
        pop     {r0-r3}
        add     sp, #8
        orr     r4, r4, #1
        mov     r12, sp
        blx     r4
        .globl  mote_native_started
mote_native_started:
        sub     sp, #IMAGE_SIZE
        str     r0, [sp]
        str     r1, [sp, #4]
        ldr     r4, [r10, #MOTE_INSTANCE_ACTIVE]
        mov     r1, sp
        str     r1, [r4, #MOTE_RUN_SP]
        add     r2, r1, #IMAGE_SIZE
        ldr     r3, [r4, #MOTE_RUN_C_STACK]
        mov     sp, r3
        mov     r0, r10
        bl      mote_native_end_function
        mov     r2, r4
        ldr     r3, [r2, #MOTE_RUN_SP]
        mov     sp, r3
        b       go_on

/* Goes on with a suspended stack: r2 the run, r4 the stack pointer of what is left. */
        function mote_native_switched
#if defined(__ARM_FP)
        sub     r3, r4, #64
        vstm    r3, {s16-s31}
#endif
go_on:
#if defined(__ARM_FP)
        vpop    {s16-s31}
#endif
        ldr     r10, [r2, #MOTE_RUN_INSIDE]
        add     sp, #4
        pop     {r4-r9, lr}
        b       mote_native_return

/* Nobody catches what resume_throw has thrown: the run says where. */
        function mote_native_uncaught
        ldr     r3, [r2, #MOTE_RUN_C_STACK]
        mov     sp, r3
        movs    r0, #MOTE_EXIT_TRAPPED
        b       mote_native_leave

/* An exception that resume_throw has thrown goes on: as below, and r4 as above. */
        function mote_native_thrown
#if defined(__ARM_FP)
        sub     r3, r4, #64
        vstm    r3, {s16-s31}
#endif
/* An exception goes on at Run::ip, perhaps in another instance: r2 the run. */
        function mote_native_caught_elsewhere
        ldr     r10, [r2, #MOTE_RUN_INSIDE]
        ldr     r11, [r10, #MOTE_INSTANCE_MEMORY]
        ldr     pc, [r2, #MOTE_RUN_IP]

        .section .note.GNU-stack, "", %progbits
