// SPDX-License-Identifier: Apache-2.0
// One memory, two engines in two threads.
#include <gtest/gtest.h>
#include <mote/mote.hpp>

#include <thread>
#include <vector>

#include "config/tiers.hpp"
#include "wasm/module_builder.hpp"

namespace mote {
namespace {

using wasm::test::Bytes;
using wasm::test::join;
using wasm::test::ModuleBuilder;
using wasm::test::name;

constexpr uint8_t kGet = 0x20;

/// (memory 1 4 shared), imported or, as "m", exported; wait(timeout) at 8 for 0; wake: stores 1 there and
/// notifies; add: atomically to 16, unaligned(): to 17; grow, size, load(address).
Bytes make_module(bool imports) {
  const Bytes wait = {0, 0x41, 8, 0x41, 0, kGet, 0, 0xfe, 1, 2, 0, 0x0b};
  const Bytes wake = {0, 0x41, 8, 0x41, 1, 0xfe, 0x17, 2, 0, 0x41, 8, 0x41, 9, 0xfe, 0, 2, 0, 0x0b};
  const Bytes add = {0, 0x41, 16, kGet, 0, 0xfe, 0x1e, 2, 0, 0x0b};
  const Bytes unaligned = {0, 0x41, 16, 0x41, 1, 0xfe, 0x1e, 2, 1, 0x0b};
  const Bytes grow = {0, kGet, 0, 0x40, 0, 0x0b}, size = {0, 0x3f, 0, 0x0b};
  const Bytes load = {0, kGet, 0, 0x28, 2, 0, 0x0b};
  ModuleBuilder builder;
  builder.types({{0x60, 1, 0x7e, 1, 0x7f}, {0x60, 0, 1, 0x7f}, {0x60, 1, 0x7f, 1, 0x7f}});
  if (imports) builder.imports({join({name("a"), name("m"), {2, 3, 1, 4}})});
  builder.functions({{0}, {1}, {2}, {1}, {2}, {1}, {2}});
  if (!imports) builder.memories({{3, 1, 4}});
  return builder
      .exports({join({name("m"), {2, 0}}), join({name("wait"), {0, 0}}), join({name("wake"), {0, 1}}),
                join({name("add"), {0, 2}}), join({name("unaligned"), {0, 3}}), join({name("grow"), {0, 4}}),
                join({name("size"), {0, 5}}), join({name("load"), {0, 6}})})
      .code({wait, wake, add, unaligned, grow, size, load})
      .bytes;
}

/// An engine with an instance; it imports the other's memory when there is another.
struct Side {
  explicit Side(const LoadOptions& options, const Side* other = nullptr)
      : bytes(make_module(other != nullptr)) {
    auto loaded = engine.load(bytes, options);
    EXPECT_TRUE(loaded) << loaded.error().message;
    if (!loaded) return;
    module = std::move(*loaded);
    NamedExtern memory{"a", "m", {}};
    if (other != nullptr) memory.item = *other->instance.export_("m");
    auto made = engine.instantiate(module, {.externs = {&memory, other == nullptr ? size_t{0} : size_t{1}}},
                                   {.stack_bytes = 16 * 1024});
    EXPECT_TRUE(made) << made.error().message;
    if (made) instance = std::move(*made);
  }

