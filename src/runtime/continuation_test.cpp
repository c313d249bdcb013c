// SPDX-License-Identifier: Apache-2.0
// Stack switching beyond what the official suite tries: memory, fuel, hosts, traps, and what is left behind.
#include "runtime/continuation.hpp"

#include <gtest/gtest.h>
#include <mote/mote.hpp>

#include <vector>

#include "config/tiers.hpp"
#include "image/made_image.hpp"
#include "wasm/module_builder.hpp"

namespace mote {
namespace {

using wasm::test::append;
using wasm::test::Bytes;
using wasm::test::join;
using wasm::test::leb128;
using wasm::test::ModuleBuilder;
using wasm::test::name;

/// What the guest's import finds: how often it has to wait, and what it calls back.
struct Host {
  int waits = 0;
  const char* calls = nullptr;
  const Instance* instance = nullptr;
  Trap trapped = Trap::None;
};

/// env.host(x): x + 1000.
uint8_t host(mote_context* of, uint32_t* slots) {
  Host& state = Context::of(of).data_as<Host>();
  if (state.waits > 0) return --state.waits, static_cast<uint8_t>(HostStatus::Waiting);
  if (state.calls != nullptr) {
    const auto called = state.instance->call<int32_t>(state.calls, static_cast<int32_t>(slots[0]));
    if (!called) {
      state.trapped = called.error().trap;
      return static_cast<uint8_t>(Context::of(of).trap(Trap::Host, "the guest failed"));
    }
    slots[0] = static_cast<uint32_t>(*called);
  }
  slots[0] += 1000;
  return static_cast<uint8_t>(HostStatus::Done);
}

enum Functions : uint8_t {
  kHost,
  kGen,
  kDrive,
  kTwice,
  kSpawn,
  kClear,
  kRecurse,
  kOverflow,
  kThrows,
  kCatches,
  kAsk,
  kAskInside,
  kFaults,
  kFaultInside,
  kPing,
  kPingPong,
  kSum,
  kBound,
  kOverflowInside,
  kBarred,
};

// Types: 1 and 2 are functions i32 to i32 and the continuation of such; tag 0 gives an i32 and gets one; tag
// 1 is an exception with an i32; tag 2 switches.
const std::vector<Bytes> kTypes = {
    {0x60, 0, 0},
    {0x60, 1, 0x7f, 1, 0x7f},                             // 1
    {0x5d, 1},                                            // 2
    {0x60, 1, 0x7f, 0},                                   // 3: of the exception
    {0x60, 0, 1, 0x7f},                                   // 4: of the switching tag
    {0x4e, 2, 0x60, 2, 0x7f, 0x63, 6, 1, 0x7f, 0x5d, 5},  // 5, 6: functions that are given their caller
    {0x60, 0, 2, 0x7f, 0x63, 2},           // 7: of blocks that get a payload and a continuation
    {0x60, 3, 0x7f, 0x7e, 0x7f, 1, 0x7f},  // 8: i32, i64, i32
    {0x5d, 8},                             // 9
    {0x60, 2, 0x7e, 0x7f, 1, 0x7f},        // 10
    {0x5d, 10},                            // 11
};

/// Sends x + 1 back for each x that it gets, for ever.
const Bytes kGenCode = {0, 0x03, 0x40, 0x20, 0, 0xe2, 0, 0x41, 1, 0x6a, 0x21, 0, 0x0c, 0, 0x0b, 0x00, 0x0b};

/// Resumes a continuation of `callee` `count` times, which is the parameter, handing on what it gives: count
/// - 1.
Bytes driver(uint8_t callee) {
  return {2,    1,      0x63, 2,    1,    0x7f,                 // local 1: the continuation, 2: the value
          0xd2, callee, 0xe0, 2,    0x21, 1,                    // local.set 1 (cont.new 2 (ref.func callee))
          0x03, 0x40,                                           // loop
          0x02, 7,                                              // block (type 7)
          0x20, 2,      0x20, 1,    0xe3, 2,    1, 0,    0, 0,  // resume 2 (on 0 0)
          0x0f,                                                 // return
          0x0b, 0x21,   1,    0x21, 2,                          // local.set 1, local.set 2
          0x20, 0,      0x41, 1,    0x6b, 0x22, 0, 0x0d, 0,     // br_if 0 (local.tee 0 (i32.sub ..))
          0x0b, 0x20,   2,    0x0b};
}

/// Resumes a continuation of `callee` with the parameter; nothing is handled.
Bytes runner(uint8_t callee) {
  return {0, 0x20, 0, 0xd2, callee, 0xe0, 2, 0xe3, 2, 0, 0x0b};
}

Bytes module_bytes() {
  const Bytes clauses_none = {0};
  const Bytes twice = {1, 1,    0x63, 2, 0xd2, kAsk, 0xe0, 2,    0x21, 1,    0x20, 0, 0x20,
                       1, 0xe3, 2,    0, 0x1a, 0x20, 0,    0x20, 1,    0xe3, 2,    0, 0x0b};
  // As many continuations as the parameter says into a table.
  const Bytes spawn = {0,    0x03, 0x40, 0x20, 0,    0x41, 1,    0x6b, 0x22, 0,    0xd2, kGen,
                       0xe0, 2,    0x26, 0,    0x20, 0,    0x0d, 0,    0x0b, 0x20, 0,    0x0b};
  const Bytes clear = {0, 0x41, 0, 0xd0, 2, 0x41, 0xe8, 0x07, 0xfc, 17, 0, 0x20, 0, 0x0b};
  // n == 0 ? 0 : 1 + a continuation of itself with n - 1.
  const Bytes recurse = {0,    0x20, 0,        0x45, 0x04, 0x7f, 0x41, 0, 0x05, 0x20, 0,    0x41, 1,
                         0x6b, 0xd2, kRecurse, 0xe0, 2,    0xe3, 2,    0, 0x41, 1,    0x6a, 0x0b, 0x0b};
  const Bytes overflow = {0, 0x20, 0, 0x10, kOverflow, 0x41, 1, 0x6a, 0x0b};
  const Bytes throws = {0, 0x20, 0, 0x08, 1, 0x0b};
  // Catches what comes out of a continuation of kThrows: its payload, doubled.
  const Bytes catches =
      join({{0, 0x02, 0x7f, 0x1f, 0x40, 1, 0, 1, 0, 0x20, 0, 0xd2, kThrows, 0xe0, 2, 0xe3, 2},
            clauses_none,
            {0x1a, 0x0b, 0x00, 0x0b, 0x41, 2, 0x6c, 0x0b}});
  const Bytes ask = {0, 0x20, 0, 0x10, kHost, 0x0b};
  const Bytes faults = {0, 0x00, 0x0b};
  // Gives 1 more back to whoever switched to it, until 10: f(n, caller).
  const Bytes ping = {0, 0x03, 0x40, 0x20, 0,    0x41, 10,   0x4e, 0x04, 0x40, 0x20,
                      0, 0x0f, 0x0b, 0x20, 0,    0x41, 1,    0x6a, 0x20, 1,    0xe6,
                      6, 2,    0x21, 1,    0x21, 0,    0x0c, 0,    0x0b, 0x00, 0x0b};
  // The first of two pings is given the other.
  const Bytes pingpong = {0, 0x20, 0, 0xd2, kPing, 0xe0, 6, 0xd2, kPing, 0xe0, 6, 0xe3, 6, 1, 1, 2, 0x0b};
  // Binds i32 and i64 one after the other: n + 100 * n + 10000 * n.
  const Bytes sum = {0,    0x20, 0, 0x20, 1,    0xa7, 0x41, 0xe4, 0,    0x6c,
                     0x6a, 0x20, 2, 0x41, 0x90, 0xce, 0,    0x6c, 0x6a, 0x0b};
  const Bytes bound = {0,    0x20, 0,    0xac, 0x20, 0,    0x20, 0, 0xd2, kSum,
                       0xe0, 9,    0xe1, 9,    11,   0xe3, 11,   0, 0x0b};
  const auto exported = [](const char* text, uint8_t function) { return join({name(text), {0, function}}); };
  return ModuleBuilder()
      .types(kTypes)
      .imports({join({name("env"), name("host"), {0, 1}})})
      .functions(
          {{1}, {1}, {1}, {1}, {1}, {1}, {1}, {1}, {1}, {1}, {1}, {1}, {1}, {5}, {1}, {8}, {1}, {1}, {1}})
      .tables({{0x63, 2, 0, 0xe8, 0x07}})
      .section(13, {3, 0, 1, 0, 3, 0, 4})
      .exports({exported("drive", kDrive), exported("twice", kTwice), exported("spawn", kSpawn),
                exported("clear", kClear), exported("recurse", kRecurse),
                exported("overflow", kOverflowInside), exported("catch", kCatches),
                exported("ask", kAskInside), exported("fault", kFaultInside), exported("pingpong", kPingPong),
                exported("bound", kBound), exported("gen", kGen), exported("barred", kBarred)})
      .elements({{3, 0, 8, kGen, kRecurse, kOverflow, kThrows, kAsk, kFaults, kPing, kSum}})
      .code({kGenCode, driver(kGen), twice, spawn, clear, recurse, overflow, throws, catches, ask,
             runner(kAsk), faults, runner(kFaults), ping, pingpong, sum, bound, runner(kOverflow),
             driver(kAsk)})
      .bytes;
}

/// How a module comes to its code: compiled where it runs, or by way of an image.
struct Way {
  LoadOptions load;
  bool in_image = false;
};
std::vector<Way> ways() {
  std::vector<Way> all;
  for (const bool in_image : {false, true}) {
    all.push_back({{.tier = Tier::Vm}, in_image});
    if (config::kNative)
      all.push_back({{.tier = Tier::Native, .bounds = Bounds::Software, .fuel = true}, in_image});
  }
  return all;
}

class Continuations : public testing::TestWithParam<Way> {
 protected:
  void SetUp() override {
    auto loaded = load();
    ASSERT_TRUE(loaded) << loaded.error().message << " at " << loaded.error().offset;
    module_ = std::move(*loaded);
    restart({});
  }
  Result<Module> load() {
    if (!GetParam().in_image) return engine_.load(bytes_, GetParam().load);
    Error why;
    image_ = image::test::made_image(bytes_, GetParam().load, why);
    EXPECT_FALSE(why) << why.message;
    return engine_.load_image(image_, {.trusted = true});
  }
  void restart(InstanceOptions options) {
    instance_ = Instance();
    options.data = &host_;
    auto made = engine_.instantiate(module_, {.functions = functions_}, options);
    ASSERT_TRUE(made) << made.error().message;
    instance_ = std::move(*made);
    host_.instance = &instance_;
  }
  void TearDown() override {
    instance_ = Instance();
    module_ = Module();
    EXPECT_EQ(engine_.usage().used, 0u) << "everything is freed";
  }
  Trap trap_of(const char* function, int32_t argument) {
    const auto result = instance_.call<int32_t>(function, argument);
    EXPECT_FALSE(result);
    return result ? Trap::None : result.error().trap;
  }

