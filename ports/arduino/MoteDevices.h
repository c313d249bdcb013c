// SPDX-License-Identifier: Apache-2.0
// Mote's app API over Arduino's functions: what a module asks of "led0" or "button0" happens on the pins of
// the sketch's table, whose numbers are Arduino's. For I2C and SPI the sketch includes <Wire.h> and <SPI.h>
// first; the number of an SPI device is the pin that selects it. Include it in one file of the sketch: it
// defines the functions of mote/drivers.hpp.
//
//   constexpr mote::devices::Device kDevices[] = {{"led0", mote::devices::DeviceKind::DigitalOut,
//   LED_BUILTIN},
//                                                 {"button0", mote::devices::DeviceKind::DigitalIn, 2,
//                                                 /*active_low=*/true}};
//   mote::devices::Board pins(kDevices);
//   mote::devices::App app(pins);
//   void setup() { mote::arduino::use(pins); }
#pragma once
#include <Arduino.h>

#include <Mote.h>
#if __cplusplus >= 202002L || defined(__cpp_concepts)  // otherwise Mote.h has said what it needs
#include <mote/devices.hpp>
#include <mote/drivers.hpp>

namespace mote::arduino {

/// Pins that can be watched at a time: each needs an interrupt handler of its own.
constexpr uint8_t kWatched = 4;

struct State {
  devices::Board* board = nullptr;
  int16_t watched[kWatched] = {-1, -1, -1, -1};
  volatile bool changed = false;
  volatile uint32_t last_us = 0, turns = 0;
};
inline State state;

/// micros() wraps after 71 minutes: as long as somebody asks at least that often, this does not.
inline uint64_t time_ns(uint32_t now_us) {
  const uint32_t turns = state.turns + (now_us < state.last_us ? 1 : 0);
  return (uint64_t{turns} << 32 | now_us) * 1000;
}

/// Changes of pins are reported to this board from now on.
inline void use(devices::Board& board) {
  state.board = &board;
}

template <uint8_t Slot>
void on_change() {
  const auto pin = static_cast<uint8_t>(state.watched[Slot]);
  if (state.board != nullptr) state.board->pin_changed(pin, digitalRead(pin) == HIGH, time_ns(micros()));
  state.changed = true;
}

}  // namespace mote::arduino

