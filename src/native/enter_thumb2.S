/* SPDX-License-Identifier: Apache-2.0 */
/* Ways between C and guest code on Cortex-M. r10: instance; r11: its memory's base. See SPEC.md, "Native code". */
#include "native/image_thumb2.inc"
#include "native/layout.hpp"

#define CALL_SAVED 24

        .text

/* What both C and guest code keep across calls of the FPU's registers. */
#if defined(__ARM_FP)
#define SINGLES_SIZE 64
        .macro  push_singles
        vpush   {s16-s31}
        .endm
        .macro  pop_singles
        vpop    {s16-s31}
        .endm
/* All that an FPU holds. */
#define FPU_SIZE 132
        .macro  push_fpu temporary
        vpush   {s16-s31}
        vpush   {s0-s15}
        vmrs    \temporary, fpscr
        push    {\temporary}
        .endm
        .macro  pop_fpu temporary
        pop     {\temporary}
        vmsr    fpscr, \temporary
        vpop    {s0-s15}
        vpop    {s16-s31}
        .endm
#else
#define SINGLES_SIZE 0
#define FPU_SIZE 0
        .macro  push_singles
        .endm
        .macro  pop_singles
        .endm
        .macro  push_fpu temporary
        .endm
        .macro  pop_fpu temporary
        .endm
#endif

