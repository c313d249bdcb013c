// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <mote/mote.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "config/tiers.hpp"

namespace mote {
namespace {

// (import "env" "host" (func (param i32) (result i32)))  (import "env" "text" (func (param i32 i32)))
// (memory (export "memory") 1 2)  (data (i32.const 16) "hello")  (table 2 funcref)
// (global (export "counter") (mut i32) (i32.const 7))
// add: i32 i32 -> i32   swap: i32 i64 -> i64 i32   spin: an endless loop   deep: endless recursion
// ask: host(x) + 100    say: text(x, y)            load: i32.load          outer: calls load
// grow: memory.grow     count: counts the global   through: call_indirect
constexpr auto kModule = std::to_array<uint8_t>(
    {0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x1f, 0x06, 0x60, 0x00, 0x01, 0x7f, 0x60, 0x01,
     0x7f, 0x01, 0x7f, 0x60, 0x02, 0x7f, 0x7f, 0x00, 0x60, 0x02, 0x7f, 0x7f, 0x01, 0x7f, 0x60, 0x02, 0x7f,
     0x7e, 0x02, 0x7e, 0x7f, 0x60, 0x00, 0x00, 0x02, 0x17, 0x02, 0x03, 0x65, 0x6e, 0x76, 0x04, 0x68, 0x6f,
     0x73, 0x74, 0x00, 0x01, 0x03, 0x65, 0x6e, 0x76, 0x04, 0x74, 0x65, 0x78, 0x74, 0x00, 0x02, 0x03, 0x0c,
     0x0b, 0x03, 0x04, 0x05, 0x01, 0x01, 0x02, 0x01, 0x01, 0x01, 0x00, 0x01, 0x04, 0x04, 0x01, 0x70, 0x00,
     0x02, 0x05, 0x04, 0x01, 0x01, 0x01, 0x02, 0x06, 0x06, 0x01, 0x7f, 0x01, 0x41, 0x07, 0x0b, 0x07, 0x63,
     0x0d, 0x06, 0x6d, 0x65, 0x6d, 0x6f, 0x72, 0x79, 0x02, 0x00, 0x07, 0x63, 0x6f, 0x75, 0x6e, 0x74, 0x65,
     0x72, 0x03, 0x00, 0x03, 0x61, 0x64, 0x64, 0x00, 0x02, 0x04, 0x73, 0x77, 0x61, 0x70, 0x00, 0x03, 0x04,
     0x73, 0x70, 0x69, 0x6e, 0x00, 0x04, 0x04, 0x64, 0x65, 0x65, 0x70, 0x00, 0x05, 0x03, 0x61, 0x73, 0x6b,
     0x00, 0x06, 0x03, 0x73, 0x61, 0x79, 0x00, 0x07, 0x04, 0x6c, 0x6f, 0x61, 0x64, 0x00, 0x08, 0x05, 0x6f,
     0x75, 0x74, 0x65, 0x72, 0x00, 0x09, 0x04, 0x67, 0x72, 0x6f, 0x77, 0x00, 0x0a, 0x05, 0x63, 0x6f, 0x75,
     0x6e, 0x74, 0x00, 0x0b, 0x07, 0x74, 0x68, 0x72, 0x6f, 0x75, 0x67, 0x68, 0x00, 0x0c, 0x0a, 0x63, 0x0b,
     0x07, 0x00, 0x20, 0x00, 0x20, 0x01, 0x6a, 0x0b, 0x06, 0x00, 0x20, 0x01, 0x20, 0x00, 0x0b, 0x07, 0x00,
     0x03, 0x40, 0x0c, 0x00, 0x0b, 0x0b, 0x0c, 0x00, 0x20, 0x00, 0x41, 0x01, 0x6a, 0x10, 0x05, 0x41, 0x01,
     0x6a, 0x0b, 0x0a, 0x00, 0x20, 0x00, 0x10, 0x00, 0x41, 0xe4, 0x00, 0x6a, 0x0b, 0x08, 0x00, 0x20, 0x00,
     0x20, 0x01, 0x10, 0x01, 0x0b, 0x07, 0x00, 0x20, 0x00, 0x28, 0x02, 0x00, 0x0b, 0x06, 0x00, 0x20, 0x00,
     0x10, 0x08, 0x0b, 0x06, 0x00, 0x20, 0x00, 0x40, 0x00, 0x0b, 0x0b, 0x00, 0x23, 0x00, 0x41, 0x01, 0x6a,
     0x24, 0x00, 0x23, 0x00, 0x0b, 0x07, 0x00, 0x20, 0x00, 0x11, 0x00, 0x00, 0x0b, 0x0b, 0x0b, 0x01, 0x00,
     0x41, 0x10, 0x0b, 0x05, 0x68, 0x65, 0x6c, 0x6c, 0x6f, 0x00, 0x43, 0x04, 0x6e, 0x61, 0x6d, 0x65, 0x01,
     0x19, 0x04, 0x00, 0x04, 0x68, 0x6f, 0x73, 0x74, 0x01, 0x04, 0x74, 0x65, 0x78, 0x74, 0x05, 0x04, 0x64,
     0x65, 0x65, 0x70, 0x08, 0x04, 0x6c, 0x6f, 0x61, 0x64, 0x02, 0x1b, 0x0d, 0x00, 0x00, 0x01, 0x00, 0x02,
     0x00, 0x03, 0x00, 0x04, 0x00, 0x05, 0x00, 0x06, 0x00, 0x07, 0x00, 0x08, 0x00, 0x09, 0x00, 0x0a, 0x00,
     0x0b, 0x00, 0x0c, 0x00, 0x04, 0x04, 0x01, 0x00, 0x01, 0x74});

struct Host {
  int waits = 0;  ///< so often is the answer "not yet"
  int calls = 0;
  std::string said;
  const Instance* back = nullptr;  ///< to call into
  bool fail = false;
};

HostResult<int32_t> host(Context& context, int32_t value) {
  Host& host = context.data_as<Host>();
  ++host.calls;
  if (host.fail) return HostResult<int32_t>::trap("the sensor is gone");
  if (host.waits-- > 0) return HostResult<int32_t>::waiting();
  if (host.back != nullptr) {
    const auto sum = host.back->call<int32_t>("add", value, 1000);
    if (!sum) return HostResult<int32_t>::trap(sum.error().message);
    return *sum;
  }
  return static_cast<int32_t>(2u * static_cast<uint32_t>(value));
}
void text(Context& context, GuestString words) {
  context.data_as<Host>().said = std::string(words);
}

constexpr HostFunction kHost[] = {bind<host>("env", "host"), bind<text>("env", "text")};
static_assert(std::string_view(kHost[0].signature) == "i:i" && std::string_view(kHost[1].signature) == "ii:");

/// Every way to run code that this build has.
std::vector<LoadOptions> ways() {
  std::vector<LoadOptions> all{{.tier = Tier::Vm}};
  if (!config::kNative) return all;
  for (const Bounds bounds : {Bounds::Software, Bounds::GuardPages}) {
    for (const bool fuel : {false, true})
      all.push_back({.tier = Tier::Native, .bounds = bounds, .fuel = fuel});
  }
  return all;
}

std::string name_of(const testing::TestParamInfo<LoadOptions>& way) {
  const LoadOptions& options = way.param;
  if (options.tier == Tier::Vm) return "Vm";
  return std::string("Native") + (options.bounds == Bounds::Software ? "Software" : "GuardPages") +
         (options.fuel ? "Fuel" : "");
}

class Runtime : public testing::TestWithParam<LoadOptions> {
 protected:
  void SetUp() override { start({}); }
  void start(InstanceOptions options) {
    instance_ = {};
    module_ = {};
    LoadOptions load = GetParam();
    if (options.fuel != InstanceOptions::kUnlimited) load.fuel = true;
    auto module = engine_.load(kModule, load);
    ASSERT_TRUE(module) << module.error().message;
    module_ = std::move(*module);
    options.data = &host_;
    auto instance = engine_.instantiate(module_, {.functions = kHost}, options);
    ASSERT_TRUE(instance) << instance.error().message;
    instance_ = std::move(*instance);
  }
  void TearDown() override {
    instance_ = {};
    module_ = {};
    EXPECT_EQ(engine_.usage().used, 0u);
  }

