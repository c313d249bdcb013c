// SPDX-License-Identifier: Apache-2.0
// What CPUs have beyond the baseline of x86-64 that code makes use of. The bits are the image format's.
#pragma once
#include <cstdint>

namespace mote::compile::x64 {

inline constexpr uint32_t kSse41 = 1, kPopcnt = 2, kLzcnt = 4, kBmi1 = 8, kBmi2 = 16;

struct Features {
  bool sse41 = false, popcnt = false, lzcnt = false, bmi1 = false, bmi2 = false;

  Features() = default;
  explicit constexpr Features(uint32_t bits)
      : sse41((bits & kSse41) != 0),
        popcnt((bits & kPopcnt) != 0),
        lzcnt((bits & kLzcnt) != 0),
        bmi1((bits & kBmi1) != 0),
        bmi2((bits & kBmi2) != 0) {}
};

}  // namespace mote::compile::x64
