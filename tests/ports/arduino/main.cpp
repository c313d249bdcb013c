// SPDX-License-Identifier: Apache-2.0
// A sketch, as Arduino's builder makes a program of it; loop() runs 16 times.
#include "Arduino.h"

#include SKETCH

int main() {
  setup();
  for (int i = 0; i < 16; ++i) loop();
  return 0;
}