namespace mote::drivers {

void console_write(std::string_view text) {
  Serial.write(reinterpret_cast<const uint8_t*>(text.data()), text.size());
}

uint64_t now_ns() {
  noInterrupts();
  const uint32_t now = micros();
  const uint64_t time = arduino::time_ns(now);
  if (now < arduino::state.last_us) arduino::state.turns = arduino::state.turns + 1;
  arduino::state.last_us = now;
  interrupts();
  return time;
}
uint64_t wall_ns() {
  return 0;
}
void polled() {}

bool wait(uint64_t until_ns) {
  while (now_ns() < until_ns && !arduino::state.changed) delay(1);
  arduino::state.changed = false;
  return true;
}

int32_t set_up_input(uint8_t pin, Pull pull) {
  if (pull == Pull::Down) {
#ifdef INPUT_PULLDOWN
    pinMode(pin, INPUT_PULLDOWN);
    return 0;
#else
    return devices::kOperationNotSupported;
#endif
  }
  pinMode(pin, pull == Pull::Up ? INPUT_PULLUP : INPUT);
  return 0;
}
int32_t set_up_output(uint8_t pin, bool high) {
  digitalWrite(pin, high ? HIGH : LOW);
  pinMode(pin, OUTPUT);
  digitalWrite(pin, high ? HIGH : LOW);  // cores differ in which of the two counts
  return 0;
}
int32_t read_pin(uint8_t pin) {
  return digitalRead(pin) == HIGH ? 1 : 0;
}
int32_t write_pin(uint8_t pin, bool high) {
  digitalWrite(pin, high ? HIGH : LOW);
  return 0;
}
int32_t watch_pin(uint8_t pin, bool on) {
  using namespace arduino;
  static void (*const kHandlers[kWatched])() = {on_change<0>, on_change<1>, on_change<2>, on_change<3>};
  int free = -1, slot = -1;
  for (int i = 0; i < kWatched; ++i) {
    if (state.watched[i] == pin) slot = i;
    if (state.watched[i] < 0) free = i;
  }
  if (!on) {
    if (slot < 0) return 0;
    detachInterrupt(digitalPinToInterrupt(pin));
    state.watched[slot] = -1;
    return 0;
  }
  if (slot >= 0) return 0;
  if (free < 0) return devices::kTooManyHandles;
  state.watched[free] = pin;
  attachInterrupt(digitalPinToInterrupt(pin), kHandlers[free], CHANGE);
  return 0;
}

uint32_t analog_in_max(uint8_t) {
  return 1023;  // what analogRead() gives unless the sketch has changed its resolution
}
uint32_t analog_out_max(uint8_t) {
  return 255;
}
int32_t read_analog(uint8_t channel, uint32_t& value) {
  value = static_cast<uint32_t>(analogRead(channel));
  return 0;
}
int32_t write_analog(uint8_t channel, uint32_t value) {
  analogWrite(channel, static_cast<int>(value));
  return 0;
}

int32_t i2c_transfer([[maybe_unused]] uint8_t bus, [[maybe_unused]] uint8_t address,
                     [[maybe_unused]] std::span<const uint8_t> write,
                     [[maybe_unused]] std::span<uint8_t> read) {
#if __has_include(<Wire.h>)
  if (!write.empty() || read.empty()) {
    Wire.beginTransmission(address);
    if (Wire.write(write.data(), write.size()) != write.size())
      return devices::kOverrun;  // its buffer is small
    switch (Wire.endTransmission(read.empty())) {
      case 0:
        break;
      case 1:
        return devices::kOverrun;
      case 2:
        return devices::kNoAcknowledgeAddress;
      case 3:
        return devices::kNoAcknowledgeData;
      default:
        return devices::kOther;
    }
  }
  if (read.empty()) return 0;
  if (static_cast<size_t>(Wire.requestFrom(address, read.size())) != read.size())
    return devices::kNoAcknowledgeUnknown;
  for (uint8_t& byte : read) byte = static_cast<uint8_t>(Wire.read());
  return 0;
#else
  return devices::kOperationNotSupported;
#endif
}

#if __has_include(<SPI.h>)
}  // namespace mote::drivers
namespace mote::arduino {
inline SPISettings spi_settings;
inline bool spi_selected = false;
}  // namespace mote::arduino
namespace mote::drivers {
int32_t spi_configure(uint8_t device, uint32_t frequency, uint8_t mode, bool lsb_first) {
  pinMode(device, OUTPUT);
  digitalWrite(device, HIGH);
  constexpr auto kModes = [](uint8_t m) {
    return m == 0 ? SPI_MODE0 : m == 1 ? SPI_MODE1 : m == 2 ? SPI_MODE2 : SPI_MODE3;
  };
  arduino::spi_settings = SPISettings(frequency, lsb_first ? LSBFIRST : MSBFIRST, kModes(mode));
  return 0;
}
int32_t spi_transfer(uint8_t device, std::span<const uint8_t> out, std::span<uint8_t> in, bool last) {
  if (!arduino::spi_selected) {
    SPI.beginTransaction(arduino::spi_settings);
    digitalWrite(device, LOW);
  }
  const size_t size = out.size() > in.size() ? out.size() : in.size();
  for (size_t i = 0; i < size; ++i) {
    const auto came = static_cast<uint8_t>(SPI.transfer(out.empty() ? 0 : out[i]));
    if (!in.empty()) in[i] = came;
  }
  arduino::spi_selected = !last;
  if (last) {
    digitalWrite(device, HIGH);
    SPI.endTransaction();
  }
  return 0;
}
#else
int32_t spi_configure(uint8_t, uint32_t, uint8_t, bool) {
  return devices::kOperationNotSupported;
}
int32_t spi_transfer(uint8_t, std::span<const uint8_t>, std::span<uint8_t>, bool) {
  return devices::kOperationNotSupported;
}
#endif

}  // namespace mote::drivers
#endif
