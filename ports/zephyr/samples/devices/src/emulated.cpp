// SPDX-License-Identifier: Apache-2.0
#include "emulated.hpp"

#include <zephyr/devicetree.h>
#include <zephyr/drivers/adc/adc_emul.h>
#include <zephyr/drivers/gpio.h>
#include <zephyr/drivers/gpio/gpio_emul.h>
#include <zephyr/drivers/i2c.h>
#include <zephyr/kernel.h>
#include <zephyr/sys/printk.h>
#include <mote/drivers.hpp>

namespace emulated {

namespace {

const device* const kGpio = DEVICE_DT_GET(DT_NODELABEL(mote_gpio));
constexpr gpio_pin_t kLed0 = 0, kLed1 = 1, kButton = 2;
int32_t g_led0_changes = 0, g_led1_changes = 0;

void press(bool on) {
  gpio_emul_input_set(kGpio, kButton, on ? 0 : 1);
}

/// Somebody presses the button three times, and writes down what the LEDs do.
void somebody(void*, void*, void*) {
  static constexpr int kPressAt[] = {130, 250, 410}, kReleaseAt[] = {180, 260, 460};
  int last[2] = {};
  for (int ms = 0; ms < 600; ms += 10) {
    for (int time : kPressAt) {
      if (ms == time) press(true);
    }
    for (int time : kReleaseAt) {
      if (ms == time) press(false);
    }
    k_msleep(10);
    const int now[] = {gpio_emul_output_get(kGpio, kLed0), gpio_emul_output_get(kGpio, kLed1)};
    g_led0_changes += now[0] != last[0];
    g_led1_changes += now[1] != last[1];
    last[0] = now[0], last[1] = now[1];
  }
}

K_THREAD_STACK_DEFINE(g_stack, 1024);
k_thread g_thread;

}  // namespace

void begin() {
  press(false);
  // 31.5 degrees where the thermometer has them: the EEPROM's address 0.
  const uint8_t set[] = {0, 31, 128};
  const bool written = i2c_write(DEVICE_DT_GET(DT_NODELABEL(i2c0)), set, sizeof set, 0x48) == 0;
  // And an analog value, read by the driver that apps use.
  uint32_t value = 0;
  const bool read = adc_emul_const_value_set(DEVICE_DT_GET(DT_NODELABEL(mote_adc)), 0, 1650) == 0 &&
                    mote::drivers::read_analog(0, value) == 0;
  printk("thermometer %s, adc0 is %u of %u\n", written ? "set" : "NOT SET", read ? unsigned(value) : 0u,
         unsigned(mote::drivers::analog_in_max(0)));
  k_thread_create(&g_thread, g_stack, K_THREAD_STACK_SIZEOF(g_stack), somebody, nullptr, nullptr, nullptr,
                  K_PRIO_PREEMPT(1), 0, K_NO_WAIT);
}

void report(int32_t presses, int32_t degrees) {
  k_thread_join(&g_thread, K_FOREVER);
  printk("led0 changed %d times, led1 %d times\n", int(g_led0_changes), int(g_led1_changes));
  const bool led_is_on = gpio_emul_output_get(kGpio, kLed0) == 1;  // it is warmer than 30 degrees
  printk("%s\n", presses == 3 && degrees == 31 && g_led0_changes >= 3 && g_led1_changes >= 3 && led_is_on
                     ? "all ok"
                     : "FAILED");
}

}  // namespace emulated
