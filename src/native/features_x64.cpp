// SPDX-License-Identifier: Apache-2.0
// Asked of CPUID (Intel SDM volume 2). lzcnt is asked of CPUID itself: not every compiler's built-in function
// knows its name.
#include <cpuid.h>

#include "compile/isa/x64/features.hpp"
#include "native/features.hpp"

namespace mote::native {

uint32_t cpu_features() {
  using namespace compile::x64;
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  const bool extended = __get_cpuid(0x8000'0001, &eax, &ebx, &ecx, &edx) != 0;
  const auto bit = [](bool has, uint32_t value) { return has ? value : 0; };
  return bit(__builtin_cpu_supports("sse4.1") != 0, kSse41) |
         bit(__builtin_cpu_supports("popcnt") != 0, kPopcnt) | bit(extended && (ecx & bit_ABM) != 0, kLzcnt) |
         bit(__builtin_cpu_supports("bmi") != 0, kBmi1) | bit(__builtin_cpu_supports("bmi2") != 0, kBmi2);
}

image::Words why_missing(uint32_t features) {
  using namespace compile::x64;
  if ((features & kSse41) != 0) return "the image needs SSE4.1, which this CPU lacks";
  if ((features & kPopcnt) != 0) return "the image needs POPCNT, which this CPU lacks";
  if ((features & kLzcnt) != 0) return "the image needs LZCNT, which this CPU lacks";
  if ((features & kBmi1) != 0) return "the image needs BMI1, which this CPU lacks";
  if ((features & kBmi2) != 0) return "the image needs BMI2, which this CPU lacks";
  return "the image needs features that this CPU lacks";
}

}  // namespace mote::native
