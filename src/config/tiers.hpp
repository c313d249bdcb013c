// SPDX-License-Identifier: Apache-2.0
// What this build can do with code: which ISAs it compiles for (CMake's MOTE_COMPILERS), and who runs code
// (MOTE_TIERS): the interpreter, and on some machines the CPU. Each costs flash and RAM only in builds that
// have it.
#pragma once
#include <cstdint>

// Without a word from the build system: the interpreter and its compiler.
#if !defined(MOTE_TIER_INTERPRETER) && !defined(MOTE_TIER_THUMB2) && !defined(MOTE_TIER_X64)
#define MOTE_TIER_INTERPRETER
#define MOTE_COMPILER_VM
#endif

#if defined(MOTE_TIER_THUMB2) && !defined(__thumb2__)
#error "Armv6-M and Armv8-M Baseline have no Thumb-2: the interpreter serves them (MOTE_TIERS=vm)"
#endif

namespace mote {

/// An instruction set that code can be compiled for. The numbers are the image format's (SPEC.md).
enum class IsaId : uint8_t { Vm = 0, Thumb2 = 1, X64 = 2 };

namespace config {

#if defined(MOTE_TIER_X64)
inline constexpr bool kNative = true;
inline constexpr const char* kNativeName = "x64";
inline constexpr IsaId kNativeIsa = IsaId::X64;
inline constexpr bool kGuardPages = true;
#elif defined(MOTE_TIER_THUMB2)
inline constexpr bool kNative = true;
inline constexpr const char* kNativeName = "thumb2";
inline constexpr IsaId kNativeIsa = IsaId::Thumb2;
inline constexpr bool kGuardPages = false;
#else
inline constexpr bool kNative = false;
inline constexpr const char* kNativeName = "";
inline constexpr IsaId kNativeIsa = IsaId::Vm;
inline constexpr bool kGuardPages = false;
#endif

#if defined(MOTE_TIER_INTERPRETER)
inline constexpr bool kInterpreter = true;
#else
inline constexpr bool kInterpreter = false;
#endif

/// Whether the build has the decoder and any compiler: without, it runs images only.
#if defined(MOTE_COMPILER_VM) || defined(MOTE_COMPILER_THUMB2) || defined(MOTE_COMPILER_X64)
inline constexpr bool kCompiler = true;
#else
inline constexpr bool kCompiler = false;
#endif

// Whether a build that runs images only takes all of them (CMake's MOTE_WHOLE_LOADER): also those for the MPU
// and those with exceptions.
#if defined(MOTE_WHOLE_LOADER)
inline constexpr bool kWholeLoader = true;
#else
inline constexpr bool kWholeLoader = kCompiler;
#endif

// The MPU of Cortex-M, by the version of its architecture (PMSAv7, PMSAv8), 0 for none: see native/mpu.hpp.
#if defined(MOTE_TIER_THUMB2) && defined(__ARM_ARCH_PROFILE) && __ARM_ARCH_PROFILE == 'M'
inline constexpr unsigned kMpuVersion = kWholeLoader ? __ARM_ARCH : 0;
#else
inline constexpr unsigned kMpuVersion = 0;
#endif
inline constexpr bool kMpu = kMpuVersion != 0;

}  // namespace config
}  // namespace mote
