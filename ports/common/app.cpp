// SPDX-License-Identifier: Apache-2.0
#include "app.hpp"

#include <mote/mote.hpp>
#include <mote/platform.hpp>

extern "C" const uint8_t blink_begin[], blink_end[], fib_timed_begin[], fib_timed_end[], spin_begin[],
    spin_end[];

namespace app {

namespace {

void led(bool on) {
  set_led(on);
  mote::platform::sleep_ns(100'000'000);
}

uint32_t started, took;
int32_t printed;

void start_timer() {
  started = milliseconds();
}
void end_timer() {
  took = milliseconds() - started;
}
void print_number(int32_t value) {
  printed = value;
}

constexpr mote::HostFunction kBlinkHost[] = {mote::bind<led>("env", "led")};
constexpr mote::HostFunction kFibHost[] = {
    mote::bind<start_timer>("env", "start_timer"),
    mote::bind<end_timer>("env", "end_timer"),
    mote::bind<print_number>("env", "print"),
};

// An engine belongs to one thread: a pool for each.
alignas(8) std::byte blink_pool[4 * 1024], turns_pool[8 * 1024];
constexpr uint64_t kSlice = 5000;

bool fail(const char* what, const mote::Error& error) {
  print("%s: %s (%u)\n", what, error.message, unsigned{error.detail});
  return false;
}

/// Another slice for a suspended call. True: it has ended, or failed.
bool go_on(mote::Instance& instance, mote::Error& error) {
  instance.set_fuel(kSlice);
  mote::Value result[] = {mote::Value::i32(0)};
  const auto done = instance.resume(result);
  if (!done && done.error().code != mote::ErrorCode::Suspended) error = done.error();
  return instance.status() != mote::Status::Suspended;
}

}  // namespace

uint32_t milliseconds() {
  return static_cast<uint32_t>(mote::platform::monotonic_ns() / 1'000'000);
}

bool blink() {
  mote::Engine engine(blink_pool);
  auto module = engine.load({blink_begin, blink_end});
  if (!module) return fail("blink", module.error());
  auto instance = engine.instantiate(*module, {.functions = kBlinkHost});
  if (!instance) return fail("blink", instance.error());
  const auto switched = instance->call<int32_t>("blink", 3);
  if (!switched) return fail("blink", switched.error());
  print("blink: switched %d times, %u bytes of RAM\n", int(*switched), unsigned(engine.usage().peak));
  return *switched == 6;
}

bool take_turns() {
  mote::Engine engine(turns_pool);
  auto fib_module = engine.load({fib_timed_begin, fib_timed_end});
  if (!fib_module) return fail("fib_timed", fib_module.error());
  auto spin_module = engine.load({spin_begin, spin_end});
  if (!spin_module) return fail("spin", spin_module.error());
  auto fib = engine.instantiate(*fib_module, {.functions = kFibHost}, {.fuel = kSlice});
  if (!fib) return fail("fib_timed", fib.error());
  auto spin = engine.instantiate(*spin_module, {}, {.fuel = kSlice});
  if (!spin) return fail("spin", spin.error());

  mote::Error error;
  const auto began = fib->call<int32_t>("main");
  if (began || began.error().code != mote::ErrorCode::Suspended) return fail("fib_timed", began.error());
  const auto spun = spin->call<int32_t>("spin");
  if (spun || spun.error().code != mote::ErrorCode::Suspended) return fail("spin", spun.error());
  uint32_t turns = 1;
  for (; !go_on(*fib, error); ++turns) {
    if (go_on(*spin, error)) return fail("spin ended", error);
  }
  if (error) return fail("fib_timed", error);
  spin->kill();
  print("turns: fib(24) = %d after %u ms and %u turns with a module that loops for ever, %u bytes of RAM\n",
        int(printed), unsigned{took}, unsigned{turns}, unsigned(engine.usage().peak));
  return printed == 46368 && spin->status() != mote::Status::Suspended;
}

}  // namespace app
