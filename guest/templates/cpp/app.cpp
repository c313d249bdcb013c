// SPDX-License-Identifier: Apache-2.0
// Blinks led0. What an app may ask of its board is in mote_app.hpp and mote_app.h.
#include "mote_app.hpp"

MOTE_EXPORT("main") int app() {
  mote::app::DigitalOutPin led("led0");
  if (!led) {
    mote_print("there is no led0");
    return led.error();
  }
  for (int i = 0; i < 5; ++i) {
    led.toggle();
    mote_sleep_ms(250);
  }
  return 0;
}
