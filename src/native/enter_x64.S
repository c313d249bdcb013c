/* SPDX-License-Identifier: Apache-2.0 */
/* Ways between C and guest code on x86-64. rbx: instance; r15: its memory's base. See SPEC.md, "Native code". */
#include "native/image_x64.inc"
#include "native/layout.hpp"

#define CALL_SAVED 32

        .text

/* The C stack while guest code runs: the image, then what C wants kept. c_stack is a multiple of 16. */
.macro enter_guest
        push    rbp
        push    rbx
        push    r12
        push    r13
        push    r14
        push    r15
        push    rdx
        mov     [rdi + MOTE_RUN_C_STACK], rsp
        mov     rbx, rsi
        mov     r15, [rbx + MOTE_INSTANCE_MEMORY]
.endm

/* Every register but rsp and r15, the memory's base, which may move. */
#define ALL_SIZE 112
.macro push_all
        .irp    r, rax, rcx, rdx, rsi, rdi, r8, r9, r10, r11, rbx, rbp, r12, r13, r14
        push    \r
        .endr
.endm
.macro pop_all
        .irp    r, r14, r13, r12, rbp, rbx, r11, r10, r9, r8, rdi, rsi, rdx, rcx, rax
        pop     \r
        .endr
.endm

/* Leaves the guest, which goes on at a label; its registers and stack pointer are saved. Clobbers rax. */
.macro suspend run, resume_at, exit
        mov     [\run + MOTE_RUN_INSIDE], rbx
        lea     rax, [rip + \resume_at]
        mov     [\run + MOTE_RUN_RESUME_AT], rax
        mov     rsp, [\run + MOTE_RUN_C_STACK]
        mov     eax, \exit
        jmp     leave_guest
.endm

/* On the C stack again, the exit's number in eax. */
        .globl  mote_native_leave
mote_native_leave:
leave_guest:
        pop     rdx
        pop     r15
        pop     r14
        pop     r13
        pop     r12
        pop     rbx
        pop     rbp
        ret

/* uint32_t mote_native_enter(Run*, Instance*, CallImage*) */
        .globl  mote_native_enter, mote_native_returned
        .type   mote_native_enter, @function
mote_native_enter:
        enter_guest
        mov     rax, rdx
        mov     rsp, [rax + IMAGE_SP]
        load_image rax
        call    [rax + IMAGE_ENTRY]
mote_native_returned:
        mov     r11, [rbx + MOTE_INSTANCE_ACTIVE]
        mov     rsp, [r11 + MOTE_RUN_C_STACK]
        mov     rdx, [rsp]
        mov     [rdx], rax
        movsd   [rdx + IMAGE_FLOATS], xmm0
        xor     eax, eax
        jmp     leave_guest

/* uint32_t mote_native_resume(Run*, Instance*, CallImage*) */
        .globl  mote_native_resume
        .type   mote_native_resume, @function
mote_native_resume:
        enter_guest
        mov     rsp, [rdi + MOTE_RUN_SP]
        jmp     [rdi + MOTE_RUN_RESUME_AT]

/* Called by guest code; the byte behind the call is the trap. */
        .globl  mote_native_trap
mote_native_trap:
        mov     rax, [rsp]
        movzx   ecx, byte ptr [rax]
        mov     r11, [rbx + MOTE_INSTANCE_ACTIVE]
        mov     [r11 + MOTE_RUN_TRAP], cl
/* The stack's top is a return address: the instruction before it trapped. */
trap_here:
        pop     rax
        dec     rax
/* The trapping instruction's address in rax, its function's stack pointer in rsp. */
trap_at:
        mov     r11, [rbx + MOTE_INSTANCE_ACTIVE]
        mov     [r11 + MOTE_RUN_IP], rax
        mov     [r11 + MOTE_RUN_UNWIND_SP], rsp
        mov     [r11 + MOTE_RUN_INSIDE], rbx
        mov     rsp, [r11 + MOTE_RUN_C_STACK]
        mov     eax, MOTE_EXIT_TRAPPED
        jmp     leave_guest

/* Jumped to from a prologue that has put everything back. */
        .globl  mote_native_stack_exhausted
mote_native_stack_exhausted:
        mov     r11, [rbx + MOTE_INSTANCE_ACTIVE]
        mov     byte ptr [r11 + MOTE_RUN_TRAP], 10
        jmp     trap_here

/* Where a fault in guest code is continued: the faulting instruction's address in rax. */
        .globl  mote_native_fault
mote_native_fault:
        mov     r11, [rbx + MOTE_INSTANCE_ACTIVE]
        mov     byte ptr [r11 + MOTE_RUN_TRAP], 2
        jmp     trap_at

