// SPDX-License-Identifier: Apache-2.0
// The part of Mbed OS' interface (Mbed CE 7, API documentation) that ports/mbed-os uses, declared by us so
// that CI compiles the port's samples without Mbed. Nothing of it runs.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>

using namespace std::chrono_literals;

#define MBED_SUCCESS 0
#define MBED_MAJOR_VERSION 7
#define MBED_MINOR_VERSION 0
#define MBED_PATCH_VERSION 0

enum PinName { LED1 };
enum osPriority_t { osPriorityNormal };

class DigitalOut {
 public:
  explicit DigitalOut(PinName pin);
  DigitalOut& operator=(int value);
};

class Timer {
 public:
  void start();
  void stop();
  void reset();
  std::chrono::microseconds elapsed_time() const;
};

namespace mbed {
template <class T>
class Callback;
template <>
class Callback<void()> {
 public:
  template <class A>
  Callback(void (*function)(A*), A* argument);
};
}  // namespace mbed
template <class A>
mbed::Callback<void()> callback(void (*function)(A*), A* argument) {
  return {function, argument};
}

class Mutex {
 public:
  void lock();
  void unlock();
};
template <class Lock>
class ScopedLock {
 public:
  explicit ScopedLock(Lock& lock);
  ~ScopedLock();
};

class Thread {
 public:
  Thread(osPriority_t priority, uint32_t stack_size, unsigned char* stack, const char* name);
  int start(mbed::Callback<void()> task);
  int join();
};

namespace Kernel {
struct Clock {
  using time_point = std::chrono::time_point<Clock, std::chrono::milliseconds>;
  using duration = std::chrono::milliseconds;
  using rep = duration::rep;
  using period = duration::period;
  static time_point now();
};
}  // namespace Kernel

namespace ThisThread {
void sleep_for(std::chrono::milliseconds time);
void yield();
}  // namespace ThisThread
