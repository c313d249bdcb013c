// SPDX-License-Identifier: Apache-2.0
// What CPUs have beyond ARMv7-M that code makes use of. The bits are the image format's.
#pragma once
#include <cstdint>

namespace mote::compile::thumb2 {

inline constexpr uint32_t kFloat32 = 1;  ///< a floating-point unit for single precision
inline constexpr uint32_t kFloat64 = 2;  ///< and for double precision
/// Not of the CPU: the engine computes single floats for code that has no FPU.
inline constexpr uint32_t kSoftFloat32 = 8;
inline constexpr uint32_t kDsp = 4;  ///< the DSP extension: ARMv7E-M, or ARMv8-M with it

}  // namespace mote::compile::thumb2
