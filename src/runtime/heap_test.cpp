// SPDX-License-Identifier: Apache-2.0
#include "runtime/heap.hpp"

#include <gtest/gtest.h>
#include <mote/mote.hpp>

#include <vector>

#include "config/tiers.hpp"
#include "wasm/module_builder.hpp"

namespace mote {
namespace {

using wasm::test::Bytes;
using wasm::test::join;
using wasm::test::ModuleBuilder;
using wasm::test::name;

/// Lists of (struct (field (mut (ref null node))) (field (mut i32))): build(n) makes n..1, sum(list),
/// churn(n) makes n nodes that nothing keeps, keep(n) builds into a global, total() sums that, both(n)
/// builds, churns and sums, mixed(n) builds with a node between that nothing keeps, and sums.
Bytes list_module() {
  const Bytes node = {0x5f, 2, 0x63, 0, 1, 0x7f, 1};
  const Bytes build = {1, 1,    0x63, 0,    0x03, 0x40, 0x20, 1, 0x20, 0, 0xfb, 0,    0, 0x21,
                       1, 0x20, 0,    0x41, 1,    0x6b, 0x22, 0, 0x0d, 0, 0x0b, 0x20, 1, 0x0b};
  const Bytes sum = {1, 1,    0x7f, 0x02, 0x40, 0x03, 0x40, 0x20, 0,    0xd1, 0x0d, 1,   0x20,
                     1, 0x20, 0,    0xfb, 2,    0,    1,    0x6a, 0x21, 1,    0x20, 0,   0xfb,
                     2, 0,    0,    0x21, 0,    0x0c, 0,    0x0b, 0x0b, 0x20, 1,    0x0b};
  const Bytes churn = {0,    0x03, 0x40, 0xd0, 0,    0x20, 0, 0xfb, 0, 0,    0x1a,
                       0x20, 0,    0x41, 1,    0x6b, 0x22, 0, 0x0d, 0, 0x0b, 0x0b};
  const Bytes interleave = {1, 1,    0x63, 0,    0x03, 0x40, 0xd0, 0, 0x20, 0,    0xfb, 0,
                            0, 0x1a, 0x20, 1,    0x20, 0,    0xfb, 0, 0,    0x21, 1,    0x20,
                            0, 0x41, 1,    0x6b, 0x22, 0,    0x0d, 0, 0x0b, 0x20, 1,    0x0b};
  return ModuleBuilder()
      .types({node,
              {0x60, 1, 0x7f, 1, 0x63, 0},
              {0x60, 1, 0x63, 0, 1, 0x7f},
              {0x60, 1, 0x7f, 0},
              {0x60, 0, 1, 0x7f},
              {0x60, 1, 0x7f, 1, 0x7f}})
      .functions({{1}, {2}, {3}, {3}, {4}, {5}, {1}, {5}})
      .globals({{0x63, 0, 1, 0xd0, 0, 0x0b}})
      .exports({join({name("build"), {0, 0}}), join({name("sum"), {0, 1}}), join({name("churn"), {0, 2}}),
                join({name("keep"), {0, 3}}), join({name("total"), {0, 4}}), join({name("both"), {0, 5}}),
                join({name("mixed"), {0, 7}})})
      .code({build,
             sum,
             churn,
             {0, 0x20, 0, 0x10, 0, 0x24, 0, 0x0b},
             {0, 0x23, 0, 0x10, 1, 0x0b},
             {0, 0x20, 0, 0x10, 0, 0x20, 0, 0x10, 2, 0x10, 1, 0x0b},
             interleave,
             {0, 0x20, 0, 0x10, 6, 0x10, 1, 0x0b}})
      .bytes;
}

std::vector<LoadOptions> tiers() {
  std::vector<LoadOptions> all = {{.tier = Tier::Vm}};
  if (config::kNative) {
    all.push_back({.tier = Tier::Native, .bounds = Bounds::Software});
    all.push_back({.tier = Tier::Native, .bounds = Bounds::Software, .fuel = true});
  }
  return all;
}

class Heap : public testing::TestWithParam<LoadOptions> {
 protected:
  static constexpr size_t kPool = 160 * 1024;

  void SetUp() override {
    before_ = engine_.usage().used;
    auto loaded = engine_.load(bytes_, GetParam());
    ASSERT_TRUE(loaded) << loaded.error().message;
    module_ = std::move(*loaded);
    auto made = engine_.instantiate(module_);
    ASSERT_TRUE(made) << made.error().message;
    instance_ = std::move(*made);
  }
  void TearDown() override {
    instance_ = Instance();
    module_ = Module();
    EXPECT_EQ(engine_.usage().used, before_) << "everything is given back with the last module";
  }
  int32_t call(const char* function, int32_t argument) {
    const auto result = instance_.call<int32_t>(function, argument);
    EXPECT_TRUE(result) << result.error().message;
    return result ? *result : -1;
  }

