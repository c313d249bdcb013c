// SPDX-License-Identifier: Apache-2.0
// fib(24) natively and as a module, timed by the kernel's clock.
#include "../../zephyr.hpp"

#include <mote/mote.hpp>

extern "C" int fib_native(int n);
extern "C" const uint8_t fib_timed_begin[], fib_timed_end[];

namespace {

uint32_t started, took_us;
int32_t printed;

void start_timer() {
  started = k_cycle_get_32();
}
void end_timer() {
  took_us = k_cyc_to_us_floor32(k_cycle_get_32() - started);
}
void print(int32_t value) {
  printed = value;
}

constexpr mote::HostFunction kHost[] = {
    mote::bind<start_timer>("env", "start_timer"),
    mote::bind<end_timer>("env", "end_timer"),
    mote::bind<print>("env", "print"),
};

alignas(8) std::byte pool[CONFIG_MOTE_POOL_SIZE];

int fail(const char* what, const mote::Error& error) {
  printk("%s: %s\n", what, error.message);
  return 0;
}

}  // namespace

int main() {
  start_timer();
  const int native = fib_native(24);
  end_timer();
  printk("native: fib(24) = %d in %u us\n", native, static_cast<unsigned>(took_us));

  start_timer();
  mote::Engine engine(pool);
  auto module = engine.load({fib_timed_begin, fib_timed_end});
  if (!module) return fail("load", module.error());
  auto instance = engine.instantiate(*module, {.functions = kHost});
  if (!instance) return fail("instantiate", instance.error());
  end_timer();
  printk("set-up: %u us\n", static_cast<unsigned>(took_us));
  const auto done = instance->call<int32_t>("main");
  if (!done) return fail("main", done.error());
  printk("module: fib(24) = %d in %u us, %u bytes of RAM\n", static_cast<int>(printed),
         static_cast<unsigned>(took_us), static_cast<unsigned>(engine.usage().used));
  return 0;
}
