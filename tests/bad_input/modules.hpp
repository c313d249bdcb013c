// SPDX-License-Identifier: Apache-2.0
// Modules at hand: those of the benchmark, of the fuzzers' seeds, and one with every section.
#pragma once
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "exercise.hpp"
#include "wasm/module_builder.hpp"

namespace mote {

struct NamedModule {
  std::string name;
  wasm::test::Bytes bytes;
};

inline std::vector<NamedModule> modules() {
  std::vector<NamedModule> all{{"every section", wasm::test::rich_module()}};
  for (const auto& entry : std::filesystem::directory_iterator(MOTE_TEST_MODULES)) {
    std::ifstream stream(entry.path(), std::ios::binary);
    all.push_back({entry.path().filename().string(), {std::istreambuf_iterator<char>(stream), {}}});
  }
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return all;
}

/// On every tier; whether it was loaded and what was said are the first's.
inline fuzz::Outcome on_every_tier(const wasm::test::Bytes& bytes, const fuzz::Limits& limits = {}) {
  fuzz::Outcome first;
  for (const fuzz::TierOptions& tier : fuzz::tiers()) {
    fuzz::Outcome outcome = fuzz::exercise(bytes, tier.load, limits);
    if (&tier == fuzz::tiers().data()) first = std::move(outcome);
  }
  return first;
}

}  // namespace mote
