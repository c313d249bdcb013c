// SPDX-License-Identifier: Apache-2.0
// Calls from one instance into another, on the same tier or between two: stopped, out of fuel, waiting,
// trapped. Where C++ lies in between, the inner run cannot be suspended: it traps, at once, and the caller
// stays usable.
#include <gtest/gtest.h>
#include <pthread.h>
#include <signal.h>
#include <mote/mote.hpp>
#include <mote/signals.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "config/tiers.hpp"
#include "wasm/instruction_bytes.hpp"

namespace mote {
namespace {

using namespace wasm::test;

constexpr uint8_t kCall = 0x10, kUnreachable = 0x00;

struct Host {
  int waits = 0;                   ///< so often is the answer "not yet"
  const Instance* back = nullptr;  ///< whose "spin" the host function calls, and does not mind its error
  Error error;                     ///< that it saw
  const char* words = nullptr;     ///< of its own trap
};

HostResult<int32_t> host(Context& context, int32_t value) {
  Host& host = context.data_as<Host>();
  if (host.words != nullptr) return HostResult<int32_t>::trap(host.words);
  if (host.waits-- > 0) return HostResult<int32_t>::waiting();
  if (host.back != nullptr) {
    const auto spun = host.back->call<int32_t>("spin", 0);
    if (!spun) host.error = spun.error();
  }
  return value + 1;
}
constexpr HostFunction kHost[] = {bind<host>("env", "host")};

Bytes import_of(const char* module, const char* function) {
  return join({name(module), name(function), {0, 0}});
}
Bytes exported(const char* text, uint8_t function) {
  return join({name(text), {0, function}});
}

/// ask(x): host(x) + 1. spin: for ever. fail(x): traps, unless x is 0. through(n): host(n), then deep(n): n
/// calls deep.
Bytes make_callee() {
  return ModuleBuilder()
      .types({{0x60, 1, kI32, 1, kI32}})
      .imports({import_of("env", "host")})
      .functions({{0}, {0}, {0}, {0}, {0}})
      .exports({exported("ask", 1), exported("spin", 2), exported("fail", 3), exported("through", 4)})
      .code({{0, 0x20, 0, kCall, 0, 0x41, 1, 0x6a, kEnd},
             {0, 0x03, 0x40, 0x0c, 0, kEnd, kUnreachable, kEnd},
             {0, 0x20, 0, 0x04, 0x40, kUnreachable, kEnd, 0x20, 0, kEnd},
             {0, 0x20, 0, kCall, 0, 0x1a, 0x20, 0, kCall, 5, kEnd},
             {0,     0x20, 0,    0x04, kI32, 0x20, 0,    0x41, 1,    0x6b,
              kCall, 5,    0x41, 1,    0x6a, 0x05, 0x41, 0,    kEnd, kEnd}})
      .bytes;
}
/// The same names, each of which calls the callee's and adds 10; twice(x) calls host, whatever that does.
Bytes make_caller() {
  const auto of = [](uint8_t callee) { return Bytes{0, 0x20, 0, kCall, callee, 0x41, 10, 0x6a, kEnd}; };
  return ModuleBuilder()
      .types({{0x60, 1, kI32, 1, kI32}})
      .imports({import_of("callee", "ask"), import_of("callee", "spin"), import_of("callee", "fail"),
                import_of("env", "host")})
      .functions({{0}, {0}, {0}, {0}})
      .exports({exported("ask", 4), exported("spin", 5), exported("fail", 6), exported("back", 7)})
      .code({of(0), of(1), of(2), of(3)})
      .bytes;
}

const char* word(const LoadOptions& way) {
  return way.tier == Tier::Vm ? "Vm" : way.fuel ? "Fuel" : "Native";
}

extern "C" void on_signal(int, siginfo_t*, void* context) {
  if constexpr (config::kNative) (void)mote_preempt_signal(context);
}

/// Another thread, which asks an instance to stop until this is gone; a signal tells the thread that made it.
class Stopper {
 public:
  explicit Stopper(const Instance& instance) {
    stack_t stack = {};
    stack.ss_sp = stack_.data();
    stack.ss_size = stack_.size();
    sigaltstack(&stack, nullptr);
    struct sigaction action = {};
    action.sa_sigaction = on_signal;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART;
    sigaction(SIGUSR1, &action, nullptr);
    thread_ = std::thread([this, &instance, target = pthread_self()] {
      while (!done_) {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
        if (done_) return;
        instance.interrupt();
        pthread_kill(target, SIGUSR1);
      }
    });
  }
  ~Stopper() {
    done_ = true;
    thread_.join();
    stack_t none = {};
    none.ss_flags = SS_DISABLE;
    sigaltstack(&none, nullptr);
  }
  Stopper(const Stopper&) = delete;
  Stopper& operator=(const Stopper&) = delete;

