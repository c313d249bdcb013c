// SPDX-License-Identifier: Apache-2.0
// Stopping native code that counts no fuel: signals of a timer interrupt a guest wherever it is; it is
// suspended, resumed, and must compute what it does undisturbed.
#include <gtest/gtest.h>
#include <ucontext.h>
#include <mote/mote.hpp>
#include <mote/signals.hpp>

#include <array>
#include <cstring>
#include <memory>
#include <vector>

#include "config/tiers.hpp"
#include "native/preempt_timer.hpp"
#include "wasm/instruction_bytes.hpp"

namespace mote {
namespace {

using namespace wasm::test;

int32_t next(int32_t x) {
  return static_cast<int32_t>(static_cast<uint32_t>(x) * 1103515245u + 12345u);
}
HostResult<int32_t> slow(Context&, int32_t x) {
  return x ^ 0x55;
}
constexpr HostFunction kHost[] = {bind<next>("env", "next"), bind<slow>("env", "slow")};

// A turn of work()'s loop: a bit of everything. Locals 1 to 3 (x, s, m) are i32, 4 (w) i64, 5 (f) f32, 6 (d)
// f64.

const Bytes kAdd = {0x6a};

/// x = next(x), [(x & 1020) + 16] = x, s += [(x & 1016) + 20]
Bytes memory() {
  const Bytes put = {0x21, 1, 0x20, 1};
  return join({local_get(1),
               {0x10, 0},
               put,
               i32_const(1020),
               {0x71},
               local_get(1),
               access(0x36, 16),
               local_get(2),
               local_get(1),
               i32_const(1016),
               {0x71},
               access(0x28, 20),
               kAdd,
               local_set(2)});
}
/// s = slow(s) + other(m), s += table[0](m), s += deep(9)
Bytes calls() {
  return join({local_get(2),
               {0x10, 1},
               local_get(3),
               {0x10, 4},
               kAdd,
               local_set(2),
               local_get(3),
               i32_const(0),
               {0x11, 0, 0},
               local_get(2),
               kAdd,
               i32_const(9),
               {0x10, 5},
               kAdd,
               local_set(2)});
}
/// m = min(x, s), s += (m == 0) + (x > m)
Bytes conditions() {
  return join({local_get(1),
               local_get(2),
               local_get(1),
               local_get(2),
               {0x48, 0x1b},
               local_set(3),
               local_get(2),
               local_get(3),
               {0x45},
               kAdd,
               local_get(1),
               local_get(3),
               {0x4a},
               kAdd,
               local_set(2)});
}
/// w = (w + x * 5) ^ m, f = (f + s / 2) / 4, d = |sqrt(d + s)|, s += w ^ the bits of f and d
Bytes wide_and_floats() {
  const Bytes w =
      join({local_get(4), local_get(1), {0xac}, i64_const(5), {0x7e, 0x7c}, local_get(3), {0xac, 0x85}});
  const Bytes f = {0x20, 5, 0x20, 2, 0xb2, 0x43, 0, 0, 0, 0x3f, 0x94, 0x92, 0x43, 0, 0, 0x80, 0x3e, 0x94};
  const Bytes d = {0x20, 6, 0x20, 2, 0xb7, 0xa0, 0x9f, 0x99};
  return join({w,
               local_set(4),
               f,
               local_set(5),
               d,
               local_set(6),
               local_get(4),
               {0xa7},
               local_get(5),
               {0xbc, 0x73},
               local_get(2),
               kAdd,
               local_get(6),
               {0xb6, 0xbc, 0x73},
               local_set(2)});
}

/// work(n): n turns. spin: for ever, with accesses of memory.
Bytes make_module() {
  const Bytes work = join({{4, 3, kI32, 1, kI64, 1, kF32, 1, kF64},
                           {0x03, 0x40},
                           memory(),
                           calls(),
                           conditions(),
                           wide_and_floats(),
                           local_get(0),
                           i32_const(-1),
                           {0x6a},
                           local_tee(0),
                           {0x0d, 0, kEnd},
                           local_get(2),
                           {kEnd}});
  const Bytes other =
      join({{0}, local_get(0), i32_const(3), {0x74}, local_get(0), i32_const(7), {0x71, 0x73, kEnd}});
  const Bytes deep = join({{0},
                           local_get(0),
                           {0x04, kI32},
                           local_get(0),
                           local_get(0),
                           i32_const(1),
                           {0x6b, 0x10, 5, 0x6a, 0x05},
                           i32_const(1),
                           {kEnd, kEnd}});
  const Bytes spin = join({{1, 1, kI32, 0x03, 0x40},
                           local_get(1),
                           i32_const(0xfffc),
                           {0x71},
                           local_get(1),
                           i32_const(4),
                           {0x6a},
                           local_tee(1),
                           access(0x36, 0),
                           {0x0c, 0, kEnd, 0x00, kEnd}});
  const auto import = [](const char* text) { return join({name("env"), name(text), {0, 0}}); };
  const auto exported = [](const char* text, uint8_t function) { return join({name(text), {0, function}}); };
  return ModuleBuilder()
      .types({{0x60, 1, kI32, 1, kI32}})
      .imports({import("next"), import("slow")})
      .functions({{0}, {0}, {0}, {0}})
      .tables({{0x70, 0, 1}})
      .memories({{0, 1}})
      .exports({exported("work", 2), exported("spin", 3), join({name("memory"), {2, 0}}),
                join({name("table"), {1, 0}})})
      .elements({{0, 0x41, 0, kEnd, 1, 4}})
      .code({work, spin, other, deep})
      .bytes;
}

/// grow(n): of a memory that is imported.
Bytes make_grower() {
  return ModuleBuilder()
      .types({{0x60, 1, kI32, 1, kI32}})
      .imports(
          {join({name("a"), name("memory"), {2, 0, 1}}), join({name("a"), name("table"), {1, 0x70, 0, 1}})})
      .functions({{0}, {0}})
      .exports({join({name("grow"), {0, 0}}), join({name("grow_table"), {0, 1}})})
      .code({join({{0}, local_get(0), {0x40, 0, kEnd}}),
             join({{0, 0xd0, 0x70}, local_get(0), {0xfc, 15, 0, kEnd}})})
      .bytes;
}

class Preempt : public testing::TestWithParam<Bounds> {
 protected:
  void SetUp() override {
    if (!config::kNative) GTEST_SKIP() << "a build without native code";
    auto module = engine_.load(bytes_, {.tier = Tier::Native, .bounds = GetParam()});
    ASSERT_TRUE(module) << module.error().message;
    module_ = std::move(*module);
    auto instance = engine_.instantiate(module_, {.functions = kHost}, {.stack_bytes = 8192});
    ASSERT_TRUE(instance) << instance.error().message;
    instance_ = std::move(*instance);
    test::g_instance = &instance_;
    test::g_taken = 0;
  }
  /// Calls, and resumes as often as the call is suspended.
  Value result_of(const char* function, int32_t argument) {
    std::memset(instance_.memory().data(), 0, instance_.memory().size());
    const std::array arguments = {Value::i32(argument)};
    std::array<Value, 1> results;
    auto done = instance_.function(function)->call(arguments, results);
    while (!done && done.error().code == ErrorCode::Suspended) {
      Frame frames[16];
      const uint32_t count = instance_.backtrace(frames);
      EXPECT_GE(count, 1u);
      // On Arm a guest may also stand in a prologue, from which no backtrace finds out.
      if (sizeof(void*) == 8) {
        EXPECT_EQ(frames[count - 1].function, 2u) << "the outermost is work()";
      }
      done = instance_.resume(results);
    }
    EXPECT_TRUE(done) << (done ? "" : done.error().message);
    return results[0];
  }
  /// A call of spin(), stopped.
  void spin() {
    const test::Timer timer(2000);
    const auto spun = instance_.call<int32_t>("spin", 0);
    ASSERT_FALSE(spun);
    ASSERT_EQ(spun.error().code, ErrorCode::Suspended);
    EXPECT_STREQ(spun.error().message, "interrupted");
  }

