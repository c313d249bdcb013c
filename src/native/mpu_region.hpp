// SPDX-License-Identifier: Apache-2.0
// A region of a Cortex-M's MPU, and what it is for. How one covers bytes: pmsav7.hpp, pmsav8.hpp.
#pragma once
#include <cstdint>

namespace mote::native::mpu {

/// The regions of an instance that runs, in the order of their numbers; the memory's last.
enum class Grant : uint8_t { Code, Stack, Guard, Memory };

/// What a region's two registers are written with. An `attributes` of 0: it covers nothing.
struct Region {
  uint32_t base = 0;        ///< RBAR
  uint32_t attributes = 0;  ///< RASR, or RLAR of Armv8-M; bit 0 enables
};

}  // namespace mote::native::mpu
