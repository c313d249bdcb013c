// SPDX-License-Identifier: Apache-2.0
// A module blinks led0, and the console shows it; for ever.
#include "../../zephyr.hpp"

#include <mote/mote.hpp>

extern "C" const uint8_t blink_begin[], blink_end[];

namespace {

#if DT_NODE_HAS_STATUS(DT_ALIAS(led0), okay)
constexpr gpio_dt_spec kLed = GPIO_DT_SPEC_GET(DT_ALIAS(led0), gpios);
int prepare_led() {
  return device_is_ready(kLed.port) ? gpio_pin_configure_dt(&kLed, GPIO_OUTPUT_INACTIVE) : -1;
}
void write_led(bool on) {
  gpio_pin_set(kLed.port, kLed.pin, on);
}
#else  // the board has none: the console alone
int prepare_led() {
  return 0;
}
void write_led(bool) {}
#endif

void led(bool on) {
  write_led(on);
  printk("%6u ms: led %s\n", static_cast<unsigned>(k_uptime_get_32()), on ? "on" : "off");
  k_msleep(100);
}

constexpr mote::HostFunction kHost[] = {mote::bind<led>("env", "led")};
alignas(8) std::byte pool[CONFIG_MOTE_POOL_SIZE];

int fail(const mote::Error& error) {
  printk("blink: %s\n", error.message);
  return 0;
}

}  // namespace

int main() {
  if (prepare_led() != 0) printk("led0 does not work\n");
  mote::Engine engine(pool);
  auto module = engine.load({blink_begin, blink_end});
  if (!module) return fail(module.error());
  auto instance = engine.instantiate(*module, {.functions = kHost});
  if (!instance) return fail(instance.error());
  while (true) {
    const auto switched = instance->call<int32_t>("blink", 3);
    if (!switched) return fail(switched.error());
    printk("switched %d times\n", static_cast<int>(*switched));
  }
}
