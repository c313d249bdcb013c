// SPDX-License-Identifier: Apache-2.0
// Vectors where values travel: parameters, results, locals, globals, branches, the host; and addresses of 64
// bits. What each operation computes, the official suite tests.
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

constexpr V128 kOnes{{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}};
constexpr V128 kCount{{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}};

V128 reversed(V128 vector) {
  V128 result;
  for (unsigned i = 0; i < 16; ++i) result.bytes[i] = vector.bytes[15 - i];
  return result;
}
constexpr HostFunction kHost[] = {bind<reversed>("env", "reversed")};
static_assert(std::string_view(kHost[0].signature) == "v:v");

Bytes constant(const V128& vector) {
  return join({{0xfd, 0x0c}, Bytes(vector.bytes.begin(), vector.bytes.end())});
}

constexpr uint8_t kGet = 0x20, kSet = 0x21, kTee = 0x22;
const Bytes kAdd = {0xfd, 0x6e}, kSubtract = {0xfd, 0x71};  // i8x16

/// Functions of (v128 i32 v128 i64 v128) -> v128, and some others; see the tests.
Bytes make_module() {
  const Bytes type = {0x60, 5, 0x7b, 0x7f, 0x7b, 0x7e, 0x7b, 1, 0x7b};
  // The first, read before it is overwritten, less what it is then.
  const Bytes keep = join({{0, kGet, 0, kGet, 2, kSet, 0, kGet, 0}, kSubtract, {0x0b}});
  // The third by a block's result, or the fifth.
  const Bytes branch = {0, 0x02, 0x7b, kGet, 2, kGet, 1, 0x0d, 0, 0x1a, kGet, 4, 0x0b, 0x0b};
  const Bytes select = {0, kGet, 0, kGet, 2, kGet, 1, 0x1b, 0x0b};
  const Bytes call = join({{0, kGet, 4, kGet, 1, kGet, 0, kGet, 3, kGet, 2, 0x10, 1, 0x10, 0}, {0x0b}});
  const Bytes tail = {0, kGet, 4, kGet, 1, kGet, 0, kGet, 3, kGet, 2, 0x12, 1, 0x0b};
  const Bytes global = join({{0, 0x23, 0, kGet, 0}, kAdd, {0x24, 0, 0x23, 0, 0x23, 1}, kAdd, {0x0b}});
  // Two results of a kind, and a scalar between.
  const Bytes several = {0, kGet, 0, kGet, 1, kGet, 2, 0x0b};
  // A local that is not a parameter begins as zeros; the sum of several results.
  const Bytes sum =
      join({{1, 1, 0x7b, kGet, 0, kGet, 1, kGet, 2, 0x10, 7, kSet, 3, 0x1a, kGet, 3}, kAdd, {0x0b}});
  const Bytes wide = {0, kGet, 0, kGet, 1, 0xfc, 0x16, 0x0b};
  return ModuleBuilder()
      .types({type,
              {0x60, 1, 0x7b, 1, 0x7b},
              {0x60, 3, 0x7b, 0x7f, 0x7b, 3, 0x7b, 0x7f, 0x7b},
              {0x60, 3, 0x7b, 0x7f, 0x7b, 1, 0x7b},
              {0x60, 2, 0x7e, 0x7e, 2, 0x7e, 0x7e}})
      .imports({join({name("env"), name("reversed"), {0, 1}})})
      .functions({{0}, {0}, {0}, {0}, {0}, {0}, {2}, {3}, {4}})
      .globals({join({{0x7b, 1}, constant(kCount), {0x0b}}), join({{0x7b, 0}, constant(kOnes), {0x0b}})})
      .exports({join({name("keep"), {0, 1}}), join({name("branch"), {0, 2}}), join({name("select"), {0, 3}}),
                join({name("call"), {0, 4}}), join({name("tail"), {0, 5}}), join({name("global"), {0, 6}}),
                join({name("sum"), {0, 8}}), join({name("wide"), {0, 9}}), join({name("count"), {3, 0}})})
      .code({keep, branch, select, call, tail, global, several, sum, wide})
      .bytes;
}

