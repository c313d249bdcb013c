// SPDX-License-Identifier: Apache-2.0
// How this build can run code: by the interpreter, and on some machines natively. CMake's MOTE_TIERS chooses;
// the tier costs flash and RAM only in builds that have it.
#pragma once

namespace mote::config {

#if defined(MOTE_TIER_X64) || defined(MOTE_TIER_THUMB2)
inline constexpr bool kNative = true;
#else
inline constexpr bool kNative = false;
#endif

#if defined(MOTE_TIER_X64)
inline constexpr const char* kNativeName = "x64";
#elif defined(MOTE_TIER_THUMB2)
inline constexpr const char* kNativeName = "thumb2";
#else
inline constexpr const char* kNativeName = "";
#endif

#if defined(MOTE_TIER_X64)
inline constexpr bool kGuardPages = true;
#else
inline constexpr bool kGuardPages = false;
#endif

// Armv7-M's MPU: see native/mpu.hpp.
#if defined(MOTE_TIER_THUMB2) && defined(__ARM_ARCH_PROFILE) && __ARM_ARCH_PROFILE == 'M' && __ARM_ARCH == 7
inline constexpr bool kMpu = true;
#else
inline constexpr bool kMpu = false;
#endif

}  // namespace mote::config