  alignas(8) std::array<std::byte, 256 * 1024> pool_;
  Host host_;
  Engine engine_{pool_};
  Module module_;
  Instance instance_;
};

TEST_P(Runtime, CallsWithTypes) {
  EXPECT_EQ(*instance_.call<int32_t>("add", 2, -5), -3);
  EXPECT_EQ(*instance_.call<int32_t>("count"), 8);
  EXPECT_EQ(instance_.global("counter")->i32(), 8);
  ASSERT_TRUE(instance_.set_global("counter", Value::i32(41)));
  EXPECT_EQ(*instance_.call<int32_t>("count"), 42);
}

TEST_P(Runtime, ReturnsSeveralValues) {
  std::array<Value, 2> results;
  ASSERT_TRUE(
      instance_.function("swap")->call(std::array{Value::i32(-1), Value::i64(int64_t{1} << 40)}, results));
  EXPECT_EQ(results[0].i64(), int64_t{1} << 40);
  EXPECT_EQ(results[1].i32(), -1);
}

TEST_P(Runtime, RefusesWrongCalls) {
  EXPECT_EQ(instance_.call<int32_t>("add", 2).error().code, ErrorCode::Signature);
  EXPECT_EQ(instance_.call<int32_t>("add", 2, 3.0).error().code, ErrorCode::Signature);
  EXPECT_EQ(instance_.call<float>("add", 2, 3).error().code, ErrorCode::Signature);
  EXPECT_EQ(instance_.call<int32_t>("sub", 2, 3).error().code, ErrorCode::NotFound);
  EXPECT_EQ(instance_.call<int32_t>("memory").error().code, ErrorCode::NotFound);
  EXPECT_EQ(instance_.function("add")->call({}, {}).error().code, ErrorCode::Signature);
  EXPECT_EQ(instance_.set_global("counter", Value::f32(1)).error().code, ErrorCode::Signature);
}

TEST_P(Runtime, AnotherThreadStopsALoop) {
  if (GetParam().tier == Tier::Native && !GetParam().fuel)
    GTEST_SKIP() << "native code that counts no fuel is stopped on boards: tests/board/native/interrupts.cpp";
  for (int round = 0; round < 2; ++round) {
    std::atomic<bool> stopped = false;
    std::thread other([&] {  // more than once: a request from before the call is not for it
      while (!stopped) {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
        instance_.interrupt();
      }
    });
    const Result<void> spun = round == 0 ? instance_.call<void>("spin") : instance_.resume();
    stopped = true;
    other.join();
    EXPECT_EQ(spun.error().code, ErrorCode::Suspended);
    EXPECT_STREQ(spun.error().message, "interrupted");
    EXPECT_EQ(instance_.status(), Status::Suspended);
  }
  instance_.kill();
  instance_.interrupt();
  EXPECT_EQ(*instance_.call<int32_t>("add", 1, 1), 2) << "a request from before the call is not for it";
}

TEST_P(Runtime, DeepRecursionIsATrap) {
  const auto result = instance_.call<int32_t>("deep", 0);
  EXPECT_EQ(result.error().trap, Trap::StackExhausted);
  EXPECT_EQ(*instance_.call<int32_t>("add", 1, 1), 2);
}

TEST_P(Runtime, EndlessLoopsRunOutOfFuelAndCanGoOn) {
  start({.fuel = 1000});
  EXPECT_EQ(instance_.call<void>("spin").error().code, ErrorCode::Suspended);
  EXPECT_EQ(instance_.status(), Status::Suspended);
  EXPECT_EQ(instance_.call<int32_t>("add", 1, 1).error().code, ErrorCode::Busy);
  instance_.set_fuel(50);
  EXPECT_EQ(instance_.resume().error().code, ErrorCode::Suspended);
  EXPECT_EQ(instance_.fuel(), 0u);
  instance_.kill();
  instance_.set_fuel(10);
  EXPECT_EQ(*instance_.call<int32_t>("add", 1, 1), 2);
  EXPECT_EQ(instance_.fuel(), 9u);
}

TEST_P(Runtime, FuelIsTheSameHoweverItIsCut) {
  start({.fuel = 0});
  uint64_t given = 0;
  auto result = instance_.call<int32_t>("ask", 4);
  while (!result && result.error().code == ErrorCode::Suspended) {
    instance_.set_fuel(1);
    ++given;
    std::array<Value, 1> values;
    const auto done = instance_.resume(values);
    if (done) {
      EXPECT_EQ(values[0].i32(), 108);
      break;
    }
    ASSERT_EQ(done.error().code, ErrorCode::Suspended);
  }
  EXPECT_EQ(given, 1u);  // one entry
}

TEST_P(Runtime, AHostFunctionMayWait) {
  host_.waits = 2;
  EXPECT_EQ(instance_.call<int32_t>("ask", 4).error().code, ErrorCode::Suspended);
  std::array<Value, 1> values;
  EXPECT_EQ(instance_.resume(values).error().code, ErrorCode::Suspended);
  ASSERT_TRUE(instance_.resume(values));
  EXPECT_EQ(values[0].i32(), 108);
  EXPECT_EQ(host_.calls, 3);
}

TEST_P(Runtime, AHostFunctionMayFail) {
  host_.fail = true;
  const auto result = instance_.call<int32_t>("ask", 4);
  EXPECT_EQ(result.error().trap, Trap::Host);
  EXPECT_STREQ(instance_.trap_message(), "the sensor is gone");
}

TEST_P(Runtime, AHostFunctionMayCallBack) {
  host_.back = &instance_;
  EXPECT_EQ(*instance_.call<int32_t>("ask", 5), 1105);
}

TEST_P(Runtime, GuestViewsAreChecked) {
  ASSERT_TRUE(instance_.call<void>("say", 16, 5));
  EXPECT_EQ(host_.said, "hello");
  EXPECT_EQ(instance_.call<void>("say", 65535, 2).error().trap, Trap::MemoryOutOfBounds);
  EXPECT_EQ(instance_.call<void>("say", -1, 1).error().trap, Trap::MemoryOutOfBounds);
  EXPECT_EQ(instance_.call<void>("say", 16, -1).error().trap, Trap::MemoryOutOfBounds);
}

TEST_P(Runtime, TrapsSayWhere) {
  EXPECT_EQ(*instance_.call<int32_t>("outer", 16), 0x6c6c6568);
  const auto result = instance_.call<int32_t>("outer", 65533);
  EXPECT_EQ(result.error().trap, Trap::MemoryOutOfBounds);
  std::array<Frame, 4> frames;
  ASSERT_EQ(instance_.backtrace(frames), 2u);
  EXPECT_EQ(frames[0].name, "load");
  EXPECT_EQ(kModule[frames[0].offset], 0x28);  // i32.load
  EXPECT_EQ(frames[1].name, "outer");
  EXPECT_EQ(kModule[frames[1].offset], 0x10);  // call
  EXPECT_EQ(instance_.call<int32_t>("through", 1).error().trap, Trap::UninitializedElement);
  EXPECT_EQ(instance_.call<int32_t>("through", 2).error().trap, Trap::UndefinedElement);
}

TEST_P(Runtime, MemoryGrowsWithinItsLimits) {
  EXPECT_EQ(*instance_.call<int32_t>("grow", 1), 1);
  EXPECT_EQ(instance_.memory("memory").size(), 2u * 65536);
  EXPECT_EQ(instance_.memory("memory")[16], 'h');
  EXPECT_EQ(*instance_.call<int32_t>("grow", 1), -1);
  EXPECT_EQ(*instance_.call<int32_t>("load", 2 * 65536 - 4), 0);
}

INSTANTIATE_TEST_SUITE_P(Tiers, Runtime, testing::ValuesIn(ways()), name_of);

TEST(RuntimeLinking, MissingImportsAreNamed) {
  alignas(8) std::array<std::byte, 128 * 1024> pool;
  Engine engine(pool);
  {
    const auto module = engine.load(kModule);
    ASSERT_TRUE(module);
    const auto none = engine.instantiate(*module);
    EXPECT_EQ(none.error().code, ErrorCode::Unlinkable);
    EXPECT_EQ(none.error().name, "host");
    constexpr HostFunction kWrong[] = {bind<text>("env", "host")};
    EXPECT_EQ(engine.instantiate(*module, {.functions = kWrong}).error().code, ErrorCode::Unlinkable);
  }
  EXPECT_EQ(engine.usage().used, 0u);
}

/// Whatever fits works, whatever does not says how much is missing; nothing is left behind.
class RuntimePool : public testing::TestWithParam<LoadOptions> {};
INSTANTIATE_TEST_SUITE_P(Tiers, RuntimePool, testing::ValuesIn(ways()), name_of);

TEST_P(RuntimePool, AnySize) {
  std::vector<std::byte> memory(100 * 1024);
  Host host_state;
  size_t worked = 0;
  for (size_t size = 0; size <= memory.size(); size += size < 4096 ? 8 : 512) {
    Engine engine(std::span<std::byte>(memory).first(size));
    {
      const auto module = engine.load(kModule, GetParam());
      if (!module) {
        EXPECT_EQ(module.error().code, ErrorCode::OutOfMemory);
        EXPECT_GT(module.error().detail, 0u);
        EXPECT_EQ(engine.usage().used, 0u) << size;
        continue;
      }
      const auto instance = engine.instantiate(*module, {.functions = kHost}, {.data = &host_state});
      if (!instance) {
        EXPECT_EQ(instance.error().code, ErrorCode::OutOfMemory);
        EXPECT_GT(instance.error().detail, 0u);
        continue;
      }
      EXPECT_EQ(*instance->call<int32_t>("add", 20, 22), 42);
      ++worked;
    }
    EXPECT_EQ(engine.usage().used, 0u) << size;
  }
  EXPECT_GT(worked, 0u);
}

/// Loads damaged bytes and runs what is still accepted, with little fuel.
void try_bytes(std::span<const uint8_t> bytes, LoadOptions options) {
  options.fuel = true;
  static std::vector<std::byte> pool(1 << 20);
  Host host_state;
  Engine engine(pool);
  {
    const auto module = engine.load(bytes, options);
    if (!module) {
      ASSERT_NE(module.error().code, ErrorCode::None);
    } else if (const auto instance =
                   engine.instantiate(*module, {.functions = kHost}, {.fuel = 2000, .data = &host_state});
               instance) {
      module->exports([&](const ExportInfo& item) {
        if (item.type.kind != ExternKind::Function) return;
        std::vector<Value> arguments, results(item.type.result_count());
        for (uint32_t i = 0; i < item.type.param_count(); ++i)
          arguments.emplace_back(item.type.param(i), 0x7fff'fff0u);
        (void)instance->function(item.name)->call(arguments, results);
        instance->kill();
        instance->set_fuel(2000);
      });
    }
  }
  ASSERT_EQ(engine.usage().used, 0u);
}

class RuntimeBadInput : public testing::TestWithParam<LoadOptions> {};
INSTANTIATE_TEST_SUITE_P(Tiers, RuntimeBadInput, testing::ValuesIn(ways()), name_of);

TEST_P(RuntimeBadInput, EveryPrefix) {
  for (size_t size = 0; size < kModule.size(); ++size) try_bytes(std::span(kModule).first(size), GetParam());
}

TEST_P(RuntimeBadInput, Mutations) {
  std::mt19937 random(20261123);
  for (int round = 0; round < 5000; ++round) {
    std::vector<uint8_t> bytes(kModule.begin(), kModule.end());
    for (unsigned i = 1 + random() % 4; i > 0; --i)
      bytes[8 + random() % (bytes.size() - 8)] = static_cast<uint8_t>(random());
    try_bytes(bytes, GetParam());
  }
}

}  // namespace
}  // namespace mote
