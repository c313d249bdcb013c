// SPDX-License-Identifier: Apache-2.0
// A port in one file: what Mote's samples need of an operating system. As it stands it needs none: bare
// metal, one thread, and a clock that counts what sleep() was asked for. Replace each function by your
// system's; see README.md.
#include "app.hpp"

#include <cstdarg>
#include <cstdio>

namespace {

uint32_t now = 0;

}  // namespace

namespace app {

uint32_t milliseconds() {
  return now;
}

void sleep(uint32_t milliseconds) {
  now += milliseconds;
}

void print(const char* format, ...) {
  std::va_list arguments;
  va_start(arguments, format);
  std::vprintf(format, arguments);
  va_end(arguments);
}

void set_led(bool on) {
  print("%6u ms: led %s\n", static_cast<unsigned>(milliseconds()), on ? "on" : "off");
}

}  // namespace app

int main() {
  const bool blinked = app::blink();
  const bool took_turns = app::take_turns();
  std::printf("%s\n", blinked && took_turns ? "all ok" : "FAILED");
  return blinked && took_turns ? 0 : 1;
}
