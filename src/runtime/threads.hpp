// SPDX-License-Identifier: Apache-2.0
// What the threads proposal asks of an operating system: a lock, and threads that wait at an address until
// they are woken. Two backends: threads_std.cpp where there are threads, threads_none.cpp where there are not
// (boards), which the build chooses.
#pragma once
#include <cstdint>

namespace mote::runtime {

/// Holds the one lock of all shared memories: growth, their lists of users, and what no CPU does atomically.
class SharedLock {
 public:
  SharedLock();
  ~SharedLock();  // NOLINT(performance-trivially-destructible): where there are threads, it unlocks
  SharedLock(const SharedLock&) = delete;
  SharedLock& operator=(const SharedLock&) = delete;
};

/// What memory.atomic.wait32 and wait64 answer.
enum class Woken : uint32_t { Notified = 0, NotEqual = 1, TimedOut = 2 };

/// Waits at `place`, whose 4 or 8 bytes must be `expected` for that, for at most `timeout` nanoseconds;
/// negative: forever. Where there are no threads nobody could wake it: it times out at once.
Woken wait_at(const uint8_t* place, unsigned bytes, uint64_t expected, int64_t timeout);
/// Wakes at most `count` of those who wait at `place`, the longest first; how many.
uint32_t notify_at(const uint8_t* place, uint32_t count);

}  // namespace mote::runtime
