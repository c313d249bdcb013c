// SPDX-License-Identifier: Apache-2.0
// button0 switches led0 when it is pressed; led1 blinks meanwhile. Ends when the button was pressed three
// times.
#include "mote_app.h"

MOTE_EXPORT("button") int button(void) {
  const mote_handle button = mote_gpio_get_digital_in("button0", MOTE_DIGITAL_FLAGS_PULL_UP);
  const mote_handle led = mote_gpio_get_digital_out("led0", 0), pulse = mote_gpio_get_digital_out("led1", 0);
  const mote_handle timer = mote_events_new_timer();
  if (button < 0 || led < 0 || pulse < 0 || timer < 0) return -1;
  mote_digital_in_pin_watch(button, MOTE_EDGE_ACTIVE);
  mote_timer_set(timer, 100, 100);
  int presses = 0;
  while (presses < 3) {
    struct mote_event event;
    const int32_t failure = mote_events_wait(1000, &event);
    if (failure < 0) return failure;
    if (event.kind == MOTE_KIND_TIMER) {
      mote_digital_out_pin_toggle(pulse);
    } else {
      mote_digital_out_pin_toggle(led);
      ++presses;
    }
  }
  return presses;
}
