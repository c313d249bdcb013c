// SPDX-License-Identifier: Apache-2.0
// The sample of a port: modules in threads, and what their host functions need of the board. It asks the
// system by mote/platform.hpp and mote/threads.hpp alone, so that it stays as it is when those are your
// system's.
#include "app.hpp"

#include <mote/platform.hpp>

#include <cstdarg>
#include <cstdio>
#include <mote/threads.hpp>

namespace {

mote::platform::Mutex console;

}  // namespace

namespace app {

void print(const char* format, ...) {
  std::va_list arguments;
  va_start(arguments, format);
  console.lock();
  std::vprintf(format, arguments);
  console.unlock();
  va_end(arguments);
}

void set_led(bool on) {
  print("%6u ms: led %s\n", static_cast<unsigned>(milliseconds()), on ? "on" : "off");
}

}  // namespace app

namespace {

struct Job {
  bool (*run)() = nullptr;
  bool good = false;
  mote::platform::Thread thread{};
  alignas(8) std::byte stack[app::kStackBytes]{};
};

Job jobs[] = {{.run = app::blink}, {.run = app::take_turns}};

}  // namespace

int main() {
  bool good = true;
  for (Job& job : jobs) {
    good &= job.thread.start(
        [](void* data) {
          auto* self = static_cast<Job*>(data);
          self->good = self->run();
        },
        &job, job.stack, "job");
  }
  for (Job& job : jobs) {
    job.thread.join();
    good &= job.good;
  }
  app::print("%s\n", good ? "all ok" : "FAILED");
  return good ? 0 : 1;
}
