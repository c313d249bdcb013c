// Blinks led0. What an app may ask of its board is in mote_app.ts.
import { digital_out_pin_toggle, getDigitalOut, print, sleepMs } from "./mote_app";

export function main(): i32 {
  const led = getDigitalOut("led0", 0);
  if (led < 0) {
    print("there is no led0\n");
    return led;
  }
  for (let i = 0; i < 5; ++i) {
    digital_out_pin_toggle(led);
    sleepMs(250);
  }
  return 0;
}
