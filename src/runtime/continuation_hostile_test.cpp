// SPDX-License-Identifier: Apache-2.0
// Stack switching by guests and hosts that mean no good: memory that runs out anywhere, faults, loops,
// exceptions and instances that go, all inside of continuations.
#include <gtest/gtest.h>
#include <mote/bind.hpp>
#include <mote/mote.hpp>

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "config/tiers.hpp"
#include "native/preempt_timer.hpp"
#include "wasm/instruction_bytes.hpp"

namespace mote {
namespace {

using namespace wasm::test;

const Instance* g_instance = nullptr;
const char* g_calls = nullptr;  ///< what env.direct calls back

/// Native code calls it without a thunk.
int32_t direct(int32_t x) {
  if (g_calls == nullptr) return x + 1000;
  const auto called = g_instance->call<int32_t>(g_calls, x);
  return called ? *called + 1000 : -static_cast<int32_t>(called.error().trap);
}

constexpr HostFunction kHost[] = {bind<direct>("env", "direct")};

// Types: functions i32 to i32 and their continuation; what a handler's block takes; an exception's; a box for
// a continuation, and what makes and uses one. Tags: 0 gives an i32 and gets one, 1 is the exception.
enum Types : uint8_t { kNothing, kUnary, kCont, kTaken, kThrown, kBox, kMake, kUse };

const std::vector<Bytes> kTypes = {{0x60, 0, 0},
                                   {0x60, 1, kI32, 1, kI32},
                                   {0x5d, kUnary},
                                   {0x60, 0, 2, kI32, 0x63, kCont},
                                   {0x60, 1, kI32, 0},
                                   {0x5f, 1, 0x63, kCont, 1},
                                   {0x60, 0, 1, 0x63, kBox},
                                   {0x60, 2, 0x63, kBox, kI32, 1, kI32}};

enum Functions : uint8_t {
  kDirect,
  kGen,
  kDeep,
  kClimb,
  kFault,
  kFaultInside,
  kDirectInside,
  kSpin,
  kSpinInside,
  kForever,
  kMakeBox,
  kUseBox,
  kCatcher,
  kThrowIn,
  kThrowAtNew,
  kThrowAtDeaf,
  kBetween,
  kBoxBetween,
  kPut,
  kKeep,
};

constexpr uint8_t kDrop = 0x1a, kAdd = 0x6a, kSub = 0x6b, kMul = 0x6c, kReturn = 0x0f, kUnreachable = 0x00;

Bytes made(uint8_t function) {  // a continuation of it
  return {0xd2, function, 0xe0, kCont};
}
Bytes resume() {
  return {0xe3, kCont, 0};
}
/// A block that ends with payload and continuation when tag 0 is suspended with. Its body returns otherwise.
Bytes until_suspended(const Bytes& operands) {
  return join({{0x02, kTaken}, operands, {0xe3, kCont, 1, 0, 0, 0, kReturn, kEnd}});
}
Bytes suspend() {
  return {0xe2, 0};
}
Bytes resume_throw() {
  return {0xe4, kCont, 1, 0};
}
Bytes body(const std::vector<uint8_t>& locals, const Bytes& code) {
  return join({locals, code, {kEnd}});
}

/// Runs a function inside of a continuation, which nothing handles.
Bytes inside(uint8_t function) {
  return body({0}, join({local_get(0), made(function), resume()}));
}

const Bytes kContLocal = {1, 1, 0x63, kCont};
const Bytes kGenCode = body({0}, join({{0x03, 0x40},
                                       local_get(0),
                                       suspend(),
                                       i32_const(1),
                                       {kAdd},
                                       local_set(0),
                                       {0x0c, 0, kEnd},
                                       {kUnreachable}}));
// n == 0: suspends with 7; otherwise a continuation of itself with n - 1, and 1 more.
const Bytes kDeepCode = body({0}, join({local_get(0),
                                        {0x45, 0x04, kI32},
                                        i32_const(7),
                                        suspend(),
                                        {0x05},
                                        local_get(0),
                                        i32_const(1),
                                        {kSub},
                                        made(kDeep),
                                        resume(),
                                        i32_const(1),
                                        {kAdd, kEnd}}));
// 10000 * what it suspends with, and what is left of deep(n) when 100 is sent back.
const Bytes kClimbCode = body(kContLocal, join({until_suspended(join({local_get(0), made(kDeep)})),
                                                local_set(1),
                                                i32_const(10'000),
                                                {kMul},
                                                i32_const(100),
                                                local_get(1),
                                                resume(),
                                                {kAdd}}));
const Bytes kFaultCode = body({0}, join({i32_const(0x7fff'fff0), access(0x28, 0)}));
const Bytes kSpinCode = body({0}, join({{0x03, 0x40, 0x0c, 0, kEnd, kUnreachable}}));
// Does nothing but switch stacks.
const Bytes kForeverCode = body(kContLocal, join({made(kGen),
                                                  local_set(1),
                                                  {0x03, 0x40},
                                                  until_suspended(join({local_get(0), local_get(1)})),
                                                  local_set(1),
                                                  {kDrop, 0x0c, 0, kEnd, kUnreachable}}));
const Bytes kMakeBoxCode = body({0}, join({made(kGen), {0xfb, 0, kBox}}));
const Bytes kUseBoxCode =
    body({0}, join({until_suspended(join({local_get(1), local_get(0), {0xfb, 2, kBox, 0}})), {kDrop}}));
// Twice the payload of an exception that it is resumed with.
const Bytes kCatcherCode = body({0}, join({{0x02, kI32, 0x1f, 0x40, 1, 0, 1, 0},
                                           local_get(0),
                                           suspend(),
                                           {kDrop, kEnd},
                                           i32_const(-1),
                                           {kEnd},
                                           i32_const(2),
                                           {kMul}}));
/// Resumes a function's continuation with an exception when it has suspended.
Bytes throws_at(uint8_t function) {
  return body(kContLocal, join({until_suspended(join({local_get(0), made(function)})), local_set(1),
                                local_get(1), resume_throw()}));
}
const Bytes kThrowAtNewCode = body({0}, join({local_get(0), made(kGen), resume_throw()}));
// Resumes what is in the table.
const Bytes kBetweenCode = body({0}, join({local_get(0), i32_const(0), {0x25, 0}, resume()}));
const Bytes kBoxBetweenCode = body({0}, join({made(kBetween), {0xfb, 0, kBox}}));
const Bytes kUnbox = join({local_get(0), {0xfb, 2, kBox, 0}});
const Bytes kPutCode = body({0}, join({i32_const(0), kUnbox, {0x26, 0}, local_get(1)}));
// Leaves there what suspends when a box's continuation is resumed; its payload.
const Bytes kKeepCode = body(kContLocal, join({until_suspended(join({local_get(1), kUnbox})),
                                               local_set(2),
                                               i32_const(0),
                                               local_get(2),
                                               {0x26, 0}}));
const std::vector<Bytes> kFunctionTypes = {
    {kUnary}, {kUnary}, {kUnary}, {kUnary}, {kUnary}, {kUnary}, {kUnary}, {kUnary}, {kUnary}, {kMake},
    {kUse},   {kUnary}, {kUnary}, {kUnary}, {kUnary}, {kUnary}, {kMake},  {kUse},   {kUse}};

Bytes module_bytes() {
  const auto exported = [](const char* text, uint8_t function) { return join({name(text), {0, function}}); };
  return ModuleBuilder()
      .types(kTypes)
      .imports({join({name("env"), name("direct"), {0, kUnary}})})
      .functions(kFunctionTypes)
      .tables({{0x63, kCont, 0, 1}})
      .memories({{0, 1}})
      .section(13, {2, 0, kUnary, 0, kThrown})
      .exports({exported("climb", kClimb), exported("fault", kFaultInside), exported("direct", kDirectInside),
                exported("spin", kSpinInside), exported("forever", kForever), exported("box", kMakeBox),
                exported("use", kUseBox), exported("throw_in", kThrowIn),
                exported("throw_at_new", kThrowAtNew), exported("throw_at_deaf", kThrowAtDeaf),
                exported("go_on", kBetween), exported("box_between", kBoxBetween), exported("put", kPut),
                exported("keep", kKeep)})
      .elements({{3, 0, 7, kDirect, kGen, kDeep, kFault, kSpin, kCatcher, kBetween}})
      .code({kGenCode, kDeepCode, kClimbCode, kFaultCode, inside(kFault), inside(kDirect), kSpinCode,
             inside(kSpin), kForeverCode, kMakeBoxCode, kUseBoxCode, kCatcherCode, throws_at(kCatcher),
             kThrowAtNewCode, throws_at(kGen), kBetweenCode, kBoxBetweenCode, kPutCode, kKeepCode})
      .bytes;
}

std::vector<LoadOptions> tiers() {
  std::vector<LoadOptions> all = {{.tier = Tier::Vm}};
  if (!config::kNative) return all;
  all.push_back({.tier = Tier::Native, .bounds = Bounds::Software, .fuel = true});
  const Bounds bounds = config::kGuardPages ? Bounds::GuardPages : Bounds::Software;
  all.push_back({.tier = Tier::Native, .bounds = bounds, .fuel = false});
  return all;
}

class HostileContinuations : public testing::TestWithParam<LoadOptions> {
 protected:
  void SetUp() override {
    g_calls = nullptr;
    instance_ = start(engine_, module_);
    g_instance = &instance_;
  }
  Instance start(Engine& engine, Module& module) {
    auto loaded = engine.load(bytes_, GetParam());
    if (!loaded) {
      EXPECT_TRUE(loaded) << loaded.error().message << " at " << loaded.error().offset;
      return {};
    }
    module = std::move(*loaded);
    auto made = engine.instantiate(module, {.functions = kHost}, {.stack_bytes = 4096});
    EXPECT_TRUE(made);
    return made ? std::move(*made) : Instance();
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

  /// What a function makes, held.
  Value boxed(const Instance& instance, const char* function) {
    Value box;
    EXPECT_TRUE(instance.function(function)->call({}, {&box, 1}));
    EXPECT_TRUE(engine_.hold(box));
    return box;
  }
  static Result<int32_t> use(const Instance& instance, const char* function, const Value& box) {
    const Value arguments[] = {box, Value::i32(5)};
    Value result;
    const auto used = instance.function(function)->call(arguments, {&result, 1});
    if (!used) return used.error();
    return result.i32();
  }

  Bytes bytes_ = module_bytes();
  std::vector<std::byte> memory_ = std::vector<std::byte>(2 * 1024 * 1024);
  Engine engine_{memory_};
  Module module_;
  Instance instance_;
};

TEST_P(HostileContinuations, AreSuspendedWithTheWholeChain) {
  for (const int32_t depth : {0, 1, 2, 50})
    EXPECT_EQ(*instance_.call<int32_t>("climb", depth), 70'100 + depth);
  engine_.collect_always(true);
  EXPECT_EQ(*instance_.call<int32_t>("climb", 10), 70'110);
  engine_.collect_always(false);
  EXPECT_EQ(trap_of("climb", 100'000), Trap::HeapExhausted);
  EXPECT_EQ(*instance_.call<int32_t>("climb", 50), 70'150);
}

TEST_P(HostileContinuations, FaultInside) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(trap_of("fault", 1), Trap::MemoryOutOfBounds);
  Frame frames[4];
  ASSERT_EQ(instance_.backtrace(frames), 2u);
  EXPECT_EQ(frames[0].function, uint32_t{kFault});
  EXPECT_EQ(frames[1].function, uint32_t{kFaultInside});
  EXPECT_EQ(*instance_.call<int32_t>("climb", 3), 70'103);
}

TEST_P(HostileContinuations, BeginWithHostFunctionsThatCallBack) {
  EXPECT_EQ(*instance_.call<int32_t>("direct", 5), 1005);
  g_calls = "climb";
  EXPECT_EQ(*instance_.call<int32_t>("direct", 5), 71'105);
  g_calls = "fault";
  EXPECT_EQ(*instance_.call<int32_t>("direct", 5), -static_cast<int32_t>(Trap::MemoryOutOfBounds));
  g_calls = "throw_at_new";
  EXPECT_EQ(*instance_.call<int32_t>("direct", 5), -static_cast<int32_t>(Trap::Exception));
  g_calls = nullptr;
  EXPECT_EQ(*instance_.call<int32_t>("climb", 5), 70'105);
}

TEST_P(HostileContinuations, CatchWhatTheyAreResumedWith) {
  for (int i = 0; i < 100; ++i) EXPECT_EQ(*instance_.call<int32_t>("throw_in", i), 2 * i);
}

TEST_P(HostileContinuations, ThatCatchNothingTrap) {
  Frame frames[4];
  EXPECT_EQ(trap_of("throw_at_new", 1), Trap::Exception);
  ASSERT_EQ(instance_.backtrace(frames), 1u) << "the continuation has no code yet that could be named";
  EXPECT_EQ(frames[0].function, uint32_t{kThrowAtNew});
  EXPECT_EQ(trap_of("throw_at_deaf", 1), Trap::Exception);
  ASSERT_EQ(instance_.backtrace(frames), 2u) << "where the continuation stands, and who resumed it";
  EXPECT_EQ(frames[0].function, uint32_t{kGen});
  EXPECT_EQ(frames[1].function, uint32_t{kThrowAtDeaf});
  EXPECT_EQ(*instance_.call<int32_t>("climb", 5), 70'105);
}

TEST_P(HostileContinuations, LoopsAreStopped) {
  if (GetParam().tier == Tier::Native && !GetParam().fuel)
    GTEST_SKIP() << "native code that counts no fuel is stopped by a timer: see below";
  for (const char* loop : {"spin", "forever"}) {
    for (int round = 0; round < 2; ++round) {
      std::atomic<bool> stopped = false;
      std::thread other([&] {  // more than once: a request from before the call is not for it
        while (!stopped) {
          std::this_thread::sleep_for(std::chrono::milliseconds(2));
          instance_.interrupt();
        }
      });
      const Error error = round == 0 ? instance_.call<int32_t>(loop, 1).error() : instance_.resume().error();
      stopped = true;
      other.join();
      ASSERT_EQ(error.code, ErrorCode::Suspended);
    }
    instance_.kill();
  }
  EXPECT_EQ(*instance_.call<int32_t>("climb", 5), 70'105);
}

TEST_P(HostileContinuations, ATimerStopsThemAnywhere) {
  if (GetParam().tier != Tier::Native || GetParam().fuel)
    GTEST_SKIP() << "for native code that counts no fuel";
  test::g_instance = &instance_;
  for (const char* loop : {"spin", "forever"}) {
    const test::Timer timer(2000);
    for (int round = 0; round < 3; ++round) {
      const Error error = round == 0 ? instance_.call<int32_t>(loop, 1).error() : instance_.resume().error();
      ASSERT_EQ(error.code, ErrorCode::Suspended) << error.message;
      engine_.collect();
    }
    instance_.kill();
  }
  EXPECT_EQ(*instance_.call<int32_t>("climb", 5), 70'105);
}

TEST_P(HostileContinuations, AreGoneWithTheirInstance) {
  auto other = engine_.instantiate(module_, {.functions = kHost}, {.stack_bytes = 4096});
  ASSERT_TRUE(other);
  const Value box = boxed(*other, "box");
  *other = Instance();
  EXPECT_EQ(use(instance_, "use", box).error().trap, Trap::ContinuationConsumed);
  engine_.unhold(box);
}

TEST_P(HostileContinuations, AreGoneWithAnInstanceInTheMiddle) {
  for (const bool goes : {false, true}) {
    auto other = engine_.instantiate(module_, {.functions = kHost}, {.stack_bytes = 4096});
    ASSERT_TRUE(other);
    // Of two instances that are not linked: ours, resumed by the other's, resumed by ours.
    const Value inner = boxed(instance_, "box"), outer = boxed(*other, "box_between");
    EXPECT_EQ(*use(*other, "put", inner), 5);
    EXPECT_EQ(*use(instance_, "keep", outer), 5);
    if (goes) *other = Instance();
    EXPECT_EQ(trap_of("go_on", 1), goes ? Trap::ContinuationConsumed : Trap::UnhandledTag);
    engine_.unhold(inner);
    engine_.unhold(outer);
  }
}

/// Memory that runs out at any allocation: the right result or an error, and everything is freed.
TEST_P(HostileContinuations, RunOutOfMemoryAnywhere) {
  const auto run = [&](size_t bytes) {
    Engine engine({memory_.data() + 1024 * 1024, bytes});
    auto loaded = engine.load(bytes_, GetParam());
    if (!loaded) return false;
    auto made = engine.instantiate(*loaded, {.functions = kHost}, {.stack_bytes = 2048});
    if (!made) return false;
    bool whole = true;
    const auto expect = [&](const char* function, int32_t argument, int32_t right) {
      const auto result = made->call<int32_t>(function, argument);
      if (result) {
        EXPECT_EQ(*result, right) << function;
      } else {
        whole = false;
        EXPECT_EQ(result.error().trap, Trap::HeapExhausted) << function;
      }
    };
    expect("climb", 3, 70'103);
    expect("throw_in", 21, 42);
    expect("direct", 1, 1001);
    return whole;
  };
  int failed = 0, succeeded = 0;
  size_t bytes = 4096;
  while (!run(bytes)) bytes += 4096;
  for (const size_t most = bytes, least = most - 24 * 1024; bytes > least && bytes > 4096; bytes -= 72)
    ++(run(bytes) ? succeeded : failed);
  EXPECT_GT(failed, 0);
  EXPECT_GT(succeeded, 0);
}

std::string tier_name(const testing::TestParamInfo<LoadOptions>& way) {
  if (way.param.tier == Tier::Vm) return "Vm";
  return way.param.fuel ? "SoftwareWithFuel" : "WithoutFuel";
}
INSTANTIATE_TEST_SUITE_P(Tiers, HostileContinuations, testing::ValuesIn(tiers()), tier_name);

}  // namespace
}  // namespace mote
