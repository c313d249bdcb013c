// SPDX-License-Identifier: Apache-2.0
// Bare metal: one thread, so nothing is ever contended. There is no Thread.
#pragma once
#include <cstdint>

#include <mote/platform.hpp>

namespace mote::platform {

struct Mutex {
  void lock() {}
  void unlock() {}
};

/// Only an interrupt can change what is waited for.
struct Condition {
  bool wait(Mutex&, uint64_t nanoseconds) {
    sleep_ns(nanoseconds);
    return false;
  }
  void wake_all() {}
};

}  // namespace mote::platform