std::vector<LoadOptions> ways() {
  std::vector<LoadOptions> all{{.tier = Tier::Vm}};
  if (!config::kNative) return all;
  for (const Bounds bounds : {Bounds::Software, Bounds::GuardPages}) {
    for (const bool fuel : {false, true})
      all.push_back({.tier = Tier::Native, .bounds = bounds, .fuel = fuel});
  }
  return all;
}

class Vector : public testing::TestWithParam<LoadOptions> {
 protected:
  void start(const Bytes& bytes) {
    bytes_ = bytes;
    auto module = engine_.load(bytes_, GetParam());
    ASSERT_TRUE(module) << module.error().message << " at " << module.error().offset;
    module_ = std::move(*module);
    auto instance = engine_.instantiate(module_, {.functions = kHost}, {.stack_bytes = 16 * 1024});
    ASSERT_TRUE(instance) << instance.error().message;
    instance_ = std::move(*instance);
  }
  V128 call(std::string_view function, int32_t number) {
    const auto result = instance_.call<V128>(function, kCount, number, kOnes, int64_t{-1}, reversed(kCount));
    EXPECT_TRUE(result) << result.error().message;
    return result ? *result : V128{};
  }

  std::vector<std::byte> pool_{1 << 18};
  Engine engine_{pool_};
  Bytes bytes_;
  Module module_;
  Instance instance_;
};

TEST_P(Vector, TravelsThroughLocalsBlocksAndCalls) {
  start(make_module());
  V128 less;
  for (unsigned i = 0; i < 16; ++i) less.bytes[i] = static_cast<uint8_t>(i - 1);
  EXPECT_EQ(call("keep", 0), less);
  EXPECT_EQ(call("branch", 1), kOnes);
  EXPECT_EQ(call("branch", 0), reversed(kCount));
  EXPECT_EQ(call("select", 1), kCount);
  EXPECT_EQ(call("select", 0), kOnes);
  // The first parameter is the caller's fifth, the third its first.
  V128 difference;
  for (unsigned i = 0; i < 16; ++i) difference.bytes[i] = static_cast<uint8_t>(15 - 2 * i);
  EXPECT_EQ(call("tail", 0), difference);
  EXPECT_EQ(call("call", 0), reversed(difference));
}

TEST_P(Vector, IsAGlobalAndSeveralResults) {
  start(make_module());
  V128 twice, more;
  for (unsigned i = 0; i < 16; ++i) {
    twice.bytes[i] = static_cast<uint8_t>(2 * i);
    more.bytes[i] = static_cast<uint8_t>(2 * i + 1);
  }
  EXPECT_EQ(call("global", 0), more);
  const auto global = instance_.global("count");
  ASSERT_TRUE(global);
  EXPECT_EQ(global->v128(), twice);
  ASSERT_TRUE(instance_.set_global("count", Value::v128(kOnes)));
  EXPECT_EQ(instance_.global("count")->v128(), kOnes);
  const auto sum = instance_.call<V128>("sum", kCount, 3, kCount);
  ASSERT_TRUE(sum) << sum.error().message;
  EXPECT_EQ(*sum, twice);
}

TEST_P(Vector, IsADynamicValue) {
  start(make_module());
  const Value arguments[] = {Value::v128(kCount), Value::i32(0), Value::v128(kOnes), Value::i64(1),
                             Value::v128(kOnes)};
  Value results[1];
  ASSERT_TRUE(instance_.function("select")->call(arguments, results));
  EXPECT_EQ(results[0].type, ValueType::V128);
  EXPECT_EQ(results[0].v128(), kOnes);
  EXPECT_STREQ(to_string(ValueType::V128), "v128");
}

TEST_P(Vector, WideProducts) {
  start(make_module());
  const Value arguments[] = {Value::i64(-1), Value::i64(-2)};
  Value results[2];
  ASSERT_TRUE(instance_.function("wide")->call(arguments, results));
  EXPECT_EQ(results[0].i64(), 2);
  EXPECT_EQ(results[1].i64(), -3);
}

