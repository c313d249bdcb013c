// SPDX-License-Identifier: Apache-2.0
// Pools and guest's stacks of every size from nothing up, and wrong arguments.
#include <gtest/gtest.h>

#include "modules.hpp"

namespace mote {
namespace {

TEST(Scarce, PoolsOfEverySize) {
  for (const NamedModule& module : modules()) {
    fuzz::Limits limits{.stack_bytes = 512, .memory_bytes = 1 << 18, .fuel = 500};
    for (const fuzz::TierOptions& tier : fuzz::tiers()) {
      bool instantiated = false;
      size_t size = 0;
      // Byte by byte at first, then in steps that grow with the size.
      for (; size < 600'000 && !instantiated;
           size += size < 2000 ? MOTE_TEST_SCALE : 8 * MOTE_TEST_SCALE + size / 64) {
        limits.pool_bytes = size;
        instantiated = fuzz::exercise(module.bytes, tier.load, limits).instantiated;
      }
      // An import may be of a kind that the host does not make; but a larger pool must have been of use.
      const bool ever = instantiated || fuzz::exercise(module.bytes, tier.load).instantiated;
      EXPECT_EQ(instantiated, ever) << module.name << " on " << tier.name;
    }
  }
}

TEST(Scarce, StacksOfEverySize) {
  for (const NamedModule& module : modules()) {
    for (uint32_t size = 0; size < 1200; size += size < 200 ? 4 : 32 * MOTE_TEST_SCALE) {
      on_every_tier(module.bytes, {.stack_bytes = size, .fuel = 500});
    }
  }
}

TEST(Scarce, FuelOfEveryAmount) {
  for (const NamedModule& module : modules()) {
    for (uint64_t fuel = 0; fuel < 64; fuel += 1 + (MOTE_TEST_SCALE > 1 ? 7 : 0))
      fuzz::compare_tiers(module.bytes, {.fuel = fuel});
  }
}

TEST(Scarce, MissingBytesAreEnough) {
  for (const NamedModule& module : modules()) {
    std::vector<std::byte> memory(4 << 20);
    size_t size = 64;
    for (int attempt = 0;; ++attempt) {
      ASSERT_LT(attempt, 4000) << module.name;
      Engine engine({memory.data(), size});
      const auto loaded = engine.load(module.bytes, {.bounds = Bounds::Software});
      if (loaded) break;
      ASSERT_EQ(loaded.error().code, ErrorCode::OutOfMemory) << module.name;
      ASSERT_GT(loaded.error().detail, 0u);
      size += loaded.error().detail;  // what was asked for brings it at least one request further
      ASSERT_LT(size, memory.size()) << module.name;
    }
  }
}

TEST(Scarce, WrongArguments) {
  for (const NamedModule& module : modules()) {
    std::vector<std::byte> memory(1 << 20);
    Engine engine(memory);
    const auto loaded = engine.load(module.bytes, {.bounds = Bounds::Software});
    ASSERT_TRUE(loaded) << module.name;
    const auto instance = engine.instantiate(*loaded);
    if (!instance) {
      EXPECT_NE(std::string(instance.error().message), "");
      continue;
    }
    loaded->exports([&](const ExportInfo& item) {
      if (item.type.kind != ExternKind::Function) return;
      const auto function = instance->function(item.name);
      ASSERT_TRUE(function);
      std::vector<Value> arguments(item.type.param_count() + 1, Value::i32(0)),
          results(item.type.result_count());
      EXPECT_EQ(function->call(arguments, results).error().code, ErrorCode::Signature);
      if (item.type.param_count() > 0) {
        EXPECT_EQ(function->call({}, results).error().code, ErrorCode::Signature);
        arguments.pop_back();
        arguments[0].type = item.type.param(0) == ValueType::I32 ? ValueType::F64 : ValueType::I32;
        EXPECT_EQ(function->call(arguments, results).error().code, ErrorCode::Signature);
      }
      if (item.type.result_count() > 0) {
        for (uint32_t i = 0; i < item.type.param_count(); ++i) arguments[i] = Value(item.type.param(i), 0);
        arguments.resize(item.type.param_count());
        EXPECT_EQ(function->call(arguments, {}).error().code, ErrorCode::Signature);
      }
    });
  }
}

}  // namespace
}  // namespace mote
