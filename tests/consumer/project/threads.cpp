// SPDX-License-Identifier: Apache-2.0
// A user's program with the platform's facade alone: a thread, a mutex, the console.
#include <mote/platform.hpp>

#include <mote/threads.hpp>
#include <string>

int main() {
  static mote::platform::Mutex mutex;
  static int sum = 2;
  mote::platform::Thread thread;
  const bool started = thread.start(
      [](void*) {
        mutex.lock();
        sum += 3;
        mutex.unlock();
      },
      nullptr, {}, "adds");
  if (!started) return 1;
  thread.join();
  const std::string text = "2 + 3 = " + std::to_string(sum) + "\n";
  return mote::platform::console_write(std::as_bytes(std::span(text))) == text.size() ? 0 : 1;
}
