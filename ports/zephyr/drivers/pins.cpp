// SPDX-License-Identifier: Apache-2.0
// mote/drivers.hpp over Zephyr: pins by their levels, since the table knows which are active when low; and
// waiting, which ends when a pin that is watched changes. Stack: under 200 bytes. From interrupts: none, but
// pins are reported from theirs.
#include <zephyr/kernel.h>
#include <mote/drivers.hpp>
#include <mote/zephyr_devices.hpp>

#include "specs.hpp"

namespace mote::zephyr {

namespace {

// Pins that the board does not have are empty, and not in the table.
const gpio_dt_spec kSpecs[kPins] = {
    GPIO_DT_SPEC_GET_OR(DT_ALIAS(led0), gpios, {}), GPIO_DT_SPEC_GET_OR(DT_ALIAS(led1), gpios, {}),
    GPIO_DT_SPEC_GET_OR(DT_ALIAS(led2), gpios, {}), GPIO_DT_SPEC_GET_OR(DT_ALIAS(led3), gpios, {}),
    GPIO_DT_SPEC_GET_OR(DT_ALIAS(sw0), gpios, {}),  GPIO_DT_SPEC_GET_OR(DT_ALIAS(sw1), gpios, {}),
    GPIO_DT_SPEC_GET_OR(DT_ALIAS(sw2), gpios, {}),  GPIO_DT_SPEC_GET_OR(DT_ALIAS(sw3), gpios, {})};

struct Watch {
  gpio_callback callback;
  bool added = false;
};
Watch g_watches[kPins];
devices::Board* g_board = nullptr;
K_SEM_DEFINE(g_changed, 0, 1);

void changed(const device*, gpio_callback* callback, uint32_t) {
  for (uint8_t pin = 0; pin < kPins; ++pin) {
    if (callback != &g_watches[pin].callback || g_board == nullptr) continue;
    const int level = gpio_pin_get_raw(kSpecs[pin].port, kSpecs[pin].pin);
    if (level >= 0) g_board->pin_changed(pin, level != 0, drivers::now_ns());
  }
  k_sem_give(&g_changed);
}

int32_t answer(int error) {
  if (error == -ENOTSUP || error == -ENOSYS) return devices::kOperationNotSupported;
  return error < 0 ? int32_t{devices::kHardwareFault} : 0;
}

int32_t configure(uint8_t pin, gpio_flags_t flags) {
  if (pin >= kPins || kSpecs[pin].port == nullptr || !device_is_ready(kSpecs[pin].port))
    return devices::kHardwareFault;
  return answer(gpio_pin_configure(kSpecs[pin].port, kSpecs[pin].pin, flags));
}

}  // namespace

void use(devices::Board& board) {
  g_board = &board;
}

}  // namespace mote::zephyr

namespace mote::drivers {

using namespace zephyr;

bool wait(uint64_t until_ns) {
  const uint64_t now = now_ns();
  if (until_ns <= now) return true;
  constexpr uint64_t kLongest = 3'600'000'000;  // an hour: whoever waits looks again
  const uint64_t us = (until_ns - now + 999) / 1000;
  k_sem_take(&g_changed, K_USEC(us < kLongest ? us : kLongest));
  return true;
}

int32_t set_up_input(uint8_t pin, Pull pull) {
  gpio_flags_t flags = GPIO_INPUT;
  if (pull == Pull::Up) flags |= GPIO_PULL_UP;
  if (pull == Pull::Down) flags |= GPIO_PULL_DOWN;
  if (pull == Pull::None && pin < kPins) flags |= kSpecs[pin].dt_flags & (GPIO_PULL_UP | GPIO_PULL_DOWN);
  return configure(pin, flags);
}
int32_t set_up_output(uint8_t pin, bool high) {
  return configure(pin, high ? GPIO_OUTPUT_HIGH : GPIO_OUTPUT_LOW);
}
int32_t read_pin(uint8_t pin) {
  const int level = gpio_pin_get_raw(kSpecs[pin].port, kSpecs[pin].pin);
  return level < 0 ? int32_t{devices::kHardwareFault} : level;
}
int32_t write_pin(uint8_t pin, bool high) {
  return answer(gpio_pin_set_raw(kSpecs[pin].port, kSpecs[pin].pin, high));
}
int32_t watch_pin(uint8_t pin, bool on) {
  const gpio_dt_spec& spec = kSpecs[pin];
  Watch& watch = g_watches[pin];
  if (!watch.added) {
    gpio_init_callback(&watch.callback, changed, BIT(spec.pin));
    if (const int error = gpio_add_callback(spec.port, &watch.callback); error < 0) return answer(error);
    watch.added = true;
  }
  return answer(
      gpio_pin_interrupt_configure(spec.port, spec.pin, on ? GPIO_INT_EDGE_BOTH : GPIO_INT_DISABLE));
}

}  // namespace mote::drivers