  const Bytes bytes_ = make_module(), grower_ = make_grower();
  std::unique_ptr<std::array<std::byte, 1 << 20>> pool_ = std::make_unique<std::array<std::byte, 1 << 20>>();
  Engine engine_{*pool_};
  Module module_;
  Instance instance_;
};

TEST_P(Preempt, DisturbsNothing) {
  // Emulators take their time for a signal.
  constexpr bool kSlow = sizeof(void*) == 4;
  constexpr int32_t kTurns = kSlow ? 200 : 20'000, kSignals = kSlow ? 200 : 1'000;
  const int32_t expected = result_of("work", kTurns).i32();
  const test::Timer timer(kSlow ? 2'000 : 150);
  for (int i = 0; i < 100'000 && test::g_taken < kSignals; ++i)
    ASSERT_EQ(result_of("work", kTurns).i32(), expected);
  EXPECT_GE(test::g_taken, kSignals);
}

TEST_P(Preempt, ALoopWithoutCallsIsStoppedResumedAndKilled) {
  spin();
  Frame frames[3];
  ASSERT_EQ(instance_.backtrace(frames), 1u);
  EXPECT_EQ(frames[0].function, 3u);
  {
    const test::Timer timer(2000);
    std::array<Value, 1> results;
    EXPECT_EQ(instance_.resume(results).error().code, ErrorCode::Suspended);
  }
  instance_.kill();
  EXPECT_EQ(result_of("work", 10).i32(), result_of("work", 10).i32());
}

TEST_P(Preempt, NothingMovesUnderAStoppedGuest) {
  if (GetParam() != Bounds::Software) GTEST_SKIP() << "memories between guard pages never move";
  const NamedExtern externs[] = {{"a", "memory", *instance_.export_("memory")},
                                 {"a", "table", *instance_.export_("table")}};
  const auto module = engine_.load(grower_, {.tier = Tier::Vm});
  ASSERT_TRUE(module) << module.error().message;
  const auto grower = engine_.instantiate(*module, {.externs = externs}, {.stack_bytes = 1024});
  ASSERT_TRUE(grower) << grower.error().message;
  spin();
  const uint8_t* before = instance_.memory().data();
  EXPECT_EQ(*grower->call<int32_t>("grow", 1), -1) << "it could only grow elsewhere";
  EXPECT_EQ(*grower->call<int32_t>("grow_table", 100), -1);
  EXPECT_EQ(instance_.memory().data(), before);
  instance_.kill();
  EXPECT_EQ(*grower->call<int32_t>("grow", 1), 1);
  EXPECT_EQ(*grower->call<int32_t>("grow_table", 100), 1);
  EXPECT_NE(instance_.memory().data(), before);
}

TEST(PreemptSignal, OfAThreadWithoutAGuestIsRefused) {
  if constexpr (!config::kNative) GTEST_SKIP() << "a build without native code";
  ucontext_t context = {};
  ASSERT_EQ(getcontext(&context), 0);
  if constexpr (config::kNative) {
    EXPECT_FALSE(mote_preempt_signal(&context));
  }
}

std::vector<Bounds> ways() {
  std::vector<Bounds> all = {Bounds::Software};
  if (config::kGuardPages) all.push_back(Bounds::GuardPages);
  return all;
}
INSTANTIATE_TEST_SUITE_P(Ways, Preempt, testing::ValuesIn(ways()), [](const auto& way) {
  return std::string(way.param == Bounds::Software ? "Software" : "GuardPages");
});

}  // namespace
}  // namespace mote
