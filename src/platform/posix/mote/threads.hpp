// SPDX-License-Identifier: Apache-2.0
// Threads over POSIX.
#pragma once
#include <pthread.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <span>

namespace mote::platform {

class Mutex {
 public:
  Mutex() = default;
  ~Mutex() { pthread_mutex_destroy(&mutex_); }
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;
  void lock() { pthread_mutex_lock(&mutex_); }
  void unlock() { pthread_mutex_unlock(&mutex_); }

 private:
  friend class Condition;
  pthread_mutex_t mutex_ = PTHREAD_MUTEX_INITIALIZER;
};

class Condition {
 public:
  Condition() {
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&condition_, &attributes);
    pthread_condattr_destroy(&attributes);
  }
  ~Condition() { pthread_cond_destroy(&condition_); }
  Condition(const Condition&) = delete;
  Condition& operator=(const Condition&) = delete;
  /// Gives the mutex up and waits; may wake without reason. False: the time was over.
  bool wait(Mutex& mutex, uint64_t nanoseconds) {
    timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    const uint64_t sum = static_cast<uint64_t>(until.tv_nsec) + nanoseconds;
    until.tv_sec += static_cast<time_t>(sum / 1'000'000'000);
    until.tv_nsec = static_cast<long>(sum % 1'000'000'000);
    return pthread_cond_timedwait(&condition_, &mutex.mutex_, &until) != ETIMEDOUT;
  }
  void wake_all() { pthread_cond_broadcast(&condition_); }

 private:
  pthread_cond_t condition_;
};

/// Started once, joined once.
class Thread {
 public:
  /// `stack` is for systems that have no memory of their own for one; here the system's is used.
  bool start(void (*run)(void*), void* data, std::span<std::byte> stack, const char* name) {
    (void)stack, (void)name;
    run_ = run;
    data_ = data;
    return pthread_create(
               &thread_, nullptr,
               [](void* self) -> void* {
                 static_cast<Thread*>(self)->run_(static_cast<Thread*>(self)->data_);
                 return nullptr;
               },
               this) == 0;
  }
  void join() { pthread_join(thread_, nullptr); }

 private:
  void (*run_)(void*) = nullptr;
  void* data_ = nullptr;
  pthread_t thread_{};
};

}  // namespace mote::platform