/* Called by guest code whose fuel has run out. Keeps every register. */
        .globl  mote_native_out_of_fuel
mote_native_out_of_fuel:
        push_all
        sub     rsp, 128
        .set    i, 0
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
        movsd   [rsp + 8 * \n], xmm\n
        .endr
        mov     r11, [rbx + MOTE_INSTANCE_ACTIVE]
        mov     [r11 + MOTE_RUN_SP], rsp
        lea     rax, [rsp + 128 + ALL_SIZE + 8]
        mov     [r11 + MOTE_RUN_UNWIND_SP], rax
        mov     rax, [rax - 8]
        dec     rax
        mov     [r11 + MOTE_RUN_IP], rax
        suspend r11, resume_fuel, MOTE_EXIT_OUT_OF_FUEL
resume_fuel:
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
        movsd   xmm\n, [rsp + 8 * \n]
        .endr
        add     rsp, 128
        pop_all
        ret

/* To the guest, at the return address; unless somebody has asked it to stop. r11: the run. rax and xmm0 are results. */
        .globl  mote_native_return
mote_native_return:
return_to_guest:
        mov     r15, [rbx + MOTE_INSTANCE_MEMORY]
        cmp     byte ptr [r11 + MOTE_RUN_INTERRUPT], 0
        jne     1f
        ret
1:      pop     qword ptr [r11 + MOTE_RUN_INTERRUPTED_AT]
/* The guest stops where Run says, with every register and flag as it is: mote_preempt_signal() lets the CPU go on here. */
        .globl  mote_native_interrupted
mote_native_interrupted:
        lea     rsp, [rsp - 8]
        pushfq
        push_all
        sub     rsp, 256
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
        movups  [rsp + 16 * \n], xmm\n
        .endr
        mov     r11, [rbx + MOTE_INSTANCE_ACTIVE]
        mov     rax, [r11 + MOTE_RUN_INTERRUPTED_AT]
        mov     [rsp + 256 + ALL_SIZE + 8], rax
        mov     [r11 + MOTE_RUN_IP], rax
        lea     rax, [rsp + 256 + ALL_SIZE + 16]
        mov     [r11 + MOTE_RUN_UNWIND_SP], rax
        mov     [r11 + MOTE_RUN_SP], rsp
        suspend r11, mote_native_resume_interrupted, MOTE_EXIT_OUT_OF_FUEL
        .globl  mote_native_resume_interrupted
mote_native_resume_interrupted:
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
        movups  xmm\n, [rsp + 16 * \n]
        .endr
        add     rsp, 256
        pop_all
        popfq
        ret

/* Of a call that C++ has looked at: takes its frame down, with the function in r10 and the arguments where they were. */
.macro load_arguments
        mov     r10, [rsp + CALL_SAVED + 8]
        add     rsp, CALL_SAVED + 16
        load_image rsp
        add     rsp, IMAGE_SIZE
.endm

/* A call of a function of anyone: r10 the Function, eax the type's index that it must have or all ones, arguments as
   in any call. */
        .globl  mote_native_call
mote_native_call:
        sub     rsp, IMAGE_SIZE
        mov     [rsp], rdi
        mov     [rsp + 8], rsi
        mov     [rsp + 16], rdx
        mov     [rsp + 24], rcx
        mov     [rsp + 32], r8
        mov     [rsp + 40], r9
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7
        movsd   [rsp + IMAGE_FLOATS + 8 * \n], xmm\n
        .endr
        push    r10
        push    rax
/* Registers that the guest's code keeps values in: on its stack the collector sees them. */
        push    rbp
        push    r12
        push    r13
        push    r14
call_again:
        mov     r10, [rbx + MOTE_INSTANCE_ACTIVE]
        mov     [r10 + MOTE_RUN_SP], rsp
        mov     rdi, rbx
        mov     edx, [rsp + CALL_SAVED]
        mov     rsi, [rsp + CALL_SAVED + 8]
        lea     rcx, [rsp + CALL_SAVED + 16]
        lea     r8, [rsp + CALL_SAVED + 16 + IMAGE_SIZE + 8]
        mov     rsp, [r10 + MOTE_RUN_C_STACK]
        call    mote_native_call_function
        mov     r10, [rbx + MOTE_INSTANCE_ACTIVE]
        mov     rsp, [r10 + MOTE_RUN_SP]
        cmp     eax, MOTE_EXIT_TRAPPED
        je      call_trapped
        ja      call_not_done
        mov     rax, [rsp + CALL_SAVED + 16]
        movsd   xmm0, [rsp + CALL_SAVED + 16 + IMAGE_FLOATS]
        add     rsp, CALL_SAVED + 16 + IMAGE_SIZE
        mov     r11, r10
        jmp     return_to_guest
