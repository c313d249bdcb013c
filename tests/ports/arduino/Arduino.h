// SPDX-License-Identifier: Apache-2.0
// The part of Arduino's interface that the sketches use, ours, over the emulated board: what a sketch does is
// printed. Time does not pass in delay().
#pragma once
#include <cstdint>
#include <cstdio>

#include "board.hpp"

constexpr int HIGH = 1, LOW = 0, OUTPUT = 1, LED_BUILTIN = 13, A0 = 14;

inline void pinMode(int, int) {}
inline void digitalWrite(int pin, int value) {
  std::printf("pin %d = %d\n", pin, value);
}
/// A ramp.
inline int analogRead(int) {
  static int value = 0;
  return ++value;
}
inline void delay(unsigned long) {}
inline unsigned long micros() {
  return board::instructions() / 1000;
}

struct Console {
  void begin(long) {}
  void print(const char* text) { std::printf("%s", text); }
  void print(int value) { std::printf("%d", value); }
  void println(const char* text) { std::printf("%s\n", text); }
  void println(int value) { std::printf("%d\n", value); }
  void println(unsigned long value) { std::printf("%lu\n", value); }
};
inline Console Serial;
