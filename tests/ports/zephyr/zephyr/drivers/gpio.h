// SPDX-License-Identifier: Apache-2.0
// See kernel.h. The board has an LED.
#pragma once
#include <zephyr/device.h>
#include <zephyr/devicetree.h>
#include <cstdint>

using gpio_flags_t = uint32_t;
using gpio_port_pins_t = uint32_t;
struct gpio_dt_spec {
  const device* port;
  uint8_t pin;
  uint16_t dt_flags;
};
struct gpio_callback;
using gpio_callback_handler_t = void (*)(const device* port, gpio_callback* callback, gpio_port_pins_t pins);
struct gpio_callback {
  gpio_callback_handler_t handler;
  gpio_port_pins_t pin_mask;
};
#define BIT(n) (1U << (n))
#define GPIO_DT_SPEC_GET(node, property) (gpio_dt_spec{nullptr, 0, 0})
#define GPIO_DT_SPEC_GET_BY_IDX(node, property, index) \
  { nullptr, 0, 0 }
#define GPIO_DT_SPEC_GET_OR(node, property, other) \
  { nullptr, 0, 0 }
#define GPIO_ACTIVE_LOW 1U
#define GPIO_PULL_UP 16U
#define GPIO_PULL_DOWN 32U
#define GPIO_INPUT 65536U
#define GPIO_OUTPUT_INACTIVE 0U
#define GPIO_OUTPUT_LOW 1U
#define GPIO_OUTPUT_HIGH 2U
#define GPIO_INT_DISABLE 1U
#define GPIO_INT_EDGE_BOTH 2U

extern "C" {
int gpio_pin_configure_dt(const gpio_dt_spec* spec, gpio_flags_t flags);
int gpio_pin_configure(const device* port, uint8_t pin, gpio_flags_t flags);
int gpio_pin_set(const device* port, uint8_t pin, int value);
int gpio_pin_set_raw(const device* port, uint8_t pin, int value);
int gpio_pin_get_raw(const device* port, uint8_t pin);
void gpio_init_callback(gpio_callback* callback, gpio_callback_handler_t handler, gpio_port_pins_t pins);
int gpio_add_callback(const device* port, gpio_callback* callback);
int gpio_pin_interrupt_configure(const device* port, uint8_t pin, gpio_flags_t flags);
}
