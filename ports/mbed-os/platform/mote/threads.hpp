// SPDX-License-Identifier: Apache-2.0
// Threads over Mbed OS: stacks are the caller's.
#pragma once
#include <mbed.h>
#include <cstddef>
#include <cstdint>
#include <new>
#include <span>

namespace mote::platform {

using Mutex = ::Mutex;

/// Waiters look again each millisecond, so that it works with any mutex and costs no queue.
class Condition {
 public:
  bool wait(Mutex& mutex, uint64_t nanoseconds) {
    const uint32_t seen = wakes_;
    bool woken = false;
    mutex.unlock();
    for (uint64_t passed = 0; passed < nanoseconds && !woken; passed += 1'000'000) {
      ThisThread::sleep_for(std::chrono::milliseconds(1));
      woken = wakes_ != seen;
    }
    mutex.lock();
    return woken;
  }
  void wake_all() { wakes_ = wakes_ + 1; }

 private:
  volatile uint32_t wakes_ = 0;
};

class Thread {
 public:
  /// `stack` is 8-byte aligned and lasts as long as the thread.
  bool start(void (*run)(void*), void* data, std::span<std::byte> stack, const char* name) {
    run_ = run;
    data_ = data;
    thread_ = new (place_)::Thread(osPriorityNormal, static_cast<uint32_t>(stack.size()),
                                   reinterpret_cast<unsigned char*>(stack.data()), name);
    return thread_->start(callback(enter, this)) == 0;
  }
  void join() { thread_->join(); }

 private:
  static void enter(Thread* self) { self->run_(self->data_); }
  void (*run_)(void*) = nullptr;
  void* data_ = nullptr;
  ::Thread* thread_ = nullptr;
  alignas(::Thread) std::byte place_[sizeof(::Thread)];
};

}  // namespace mote::platform
