// SPDX-License-Identifier: Apache-2.0
// The part of Zephyr's interface (API reference) that ports/zephyr uses, declared by us so that CI compiles
// the port's samples without Zephyr. Nothing of it runs.
#pragma once
#include <cerrno>
#include <cstddef>
#include <cstdint>

#define CONFIG_MOTE_POOL_SIZE 16384
#define CONFIG_MOTE_THREAD_STACK_SIZE 4096

struct k_timeout_t {
  int64_t ticks;
};
#define K_FOREVER (k_timeout_t{-1})
#define K_NO_WAIT (k_timeout_t{0})
#define K_MSEC(ms) (k_timeout_t{ms})
#define K_USEC(us) (k_timeout_t{static_cast<int64_t>(us)})
#define K_PRIO_PREEMPT(x) (x)

struct k_mutex {
  int owner;
};
#define K_MUTEX_DEFINE(name) k_mutex name
struct k_sem {
  unsigned count, limit;
};
#define K_SEM_DEFINE(name, initial, most) k_sem name = {initial, most}
struct k_condvar {
  void* waiting;
};
struct k_thread {
  void* members[32];
};
struct k_thread_stack_t {
  char data;
};
#define K_THREAD_STACK_DEFINE(name, size) k_thread_stack_t name[size]
using k_thread_entry_t = void (*)(void*, void*, void*);

extern "C" {
uint32_t k_cycle_get_32();
uint32_t k_cyc_to_us_floor32(uint32_t cycles);
uint32_t k_uptime_get_32();
int32_t k_msleep(int32_t milliseconds);
int64_t k_uptime_get();
void k_yield();
int k_mutex_init(k_mutex* mutex);
int k_sem_take(k_sem* semaphore, k_timeout_t timeout);
void k_sem_give(k_sem* semaphore);
int k_condvar_init(k_condvar* condition);
int k_condvar_wait(k_condvar* condition, k_mutex* mutex, k_timeout_t timeout);
int k_condvar_broadcast(k_condvar* condition);
int k_mutex_lock(k_mutex* mutex, k_timeout_t timeout);
int k_mutex_unlock(k_mutex* mutex);
k_thread* k_thread_create(k_thread* thread, k_thread_stack_t* stack, size_t size, k_thread_entry_t entry,
                          void* a, void* b, void* c, int priority, uint32_t options, k_timeout_t delay);
int k_thread_join(k_thread* thread, k_timeout_t timeout);
}
