// SPDX-License-Identifier: Apache-2.0
// How regions of an Armv8-M MPU cover bytes (Armv8-M manual, B10 and D1.2: MPU_RBAR, MPU_RLAR). A region
// begins and ends at any multiple of 32, so a memory needs one, of any size that is such a multiple. Regions
// must not overlap: an access to what two of them cover is a fault.
#pragma once
#include <bit>

#include "config/tuning.hpp"
#include "native/mpu_region.hpp"

namespace mote::native::mpu {

struct Pmsav8 {
  static constexpr uint32_t kGranule = 32, kMemoryGranule = config::kMpuGranule;

  /// Code, stack, guard and memory. The stack's begins behind the guard.
  static constexpr uint32_t kRegions = 4, kMemoryRegions = 1, kStackSkips = kGranule;
  static constexpr uint32_t kLeastPageLog2 = std::countr_zero(kMemoryGranule);
  /// Regions name one of eight attributes that all of them share; ours is the last.
  static constexpr bool kSharesAttributes = true;
  static constexpr uint32_t kAttributeIndex = 7;

  static constexpr uint32_t granule(uint32_t) { return kGranule; }
  static constexpr uint32_t alignment(uint32_t) { return kMemoryGranule; }
  static constexpr uint32_t block(uint32_t) { return 0; }
  static constexpr uint32_t rounded(uint32_t bytes) { return (bytes + kGranule - 1) & ~(kGranule - 1); }
  static constexpr bool is_coverable(uint32_t bytes) {
    return bytes % kMemoryGranule == 0 && bytes <= 0x8000'0000;
  }

  static constexpr Region region(Grant grant, uint32_t begin, uint32_t bytes, uint32_t) {
    if (bytes == 0) return {};
    return {begin | permissions(grant), (begin + bytes - kGranule) | kAttributeIndex << 1 | 1};
  }

 private:
  /// AP and XN. Nothing denies reading to privileged code, but who overruns a stack writes.
  static constexpr uint32_t permissions(Grant grant) {
    constexpr uint32_t kNeverExecute = 1, kEverybody = 1 << 1, kReadOnly = 2 << 1;
    switch (grant) {
      case Grant::Code:
        return kReadOnly;
      case Grant::Stack:
        return kNeverExecute;
      case Grant::Guard:
        return kReadOnly | kNeverExecute;
      default:
        return kEverybody | kNeverExecute;
    }
  }
};

}  // namespace mote::native::mpu
