/* SPDX-License-Identifier: Apache-2.0 */
/* Offsets that generated code and enter_<isa>.S rely on; native.cpp asserts each. */
#pragma once

/* runtime::Instance */
#define MOTE_INSTANCE_MEMORY 0
#if defined(__x86_64__)
#define MOTE_INSTANCE_MEMORY_LIMIT 8
#define MOTE_INSTANCE_ACTIVE 16
#define MOTE_INSTANCE_STACK_LIMIT 24
#define MOTE_INSTANCE_TABLE 32
#define MOTE_INSTANCE_TYPES 40
#define MOTE_INSTANCE_MEMORY_BYTES 48
#define MOTE_INSTANCE_POOL_BASE 56
#else
#define MOTE_INSTANCE_MEMORY_LIMIT 4
#define MOTE_INSTANCE_ACTIVE 8
#define MOTE_INSTANCE_STACK_LIMIT 12
#define MOTE_INSTANCE_TABLE 16
#define MOTE_INSTANCE_TYPES 20
#define MOTE_INSTANCE_MEMORY_BYTES 24
#define MOTE_INSTANCE_POOL_BASE 28
#endif

/* runtime::Run */
#if defined(__x86_64__)
#define MOTE_RUN_IP 0
#define MOTE_RUN_FUEL 24
#define MOTE_RUN_INSIDE 32
#define MOTE_RUN_TRAP 48
#define MOTE_RUN_C_STACK 80
#define MOTE_RUN_SP 88
#define MOTE_RUN_UNWIND_SP 96
#define MOTE_RUN_RESUME_AT 104
#else
#define MOTE_RUN_IP 0
#define MOTE_RUN_FUEL 12
#define MOTE_RUN_INSIDE 20
#define MOTE_RUN_TRAP 28
#define MOTE_RUN_C_STACK 44
#define MOTE_RUN_SP 48
#define MOTE_RUN_UNWIND_SP 52
#define MOTE_RUN_RESUME_AT 56
#endif

/* native::Table, in machine words */
#define MOTE_TABLE_TRAP 0
#define MOTE_TABLE_STACK_EXHAUSTED 1
#define MOTE_TABLE_OUT_OF_FUEL 2
#define MOTE_TABLE_CALL 3
#define MOTE_TABLE_HELP 4
#define MOTE_TABLE_NUMERIC 5
#define MOTE_TABLE_LIBRARY 6

/* How guest code is left; vm::Exit */
#define MOTE_EXIT_RETURNED 0
#define MOTE_EXIT_TRAPPED 1
#define MOTE_EXIT_OUT_OF_FUEL 2
#define MOTE_EXIT_WAITING 3
/* Not left: an exception goes on at Run::native.resume_at with the stack pointer Run::native.sp. */
#define MOTE_EXIT_CAUGHT 4

/* During an operation and during a call that goes out: bytes from Run::native.sp to the return address, and
   to the frame of the function that it lies in. */
#if defined(__x86_64__)
#define MOTE_HELP_RETURN 32
#define MOTE_HELP_FRAME 40
#define MOTE_CALL_RETURN 176
#define MOTE_CALL_FRAME 184
#else
#define MOTE_HELP_RETURN 28
#define MOTE_HELP_FRAME 32
#define MOTE_CALL_RETURN 36
#define MOTE_CALL_FRAME 64
#endif
