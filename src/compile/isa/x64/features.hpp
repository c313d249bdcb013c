// SPDX-License-Identifier: Apache-2.0
// What this CPU has beyond the baseline of x86-64, found out once (Intel SDM volume 2, CPUID).
#pragma once
#include <cpuid.h>

namespace mote::compile::x64 {

struct Features {
  bool sse41 = false, popcnt = false, lzcnt = false, bmi1 = false, bmi2 = false;
};

/// lzcnt is asked of CPUID itself: not every compiler's built-in function knows its name.
inline Features detect_features() {
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  const bool extended = __get_cpuid(0x8000'0001, &eax, &ebx, &ecx, &edx) != 0;
  return {__builtin_cpu_supports("sse4.1") != 0, __builtin_cpu_supports("popcnt") != 0,
          extended && (ecx & bit_ABM) != 0, __builtin_cpu_supports("bmi") != 0,
          __builtin_cpu_supports("bmi2") != 0};
}

}  // namespace mote::compile::x64