  Bytes bytes_ = module_bytes();
  std::vector<uint8_t> image_;
  std::vector<std::byte> memory_ = std::vector<std::byte>(1024 * 1024);
  Engine engine_{memory_};
  Host host_;
  HostFunction functions_[1] = {{"env", "host", "i:i", host}};
  Module module_;
  Instance instance_;
};

TEST_P(Continuations, TakeTurns) {
  EXPECT_EQ(*instance_.call<int32_t>("drive", 1), 0);
  EXPECT_EQ(*instance_.call<int32_t>("drive", 1000), 999);
}

TEST_P(Continuations, SurviveCollectionsAtEveryAllocation) {
  engine_.collect_always(true);
  EXPECT_EQ(*instance_.call<int32_t>("drive", 50), 49);
  EXPECT_EQ(*instance_.call<int32_t>("recurse", 5), 5);
  EXPECT_EQ(*instance_.call<int32_t>("pingpong", 0), 10);
  EXPECT_EQ(*instance_.call<int32_t>("bound", 3), 3 + 300 + 30000);
  EXPECT_EQ(*instance_.call<int32_t>("catch", 21), 42);
}

TEST_P(Continuations, AreUsedOnce) {
  EXPECT_EQ(trap_of("twice", 1), Trap::ContinuationConsumed);
  EXPECT_EQ(*instance_.call<int32_t>("drive", 3), 2);
}

TEST_P(Continuations, SwitchToEachOther) {
  EXPECT_EQ(*instance_.call<int32_t>("pingpong", 0), 10);
  EXPECT_EQ(*instance_.call<int32_t>("pingpong", 7), 10);
}

TEST_P(Continuations, BindArguments) {
  EXPECT_EQ(*instance_.call<int32_t>("bound", 7), 7 + 700 + 70000);
}

TEST_P(Continuations, TrapWithoutMemoryForTheirStacks) {
  EXPECT_EQ(trap_of("spawn", 999), Trap::HeapExhausted);
  EXPECT_EQ(trap_of("drive", 2), Trap::HeapExhausted) << "the table still refers to all of them";
  EXPECT_EQ(*instance_.call<int32_t>("clear", 1), 1);
  EXPECT_EQ(*instance_.call<int32_t>("drive", 10), 9);
}

TEST_P(Continuations, AreFreedWhenNothingRefersToThem) {
  EXPECT_EQ(*instance_.call<int32_t>("drive", 2), 1);
  engine_.collect();
  const size_t before = engine_.usage().used;
  for (int i = 0; i < 2000; ++i)
    ASSERT_EQ(*instance_.call<int32_t>("drive", 3), 2);  // each is left suspended
  engine_.collect();
  EXPECT_LE(engine_.usage().used, before + 4096);
}

TEST_P(Continuations, NestAsDeepAsMemoryAllows) {
  EXPECT_EQ(*instance_.call<int32_t>("recurse", 20), 20);
  EXPECT_EQ(trap_of("recurse", 100'000), Trap::HeapExhausted);
  EXPECT_EQ(*instance_.call<int32_t>("recurse", 20), 20) << "a trap leaves nothing behind";
}

TEST_P(Continuations, HandExceptionsToWhoeverResumedThem) {
  for (int i = 0; i < 100; ++i) EXPECT_EQ(*instance_.call<int32_t>("catch", i), 2 * i);
}

TEST_P(Continuations, TrapWhereTheyAre) {
  EXPECT_EQ(trap_of("fault", 1), Trap::Unreachable);
  Frame frames[4];
  ASSERT_EQ(instance_.backtrace(frames), 2u) << "the one that traps, and the one that resumed it";
  EXPECT_EQ(frames[0].function, uint32_t{kFaults});
  EXPECT_EQ(frames[1].function, uint32_t{kFaultInside});
}

TEST_P(Continuations, HaveAStackOfLimitedSize) {
  EXPECT_EQ(trap_of("overflow", 1), Trap::StackExhausted);
  engine_.set_continuation_stack(512);
  EXPECT_EQ(*instance_.call<int32_t>("drive", 3), 2);
  engine_.set_continuation_stack(64 * 1024);
  EXPECT_EQ(*instance_.call<int32_t>("drive", 3), 2);
}

TEST_P(Continuations, SuspendWithoutAHandlerTraps) {
  const auto result = instance_.call<int32_t>("gen", 1);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().trap, Trap::UnhandledTag);
  EXPECT_STREQ(result.error().message, "unhandled tag");
}

TEST_P(Continuations, WaitForHostFunctions) {
  host_.waits = 3;
  Result<int32_t> result = instance_.call<int32_t>("ask", 5);
  Value value;
  for (int i = 0; i < 3; ++i) {
    ASSERT_FALSE(result);
    ASSERT_EQ(result.error().code, ErrorCode::Suspended);
    engine_.collect();
    const auto resumed = instance_.resume({&value, 1});
    if (resumed) break;
    ASSERT_EQ(resumed.error().code, ErrorCode::Suspended);
  }
  EXPECT_EQ(value.i32(), 1005);
}

TEST_P(Continuations, EndAtHostFunctions) {
  host_.calls = "drive";
  EXPECT_EQ(*instance_.call<int32_t>("ask", 5), 1004) << "a host function calls back from a continuation";
  host_.calls = "gen";
  EXPECT_EQ(trap_of("ask", 5), Trap::Host);
  EXPECT_EQ(host_.trapped, Trap::UnhandledTag) << "no suspension crosses the host";
  EXPECT_EQ(trap_of("barred", 5), Trap::Host);
  EXPECT_EQ(host_.trapped, Trap::SuspensionBarred) << "not even when it is handled on the other side";
}

TEST_P(Continuations, RunOutOfFuelAndGoOn) {
  for (uint64_t slice = 1; slice < 40; slice += 3) {
    restart({.fuel = slice});
    auto result = instance_.call<int32_t>("drive", 30);
    Value value;
    bool done = static_cast<bool>(result);
    for (int i = 0; !done && i < 10'000; ++i) {
      engine_.collect();
      instance_.set_fuel(slice);
      const auto resumed = instance_.resume({&value, 1});
      done = static_cast<bool>(resumed);
      if (!done) {
        ASSERT_EQ(resumed.error().code, ErrorCode::Suspended) << resumed.error().message;
      }
    }
    ASSERT_TRUE(done);
    EXPECT_EQ(result ? *result : value.i32(), 29);
  }
}

TEST_P(Continuations, AreKilledWithTheirInstance) {
  for (uint64_t fuel = 0; fuel < 30; ++fuel) {
    restart({.fuel = fuel});
    ASSERT_FALSE(instance_.call<int32_t>("drive", 1000));
    instance_.kill();
    instance_.set_fuel(InstanceOptions::kUnlimited);
    EXPECT_EQ(*instance_.call<int32_t>("drive", 10), 9);
    instance_.set_fuel(fuel);
    ASSERT_FALSE(instance_.call<int32_t>("drive", 1000));  // left suspended
  }
}

INSTANTIATE_TEST_SUITE_P(Tiers, Continuations, testing::ValuesIn(ways()), [](const auto& way) {
  return std::string(way.param.load.tier == Tier::Vm ? "Vm" : "Native") + (way.param.in_image ? "Image" : "");
});

}  // namespace
}  // namespace mote
