// SPDX-License-Identifier: Apache-2.0
// Threads over Mbed OS: stacks are the caller's.
#pragma once
#include <mbed.h>
#include <cstddef>
#include <cstdint>
#include <new>
#include <span>

#include "../../../common/polling_condition.hpp"

namespace mote::platform {

using Mutex = ::Mutex;

/// Mbed's ConditionVariable belongs to one mutex from the start; this one works with any.
struct Millisecond {
  static constexpr uint64_t kNanoseconds = 1'000'000;
  static void sleep() { ThisThread::sleep_for(std::chrono::milliseconds(1)); }
};
using Condition = PollingCondition<Mutex, Millisecond>;

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
