// SPDX-License-Identifier: Apache-2.0
// Random functions, run by the interpreter and natively: results, traps, memory and fuel must agree.
#include <gtest/gtest.h>
#include <mote/mote.hpp>

#include <bit>
#include <cmath>
#include <cstring>
#include <random>
#include <vector>

#include "config/tiers.hpp"
#include "native/random_module.hpp"

namespace mote {
namespace {

using namespace wasm::test;

/// What can be seen of a module's run.
struct Outcome {
  std::vector<uint64_t> results;
  std::vector<Trap> traps;
  std::vector<uint64_t> fuel;
  std::vector<uint8_t> memory;
};

/// NaNs differ in bits that WebAssembly leaves open.
uint64_t canonical(const Value& value) {
  if (value.type == ValueType::F32 && std::isnan(std::bit_cast<float>(static_cast<uint32_t>(value.bits))))
    return 0x7fc0'0000;
  if (value.type == ValueType::F64 && std::isnan(std::bit_cast<double>(value.bits)))
    return uint64_t{0x7ff8} << 48;
  return value.bits;
}

Outcome run(const Bytes& bytes, const LoadOptions& options) {
  Outcome outcome;
  std::vector<std::byte> pool(1 << 20);
  Engine engine(pool);
  const auto module = engine.load(bytes, options);
  EXPECT_TRUE(module) << module.error().message << " at " << module.error().offset;
  if (!module) return outcome;
  const bool counts = options.tier == Tier::Vm || options.fuel;
  constexpr uint64_t kFuel = 100'000;
  const auto instance = engine.instantiate(
      *module, {}, {.stack_bytes = 64 * 1024, .fuel = counts ? kFuel : InstanceOptions::kUnlimited});
  EXPECT_TRUE(instance);
  if (!instance) return outcome;
  const std::vector<Value> arguments = {Value::i32(-7), Value::i64(int64_t{1} << 33), Value::f32(2.5f),
                                        Value::f64(-1e9)};
  for (int i = 0; i < 12; ++i) {
    if (counts) instance->set_fuel(kFuel);
    std::vector<Value> results(1);
    const auto done = instance->function("f" + std::to_string(i))->call(arguments, results);
    outcome.traps.push_back(done ? Trap::None : done.error().trap);
    outcome.results.push_back(done ? canonical(results[0]) : 0);
    outcome.fuel.push_back(counts ? instance->fuel() : 0);
    instance->kill();
  }
  const auto memory = instance->memory("memory");
  outcome.memory.assign(memory.begin(), memory.end());
  return outcome;
}

class Differential : public testing::TestWithParam<LoadOptions> {};

TEST_P(Differential, AgreesWithTheInterpreter) {
  std::mt19937 random(20261123);
  uint64_t ended = 0, trapped = 0;
  for (int round = 0; round < 400; ++round) {
    const Bytes bytes = make_module(random);
    const Outcome expected = run(bytes, {}), found = run(bytes, GetParam());
    ASSERT_EQ(found.traps, expected.traps) << "round " << round;
    ASSERT_EQ(found.results, expected.results) << "round " << round;
    ASSERT_EQ(found.memory, expected.memory) << "round " << round;
    if (GetParam().fuel) {
      ASSERT_EQ(found.fuel, expected.fuel) << "round " << round;
    }
    for (const Trap trap : expected.traps) ++(trap == Trap::None ? ended : trapped);
  }
  // Both kinds of ends are seen often.
  EXPECT_GT(ended, 400u);
  EXPECT_GT(trapped, 400u);
}

std::vector<LoadOptions> native_ways() {
  std::vector<LoadOptions> all;
  for (const bool fuel : {false, true}) {
    for (const Bounds bounds : {Bounds::Software, Bounds::GuardPages})
      all.push_back({.tier = Tier::Native, .bounds = bounds, .fuel = fuel});
  }
  if (!config::kNative) all.clear();
  return all;
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Differential);
INSTANTIATE_TEST_SUITE_P(Native, Differential, testing::ValuesIn(native_ways()), [](const auto& way) {
  return std::string(way.param.bounds == Bounds::Software ? "Software" : "GuardPages") +
         (way.param.fuel ? "Fuel" : "");
});

}  // namespace
}  // namespace mote
