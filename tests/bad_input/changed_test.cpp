// SPDX-License-Identifier: Apache-2.0
// Every prefix, flipped bits, and structured changes of every module at hand: loaded, instantiated and called
// on every tier. exercise() aborts when a promise is broken.
#include <gtest/gtest.h>

#include "modules.hpp"
#include "mutate.hpp"

namespace mote {
namespace {

TEST(BadInput, ModulesAtHandAreGood) {
  const auto all = modules();
  EXPECT_GT(all.size(), 6u);
  for (const NamedModule& module : all) EXPECT_TRUE(on_every_tier(module.bytes).loaded) << module.name;
}

TEST(BadInput, EveryPrefix) {
  for (const NamedModule& module : modules()) {
    for (size_t size = 0; size < module.bytes.size(); size += 1 + (size > 400 ? MOTE_TEST_SCALE - 1 : 0)) {
      const wasm::test::Bytes prefix(module.bytes.begin(),
                                     module.bytes.begin() + static_cast<std::ptrdiff_t>(size));
      const fuzz::Outcome outcome = on_every_tier(prefix);
      EXPECT_TRUE(size >= 8 || !outcome.loaded) << module.name << " " << size;
    }
  }
}

TEST(BadInput, FlippedBits) {
  fuzz::Random random(1);
  for (const NamedModule& module : modules()) {
    for (int i = 0; i < 300 / MOTE_TEST_SCALE; ++i)
      fuzz::compare_tiers(fuzz::flip_bits(module.bytes, random));
  }
}

TEST(BadInput, StructuredChanges) {
  fuzz::Random random(2);
  size_t valid = 0, tried = 0;
  for (const NamedModule& module : modules()) {
    wasm::test::Bytes last = module.bytes;
    for (int i = 0; i < 200 / MOTE_TEST_SCALE; ++i, ++tried) {
      const wasm::test::Bytes changed = fuzz::mutate(i % 16 == 0 ? module.bytes : last, random);
      if (!fuzz::compare_tiers(changed)) continue;
      ++valid;
      last = changed;
    }
  }
  EXPECT_GT(valid, tried / 8) << "the changes leave too few modules valid to reach anything";
}

}  // namespace
}  // namespace mote
