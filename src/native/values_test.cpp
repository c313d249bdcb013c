// SPDX-License-Identifier: Apache-2.0
// Values in registers: more of them than there are registers, floats whose bits must stay as they are, and
// values that outlive calls and suspension. Every tier must agree with what is written here.
#include <gtest/gtest.h>
#include <mote/mote.hpp>

#include <bit>
#include <cstring>
#include <vector>

#include "config/tiers.hpp"
#include "wasm/instruction_bytes.hpp"

namespace mote {
namespace {

using namespace wasm::test;

constexpr uint32_t kSignallingNaN = 0x7fa0'1234;

Bytes f32(float value) {
  const auto bits = std::bit_cast<uint32_t>(value);
  return {0x43, uint8_t(bits), uint8_t(bits >> 8), uint8_t(bits >> 16), uint8_t(bits >> 24)};
}
const Bytes kAddI = {0x6a}, kAddF = {0x92}, kMulF = {0x94}, kReinterpret = {0xbc}, kToFloat = {0xbe},
            kZero = {0x41, 0};

/// Function 0, "f": (p, q) -> i32 with locals 2 to 5 of i32 and 6 to 9 of f32. Function 1: (f32) -> f32,
/// halves; function 2 counts down from a million, so that fuel runs out in it, and gives 1.
Bytes module_of(const std::vector<Bytes>& body) {
  Bytes code = {2, 4, kI32, 4, kF32};
  for (const Bytes& piece : body) append(code, piece);
  code.push_back(kEnd);
  const Bytes half = join({{0}, local_get(0), f32(0.5f), kMulF, {kEnd}});
  const Bytes wait = join({{1, 1, kI32, 0x41},
                           {0xc0, 0x84, 0x3d},
                           local_set(0),
                           {0x03, 0x40},
                           local_get(0),
                           {0x41, 0x7f},
                           kAddI,
                           {0x22, 0, 0x0d, 0, kEnd, 0x41, 1, kEnd}});
  return ModuleBuilder()
      .types({{0x60, 2, kI32, kI32, 1, kI32}, {0x60, 1, kF32, 1, kF32}, {0x60, 0, 1, kI32}})
      .functions({{0}, {1}, {2}})
      .memories({{0, 1}})
      .exports({join({name("f"), {0, 0}}), join({name("memory"), {2, 0}})})
      .code({code, half, wait})
      .bytes;
}

class Values : public testing::TestWithParam<LoadOptions> {
 protected:
  uint32_t run(const std::vector<Bytes>& body, uint32_t p, uint32_t q,
               uint64_t fuel = InstanceOptions::kUnlimited) {
    std::vector<std::byte> pool(1 << 20);
    Engine engine(pool);
    const Bytes bytes = module_of(body);
    const auto module = engine.load(bytes, GetParam());
    EXPECT_TRUE(module) << module.error().message << " at " << module.error().offset;
    if (!module) return 0;
    auto instance = engine.instantiate(*module, {}, {.stack_bytes = 4096, .fuel = fuel});
    EXPECT_TRUE(instance);
    if (!instance) return 0;
    const auto memory = instance->memory("memory");
    // A memory that no instruction touches has no bytes.
    for (uint32_t i = 0; i < 64 && i < memory.size(); ++i) memory[i] = static_cast<uint8_t>(i);
    if (!memory.empty()) std::memcpy(memory.data() + 65, &kSignallingNaN, 4);
    std::vector<Value> results(1);
    const std::vector<Value> arguments = {Value::i32(static_cast<int32_t>(p)),
                                          Value::i32(static_cast<int32_t>(q))};
    auto done = instance->function("f")->call(arguments, results);
    for (suspensions_ = 0; !done && done.error().code == ErrorCode::Suspended; ++suspensions_) {
      instance->set_fuel(fuel);
      done = instance->resume(results);
    }
    EXPECT_TRUE(done) << (done ? "" : done.error().message);
    return static_cast<uint32_t>(results[0].bits);
  }
  uint32_t suspensions_ = 0;
};

TEST_P(Values, MoreThanThereAreRegistersFor) {
  // 60 sums that wait for their consumers, of locals that may be in registers.
  std::vector<Bytes> sums, floats, products;
  for (uint32_t i = 0; i < 60; ++i) sums.push_back(join({local_get(0), local_get(1), kAddI}));
  for (uint32_t i = 0; i < 59; ++i) sums.push_back(kAddI);
  EXPECT_EQ(run(sums, 3, 4), 60u * 7);
  for (uint32_t i = 0; i < 60; ++i) floats.push_back(join({local_get(0), {0xb3}, f32(float(i)), kAddF}));
  for (uint32_t i = 0; i < 59; ++i) floats.push_back(kAddF);
  floats.push_back({0xa9});
  EXPECT_EQ(run(floats, 3, 4), 60u * 3 + 59 * 30);
  for (uint32_t i = 0; i < 40; ++i)
    products.push_back(join({local_get(0), {0xac}, local_get(1), {0xac, 0x7e}}));
  for (uint32_t i = 0; i < 39; ++i) products.push_back({0x7c});
  products.push_back({0xa7});
  EXPECT_EQ(run(products, 3, static_cast<uint32_t>(-4)), static_cast<uint32_t>(-40 * 12));
}

TEST_P(Values, FloatsAtAnyAddress) {
  for (uint32_t at = 0; at < 8; ++at) {
    const std::vector<Bytes> body = {local_get(0), access(0x2a, 1), local_set(6), local_get(1),
                                     local_get(6), access(0x38, 3), local_get(1), access(0x28, 3)};
    const uint32_t expected = (at + 1) * 0x0101'0101 + 0x0302'0100;
    EXPECT_EQ(run(body, at, 64 + 2 * at), expected);
  }
}

TEST_P(Values, BitsOfNaNsStay) {
  const Bytes nan = join({kZero, access(0x2a, 65)});
  EXPECT_EQ(run({nan, kReinterpret}, 0, 0), kSignallingNaN);
  EXPECT_EQ(run({nan, local_set(6), local_get(6), local_set(7), local_get(7), kReinterpret}, 0, 0),
            kSignallingNaN);
  EXPECT_EQ(run({nan, {0x8c}, kReinterpret}, 0, 0), kSignallingNaN | 0x8000'0000);
  EXPECT_EQ(run({nan, {0x8c, 0x8b}, kReinterpret}, 0, 0), kSignallingNaN);
  EXPECT_EQ(run({nan, f32(-1), {0x98}, kReinterpret}, 0, 0), kSignallingNaN | 0x8000'0000);
  EXPECT_EQ(run({nan, f32(-1), local_get(0), {0x1b}, kReinterpret}, 1, 0), kSignallingNaN);
  EXPECT_EQ(run({f32(-1), nan, local_get(0), {0x1b}, kReinterpret}, 0, 0), kSignallingNaN);
  EXPECT_EQ(run({Bytes{0x02, kF32}, nan, local_get(0), Bytes{0x0d, 0}, kReinterpret, kToFloat, Bytes{kEnd},
                 kReinterpret},
                1, 0),
            kSignallingNaN);
}

TEST_P(Values, ComparisonsWithNaN) {
  const Bytes nan = join({kZero, access(0x2a, 65)});
  constexpr uint8_t kEq = 0x5b, kNe = 0x5c, kLe = 0x5f, kGe = 0x60;
  for (uint8_t op = kEq; op <= kGe; ++op) {
    for (const Bytes& other : {f32(1), f32(0), nan}) {
      const uint32_t expected = op == kNe ? 1 : 0;
      EXPECT_EQ(run({nan, other, {op}}, 0, 0), expected);
      EXPECT_EQ(run({other, nan, {op}}, 0, 0), expected);
      // As conditions, either way round.
      EXPECT_EQ(run({nan, other, {op, 0x04, kI32, 0x41, 5, 0x05, 0x41, 6, kEnd}}, 0, 0), expected ? 5u : 6u);
      EXPECT_EQ(run({nan, other, {op, 0x45, 0x04, kI32, 0x41, 5, 0x05, 0x41, 6, kEnd}}, 0, 0),
                expected ? 6u : 5u);
    }
  }
  static_assert(kLe < kGe);
  EXPECT_EQ(run({f32(1),
                 local_set(6),
                 local_get(6),
                 f32(2),
                 {0x5d},
                 f32(9),
                 local_set(6),
                 {0x04, kI32, 0x41, 5, 0x05, 0x41, 6, kEnd}},
                0, 0),
            5u);
}

TEST_P(Values, TruncationSaturates) {
  const auto truncate = [&](float value, uint8_t op) { return run({f32(value), {0xfc, op}}, 0, 0); };
  EXPECT_EQ(truncate(-1.75f, 0), static_cast<uint32_t>(-1));
  EXPECT_EQ(truncate(3e9f, 0), 0x7fff'ffffu);
  EXPECT_EQ(truncate(-3e9f, 0), 0x8000'0000u);
  EXPECT_EQ(truncate(3e9f, 1), 3'000'000'000u);
  EXPECT_EQ(truncate(-1, 1), 0u);
  EXPECT_EQ(run({kZero, access(0x2a, 65), {0xfc, 0}}, 0, 0), 0u);
}

/// Four floats in locals and two on the stack, while other functions use the registers.
std::vector<Bytes> floats_across(const Bytes& call) {
  return {f32(1),       local_set(6), f32(2),       local_set(7), f32(4), local_set(8), f32(8),
          local_set(9), f32(16),      local_get(6), f32(32),      kMulF,  call,         local_get(6),
          {0x10, 1},    local_set(6), local_get(6), local_get(7), kAddF,  local_get(8), kAddF,
          local_get(9), kAddF,        kAddF,        kAddF,        {0xa9}};
}

TEST_P(Values, FloatsOutliveCalls) {
  EXPECT_EQ(run(floats_across(join({f32(3), {0x10, 1, 0x1a}})), 0, 0), 16u + 32 + 2 + 4 + 8);  // 62.5
}

TEST_P(Values, FloatsOutliveSuspension) {
  if (GetParam().tier == Tier::Native && !GetParam().fuel) GTEST_SKIP() << "this code counts no fuel";
  EXPECT_EQ(run(floats_across({0x10, 2, 0x1a}), 0, 0, 100'000), 16u + 32 + 2 + 4 + 8);
  EXPECT_GE(suspensions_, 9u);
}

std::vector<LoadOptions> all_ways() {
  std::vector<LoadOptions> all = {{.tier = Tier::Vm}};
  for (const bool fuel : {false, true}) {
    if (config::kNative) all.push_back({.tier = Tier::Native, .bounds = Bounds::Software, .fuel = fuel});
  }
  return all;
}

INSTANTIATE_TEST_SUITE_P(Ways, Values, testing::ValuesIn(all_ways()), [](const auto& way) {
  return std::string(way.param.tier == Tier::Vm ? "Vm" : way.param.fuel ? "NativeFuel" : "Native");
});

}  // namespace
}  // namespace mote
