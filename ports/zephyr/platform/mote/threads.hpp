// SPDX-License-Identifier: Apache-2.0
// Threads over Zephyr. A stack must be one of K_THREAD_STACK_DEFINE's.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

#include "../../samples/zephyr.hpp"

namespace mote::platform {

class Mutex {
 public:
  Mutex() { k_mutex_init(&mutex_); }
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;
  void lock() { k_mutex_lock(&mutex_, K_FOREVER); }
  void unlock() { k_mutex_unlock(&mutex_); }

 private:
  friend class Condition;
  k_mutex mutex_;
};

class Condition {
 public:
  Condition() { k_condvar_init(&condition_); }
  Condition(const Condition&) = delete;
  Condition& operator=(const Condition&) = delete;
  bool wait(Mutex& mutex, uint64_t nanoseconds) {
    return k_condvar_wait(&condition_, &mutex.mutex_,
                          K_MSEC(static_cast<int32_t>((nanoseconds + 999'999) / 1'000'000))) == 0;
  }
  void wake_all() { k_condvar_broadcast(&condition_); }

 private:
  k_condvar condition_;
};

class Thread {
 public:
  bool start(void (*run)(void*), void* data, std::span<std::byte> stack, const char*) {
    run_ = run;
    data_ = data;
    return k_thread_create(&thread_, reinterpret_cast<k_thread_stack_t*>(stack.data()), stack.size(), enter,
                           this, nullptr, nullptr, K_PRIO_PREEMPT(5), 0, K_NO_WAIT) != nullptr;
  }
  void join() { k_thread_join(&thread_, K_FOREVER); }

 private:
  static void enter(void* self, void*, void*) {
    static_cast<Thread*>(self)->run_(static_cast<Thread*>(self)->data_);
  }
  void (*run_)(void*) = nullptr;
  void* data_ = nullptr;
  k_thread thread_{};
};

}  // namespace mote::platform
