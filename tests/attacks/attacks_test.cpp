// SPDX-License-Identifier: Apache-2.0
#include "attacks.hpp"

#include <gtest/gtest.h>

#include <memory>

#include "config/tiers.hpp"

namespace mote {
namespace {

std::vector<LoadOptions> ways() {
  std::vector<LoadOptions> all{{.tier = Tier::Vm}};
  if (!config::kNative) return all;
  all.push_back({.tier = Tier::Native, .bounds = Bounds::Software});
  if (config::kGuardPages) all.push_back({.tier = Tier::Native, .bounds = Bounds::GuardPages});
  return all;
}

class Attacks : public testing::TestWithParam<LoadOptions> {};

TEST_P(Attacks, AllEndInATrapAndChangeNothing) {
  std::vector<std::byte> pool(4 << 20);
  alignas(8) static volatile uint32_t victim[16];
  for (uint32_t i = 0; i < 16; ++i) victim[i] = 0xabcd'0000 + i;
  const attacks::Victim victims[] = {{"other data", reinterpret_cast<uintptr_t>(&victim[8]), &victim[8]}};
  uint32_t printed = 0;
  const auto report = [&](const char* what, const char* why) {
    if (++printed <= 20) ADD_FAILURE() << what << ": " << why;
  };
  attacks::Run run(pool, GetParam(), victims, report);
  EXPECT_TRUE(run.all());
  EXPECT_EQ(run.failures, 0u);
  EXPECT_GT(run.traps, 20'000u);
  EXPECT_GT(run.successes, 5'000u) << "attacks are told from accesses that are allowed";
  RecordProperty("traps", static_cast<int>(run.traps));
  RecordProperty("successes", static_cast<int>(run.successes));
}

INSTANTIATE_TEST_SUITE_P(Ways, Attacks, testing::ValuesIn(ways()), [](const auto& way) {
  const LoadOptions& options = way.param;
  if (options.tier == Tier::Vm) return std::string("Vm");
  return std::string(config::kNativeName) + (options.bounds == Bounds::Software ? "Software" : "GuardPages");
});

}  // namespace
}  // namespace mote
