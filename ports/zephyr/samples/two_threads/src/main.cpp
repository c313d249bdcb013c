// SPDX-License-Identifier: Apache-2.0
// Two threads with modules of their own: see ports/common/app.hpp.
#include "../../zephyr.hpp"
#include "app.hpp"

#include <cstdarg>

namespace {

K_MUTEX_DEFINE(console);
K_THREAD_STACK_DEFINE(blink_stack, CONFIG_MOTE_THREAD_STACK_SIZE);
K_THREAD_STACK_DEFINE(turns_stack, CONFIG_MOTE_THREAD_STACK_SIZE);
constexpr int kPriority = K_PRIO_PREEMPT(5);

struct Work {
  const char* name;
  bool (*run)();
  k_thread_stack_t* stack;
  bool good = false;
  k_thread thread{};
};

Work works[] = {{.name = "blink", .run = app::blink, .stack = blink_stack},
                {.name = "turns", .run = app::take_turns, .stack = turns_stack}};

void run(void* work, void*, void*) {
  static_cast<Work*>(work)->good = static_cast<Work*>(work)->run();
}

}  // namespace

namespace app {

void print(const char* format, ...) {
  k_mutex_lock(&console, K_FOREVER);
  std::va_list arguments;
  va_start(arguments, format);
  vprintk(format, arguments);
  va_end(arguments);
  k_mutex_unlock(&console);
}

void set_led(bool on) {
  print("%6u ms: led %s\n", static_cast<unsigned>(milliseconds()), on ? "on" : "off");
}

}  // namespace app

int main() {
  for (Work& work : works) {
    k_thread_create(&work.thread, work.stack, CONFIG_MOTE_THREAD_STACK_SIZE, run, &work, nullptr, nullptr,
                    kPriority, 0, K_NO_WAIT);
  }
  bool good = true;
  for (Work& work : works) {
    k_thread_join(&work.thread, K_FOREVER);
    good &= work.good;
    app::print("%s: %s\n", work.name, work.good ? "ok" : "FAILED");
  }
  app::print("%s\n", good ? "all ok" : "FAILED");
  return 0;
}