/// (memory i64 1 2) and functions of an address: i32.load offset=8, i32.store of its second, memory.grow.
TEST_P(Vector, IsPartOfObjectsInConstantExpressions) {
  const Bytes first = constant(kCount), second = constant(kOnes);
  // A structure {i32 v128 i64} and an array of v128, the second of whose elements is a global.
  const Bytes structure = join({{0x64, 0, 0, 0x41, 3}, second, {0x42, 11, 0xfb, 0, 0, 0x0b}});
  const Bytes array = join({{0x64, 1, 0}, second, {0x23, 0}, second, {0xfb, 8, 1, 3, 0x0b}});
  const Bytes get_field = {0, 0x23, 1, 0xfb, 2, 0, 1, 0x0b}, get_last = {0, 0x23, 1, 0xfb, 2, 0, 2, 0x0b};
  const Bytes get_element = {0, 0x23, 2, 0x41, 1, 0xfb, 11, 1, 0x0b};
  start(
      ModuleBuilder()
          .types(
              {{0x5f, 3, 0x7f, 0, 0x7b, 0, 0x7e, 0}, {0x5e, 0x7b, 0}, {0x60, 0, 1, 0x7b}, {0x60, 0, 1, 0x7e}})
          .functions({{2}, {3}, {2}})
          .globals({join({{0x7b, 0}, first, {0x0b}}), structure, array})
          .exports(
              {join({name("field"), {0, 0}}), join({name("last"), {0, 1}}), join({name("element"), {0, 2}})})
          .code({get_field, get_last, get_element})
          .bytes);
  const auto field = instance_.call<V128>("field"), element = instance_.call<V128>("element");
  const auto last = instance_.call<int64_t>("last");
  ASSERT_TRUE(field && last && element);
  EXPECT_EQ(*field, kOnes);
  EXPECT_EQ(*last, 11);
  EXPECT_EQ(*element, kCount);
}

TEST_P(Vector, LongAddresses) {
  const Bytes load = {0, kGet, 0, 0x28, 2, 8, 0x0b}, store = {0, kGet, 0, kGet, 1, 0x36, 2, 0, 0x0b};
  const Bytes grow = {0, kGet, 0, 0x40, 0, 0x0b},
              far = {0, kGet, 0, 0x2d, 0, 0x80, 0x80, 0x80, 0x80, 0x20, 0x0b};
  start(ModuleBuilder()
            .types({{0x60, 1, 0x7e, 1, 0x7f}, {0x60, 2, 0x7e, 0x7f, 0}, {0x60, 1, 0x7e, 1, 0x7e}})
            .functions({{0}, {1}, {2}, {0}})
            .memories({{5, 1, 2}})
            .exports({join({name("load"), {0, 0}}), join({name("store"), {0, 1}}),
                      join({name("grow"), {0, 2}}), join({name("far"), {0, 3}})})
            .code({load, store, grow, far})
            .bytes);
  ASSERT_TRUE(instance_.call<void>("store", int64_t{65532}, 42));
  EXPECT_EQ(*instance_.call<int32_t>("load", int64_t{65524}), 42);
  for (const int64_t outside : {int64_t{65525}, int64_t{1} << 32, -int64_t{8}, INT64_MIN}) {
    EXPECT_EQ(instance_.call<int32_t>("load", outside).error().trap, Trap::MemoryOutOfBounds) << outside;
    EXPECT_EQ(instance_.call<void>("store", outside + 8, 1).error().trap,
              outside == -8 ? Trap::None : Trap::MemoryOutOfBounds)
        << outside;
  }
  EXPECT_EQ(instance_.call<int32_t>("far", int64_t{0}).error().trap, Trap::MemoryOutOfBounds);
  EXPECT_EQ(*instance_.call<int64_t>("grow", int64_t{1} << 32), -1);
  EXPECT_EQ(*instance_.call<int64_t>("grow", int64_t{1}), 1);
  EXPECT_EQ(*instance_.call<int32_t>("load", int64_t{65525}), 0);
}

INSTANTIATE_TEST_SUITE_P(Tiers, Vector, testing::ValuesIn(ways()), [](const auto& way) {
  const LoadOptions& options = way.param;
  if (options.tier == Tier::Vm) return std::string("Vm");
  return std::string("Native") + (options.bounds == Bounds::Software ? "Software" : "GuardPages") +
         (options.fuel ? "Fuel" : "");
});

}  // namespace
}  // namespace mote