  Bytes bytes_ = list_module();
  std::vector<std::byte> memory_ = std::vector<std::byte>(kPool);
  Engine engine_{memory_};
  size_t before_ = 0;
  Module module_;
  Instance instance_;
};

TEST_P(Heap, GarbageMakesRoom) {
  ASSERT_TRUE(instance_.call<void>("churn", 100'000));  // 1.6 MB through a tenth of that
  const HeapUsage usage = engine_.heap_usage();
  EXPECT_GT(usage.collections, 10u);
  EXPECT_LT(usage.arenas, 32u * 1024);
}

TEST_P(Heap, SweepingGoesOnBehindWhatLives) {
  EXPECT_EQ(call("mixed", 2000), 2000 * 2001 / 2);
  EXPECT_GT(engine_.heap_usage().collections, 2u);
}

TEST_P(Heap, StacksKeepWhatTheyReferTo) {
  EXPECT_EQ(call("both", 300), 300 * 301 / 2);
  engine_.collect_always(true);
  EXPECT_EQ(call("both", 300), 300 * 301 / 2);
  EXPECT_GT(engine_.heap_usage().collections, 600u);
}

TEST_P(Heap, GlobalsKeepWhatTheyReferTo) {
  ASSERT_TRUE(instance_.call<void>("keep", 100));
  ASSERT_TRUE(instance_.call<void>("churn", 20'000));
  EXPECT_EQ(*instance_.call<int32_t>("total"), 5050);
  engine_.collect();
  EXPECT_EQ(engine_.heap_usage().live_objects, 100u);
}

TEST_P(Heap, TheHostHoldsWhatItSays) {
  const auto build = instance_.function("build"), sum = instance_.function("sum");
  Value list, total;
  ASSERT_TRUE(build->call({{Value::i32(10)}}, {&list, 1}));
  EXPECT_EQ(engine_.kind_of(list), RefKind::Struct);
  ASSERT_TRUE(engine_.hold(list));
  engine_.collect_always(true);
  ASSERT_TRUE(instance_.call<void>("churn", 100));
  ASSERT_TRUE(sum->call({{list}}, {&total, 1}));
  EXPECT_EQ(total.i32(), 55);
  engine_.unhold(list);
  engine_.collect();
  EXPECT_EQ(engine_.heap_usage().live_objects, 0u);
  EXPECT_EQ(engine_.heap_usage().arenas, 0u) << "what is empty goes back to the pool";
  EXPECT_FALSE(sum->call({{list}}, {&total, 1})) << "a reference to what is gone is refused";
}

TEST_P(Heap, WithoutMemoryTheGuestTraps) {
  const auto kept = instance_.call<void>("keep", 1'000'000);
  ASSERT_FALSE(kept);
  EXPECT_EQ(kept.error().trap, Trap::HeapExhausted);
  EXPECT_EQ(call("both", 100), 5050) << "what it had is garbage now";
}

/// The bound of DESIGN.md: a step for each object, reference and word of the stacks.
TEST_P(Heap, PausesAreBounded) {
  ASSERT_TRUE(instance_.call<void>("keep", 4000));  // 64,000 bytes of objects
  engine_.collect();
  const HeapUsage usage = engine_.heap_usage();
  EXPECT_EQ(usage.live_objects, 4000u);
  EXPECT_EQ(usage.live_bytes, 64'000u);
  EXPECT_LT(usage.longest_pause, 20'000u);
  RecordProperty("longest_pause_steps", static_cast<int>(usage.longest_pause));
}

/// A collection visits the whole of a table: with a large one they come less often (libFuzzer: 65,000 times
/// as many steps as bytes).
TEST(HeapRoots, LargeTablesMakeCollectionsRare) {
  // (module (type $s (struct (field i32))) (table 100000 funcref)
  //   (func (export "churn") (param i32) loop  local.get 0 struct.new $s drop  ...))
  const Bytes churn = {0, 0x03, 0x40, 0x20, 0,    0xfb, 0,    0, 0x1a, 0x20,
                       0, 0x41, 1,    0x6b, 0x22, 0,    0x0d, 0, 0x0b, 0x0b};
  const Bytes bytes = ModuleBuilder()
                          .types({{0x5f, 1, 0x7f, 0}, {0x60, 1, 0x7f, 0}})
                          .functions({{1}})
                          .tables({join({{0x70, 0}, wasm::test::leb128(100'000)})})
                          .exports({join({name("churn"), {0, 0}})})
                          .code({churn})
                          .bytes;
  std::vector<std::byte> memory(2 << 20);
  Engine engine(memory);
  const auto module = engine.load(bytes);
  ASSERT_TRUE(module) << module.error().message;
  const auto instance = engine.instantiate(*module);
  ASSERT_TRUE(instance) << instance.error().message;
  ASSERT_TRUE(instance->call<void>("churn", 100'000));  // 1.6 MB
  EXPECT_LT(engine.heap_usage().collections, 10u);
  EXPECT_GE(engine.heap_usage().longest_pause, 100'000u) << "a pause says what it takes";
}

TEST(HeapValues, NoNumberIsTakenForAnObject) {
  std::vector<std::byte> memory(64 * 1024);
  Engine engine(memory);
  const Bytes bytes = list_module();
  const auto module = engine.load(bytes);
  const auto instance = engine.instantiate(*module);
  const auto sum = instance->function("sum");
  Value total;
  for (uint32_t bits = 1; bits < 70'000; bits += 3)
    EXPECT_FALSE(sum->call({{Value(ValueType::StructRef, bits)}}, {&total, 1})) << bits;
  EXPECT_FALSE(sum->call({{Value::i32(0)}}, {&total, 1}));
  EXPECT_TRUE(sum->call({{Value(ValueType::NullRef, 0)}}, {&total, 1}));
}

INSTANTIATE_TEST_SUITE_P(Tiers, Heap, testing::ValuesIn(tiers()));

}  // namespace
}  // namespace mote
