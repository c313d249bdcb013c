// SPDX-License-Identifier: Apache-2.0
// Two tasks with modules of their own: see ports/common/app.hpp. Needs static allocation, mutexes, and
// printf.
#include "app.hpp"

#include <FreeRTOS.h>
#include <semphr.h>
#include <task.h>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>

namespace {

constexpr uint32_t kStackWords = app::kStackBytes / sizeof(StackType_t);
constexpr UBaseType_t kPriority = 1;

struct Task {
  const char* name;
  bool (*run)();
  bool done = false, good = false;
};

Task tasks[] = {{.name = "blink", .run = app::blink}, {.name = "turns", .run = app::take_turns}};
constexpr size_t kTasks = sizeof tasks / sizeof tasks[0];
StaticTask_t controls[kTasks];
StackType_t stacks[kTasks][kStackWords];
StaticSemaphore_t console_storage;
SemaphoreHandle_t console;

/// The last one to end sums up.
void run_task(void* argument) {
  auto* task = static_cast<Task*>(argument);
  task->good = task->run();
  app::print("%s: %s, %u bytes of stack used\n", task->name, task->good ? "ok" : "FAILED",
             unsigned(app::kStackBytes - uxTaskGetStackHighWaterMark(nullptr) * sizeof(StackType_t)));
  taskENTER_CRITICAL();
  task->done = true;
  bool all = true, good = true;
  for (const Task& each : tasks) all &= each.done, good &= each.good;
  taskEXIT_CRITICAL();
  if (all) {
    std::printf("%s\n", good ? "all ok" : "FAILED");
    std::exit(good ? 0 : 1);
  }
  vTaskSuspend(nullptr);
}

}  // namespace

namespace app {

void print(const char* format, ...) {
  xSemaphoreTake(console, portMAX_DELAY);
  std::va_list arguments;
  va_start(arguments, format);
  std::vprintf(format, arguments);
  va_end(arguments);
  std::fflush(stdout);
  xSemaphoreGive(console);
}

void set_led(bool on) {
  print("%6u ms: led %s\n", unsigned(milliseconds()), on ? "on" : "off");
}

}  // namespace app

int main() {
  std::printf("FreeRTOS %s\n", tskKERNEL_VERSION_NUMBER);
  console = xSemaphoreCreateMutexStatic(&console_storage);
  for (size_t i = 0; i < kTasks; ++i) {
    xTaskCreateStatic(run_task, tasks[i].name, kStackWords, &tasks[i], kPriority, stacks[i], &controls[i]);
  }
  vTaskStartScheduler();
  return 1;  // not reached
}
