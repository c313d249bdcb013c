// SPDX-License-Identifier: Apache-2.0
// The part of Arduino's interface that the library and its sketches use, ours, over the emulated board: what
// a sketch does is printed. delay() takes no time but counts as if it did.
#pragma once
#include <cstdint>
#include <cstdio>

#include "board.hpp"

constexpr int HIGH = 1, LOW = 0, INPUT = 0, OUTPUT = 1, INPUT_PULLUP = 2, CHANGE = 1, LED_BUILTIN = 13,
              A0 = 14;
constexpr int LSBFIRST = 0, MSBFIRST = 1;

inline int levels[64], modes[64];
inline void (*handlers[64])();
inline unsigned long delayed_us = 0;

inline void pinMode(int pin, int mode) {
  modes[pin] = mode;
}
inline void digitalWrite(int pin, int value) {
  levels[pin] = value;
  std::printf("pin %d = %d\n", pin, value);
}
inline int digitalRead(int pin) {
  return levels[pin];
}
#define digitalPinToInterrupt(pin) (pin)
inline void attachInterrupt(int interrupt, void (*handler)(), int) {
  handlers[interrupt] = handler;
}
inline void detachInterrupt(int interrupt) {
  handlers[interrupt] = nullptr;
}
inline void noInterrupts() {}
inline void interrupts() {}
/// A ramp.
inline int analogRead(int) {
  static int value = 0;
  return ++value;
}
inline void analogWrite(int pin, int value) {
  std::printf("pwm %d = %d\n", pin, value);
}
inline void delay(unsigned long ms) {
  delayed_us += ms * 1000;
}
inline unsigned long micros() {
  return board::instructions() / 1000 + delayed_us;
}

struct Console {
  void begin(long) {}
  size_t write(const uint8_t* bytes, size_t size) { return std::fwrite(bytes, 1, size, stdout); }
  void print(const char* text) { std::printf("%s", text); }
  void print(int value) { std::printf("%d", value); }
  void println(const char* text) { std::printf("%s\n", text); }
  void println(int value) { std::printf("%d\n", value); }
  void println(unsigned long value) { std::printf("%lu\n", value); }
};
inline Console Serial;
