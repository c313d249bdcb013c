// SPDX-License-Identifier: Apache-2.0
// A condition for systems that have none, or none that works with any mutex: waiters look again each step.
#pragma once
#include <cstdint>

namespace mote::platform {

/// `Step::kNanoseconds` is how long `Step::sleep()` takes.
template <class Mutex, class Step>
class PollingCondition {
 public:
  /// False: the time has passed. The mutex is held before and after.
  bool wait(Mutex& mutex, uint64_t nanoseconds) {
    const uint32_t seen = wakes_;
    bool woken = false;
    mutex.unlock();
    for (uint64_t passed = 0; passed < nanoseconds && !woken; passed += Step::kNanoseconds) {
      Step::sleep();
      woken = wakes_ != seen;
    }
    mutex.lock();
    return woken;
  }
  void wake_all() { wakes_ = wakes_ + 1; }

 private:
  volatile uint32_t wakes_ = 0;
};

}  // namespace mote::platform
