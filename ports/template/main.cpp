// SPDX-License-Identifier: Apache-2.0
// A port in one file: the functions of mote/platform.hpp that Mote's samples call, and their LED. As it
// stands it needs no operating system: bare metal, one thread, and a clock that counts what sleep_ns() was
// asked for. Replace each function by your system's; see README.md.
#include "app.hpp"

#include <mote/platform.hpp>

#include <cstdarg>
#include <cstdio>

namespace {

uint64_t now = 0;

}  // namespace

namespace mote::platform {

uint64_t monotonic_ns() {
  return now;
}

void sleep_ns(uint64_t nanoseconds) {
  now += nanoseconds;
}

}  // namespace mote::platform

namespace app {

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