call_trapped:
        add     rsp, CALL_SAVED + 16 + IMAGE_SIZE
        jmp     trap_here
call_not_done:
        cmp     eax, MOTE_EXIT_CAUGHT
        je      caught
        cmp     eax, MOTE_EXIT_OWN
        je      call_own
        ja      call_across
        lea     rax, [rsp + CALL_SAVED + 16 + IMAGE_SIZE + 8]
        mov     [r10 + MOTE_RUN_UNWIND_SP], rax
        mov     rax, [rax - 8]
        dec     rax
        mov     [r10 + MOTE_RUN_IP], rax
        suspend r10, resume_call, MOTE_EXIT_WAITING
resume_call:
        mov     rbp, [rsp + 24]
        mov     r12, [rsp + 16]
        mov     r13, [rsp + 8]
        mov     r14, [rsp]
        jmp     call_again
/* The callee is the instance's own, whose type had to be looked at: as if it had been called at once. */
call_own:
        load_arguments
        mov     r15, [rbx + MOTE_INSTANCE_MEMORY]
        jmp     [r10 + MOTE_FUNCTION_ENTRY]
/* The callee is compiled code of another instance, with all arguments in registers. No C lies between them: the run
   is what it was, on the stack that it is on. */
call_across:
        load_arguments
        push    rbx
        mov     rbx, [r10 + MOTE_FUNCTION_INSTANCE]
        mov     r15, [rbx + MOTE_INSTANCE_MEMORY]
        call    [r10 + MOTE_FUNCTION_ENTRY]
        .globl  mote_native_crossed
mote_native_crossed:
        mov     r11, [rbx + MOTE_INSTANCE_ACTIVE]
        mov     rcx, [rbx + MOTE_INSTANCE_STACK_LIMIT]
        pop     rbx
        mov     [rbx + MOTE_INSTANCE_ACTIVE], r11
        mov     [rbx + MOTE_INSTANCE_STACK_LIMIT], rcx
        jmp     return_to_guest
/* r10: the run. */
caught:
        mov     rsp, [r10 + MOTE_RUN_SP]
        mov     r15, [rbx + MOTE_INSTANCE_MEMORY]
        jmp     [r10 + MOTE_RUN_RESUME_AT]

/* A call of an import whose arguments are all in registers: r10 the Function. A host function that can is called as it
   is; Run says where guest code may go on below, should it call back. */
        .globl  mote_native_host
mote_native_host:
        mov     eax, 0xffffffff
        cmp     qword ptr [r10 + MOTE_FUNCTION_INSTANCE], 0
        jne     mote_native_call
        cmp     qword ptr [r10 + MOTE_FUNCTION_ENTRY], 0
        je      mote_native_call
        push    rbp
        push    r12
        push    r13
        push    r14
        mov     r11, [rbx + MOTE_INSTANCE_ACTIVE]
        mov     [r11 + MOTE_RUN_INSIDE], rbx
        mov     [r11 + MOTE_RUN_SP], rsp
        mov     [r11 + MOTE_RUN_LINKS], rsp
        mov     rsp, [r11 + MOTE_RUN_C_STACK]
        call    [r10 + MOTE_FUNCTION_ENTRY]
        mov     r11, [rbx + MOTE_INSTANCE_ACTIVE]
        mov     rsp, [r11 + MOTE_RUN_SP]
        add     rsp, 32
        jmp     return_to_guest

/* An operation on operands in the frame: esi the operation, rdx the slots, ecx and r8d immediates. */
        .globl  mote_native_help, mote_native_numeric
mote_native_help:
        lea     rax, [rip + mote_native_help_function]
        jmp     on_c_stack
mote_native_numeric:
        lea     rax, [rip + mote_native_numeric_function]
on_c_stack:
        push    rbp
        push    r12
        push    r13
        push    r14
        mov     r10, [rbx + MOTE_INSTANCE_ACTIVE]
        mov     [r10 + MOTE_RUN_SP], rsp
        mov     rdi, rbx
        mov     rsp, [r10 + MOTE_RUN_C_STACK]
        call    rax
        mov     r10, [rbx + MOTE_INSTANCE_ACTIVE]
        mov     rsp, [r10 + MOTE_RUN_SP]
        cmp     eax, MOTE_EXIT_CAUGHT
        je      caught
        add     rsp, MOTE_HELP_RETURN
        test    eax, eax
        jne     trap_here
        mov     r11, r10
        jmp     return_to_guest

        .section .note.GNU-stack, "", @progbits
