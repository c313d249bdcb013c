/* SPDX-License-Identifier: Apache-2.0 */
/* From one guest stack to another on x86-64. A suspended stack is as mote_native_help leaves it: r14, r13, r12, rbp and
   where to go on. Everything here is entered with the guest's stack pointer in place and the run in r10. */
#include "native/image_x64.inc"
#include "native/layout.hpp"

        .text

/* Where a continuation's stack begins: at the top is the image of its first call, of a function of anyone. */
        .globl  mote_native_start, mote_native_started
mote_native_start:
        load_image rsp
        mov     r10, [rsp + IMAGE_FUNCTION]
        mov     r11, [rsp + IMAGE_ENTRY]
        mov     eax, 0xffffffff
        add     rsp, IMAGE_SIZE
        call    r11
mote_native_started:
        sub     rsp, IMAGE_SIZE
        mov     [rsp], rax
        movsd   [rsp + IMAGE_FLOATS], xmm0
        mov     r10, [rbx + MOTE_INSTANCE_ACTIVE]
        mov     [r10 + MOTE_RUN_SP], rsp
        mov     rdi, rbx
        mov     rsi, rsp
        lea     rdx, [rsp + IMAGE_SIZE]
        mov     rsp, [r10 + MOTE_RUN_C_STACK]
        call    mote_native_end_function
        mov     r10, [rbx + MOTE_INSTANCE_ACTIVE]
        mov     rsp, [r10 + MOTE_RUN_SP]
/* Goes on with a suspended stack. */
        .globl  mote_native_switched
mote_native_switched:
        mov     rbx, [r10 + MOTE_RUN_INSIDE]
        pop     r14
        pop     r13
        pop     r12
        pop     rbp
        mov     r11, r10
        jmp     mote_native_return

/* Nobody catches what resume_throw has thrown: the run says where. */
        .globl  mote_native_uncaught
mote_native_uncaught:
        mov     rsp, [r10 + MOTE_RUN_C_STACK]
        mov     eax, MOTE_EXIT_TRAPPED
        jmp     mote_native_leave

/* An exception goes on at Run::ip, perhaps in another instance. */
        .globl  mote_native_caught_elsewhere, mote_native_thrown
mote_native_thrown:
mote_native_caught_elsewhere:
        mov     rbx, [r10 + MOTE_RUN_INSIDE]
        mov     r15, [rbx + MOTE_INSTANCE_MEMORY]
        jmp     [r10 + MOTE_RUN_IP]

        .section .note.GNU-stack, "", @progbits
