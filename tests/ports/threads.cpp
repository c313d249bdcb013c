// SPDX-License-Identifier: Apache-2.0
// A use of all that a port's mote/threads.hpp must offer.
#include <mote/threads.hpp>

struct Shared {
  mote::platform::Mutex mutex;
  mote::platform::Condition changed;
  int count = 0;
};

int run_two(Shared& shared, std::span<std::byte> stack) {
  mote::platform::Thread thread;
  const bool started = thread.start(
      [](void* data) {
        auto& s = *static_cast<Shared*>(data);
        s.mutex.lock();
        ++s.count;
        s.changed.wake_all();
        s.mutex.unlock();
      },
      &shared, stack, "one");
  if (!started) return -1;
  shared.mutex.lock();
  while (shared.count == 0) shared.changed.wait(shared.mutex, 1'000'000);
  shared.mutex.unlock();
  thread.join();
  return shared.count;
}