  std::vector<std::byte> pool{1 << 20};
  Engine engine{pool};
  Bytes bytes;
  Module module;
  Instance instance;
};

std::vector<LoadOptions> ways() {
  std::vector<LoadOptions> all{{.tier = Tier::Vm}};
  if (config::kNative) all.push_back({.tier = Tier::Native, .bounds = Bounds::Software});
  if (config::kNative) all.push_back({.tier = Tier::Native, .bounds = Bounds::GuardPages});
  return all;
}

class SharedMemory : public testing::TestWithParam<LoadOptions> {};

TEST_P(SharedMemory, OneThreadWakesTheOther) {
  Side here(GetParam()), there(GetParam(), &here);
  int32_t answer = -1;
  std::thread thread([&] { answer = *there.instance.call<int32_t>("wait", int64_t{-1}); });
  // Whether it waits by now or finds the value changed, it ends.
  const int32_t woken = *here.instance.call<int32_t>("wake");
  thread.join();
  EXPECT_EQ(answer, woken == 1 ? 0 : 1);
  EXPECT_EQ(*there.instance.call<int32_t>("wait", int64_t{1}), 1);
}

TEST_P(SharedMemory, WaitingEnds) {
  Side here(GetParam());
  EXPECT_EQ(*here.instance.call<int32_t>("wait", int64_t{1000}), 2);
}

TEST_P(SharedMemory, SumsAreAtomic) {
  Side here(GetParam()), there(GetParam(), &here);
  constexpr int kTimes = 20'000;
  const auto count = [](const Side& side) {
    const auto add = side.instance.function("add");
    for (int i = 0; i < kTimes; ++i) ASSERT_TRUE(add->call<int32_t>(1));
  };
  std::thread thread([&] { count(there); });
  count(here);
  thread.join();
  EXPECT_EQ(*here.instance.call<int32_t>("load", 16), 2 * kTimes);
  EXPECT_EQ(here.instance.call<int32_t>("unaligned").error().trap, Trap::UnalignedAtomic);
}

TEST_P(SharedMemory, GrowthIsSeenByAll) {
  Side here(GetParam()), there(GetParam(), &here);
  EXPECT_EQ(there.instance.call<int32_t>("load", 65536).error().trap, Trap::MemoryOutOfBounds);
  std::thread thread([&] { EXPECT_EQ(*here.instance.call<int32_t>("grow", 2), 1); });
  thread.join();
  EXPECT_EQ(*there.instance.call<int32_t>("size"), 3);
  EXPECT_EQ(*there.instance.call<int32_t>("load", 3 * 65536 - 4), 0);
  EXPECT_EQ(there.instance.call<int32_t>("load", 3 * 65536).error().trap, Trap::MemoryOutOfBounds);
  EXPECT_EQ(*there.instance.call<int32_t>("grow", 1), 3);
  EXPECT_EQ(*here.instance.call<int32_t>("load", 4 * 65536 - 4), 0);
  EXPECT_EQ(*here.instance.call<int32_t>("grow", 1), -1);
}

TEST(SharedMemories, OnlySharedMemoriesCrossEngines) {
  const Bytes plain = ModuleBuilder().memories({{1, 1, 4}}).exports({join({name("m"), {2, 0}})}).bytes;
  std::vector<std::byte> pool(1 << 20);
  Engine engine(pool);
  const auto module = engine.load(plain);
  const auto instance = engine.instantiate(*module);
  Side other({});
  const NamedExtern memory{"a", "m", *instance->export_("m")};
  const Bytes wants = make_module(true);
  const auto loaded = other.engine.load(wants);
  EXPECT_EQ(other.engine.instantiate(*loaded, {.externs = {&memory, 1}}).error().code, ErrorCode::Unlinkable);
  const auto made = other.engine.new_memory({.min = 1, .max = 4, .shared = true});
  ASSERT_TRUE(made);
  const NamedExtern host{"a", "m", *made};
  {
    const auto user = other.engine.instantiate(*loaded, {.externs = {&host, 1}});
    ASSERT_TRUE(user) << user.error().message;
    EXPECT_EQ(*user->call<int32_t>("grow", 3), 1);
  }
  other.engine.release(*made);
}

INSTANTIATE_TEST_SUITE_P(Tiers, SharedMemory, testing::ValuesIn(ways()), [](const auto& way) {
  if (way.param.tier == Tier::Vm) return std::string("Vm");
  return std::string(way.param.bounds == Bounds::Software ? "Software" : "GuardPages");
});

}  // namespace
}  // namespace mote
