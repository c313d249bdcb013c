// SPDX-License-Identifier: Apache-2.0
// A call through a table of a function whose type is a subtype of the expected one: its type is looked at
// outside of generated code, but the call is one like any other. Its arguments arrive, backtraces show both
// functions, and it can be suspended.
#include <gtest/gtest.h>
#include <mote/mote.hpp>

#include <vector>

#include "config/tiers.hpp"
#include "wasm/instruction_bytes.hpp"
#include "wasm/types.hpp"

namespace mote {
namespace {

using namespace wasm::test;

/// Function 0, of type 1, which is below type 0: counts `turns` down, then adds up what it was given and
/// divides by the second parameter. Function 1, "go", calls it as one of type 0 through a table.
Bytes module_bytes() {
  const Bytes shape = {0x60, 9, kI32, kI32, kI64, kF32, kF64, kI32, kI32, kI32, kI64, 1, kI64};
  const Bytes params = {0x60, 2, kI32, kI32, 1, kI64};
  const Bytes callee = join({{0},
                             {0x03, 0x40},  // loop
                             {0x20, 0, 0x41, 1, 0x6b, 0x22, 0, 0x0d, 0, kEnd},
                             {0x20, 2, 0x20, 3, 0xae, 0x7c},  // + i64.trunc_f32_s
                             {0x20, 4, 0xb0, 0x7c},           // + i64.trunc_f64_s
                             {0x20, 5, 0xac, 0x7c, 0x20, 6, 0xac, 0x7c, 0x20, 7, 0xac, 0x7c, 0x20, 8, 0x7c},
                             {0x20, 1, 0xac, 0x7f, kEnd}});  // / i64.extend_i32_s of parameter 1
  const Bytes caller = join({{0},
                             {0x20, 0, 0x20, 1},
                             i64_const(int64_t{1} << 40),
                             {0x43, 0, 0, 0x20, 0x41},              // 10.0f
                             {0x44, 0, 0, 0, 0, 0, 0, 0x59, 0x40},  // 100.0
                             i32_const(3),
                             i32_const(4),
                             i32_const(5),
                             i64_const(6),
                             {0x41, 0, 0x11, 0, 0},    // call_indirect, type 0
                             {0x42, 1, 0x7c, kEnd}});  // + 1
  return ModuleBuilder()
      .types({join({{0x50, 0}, shape}), join({{0x4f, 1, 0}, shape}), params})
      .functions({{1}, {2}})
      .tables({{0x70, 0, 1}})
      .exports({join({name("go"), {0, 1}})})
      .elements({{0, 0x41, 0, 0x0b, 1, 0}})
      .code({callee, caller})
      .bytes;
}
constexpr int64_t kSum = (int64_t{1} << 40) + 10 + 100 + 3 + 4 + 5 + 6;

class SubtypeCalls : public testing::TestWithParam<LoadOptions> {
 protected:
  void SetUp() override {
    if (!wasm::kTypedReferences) GTEST_SKIP() << "this profile has no subtypes";
    if (GetParam().tier == Tier::Native && !config::kNative) GTEST_SKIP() << "no native tier in this build";
  }
};

TEST_P(SubtypeCalls, AreLikeOthers) {
  const Bytes bytes = module_bytes();
  std::vector<std::byte> pool(1 << 20);
  Engine engine(pool);
  const auto module = engine.load(bytes, GetParam());
  ASSERT_TRUE(module) << module.error().message;
  auto instance = engine.instantiate(*module, {});
  ASSERT_TRUE(instance) << instance.error().message;
  const auto result = instance->call<int64_t>("go", 3, 2);
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(*result, kSum / 2 + 1);
  const auto trapped = instance->call<int64_t>("go", 3, 0);
  EXPECT_EQ(trapped.error().trap, Trap::IntegerDivideByZero);
  Frame frames[4];
  ASSERT_EQ(instance->backtrace(frames), 2u);
  EXPECT_EQ(frames[0].function, 0u);
  EXPECT_EQ(frames[1].function, 1u);
}

TEST_P(SubtypeCalls, AreSuspended) {
  if (GetParam().tier == Tier::Native && !GetParam().fuel) GTEST_SKIP() << "this code counts no fuel";
  const Bytes bytes = module_bytes();
  std::vector<std::byte> pool(1 << 20);
  Engine engine(pool);
  const auto module = engine.load(bytes, GetParam());
  ASSERT_TRUE(module) << module.error().message;
  auto instance = engine.instantiate(*module, {}, {.fuel = 50});
  ASSERT_TRUE(instance) << instance.error().message;
  const auto stopped = instance->call<int64_t>("go", 100, 2);
  ASSERT_EQ(stopped.error().code, ErrorCode::Suspended);
  instance->set_fuel(1000);
  Value value;
  const auto resumed = instance->resume({&value, 1});
  ASSERT_TRUE(resumed) << resumed.error().message;
  EXPECT_EQ(static_cast<int64_t>(value.bits), kSum / 2 + 1);
}

INSTANTIATE_TEST_SUITE_P(Ways, SubtypeCalls,
                         testing::Values(LoadOptions{.tier = Tier::Vm}, LoadOptions{.tier = Tier::Native},
                                         LoadOptions{.tier = Tier::Native, .fuel = true}),
                         [](const auto& way) {
                           return way.param.tier == Tier::Vm ? "Vm"
                                  : way.param.fuel           ? "NativeFuel"
                                                             : "Native";
                         });

}  // namespace
}  // namespace mote
