// SPDX-License-Identifier: Apache-2.0
// Threads over FreeRTOS, statically allocated: stacks are the caller's.
#pragma once
#include <FreeRTOS.h>
#include <semphr.h>
#include <task.h>
#include <cstddef>
#include <cstdint>
#include <span>

#include "../../../common/polling_condition.hpp"

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

/// FreeRTOS has no condition variables.
struct Tick {
  static constexpr uint64_t kNanoseconds = uint64_t{portTICK_PERIOD_MS} * 1'000'000;
  static void sleep() { vTaskDelay(1); }
};
using Condition = PollingCondition<Mutex, Tick>;

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
