// SPDX-License-Identifier: Apache-2.0
// Threads over FreeRTOS, statically allocated: stacks are the caller's.
#pragma once
#include <FreeRTOS.h>
#include <semphr.h>
#include <task.h>
#include <cstddef>
#include <cstdint>
#include <span>

namespace mote::platform {

class Mutex {
 public:
  Mutex() : handle_(xSemaphoreCreateMutexStatic(&storage_)) {}
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;
  void lock() { xSemaphoreTake(handle_, portMAX_DELAY); }
  void unlock() { xSemaphoreGive(handle_); }

 private:
  StaticSemaphore_t storage_;
  SemaphoreHandle_t handle_;
};

/// Waiters look again each tick: FreeRTOS has no condition variables.
class Condition {
 public:
  bool wait(Mutex& mutex, uint64_t nanoseconds) {
    constexpr uint64_t kTick = uint64_t{portTICK_PERIOD_MS} * 1'000'000;
    const uint32_t seen = wakes_;
    bool woken = false;
    mutex.unlock();
    for (uint64_t passed = 0; passed < nanoseconds && !woken; passed += kTick) {
      vTaskDelay(1);
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
  /// `stack` is 4-byte aligned and lasts as long as the thread.
  bool start(void (*run)(void*), void* data, std::span<std::byte> stack, const char* name) {
    run_ = run;
    data_ = data;
    constexpr UBaseType_t kPriority = 1;
    return xTaskCreateStatic(enter, name, static_cast<uint32_t>(stack.size() / sizeof(StackType_t)), this,
                             kPriority, reinterpret_cast<StackType_t*>(stack.data()), &control_) != nullptr;
  }
  void join() {
    while (!done_) vTaskDelay(1);
  }

 private:
  static void enter(void* self) {
    auto* thread = static_cast<Thread*>(self);
    thread->run_(thread->data_);
    thread->done_ = true;
    vTaskSuspend(nullptr);
  }
  void (*run_)(void*) = nullptr;
  void* data_ = nullptr;
  volatile bool done_ = false;
  StaticTask_t control_{};
};

}  // namespace mote::platform
