/* SPDX-License-Identifier: Apache-2.0 */
/* Offsets that x86-64 code and enter_x64.S rely on. Numbers, not offsetof(): a host compiles for other
   machines than its own. native.cpp asserts each in builds for the machine. */
#pragma once
#include "native/layout.inc"

/* runtime::Instance */
#define MOTE_INSTANCE_MEMORY 0
#define MOTE_INSTANCE_MEMORY_LIMIT 8
#define MOTE_INSTANCE_ACTIVE 16
#define MOTE_INSTANCE_STACK_LIMIT 24
#define MOTE_INSTANCE_TABLE 32
#define MOTE_INSTANCE_TYPES 40
#define MOTE_INSTANCE_MEMORY_BYTES 48
#define MOTE_INSTANCE_POOL_BASE 56
#define MOTE_INSTANCE_TABLES 232
#define MOTE_INSTANCE_IMPORTED_GLOBALS 240
#define MOTE_INSTANCE_IMPORTED_FUNCTIONS 248
#define MOTE_INSTANCE_CODE 256
#define MOTE_INSTANCE_ENTRIES 264
/* With typed references (profile full), and without. */
#define MOTE_INSTANCE_BYTES(wide) ((wide) ? 520 : 416)
#define MOTE_FUNC_TYPE_BYTES(wide) ((wide) ? 32 : 24)

/* runtime::Run */
#define MOTE_RUN_IP 0
#define MOTE_RUN_LINKS 16
#define MOTE_RUN_FUEL 24
#define MOTE_RUN_INSIDE 32
#define MOTE_RUN_TRAP 48
#define MOTE_RUN_C_STACK 80
#define MOTE_RUN_SP 88
#define MOTE_RUN_UNWIND_SP 96
#define MOTE_RUN_RESUME_AT 104
#define MOTE_RUN_INTERRUPT 51
#define MOTE_RUN_INTERRUPTED_AT 136
#define MOTE_RUN_INTERRUPTED_FLAGS 144

/* runtime::Global, Function, Table */
#define MOTE_GLOBAL_SLOTS 0
#define MOTE_GLOBAL_BYTES 16
#define MOTE_FUNCTION_TYPE 0
#define MOTE_FUNCTION_INSTANCE 8
#define MOTE_FUNCTION_ENTRY 16
#define MOTE_ELEMENTS 0
#define MOTE_ELEMENT_COUNT 8

/* Bytes of the guest's stack that prologues leave alone: leaf functions' frames, and what interrupts or
   signals put there. */
#define MOTE_STACK_RESERVE (16 * 1024)
/* Frames up to this need no check in functions that call nothing. */
#define MOTE_LEAF_FRAME 4096

/* During an operation and during a call that goes out: bytes from Run::native.sp to the return address, and
   to the frame of the function that it lies in. */
/* Of a call across instances, from the stack pointer on: the caller's instance and return address, and its
 * frame. */
#define MOTE_ACROSS_INSTANCE 0
#define MOTE_ACROSS_RETURN 8
#define MOTE_ACROSS_FRAME 16
#define MOTE_HELP_RETURN 32
#define MOTE_HELP_FRAME 40
#define MOTE_CALL_RETURN 176
#define MOTE_CALL_FRAME 184
