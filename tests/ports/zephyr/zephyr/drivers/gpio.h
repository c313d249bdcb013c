// SPDX-License-Identifier: Apache-2.0
// See kernel.h. The board has an LED.
#pragma once
#include <cstdint>

struct device;
struct gpio_dt_spec {
  const device* port;
  uint8_t pin;
  uint16_t dt_flags;
};
#define DT_ALIAS(name) 0
#define DT_NODE_HAS_STATUS(node, status) 1
#define GPIO_DT_SPEC_GET(node, property) (gpio_dt_spec{nullptr, 0, 0})
#define GPIO_OUTPUT_INACTIVE 0U

extern "C" {
bool device_is_ready(const device* device);
int gpio_pin_configure_dt(const gpio_dt_spec* spec, uint32_t flags);
int gpio_pin_set(const device* port, uint8_t pin, int value);
}
