// SPDX-License-Identifier: Apache-2.0
// Backtraces of traps in functions that save nothing: callers are named too, and each place is the
// instruction's.
#include <gtest/gtest.h>
#include <mote/mote.hpp>

#include <algorithm>
#include <string>
#include <vector>

#include "config/tiers.hpp"
#include "wasm/instruction_bytes.hpp"

namespace mote {
namespace {

using namespace wasm::test;

constexpr uint8_t kCall = 0x10;

struct Case {
  const char* what;
  uint8_t opcode;  ///< of the instruction that traps
  Bytes body;      ///< of (a, b) -> i32
  int32_t a, b;
  Trap trap;
};

// A load at an offset that no memory reaches, and a store there behind a load that proves the address.
const Bytes kFar = {0xff, 0xff, 0xff, 0xff, 0x0f};

const Case kCases[] = {
    {"unreachable", 0x00, {0x20, 0, 0x04, 0x40, 0x00, kEnd, 0x20, 1}, 1, 0, Trap::Unreachable},
    {"i32.div_u", 0x6e, {0x20, 0, 0x20, 1, 0x6e}, 7, 0, Trap::IntegerDivideByZero},
    {"i32.div_s", 0x6d, {0x20, 0, 0x20, 1, 0x6d}, INT32_MIN, -1, Trap::IntegerOverflow},
    {"i32.rem_s", 0x6f, {0x20, 0, 0x20, 1, 0x6f}, 7, 0, Trap::IntegerDivideByZero},
    {"i32.load", 0x28, {0x20, 0, 0x28, 2, 0}, 65536, 0, Trap::MemoryOutOfBounds},
    {"i32.load far", 0x28, join({{0x20, 0, 0x28, 2}, kFar}), 0, 0, Trap::MemoryOutOfBounds},
    {"i32.store far", 0x36, join({{0x20, 0, 0x28, 2, 0, 0x1a, 0x20, 0, 0x20, 1, 0x36, 2}, kFar, {0x20, 1}}),
     8, 0, Trap::MemoryOutOfBounds},
    // The seventh local of a function that calls nothing is where the return address comes.
    {"with seven locals",
     0x6e,
     {0x20, 0,    0x41, 1,    0x6a, 0x22, 2,    0x20, 1, 0x6a, 0x22, 3,    0x20, 2,    0x6a, 0x22, 4,    0x20,
      3,    0x6a, 0x22, 5,    0x20, 4,    0x6a, 0x22, 6, 0x20, 5,    0x6a, 0x22, 7,    0x20, 6,    0x6a, 0x20,
      2,    0x20, 3,    0x20, 4,    0x20, 5,    0x20, 6, 0x6a, 0x6a, 0x6a, 0x6a, 0x6a, 0x20, 1,    0x6e},
     7,
     0,
     Trap::IntegerDivideByZero},
};

/// The case's function, called by "f" through another.
Bytes module_of(const Case& c) {
  const Bytes leaf = join({{1, 6, kI32}, c.body, {kEnd}});
  const Bytes middle = {0, 0x20, 0, 0x20, 1, kCall, 0, 0x41, 1, 0x6a, kEnd};
  const Bytes outer = {0, 0x20, 0, 0x20, 1, kCall, 1, 0x41, 1, 0x6a, kEnd};
  return ModuleBuilder()
      .types({{0x60, 2, kI32, kI32, 1, kI32}})
      .functions({{0}, {0}, {0}})
      .memories({{0, 1}})
      .exports({join({name("f"), {0, 2}})})
      .code({leaf, middle, outer})
      .bytes;
}

class Traps : public testing::TestWithParam<LoadOptions> {
 protected:
  void SetUp() override {
    if (GetParam().tier == Tier::Native && !config::kNative) GTEST_SKIP() << "no native tier in this build";
    const bool guarded = GetParam().tier == Tier::Native && GetParam().bounds == Bounds::GuardPages;
    if (guarded && !config::kGuardPages) GTEST_SKIP() << "no guard pages";
  }
};

TEST_P(Traps, EveryCallerIsNamed) {
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.what);
    const Bytes bytes = module_of(c);
    std::vector<std::byte> pool(1 << 20);
    Engine engine(pool);
    const auto module = engine.load(bytes, GetParam());
    ASSERT_TRUE(module) << module.error().message;
    auto instance = engine.instantiate(*module, {});
    ASSERT_TRUE(instance);
    const auto result = instance->call<int32_t>("f", c.a, c.b);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().trap, c.trap);
    Frame frames[4];
    ASSERT_EQ(instance->backtrace(frames), 3u);
    for (uint32_t i = 0; i < 3; ++i) {
      EXPECT_EQ(frames[i].function, i);
      ASSERT_LT(frames[i].offset, bytes.size());
      EXPECT_EQ(bytes[frames[i].offset], i == 0 ? c.opcode : kCall);
    }
  }
}

std::vector<LoadOptions> ways() {
  return {{.tier = Tier::Vm},
          {.tier = Tier::Native, .bounds = Bounds::Software},
          {.tier = Tier::Native, .bounds = Bounds::GuardPages},
          {.tier = Tier::Native, .bounds = Bounds::Software, .fuel = true}};
}
std::string name_of(const testing::TestParamInfo<LoadOptions>& info) {
  const LoadOptions& way = info.param;
  return way.tier == Tier::Vm               ? "Vm"
         : way.fuel                         ? "NativeFuel"
         : way.bounds == Bounds::GuardPages ? "NativeGuardPages"
                                            : "NativeSoftware";
}
INSTANTIATE_TEST_SUITE_P(Ways, Traps, testing::ValuesIn(ways()), name_of);

}  // namespace
}  // namespace mote
