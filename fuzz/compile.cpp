// SPDX-License-Identifier: Apache-2.0
// libFuzzer target: load on every tier of the build, in a pool that the input's last byte makes large or
// scarce.
#include "exercise.hpp"
#include "target.hpp"

bool mote_fuzz_one(std::span<const uint8_t> bytes) {
  mote::fuzz::Limits limits;
  if (!bytes.empty() && bytes.back() % 4 == 0) limits.pool_bytes = size_t{bytes.back()} * 64;
  limits.fuel = 0;  // nothing runs
  bool loaded = false;
  for (const mote::fuzz::TierOptions& tier : mote::fuzz::tiers()) {
    const mote::fuzz::Outcome outcome = mote::fuzz::exercise(bytes, tier.load, limits);
    if (&tier == mote::fuzz::tiers().data()) loaded = outcome.loaded;
    // With room enough, what the interpreter takes all take.
    if (limits.pool_bytes > 1 << 20 && outcome.loaded != loaded)
      mote::fuzz::fail(std::string("not every tier loads it; ") + tier.name + ": " + outcome.log);
  }
  return loaded;
}
