// SPDX-License-Identifier: Apache-2.0
// Blinks led0, twice a second.
#include "mote_app.h"

MOTE_EXPORT("blink") int blink(int times) {
  const mote_handle led = mote_gpio_get_digital_out("led0", 0);
  if (led < 0) return led;
  for (int i = 0; i < times; ++i) {
    mote_digital_out_pin_set_active(led);
    mote_sleep_ms(250);
    mote_digital_out_pin_set_inactive(led);
    mote_sleep_ms(250);
  }
  mote_digital_out_pin_drop(led);
  return 2 * times;
}
