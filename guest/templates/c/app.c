// SPDX-License-Identifier: Apache-2.0
// Blinks led0. What an app may ask of its board is in mote_app.h.
#include "mote_app.h"

MOTE_EXPORT("main") int app(void) {
  const mote_handle led = mote_gpio_get_digital_out("led0", 0);
  if (led < 0) {
    mote_print("there is no led0");
    return led;
  }
  for (int i = 0; i < 5; ++i) {
    mote_digital_out_pin_toggle(led);
    mote_sleep_ms(250);
  }
  return 0;
}