/* r0 Run, r1 Instance, r2 image. The C stack while guest code runs: the image, then what C wants kept. */
        .macro  enter_guest
        push    {r3-r11, lr}
        push_singles
        push    {r2, lr}
        mov     r3, sp
        str     r3, [r0, #MOTE_RUN_C_STACK]
        mov     r10, r1
        ldr     r11, [r10, #MOTE_INSTANCE_MEMORY]
        .endm

        .macro  to_c_stack run
        ldr     \run, [r10, #MOTE_INSTANCE_ACTIVE]
        ldr     r3, [\run, #MOTE_RUN_C_STACK]
        mov     sp, r3
        .endm

/* Leaves the guest, which goes on at a label; its registers are saved below sp. Clobbers r0 and r3. */
        .macro  suspend run, resume_at, exit
        mov     r3, sp
        str     r3, [\run, #MOTE_RUN_SP]
        adr     r3, \resume_at
        orr     r3, r3, #1
        str     r3, [\run, #MOTE_RUN_RESUME_AT]
        to_c_stack \run
        movs    r0, #\exit
        b       leave_guest
        .endm

/* uint32_t mote_native_enter(Run*, Instance*, CallImage*) */
        function mote_native_enter
        enter_guest
        ldr     r12, [r2, #IMAGE_SP]
        ldr     r4, [r2, #IMAGE_ENTRY]
        orr     r4, r4, #1
        mov     sp, r12
        ldm     r2, {r0-r3}
        blx     r4
        to_c_stack r2
        ldr     r2, [sp]
        stm     r2, {r0, r1}
        movs    r0, #MOTE_EXIT_RETURNED
/* On the C stack again, the exit's number in r0. */
        function mote_native_leave
leave_guest:
        pop     {r2, lr}
        pop_singles
        pop     {r3-r11, pc}

/* uint32_t mote_native_resume(Run*, Instance*, CallImage*) */
        function mote_native_resume
        enter_guest
        ldr     r3, [r0, #MOTE_RUN_SP]
        mov     sp, r3
        ldr     pc, [r0, #MOTE_RUN_RESUME_AT]

/* Called by guest code; r0 is the trap. */
        function mote_native_trap
        ldr     r1, [r10, #MOTE_INSTANCE_ACTIVE]
        strb    r0, [r1, #MOTE_RUN_TRAP]
/* lr is behind the instruction that trapped, sp its function's. */
trap_here:
        mov     r3, sp
trap_at:
        ldr     r1, [r10, #MOTE_INSTANCE_ACTIVE]
        bic     lr, lr, #1
        sub     lr, lr, #1
        str     lr, [r1, #MOTE_RUN_IP]
        str     r3, [r1, #MOTE_RUN_UNWIND_SP]
        str     r10, [r1, #MOTE_RUN_INSIDE]
        to_c_stack r1
        movs    r0, #MOTE_EXIT_TRAPPED
        b       leave_guest

#if defined(MOTE_COMPILER_THUMB2) || defined(MOTE_WHOLE_LOADER)
/* From the MPU's fault handler: r0 the trap, lr behind the instruction that faulted, r1 the return address of a
   function that has not saved it, or 0. */
        function mote_native_fault
        cbz     r1, 1f
        push    {r1}
1:      b       mote_native_trap
#endif

        function mote_native_stack_exhausted
        movs    r0, #10
        b       mote_native_trap

/* Called by guest code whose fuel has run out, with lr pushed. Keeps every register. */
        function mote_native_out_of_fuel
        push    {r0-r9, r12, lr}
        push_singles
        ldr     r1, [r10, #MOTE_INSTANCE_ACTIVE]
        add     r3, sp, #52 + SINGLES_SIZE
        str     r3, [r1, #MOTE_RUN_UNWIND_SP]
        bic     lr, lr, #1
        sub     lr, lr, #1
        str     lr, [r1, #MOTE_RUN_IP]
        str     r10, [r1, #MOTE_RUN_INSIDE]
        suspend r1, resume_fuel, MOTE_EXIT_OUT_OF_FUEL
        .balign 4
resume_fuel:
        pop_singles
        pop     {r0-r9, r12, pc}

/* A call of a function of anyone: r0 the Function, r1 the type's index that it must have or all ones, r12 the
   arguments and results in slots. */
        function mote_native_call
        sub     sp, #IMAGE_SIZE
        push    {r0, r1, r12, lr}
/* Registers that the guest's code keeps values in: on its stack the collector sees them. */
        push    {r4-r9}
call_again:
        ldr     r2, [r10, #MOTE_INSTANCE_ACTIVE]
        mov     r3, sp
        str     r3, [r2, #MOTE_RUN_SP]
        ldr     r12, [r2, #MOTE_RUN_C_STACK]
        sub     r12, r12, #8
        mov     sp, r12
        ldr     r2, [r3, #CALL_SAVED + 8]
        str     r2, [sp]
        ldr     r1, [r3, #CALL_SAVED]
        ldr     r2, [r3, #CALL_SAVED + 4]
        adds    r3, #CALL_SAVED + 16
        mov     r0, r10
        bl      mote_native_call_function
        ldr     r2, [r10, #MOTE_INSTANCE_ACTIVE]
        ldr     r3, [r2, #MOTE_RUN_SP]
        ldr     lr, [r3, #CALL_SAVED + 12]
        cmp     r0, #MOTE_EXIT_TRAPPED
        beq     call_trapped
        mov     sp, r3
        bhi     call_not_done
        ldr     r0, [sp, #CALL_SAVED + 16]
        ldr     r1, [sp, #CALL_SAVED + 20]
        add     sp, #CALL_SAVED + 16 + IMAGE_SIZE
/* To lr in the guest, unless somebody has asked it to stop. r0 and r1 are results. */
        function mote_native_return
return_to_guest:
        ldr     r3, [r10, #MOTE_INSTANCE_ACTIVE]
        ldrb    r12, [r3, #MOTE_RUN_INTERRUPT]
        ldr     r11, [r10, #MOTE_INSTANCE_MEMORY]
        cmp     r12, #0
        it      eq
        bxeq    lr
stop_at_lr:
        str     lr, [r3, #MOTE_RUN_INTERRUPTED_AT]
        mov     r12, #0
        str     r12, [r3, #MOTE_RUN_INTERRUPTED_FLAGS]
/* The guest stops where Run says, with every register as it is. mote_preempt() lets the CPU go on here; bit 0 of the
   flags: its function has not saved its return address. */
        function mote_native_interrupted
        sub     sp, #8
        str     lr, [sp, #4]
        push    {r0-r9, r12, lr}
        ldr     r1, [r10, #MOTE_INSTANCE_ACTIVE]
        ldr     r2, [r1, #MOTE_RUN_INTERRUPTED_FLAGS]
        ldr     r3, [r1, #MOTE_RUN_INTERRUPTED_AT]
        push    {r2}
        push_fpu r0
        orr     r3, r3, #1
        str     r3, [sp, #FPU_SIZE + 52]
        bic     r3, r3, #1
        str     r3, [r1, #MOTE_RUN_IP]
        add     r3, sp, #FPU_SIZE + 60
        and     r2, r2, #1
        sub     r3, r3, r2, lsl #2
        str     r3, [r1, #MOTE_RUN_UNWIND_SP]
        str     r10, [r1, #MOTE_RUN_INSIDE]
        suspend r1, mote_native_resume_interrupted, MOTE_EXIT_OUT_OF_FUEL
        .balign 4
        function mote_native_resume_interrupted
        pop_fpu r0
        pop     {r2}
        msr     apsr_nzcvq, r2
        pop     {r0-r9, r12, lr}
        ldr     pc, [sp], #8
/* Still on C's stack: below the guest's stack pointer lies what is kept of a run inside (runtime/inner_run.hpp), which an
   interrupt would write over. */
call_trapped:
        adds    r3, #CALL_SAVED + 16 + IMAGE_SIZE
        b       trap_at
call_not_done:
#if MOTE_CATCHES
        cmp     r0, #MOTE_EXIT_CAUGHT
        beq     caught
#endif
#if MOTE_OWN_BY_SUBTYPE
        cmp     r0, #MOTE_EXIT_OWN
        beq     call_own
        bhi     call_across
#endif
        add     r3, sp, #CALL_SAVED + 16 + IMAGE_SIZE
        str     r3, [r2, #MOTE_RUN_UNWIND_SP]
        bic     lr, lr, #1
        sub     lr, lr, #1
        str     lr, [r2, #MOTE_RUN_IP]
        str     r10, [r2, #MOTE_RUN_INSIDE]
        push_singles
        suspend r2, resume_call, MOTE_EXIT_WAITING
        .balign 4
resume_call:
        pop_singles
        ldm     sp, {r4-r9}
        b       call_again

#if MOTE_OWN_BY_SUBTYPE
/* The callee is the instance's own, whose type had to be looked at: as if it had been called at once. r4 to r9 are
   as they were; lr is loaded. */
call_own:
        ldr     r0, [sp, #CALL_SAVED]
        ldr     r12, [sp, #CALL_SAVED + 8]
        add     sp, #CALL_SAVED + 16 + IMAGE_SIZE
        ldr     r11, [r10, #MOTE_INSTANCE_MEMORY]
        ldr     r3, [r0, #MOTE_FUNCTION_ENTRY]
        orr     r3, r3, #1
        push    {r3}
        ldm     r12, {r0-r3}
        pop     {pc}

/* The callee is compiled code of another instance. No C lies between them: the run is what it was, on the stack that
   it is on. The frame stays, with the caller's instance in place of the type. */
call_across:
        ldr     r0, [sp, #CALL_SAVED]
        ldr     r12, [sp, #CALL_SAVED + 8]
        str     r10, [sp, #MOTE_ACROSS_INSTANCE]
        ldr     r10, [r0, #MOTE_FUNCTION_INSTANCE]
        ldr     lr, [r0, #MOTE_FUNCTION_ENTRY]
        ldr     r11, [r10, #MOTE_INSTANCE_MEMORY]
        orr     lr, lr, #1
        ldm     r12, {r0-r3}
        blx     lr
        .globl  mote_native_crossed
mote_native_crossed:
        push    {r0, r1, r4, r5}
        mov     r4, sp
        mov     r1, r10
        ldr     r10, [sp, #16 + MOTE_ACROSS_INSTANCE]
        ldr     r2, [r1, #MOTE_INSTANCE_ACTIVE]
        ldr     r3, [r2, #MOTE_RUN_C_STACK]
        mov     sp, r3
        mov     r0, r10
        bl      mote_native_cross_back
        mov     sp, r4
        pop     {r0, r1, r4, r5}
        ldr     lr, [sp, #MOTE_ACROSS_RETURN]
        add     sp, #MOTE_ACROSS_FRAME
        b       return_to_guest
#endif

#if MOTE_CATCHES
/* An exception goes on in the guest. */
caught:
        ldr     r2, [r10, #MOTE_INSTANCE_ACTIVE]
        ldr     r3, [r2, #MOTE_RUN_SP]
        mov     sp, r3
        ldr     r11, [r10, #MOTE_INSTANCE_MEMORY]
        ldr     pc, [r2, #MOTE_RUN_RESUME_AT]
#endif

/* A call of an import with at most four words of arguments, in r0 to r3, and one result: r12 the Function. A host
   function that can is called as it is; Run says where guest code may go on below, should it call back. */
        function mote_native_host
        push    {r4-r9, lr}
        ldr     lr, [r12, #MOTE_FUNCTION_INSTANCE]
        cmp     lr, #0
        bne     call_by_slots
        ldr     lr, [r12, #MOTE_FUNCTION_ENTRY]
        cmp     lr, #0
        beq     call_by_slots
        ldr     r12, [r10, #MOTE_INSTANCE_ACTIVE]
        str     r10, [r12, #MOTE_RUN_INSIDE]
        str     sp, [r12, #MOTE_RUN_SP]
        str     sp, [r12, #MOTE_RUN_LINKS]
        ldr     sp, [r12, #MOTE_RUN_C_STACK]
        blx     lr
        ldr     r3, [r10, #MOTE_INSTANCE_ACTIVE]
        ldr     sp, [r3, #MOTE_RUN_SP]
        ldrb    r2, [r3, #MOTE_RUN_INTERRUPT]
        ldr     r11, [r10, #MOTE_INSTANCE_MEMORY]
        cbnz    r2, 1f
        pop     {r4-r9, pc}
1:      pop     {r4-r9, lr}
        b       stop_at_lr
/* The others as mote_native_call does it; the arguments lie where the result will. */
call_by_slots:
        pop     {r4-r9, lr}
        sub     sp, #IMAGE_SIZE
        stm     sp, {r0-r3}
        mov     r0, r12
        mov     r1, #-1
        mov     r12, sp
        push    {r0, r1, r12, lr}
        push    {r4-r9}
        b       call_again

/* An operation on operands in the frame: r1 the operation, r2 the slots, r3 and r0 immediates. */
        function mote_native_help
        ldr     r12, =mote_native_help_function
        b       on_c_stack
        function mote_native_numeric
        ldr     r12, =mote_native_numeric_function
on_c_stack:
        push    {r4-r9, lr}
        sub     sp, #4
        mov     r4, sp
        ldr     lr, [r10, #MOTE_INSTANCE_ACTIVE]
        str     r4, [lr, #MOTE_RUN_SP]
        ldr     lr, [lr, #MOTE_RUN_C_STACK]
        sub     lr, lr, #8
        mov     sp, lr
        str     r0, [sp]
        mov     r0, r10
        blx     r12
        mov     sp, r4
#if MOTE_CATCHES
        cmp     r0, #MOTE_EXIT_CAUGHT
        beq     caught
#endif
        add     sp, #4
        pop     {r4-r9, lr}
        cmp     r0, #0
        bne     trap_here
        b       return_to_guest

        .section .note.GNU-stack, "", %progbits
