// SPDX-License-Identifier: Apache-2.0
// Two threads with modules of their own: see ports/common/app.hpp.
#include "app.hpp"

#include <mbed.h>
#include <cstdarg>
#include <cstdio>

namespace {

Mutex console;

struct Work {
  const char* name;
  bool (*run)();
  bool good = false;
};

Work works[] = {{.name = "blink", .run = app::blink}, {.name = "turns", .run = app::take_turns}};
uint64_t stacks[2][MBED_CONF_MOTE_THREAD_STACK_SIZE / sizeof(uint64_t)];

void run(Work* work) {
  work->good = work->run();
}

}  // namespace

namespace app {

void print(const char* format, ...) {
  const ScopedLock<Mutex> lock(console);
  std::va_list arguments;
  va_start(arguments, format);
  std::vprintf(format, arguments);
  va_end(arguments);
}

void set_led(bool on) {
  static DigitalOut pin(LED1);
  pin = on;
  print("%6u ms: led %s\n", unsigned(milliseconds()), on ? "on" : "off");
}

}  // namespace app

int main() {
  std::printf("Mbed OS %d.%d.%d\n", MBED_MAJOR_VERSION, MBED_MINOR_VERSION, MBED_PATCH_VERSION);
  static Thread blink(osPriorityNormal, sizeof stacks[0], reinterpret_cast<unsigned char*>(stacks[0]),
                      "blink");
  static Thread turns(osPriorityNormal, sizeof stacks[1], reinterpret_cast<unsigned char*>(stacks[1]),
                      "turns");
  Thread* const threads[] = {&blink, &turns};
  for (int i = 0; i < 2; ++i) threads[i]->start(callback(run, &works[i]));
  bool good = true;
  for (int i = 0; i < 2; ++i) {
    threads[i]->join();
    good &= works[i].good;
    app::print("%s: %s\n", works[i].name, works[i].good ? "ok" : "FAILED");
  }
  std::printf("%s\n", good ? "all ok" : "FAILED");
  return good ? 0 : 1;
}
