// SPDX-License-Identifier: Apache-2.0
// libFuzzer target: load, instantiate and call with fuel on every tier of the build; results, traps, fuel and
// memories must agree.
#include "exercise.hpp"
#include "target.hpp"

bool mote_fuzz_one(std::span<const uint8_t> bytes) {
  return mote::fuzz::compare_tiers(bytes);
}
