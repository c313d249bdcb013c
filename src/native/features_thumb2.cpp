// SPDX-License-Identifier: Apache-2.0
// What the firmware itself is compiled for: a microcontroller's CPU is known then.
#include "compile/isa/thumb2/features.hpp"
#include "config/tuning.hpp"
#include "native/features.hpp"

namespace mote::native {

uint32_t cpu_features() {
  using namespace compile::thumb2;
  return (config::kFloat32Unit ? kFloat32 : 0) | (config::kFloat64Unit ? kFloat64 : 0) |
         (config::kDspExtension ? kDsp : 0) | (config::kSoftFloat32 ? kSoftFloat32 : 0);
}

/// Only what this CPU may lack takes flash.
image::Words why_missing(uint32_t features) {
  using namespace compile::thumb2;
  if (!config::kFloat32Unit && (features & kFloat32) != 0)
    return "the image needs an FPU for single precision, which this CPU lacks";
  if (!config::kSoftFloat32 && (features & kSoftFloat32) != 0)
    return "the image was made for a CPU without FPU, this engine for one with it";
  if (!config::kFloat64Unit && (features & kFloat64) != 0)
    return "the image needs an FPU for double precision, which this CPU lacks";
  if (!config::kDspExtension && (features & kDsp) != 0)
    return "the image needs the DSP extension, which this CPU lacks";
  return "the image needs features that this CPU lacks";
}

}  // namespace mote::native
