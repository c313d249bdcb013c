// SPDX-License-Identifier: Apache-2.0
// What this CPU has beyond the baseline of x86-64, found out once (Intel SDM volume 2, CPUID).
#pragma once

namespace mote::compile::x64 {

struct Features {
  bool sse41 = false, popcnt = false, lzcnt = false, bmi1 = false, bmi2 = false;
};

inline Features detect_features() {
  return {__builtin_cpu_supports("sse4.1") != 0, __builtin_cpu_supports("popcnt") != 0,
          __builtin_cpu_supports("lzcnt") != 0, __builtin_cpu_supports("bmi") != 0,
          __builtin_cpu_supports("bmi2") != 0};
}

}  // namespace mote::compile::x64