 private:
  std::array<std::byte, 64 * 1024> stack_;
  std::atomic<bool> done_ = false;
  std::thread thread_;
};

using Pair = std::array<LoadOptions, 2>;  ///< the caller's, the callee's

class NestedCalls : public testing::TestWithParam<Pair> {
 protected:
  void SetUp() override { start(InstanceOptions::kUnlimited); }
  void start(uint64_t fuel) {
    outer_ = {}, caller_ = {}, callee_ = {};
    callee_ = instance(callee_bytes_, modules_[1], GetParam()[1], {}, fuel);
    caller_ = linked(modules_[0], GetParam()[0], callee_, fuel);
  }
  Instance linked(Module& module, const LoadOptions& way, const Instance& to, uint64_t fuel) {
    const NamedExtern externs[] = {{"callee", "ask", *to.export_("ask")},
                                   {"callee", "spin", *to.export_("spin")},
                                   {"callee", "fail", *to.export_("fail")}};
    return instance(caller_bytes_, module, way, externs, fuel);
  }
  Instance instance(const Bytes& bytes, Module& module, LoadOptions way, std::span<const NamedExtern> externs,
                    uint64_t fuel) {
    if (fuel != InstanceOptions::kUnlimited) way.fuel = true;
    auto loaded = engine_.load(bytes, way);
    EXPECT_TRUE(loaded) << loaded.error().message;
    module = std::move(*loaded);
    auto made = engine_.instantiate(module, {.functions = kHost, .externs = externs},
                                    {.stack_bytes = 64 << 10, .fuel = fuel, .data = &host_});
    EXPECT_TRUE(made) << made.error().message;
    return std::move(*made);
  }
  /// Whether no C++ lies between caller and callee, so that a call is suspended whatever instance it is in.
  bool suspends() const { return GetParam()[0].tier == GetParam()[1].tier; }
  void expect_usable() {
    host_ = {};
    EXPECT_EQ(*caller_.call<int32_t>("ask", 1), 13);
    EXPECT_EQ(*caller_.call<int32_t>("fail", 0), 10);
    EXPECT_EQ(*callee_.call<int32_t>("ask", 1), 3);
  }
  void expect_frames(const Instance& of, std::initializer_list<uint32_t> functions) {
    std::array<Frame, 8> frames;
    ASSERT_EQ(of.backtrace(frames), functions.size());
    const Frame* at = frames.data();
    for (const uint32_t function : functions) EXPECT_EQ(at++->function, function);
  }

  /// Of a guest that was stopped anywhere. On Arm it may stand where no backtrace finds out: in a prologue,
  /// or on the way out of fuel.
  void expect_stopped_frames(const Instance& of, std::initializer_list<uint32_t> functions) {
    if (sizeof(void*) == 8 || suspends()) return expect_frames(of, functions);
    std::array<Frame, 1> frames;
    ASSERT_GE(of.backtrace(frames), 1u);
    EXPECT_EQ(frames[0].function, *functions.begin());
  }

