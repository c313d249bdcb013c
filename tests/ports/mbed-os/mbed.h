// SPDX-License-Identifier: Apache-2.0
// The part of Mbed OS' interface (Mbed CE 7, API documentation) that ports/mbed-os uses, declared by us so
// that CI compiles the port's samples without Mbed. Nothing of it runs.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>

using namespace std::chrono_literals;

#define MBED_SUCCESS 0
#define DEVICE_INTERRUPTIN 1
#define DEVICE_ANALOGIN 1
#define DEVICE_PWMOUT 1
#define DEVICE_I2C 1
#define DEVICE_SPI 1
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

enum PinMode { PullNone, PullUp, PullDown };

class DigitalIn {
 public:
  int read();
  void mode(PinMode pull);
};

class DigitalInOut {
 public:
  explicit DigitalInOut(PinName pin);
  void write(int value);
  int read();
  void output();
};

class AnalogIn {
 public:
  unsigned short read_u16();
};

class PwmOut {
 public:
  void write(float value);
};

class I2C {
 public:
  int write(int address, const char* data, int length, bool repeated = false);
  int read(int address, char* data, int length, bool repeated = false);
};

class SPI {
 public:
  void format(int bits, int mode);
  void frequency(int hz);
  void select();
  void deselect();
  void set_default_write_value(char data);
  int write(const char* out, int out_length, char* in, int in_length);
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
  Callback(std::nullptr_t = nullptr);
  template <class A>
  Callback(void (*function)(A*), A* argument);
};
}  // namespace mbed
template <class A>
mbed::Callback<void()> callback(void (*function)(A*), A* argument) {
  return {function, argument};
}

class InterruptIn {
 public:
  int read();
  void mode(PinMode pull);
  void rise(mbed::Callback<void()> function);
  void fall(mbed::Callback<void()> function);
};

class Semaphore {
 public:
  Semaphore(int32_t count, uint16_t most);
  bool try_acquire_for(std::chrono::duration<uint32_t, std::milli> time);
  int release();
};

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
