// SPDX-License-Identifier: Apache-2.0
// fib(24) natively and as a module, timed by Mbed's Timer; then another module blinks the LED, for ever.
#include <mbed.h>
#include <cstdio>
#include <mote/mote.hpp>

extern "C" int fib_native(int n);
extern "C" const uint8_t fib_timed_begin[], fib_timed_end[], blink_begin[], blink_end[];

namespace {

Timer timer;
int32_t printed;

void start_timer() {
  timer.reset();
  timer.start();
}
void end_timer() {
  timer.stop();
}
void print(int32_t value) {
  printed = value;
}
void led(bool on) {
  static DigitalOut pin(LED1);
  pin = on;
  ThisThread::sleep_for(500ms);
}

constexpr mote::HostFunction kHost[] = {
    mote::bind<start_timer>("env", "start_timer"),
    mote::bind<end_timer>("env", "end_timer"),
    mote::bind<print>("env", "print"),
    mote::bind<led>("env", "led"),
};

alignas(8) std::byte pool[MBED_CONF_MOTE_POOL_SIZE];

unsigned elapsed_us() {
  return static_cast<unsigned>(timer.elapsed_time().count());
}

int fail(const char* what, const mote::Error& error) {
  std::printf("%s: %s\n", what, error.message);
  return 1;
}

}  // namespace

int main() {
  std::printf("Mbed OS %d.%d.%d\n", MBED_MAJOR_VERSION, MBED_MINOR_VERSION, MBED_PATCH_VERSION);
  start_timer();
  const int native = fib_native(24);
  end_timer();
  std::printf("native: fib(24) = %d in %u us\n", native, elapsed_us());

  start_timer();
  mote::Engine engine(pool);
  auto module = engine.load({fib_timed_begin, fib_timed_end});
  if (!module) return fail("load", module.error());
  auto instance = engine.instantiate(*module, {.functions = kHost});
  if (!instance) return fail("instantiate", instance.error());
  end_timer();
  std::printf("set-up: %u us\n", elapsed_us());
  const auto done = instance->call<int32_t>("main");
  if (!done) return fail("main", done.error());
  std::printf("module: fib(24) = %d in %u us, %u bytes of RAM\n", int(printed), elapsed_us(),
              unsigned(engine.usage().used));

  auto blink_module = engine.load({blink_begin, blink_end});
  if (!blink_module) return fail("load", blink_module.error());
  auto blink = engine.instantiate(*blink_module, {.functions = kHost});
  if (!blink) return fail("instantiate", blink.error());
  while (true) {
    const auto switched = blink->call<int32_t>("blink", 3);
    if (!switched) return fail("blink", switched.error());
    std::printf("blink: the LED was switched %d times\n", int(*switched));
  }
}