  const Bytes callee_bytes_ = make_callee(), caller_bytes_ = make_caller();
  std::unique_ptr<std::array<std::byte, 1 << 20>> pool_ = std::make_unique<std::array<std::byte, 1 << 20>>();
  Host host_;
  Engine engine_{*pool_};
  std::array<Module, 3> modules_;
  Instance callee_, caller_, outer_;
};

TEST_P(NestedCalls, ALoopInTheCalleeIsStoppedByAnotherThread) {
  const Stopper stopper(caller_);
  const auto spun = caller_.call<int32_t>("spin", 0);
  ASSERT_FALSE(spun);
  if (suspends()) {
    EXPECT_EQ(spun.error().code, ErrorCode::Suspended);
    expect_stopped_frames(caller_, {2, 5});
    std::array<Value, 1> results;
    EXPECT_EQ(caller_.resume(results).error().code, ErrorCode::Suspended);
    caller_.kill();
  } else {
    EXPECT_EQ(spun.error().trap, Trap::Killed);
    EXPECT_STREQ(spun.error().message, "stopped by the host");
    expect_stopped_frames(caller_, {2, 5});
  }
}

TEST_P(NestedCalls, AreUsableAfterwards) {
  {
    const Stopper stopper(caller_);
    EXPECT_FALSE(caller_.call<int32_t>("spin", 0));
    caller_.kill();
  }
  expect_usable();
  EXPECT_EQ(caller_.call<int32_t>("fail", 1).error().trap, Trap::Unreachable);
  expect_usable();
}

TEST_P(NestedCalls, ALoopTwoInstancesDeepIsStopped) {
  outer_ = linked(modules_[2], GetParam()[0], caller_, InstanceOptions::kUnlimited);
  {
    const Stopper stopper(outer_);
    const auto spun = outer_.call<int32_t>("spin", 0);
    ASSERT_FALSE(spun);
    expect_stopped_frames(outer_, {2, 5, 5});
    outer_.kill();
  }
  EXPECT_EQ(*outer_.call<int32_t>("ask", 1), 23);
  expect_usable();
}

TEST_P(NestedCalls, ALoopBehindAHostFunctionIsStopped) {
  host_.back = &caller_;
  {
    const Stopper stopper(caller_);
    // The request stays: the caller is asked as well, if there is time before it returns.
    const auto called = caller_.call<int32_t>("back", 1);
    if (!called) {
      EXPECT_EQ(called.error().code, ErrorCode::Suspended) << called.error().message;
      caller_.kill();
    }
    EXPECT_EQ(host_.error.trap, Trap::Killed);
    EXPECT_STREQ(host_.error.message, "stopped by the host");
  }
  expect_usable();
}

TEST_P(NestedCalls, FuelRunsOut) {
  start(100'000);
  const auto spun = caller_.call<int32_t>("spin", 0);
  ASSERT_FALSE(spun);
  if (suspends()) {
    EXPECT_EQ(spun.error().code, ErrorCode::Suspended);
    caller_.set_fuel(100'000);
    std::array<Value, 1> results;
    EXPECT_EQ(caller_.resume(results).error().code, ErrorCode::Suspended);
    caller_.kill();
  } else {
    EXPECT_EQ(spun.error().trap, Trap::OutOfFuel);
  }
  EXPECT_EQ(caller_.fuel(), 0u);
  caller_.set_fuel(1000);
  expect_usable();
}

TEST_P(NestedCalls, AHostFunctionWaitsTwoInstancesDeep) {
  outer_ = linked(modules_[2], GetParam()[0], caller_, InstanceOptions::kUnlimited);
  host_.waits = 2;
  const auto asked = outer_.call<int32_t>("ask", 1);
  ASSERT_FALSE(asked);
  if (suspends()) {
    EXPECT_EQ(asked.error().code, ErrorCode::Suspended);
    expect_frames(outer_, {1, 4, 4});
    std::array<Value, 1> results;
    EXPECT_EQ(outer_.resume(results).error().code, ErrorCode::Suspended);
    ASSERT_TRUE(outer_.resume(results));
    EXPECT_EQ(results[0].i32(), 23);
  } else {
    EXPECT_EQ(asked.error().trap, Trap::Host);
    expect_frames(outer_, {1, 4, 4});
  }
  host_.waits = 0;
  EXPECT_EQ(*outer_.call<int32_t>("ask", 1), 23);
}

TEST_P(NestedCalls, AnInstanceThatIsAtWorkKeepsItsOwnStack) {
  for (const int32_t depth : {5, -1}) {
    start(100'000);
    host_.back = &caller_;
    // The callee runs on its own stack, then inside of it on its caller's, where it is abandoned.
    const auto went = callee_.call<int32_t>("through", depth);
    EXPECT_EQ(host_.error.code, suspends() ? ErrorCode::Suspended : ErrorCode::Trapped);
    caller_.kill();
    if (depth > 0) {
      ASSERT_TRUE(went) << went.error().message;
      EXPECT_EQ(*went, 5);
    } else {
      EXPECT_EQ(went.error().trap, Trap::StackExhausted);
    }
  }
}

TEST_P(NestedCalls, BacktracesNameBothModules) {
  ASSERT_EQ(caller_.call<int32_t>("fail", 1).error().trap, Trap::Unreachable);
  std::array<Frame, 4> frames;
  ASSERT_EQ(caller_.backtrace(frames), 2u);
  EXPECT_EQ(frames[0].function, 3u);
  ASSERT_LT(frames[0].offset, callee_bytes_.size());
  EXPECT_EQ(callee_bytes_[frames[0].offset], kUnreachable);
  EXPECT_EQ(frames[1].function, 6u);
  ASSERT_LT(frames[1].offset, caller_bytes_.size());
  EXPECT_EQ(caller_bytes_[frames[1].offset], kCall);
  EXPECT_NE(frames[0].instance, frames[1].instance);
  // A trap of the caller's own has nothing of that.
  host_.words = "the sensor is gone";
  EXPECT_FALSE(caller_.call<int32_t>("back", 1));
  expect_frames(caller_, {7});
}

TEST_P(NestedCalls, AHostFunctionsWordsArrive) {
  host_.words = "the sensor is gone";
  const auto asked = caller_.call<int32_t>("ask", 1);
  ASSERT_FALSE(asked);
  EXPECT_EQ(asked.error().trap, Trap::Host);
  EXPECT_STREQ(asked.error().message, "the sensor is gone");
  expect_frames(caller_, {1, 4});
}

std::vector<Pair> pairs() {
  std::vector<LoadOptions> ways;
  if (config::kInterpreter) ways.push_back({.tier = Tier::Vm});
  if (config::kNative) {
    for (const bool fuel : {false, true})
      ways.push_back({.tier = Tier::Native, .bounds = Bounds::Software, .fuel = fuel});
  }
  std::vector<Pair> all;
  for (const LoadOptions& caller : ways) {
    for (const LoadOptions& callee : ways) all.push_back({caller, callee});
  }
  return all;
}
INSTANTIATE_TEST_SUITE_P(Tiers, NestedCalls, testing::ValuesIn(pairs()), [](const auto& pair) {
  return std::string(word(pair.param[0])) + "To" + word(pair.param[1]);
});

/// Two instances that call each other through tables, `n` times.
class MutualCalls : public testing::TestWithParam<Pair> {
 protected:
  /// f(n): n == 0 ? 0 : t[slot](n - 1) + 1; the table is imported, or exported.
  static Bytes make(bool imports, uint8_t slot) {
    const Bytes table = {0x70, 0, 2};
    ModuleBuilder builder;
    builder.types({{0x60, 1, kI32, 1, kI32}});
    if (imports) builder.imports({join({name("a"), name("table"), {1}, table})});
    builder.functions({{0}});
    if (!imports) builder.tables({table});
    builder.exports(imports ? std::vector<Bytes>{exported("f", 0)}
                            : std::vector<Bytes>{exported("f", 0), join({name("table"), {1, 0}})});
    const uint8_t own = slot == 0 ? 1 : 0;
    builder.elements({{0, 0x41, own, kEnd, 1, 0}});
    return builder
        .code({{0,    0x20, 0, 0x04, kI32, 0x20, 0,    0x41, 1, 0x6b, 0x41, slot,
                0x11, 0,    0, 0x41, 1,    0x6a, 0x05, 0x41, 0, kEnd, kEnd}})
        .bytes;
  }
};

TEST_P(MutualCalls, EndBeforeTheStackOfCDoes) {
  const Bytes bytes[2] = {make(false, 1), make(true, 0)};
  std::vector<std::byte> pool(100 << 20);
  Engine engine(pool);
  Module modules[2];
  Instance instances[2];
  for (const int i : {0, 1}) {
    auto loaded = engine.load(bytes[i], GetParam()[static_cast<size_t>(i)]);
    ASSERT_TRUE(loaded) << loaded.error().message;
    modules[i] = std::move(*loaded);
    std::vector<NamedExtern> externs;
    if (i == 1) externs.push_back({"a", "table", *instances[0].export_("table")});
    auto made = engine.instantiate(modules[i], {.externs = externs}, {.stack_bytes = 16 << 20});
    ASSERT_TRUE(made) << made.error().message;
    instances[i] = std::move(*made);
  }
  EXPECT_EQ(*instances[0].call<int32_t>("f", 6), 6);
  const auto endless = instances[0].call<int32_t>("f", -1);
  ASSERT_FALSE(endless);
  EXPECT_EQ(endless.error().trap, Trap::StackExhausted);
  EXPECT_EQ(*instances[0].call<int32_t>("f", 7), 7);
  EXPECT_EQ(*instances[1].call<int32_t>("f", 7), 7);
}

INSTANTIATE_TEST_SUITE_P(Tiers, MutualCalls, testing::ValuesIn(pairs()), [](const auto& pair) {
  return std::string(word(pair.param[0])) + "To" + word(pair.param[1]);
});

}  // namespace
}  // namespace mote
