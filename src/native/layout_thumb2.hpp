/* SPDX-License-Identifier: Apache-2.0 */
/* Offsets that Thumb-2 code and enter_thumb2.S rely on. Numbers, not offsetof(): a host compiles for other
   machines than its own. native.cpp asserts each in builds for the machine. */
#pragma once
#include "native/layout.inc"

/* runtime::Instance */
#define MOTE_INSTANCE_MEMORY 0
#define MOTE_INSTANCE_MEMORY_LIMIT 4
#define MOTE_INSTANCE_ACTIVE 8
#define MOTE_INSTANCE_STACK_LIMIT 12
#define MOTE_INSTANCE_TABLE 16
#define MOTE_INSTANCE_TYPES 20
#define MOTE_INSTANCE_MEMORY_BYTES 24
#define MOTE_INSTANCE_POOL_BASE 28
#define MOTE_INSTANCE_TABLES 120
#define MOTE_INSTANCE_IMPORTED_GLOBALS 124
#define MOTE_INSTANCE_IMPORTED_FUNCTIONS 128
#define MOTE_INSTANCE_CODE 132
#define MOTE_INSTANCE_ENTRIES 136
/* With typed references (profile full), and without. */
#define MOTE_INSTANCE_BYTES(wide) ((wide) ? 272 : 216)
#define MOTE_FUNC_TYPE_BYTES(wide) ((wide) ? 28 : 16)

/* runtime::Run */
#define MOTE_RUN_IP 0
#define MOTE_RUN_LINKS 8
#define MOTE_RUN_FUEL 12
#define MOTE_RUN_INSIDE 20
#define MOTE_RUN_TRAP 28
#define MOTE_RUN_C_STACK 44
#define MOTE_RUN_SP 48
#define MOTE_RUN_UNWIND_SP 52
#define MOTE_RUN_RESUME_AT 56
#define MOTE_RUN_INTERRUPT 31
#define MOTE_RUN_INTERRUPTED_AT 72
#define MOTE_RUN_INTERRUPTED_FLAGS 76

/* runtime::Global, Function, Table */
#define MOTE_GLOBAL_SLOTS 0
#define MOTE_GLOBAL_BYTES 12
#define MOTE_FUNCTION_TYPE 0
#define MOTE_FUNCTION_INSTANCE 4
#define MOTE_FUNCTION_ENTRY 8
#define MOTE_ELEMENTS 0
#define MOTE_ELEMENT_COUNT 4

/* Bytes of the guest's stack that prologues leave alone: leaf functions' frames, and what interrupts or
   signals put there. */
#define MOTE_STACK_RESERVE 640
/* Frames up to this need no check in functions that call nothing. */
#define MOTE_LEAF_FRAME 128

/* During an operation and during a call that goes out: bytes from Run::native.sp to the return address, and
   to the frame of the function that it lies in. */
/* Of a call across instances, from the stack pointer on: the caller's instance and return address, and its
 * frame. */
#define MOTE_ACROSS_INSTANCE 28
#define MOTE_ACROSS_RETURN 36
#define MOTE_ACROSS_FRAME 64
#define MOTE_HELP_RETURN 28
#define MOTE_HELP_FRAME 32
#define MOTE_CALL_RETURN 36
#define MOTE_CALL_FRAME 64
