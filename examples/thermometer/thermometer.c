// SPDX-License-Identifier: Apache-2.0
// Reads a thermometer on i2c0 (address 0x48, the temperature in register 0: 16 bits, big-endian, 1/256 of a
// degree Celsius, as LM75 and its like have it) once a second, and switches led0 on while it is warmer than
// 30 degrees.
#include "mote_app.h"

MOTE_EXPORT("thermometer") int thermometer(int times) {
  const mote_handle bus = mote_i2c_open_device("i2c0"), led = mote_gpio_get_digital_out("led0", 0);
  if (bus < 0 || led < 0) return -1;
  int last = 0;
  for (int i = 0; i < times; ++i) {
    const uint8_t temperature_register = 0;
    uint8_t bytes[2];
    const int32_t failure = mote_i2c_write_read(bus, 0x48, &temperature_register, 1, bytes, sizeof bytes);
    if (failure < 0) return failure;
    last = (int8_t)bytes[0];
    mote_print_number(last);
    mote_print(" degrees");
    mote_digital_out_pin_set_state(led, last > 30 ? MOTE_PIN_STATE_ACTIVE : MOTE_PIN_STATE_INACTIVE);
    mote_sleep_ms(1000);
  }
  return last;
}
