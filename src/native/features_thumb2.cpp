// SPDX-License-Identifier: Apache-2.0
// What the firmware itself is compiled for: a microcontroller's CPU is known then.
#include "compile/isa/thumb2/features.hpp"
#include "config/tuning.hpp"
#include "native/features.hpp"

namespace mote::native {

uint32_t cpu_features() {
  using namespace compile::thumb2;
  return (config::kFloat32Unit ? kFloat32 : 0) | (config::kFloat64Unit ? kFloat64 : 0) |
         (config::kDspExtension ? kDsp : 0);
}

}  // namespace mote::native
