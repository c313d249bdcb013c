// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <condition_variable>
#include <mutex>

#include "config/features.hpp"
#include "runtime/threads.hpp"

namespace mote::runtime {

namespace {

/// A thread that waits, in the order of arrival.
struct Waiter {
  const uint8_t* place;
  bool notified = false;
  std::condition_variable condition;
  Waiter* next = nullptr;
};

std::mutex g_mutex;
Waiter* g_waiters = nullptr;

uint64_t value_at(const uint8_t* place, unsigned bytes) {
  if (bytes == 4) return __atomic_load_n(reinterpret_cast<const uint32_t*>(place), __ATOMIC_SEQ_CST);
  return __atomic_load_n(reinterpret_cast<const uint64_t*>(place), __ATOMIC_SEQ_CST);
}

void leave(const Waiter& waiter) {
  Waiter** link = &g_waiters;
  while (*link != &waiter) link = &(*link)->next;
  *link = waiter.next;
}

}  // namespace

SharedLock::SharedLock() {
  g_mutex.lock();
}
SharedLock::~SharedLock() {
  g_mutex.unlock();
}

Woken wait_at(const uint8_t* place, unsigned bytes, uint64_t expected, int64_t timeout) {
  std::unique_lock<std::mutex> lock(g_mutex);
  // Under the lock, which a notifier needs: no store before its notification is missed.
  if (value_at(place, bytes) != expected) return Woken::NotEqual;
  Waiter waiter{.place = place, .condition = {}};
  Waiter** last = &g_waiters;
  while (*last != nullptr) last = &(*last)->next;
  *last = &waiter;
  const auto notified = [&] { return waiter.notified; };
  using Clock = std::chrono::steady_clock;
  const Clock::time_point now = Clock::now();
  const std::chrono::nanoseconds span(timeout);
  if (timeout < 0 || span > Clock::time_point::max() - now) {
    waiter.condition.wait(lock, notified);
  } else {
    waiter.condition.wait_until(lock, now + span, notified);
  }
  // Who notified it took it off the list.
  if (waiter.notified) return Woken::Notified;  // NOLINT(clang-analyzer-core.StackAddressEscape)
  leave(waiter);
  return Woken::TimedOut;
}

uint32_t notify_at(const uint8_t* place, uint32_t count) {
  const std::lock_guard<std::mutex> lock(g_mutex);
  uint32_t woken = 0;
  for (Waiter** link = &g_waiters; *link != nullptr && woken < count;) {
    Waiter& waiter = **link;
    if (waiter.place != place) {
      link = &waiter.next;
      continue;
    }
    *link = waiter.next;
    waiter.notified = true;
    waiter.condition.notify_one();
    ++woken;
  }
  return woken;
}

}  // namespace mote::runtime
