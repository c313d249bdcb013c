// SPDX-License-Identifier: Apache-2.0
// The part of FreeRTOS' interface (11.x, reference manual) that ports/freertos uses, declared by us so that
// CI compiles the port without the kernel. task.h and semphr.h are included from here. Nothing of it runs.
#pragma once
#include <stddef.h>
#include <stdint.h>

using StackType_t = uint32_t;
using BaseType_t = long;
using UBaseType_t = unsigned long;
using TickType_t = uint32_t;
using TaskFunction_t = void (*)(void*);
using TaskHandle_t = struct tskTaskControlBlock*;
using SemaphoreHandle_t = struct QueueDefinition*;
struct StaticTask_t {
  void* members[24];
};
struct StaticSemaphore_t {
  void* members[20];
};
#define portMAX_DELAY 0xffffffffU
#define portTICK_PERIOD_MS 1U
#define pdMS_TO_TICKS(ms) static_cast<TickType_t>(ms)
#define tskKERNEL_VERSION_NUMBER "declared by Mote's tests"
#define taskYIELD() vPortYield()
#define taskENTER_CRITICAL() vPortEnterCritical()
#define taskEXIT_CRITICAL() vPortExitCritical()

extern "C" {
void vPortEnterCritical();
void vPortExitCritical();
void vPortYield();
TaskHandle_t xTaskCreateStatic(TaskFunction_t code, const char* name, uint32_t stack_words, void* parameter,
                               UBaseType_t priority, StackType_t* stack, StaticTask_t* control);
void vTaskStartScheduler();
void vTaskDelay(TickType_t ticks);
void vTaskSuspend(TaskHandle_t task);
TickType_t xTaskGetTickCount();
UBaseType_t uxTaskGetStackHighWaterMark(TaskHandle_t task);
SemaphoreHandle_t xSemaphoreCreateMutexStatic(StaticSemaphore_t* storage);
BaseType_t xSemaphoreTake(SemaphoreHandle_t semaphore, TickType_t ticks);
BaseType_t xSemaphoreGive(SemaphoreHandle_t semaphore);
}
