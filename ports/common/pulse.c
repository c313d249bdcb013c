// SPDX-License-Identifier: Apache-2.0
// Switches led0 every 100 ms, by a timer's events: pulse(TIMES) gives how often it did, or an error.
#include "mote_app.h"

MOTE_EXPORT("pulse") int pulse(int times) {
  const mote_handle led = mote_gpio_get_digital_out("led0", 0), timer = mote_events_new_timer();
  if (led < 0) return led;
  if (timer < 0) return timer;
  mote_timer_set(timer, 100, 100);
  for (int i = 0; i < times; ++i) {
    struct mote_event event;
    const int failure = mote_events_wait(1000, &event);
    if (failure < 0) return failure;
    mote_digital_out_pin_toggle(led);
  }
  mote_timer_drop(timer);
  mote_digital_out_pin_drop(led);
  return times;
}
