// SPDX-License-Identifier: Apache-2.0
// Mutex, Condition and Thread of a system that has one thread, to start from: nothing is ever contended, and
// a "thread" runs to its end where it is started. ports/freertos and ports/zephyr have real ones.
#pragma once
#include <mote/platform.hpp>

namespace mote::platform {

class Mutex {
 public:
  void lock() {}
  void unlock() {}
};

class Condition {
 public:
  /// Gives the mutex up and waits; may wake without reason. False: the time was over.
  bool wait(Mutex&, uint64_t nanoseconds) {
    sleep_ns(nanoseconds);
    return false;
  }
  void wake_all() {}
};

/// Started once, joined once.
class Thread {
 public:
  /// `stack` is aligned as the system asks, and lasts as long as the thread.
  bool start(void (*run)(void*), void* data, std::span<std::byte> stack, const char* name) {
    (void)stack, (void)name;
    run(data);
    return true;
  }
  void join() {}
};

}  // namespace mote::platform
