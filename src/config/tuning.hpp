// SPDX-License-Identifier: Apache-2.0
// Choices that change speed and size, never what a program computes.
#pragma once

// How the interpreter goes from one instruction to the next. All three run the same bodies.
#define MOTE_VM_DRIVER_LOOP 1  // portable: a loop calls handlers through a table
#define MOTE_VM_DRIVER_TAIL_CALLS \
  2  // state in argument registers, handlers call each other in tail position (x86-64)
#define MOTE_VM_DRIVER_REGISTERS \
  3  // state in global register variables, dispatch in inline assembly (GCC for Thumb-2)

#ifndef MOTE_VM_DRIVER
#if defined(__thumb2__) && defined(__GNUC__) && !defined(__clang__) && defined(__OPTIMIZE__)
#define MOTE_VM_DRIVER MOTE_VM_DRIVER_REGISTERS
#elif defined(__x86_64__) && defined(__OPTIMIZE__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(MOTE_SANITIZE)
#define MOTE_VM_DRIVER MOTE_VM_DRIVER_TAIL_CALLS
#else
#define MOTE_VM_DRIVER MOTE_VM_DRIVER_LOOP
#endif
#endif

// Whether the interpreter has only those forms of instructions that pay most for their flash. Chosen by -Os,
// and the same for all of Mote's files: 5 KB less, and about a tenth slower (docs/size.md).
#ifndef MOTE_VM_COMPACT
#ifdef __OPTIMIZE_SIZE__
#define MOTE_VM_COMPACT 1
#else
#define MOTE_VM_COMPACT 0
#endif
#endif

// Whether handlers of the compact interpreter share their ends (vm/ends.hpp). Only where vm.cpp has the flags
// that keep GCC from calling what handlers have in common (src/CMakeLists.txt): builds of others, such as
// Arduino's, have no flags for one file.
#if MOTE_VM_COMPACT && defined(MOTE_VM_SHARED_ENDS)
#define MOTE_SHARES_ENDS 1
#else
#define MOTE_SHARES_ENDS 0
#endif

// Whether one pass of the compiler drives all ISAs (compile/any_isa.hpp), in builds for small flash that have
// several.
#if MOTE_VM_COMPACT && defined(MOTE_COMPILER_VM) && defined(MOTE_COMPILER_THUMB2) && \
    !defined(MOTE_COMPILER_X64)
#define MOTE_ONE_PASS 1
#else
#define MOTE_ONE_PASS 0
#endif

// For functions of a few instructions that many places share: a call of one is shorter than they are.
#if MOTE_VM_COMPACT && defined(__GNUC__)
#define MOTE_SHARED [[gnu::noinline]]
#else
#define MOTE_SHARED
#endif

// Whether float arithmetic is instructions, or calls of the compiler's run-time library.
#if !defined(__arm__) || (defined(__ARM_FP) && (__ARM_FP & 4))
#define MOTE_HARD_F32 1
#else
#define MOTE_HARD_F32 0
#endif

// Likewise double arithmetic.
#if !defined(__arm__) || (defined(__ARM_FP) && (__ARM_FP & 8))
#define MOTE_HARD_F64 1
#else
#define MOTE_HARD_F64 0
#endif

namespace mote::config {
inline constexpr bool kHardF64 = MOTE_HARD_F64;
inline constexpr bool kCompactVm = MOTE_VM_COMPACT;
inline constexpr bool kSharedEnds = MOTE_SHARES_ENDS;
inline constexpr bool kOnePass = MOTE_ONE_PASS;
// Whether doubles are computed by vm/soft_double: slower than the compiler's run-time library, and a third of
// it.
inline constexpr bool kSoftF64 = !kHardF64 && kCompactVm;

// What generated code may use of an Arm CPU.
#if defined(__ARM_FP)
inline constexpr bool kFloat32Unit = (__ARM_FP & 4) != 0, kFloat64Unit = (__ARM_FP & 8) != 0;
#else
inline constexpr bool kFloat32Unit = false, kFloat64Unit = false;
#endif
// Whether code is generated for the very CPU that this is compiled for: a microcontroller's features are
// constants, and the compiler has no code for others. Hosts compile for every target.
#if defined(__ARM_ARCH_PROFILE) && __ARM_ARCH_PROFILE == 'M'
inline constexpr bool kOneCpu = true;
#else
inline constexpr bool kOneCpu = false;
#endif
// Whether the engine has routines for the single floats of code that is generated for CPUs without an FPU.
inline constexpr bool kSoftFloat32 = !kOneCpu || !kFloat32Unit;
#if defined(__ARM_FEATURE_DSP) && __ARM_FEATURE_DSP
inline constexpr bool kDspExtension = true;
#else
inline constexpr bool kDspExtension = false;
#endif

// What memories that an Armv8-M MPU checks begin at and are multiples of. An access that straddles a region's
// end is checked byte by byte (Armv8-M manual, MemU); QEMU checks only its first byte if all of it lies
// within 1 KiB: firmware for it says 1024 here.
#ifndef MOTE_MPU_GRANULE
#define MOTE_MPU_GRANULE 32
#endif
inline constexpr unsigned kMpuGranule = MOTE_MPU_GRANULE;

// Whether backtraces use the offset maps of images (300 bytes of flash in a firmware that asks for
// backtraces), and whether images are made with them: 0 neither, 1 hosts make them, 2 devices do, too, when
// an install asks for one.
#ifndef MOTE_OFFSET_MAPS
#define MOTE_OFFSET_MAPS 1
#endif
inline constexpr bool kOffsetMaps = MOTE_OFFSET_MAPS;
inline constexpr bool kMakesOffsetMaps = kOffsetMaps && (!kOneCpu || MOTE_OFFSET_MAPS == 2);

// Whether the compiler checks its own picture of values and registers after each instruction: in builds for
// debugging, and where the CMake option asks for it. Costs time alone.
#if !defined(NDEBUG) || defined(MOTE_CHECK_COMPILER)
inline constexpr bool kCheckCompiler = true;
#else
inline constexpr bool kCheckCompiler = false;
#endif
}  // namespace mote::config
