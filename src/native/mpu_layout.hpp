// SPDX-License-Identifier: Apache-2.0
// What the MPU of the CPU that this is built for asks of memory, code and stack: where they begin, how large
// they are. A layout's members:
//   kRegions, kMemoryRegions   regions of an instance; of them, those of its memory
//   kStackSkips                bytes of the guard that the stack's region leaves out
//   kLeastPageLog2             memories of smaller pages may not grow
//   granule, alignment, block, rounded, is_coverable, region: see Pmsav7
#pragma once
#include <type_traits>

#include "config/tiers.hpp"
#include "native/pmsav7.hpp"
#include "native/pmsav8.hpp"

namespace mote::native::mpu {

using Layout = std::conditional_t<config::kMpuVersion == 8, Pmsav8, Pmsav7>;

}  // namespace mote::native::mpu
