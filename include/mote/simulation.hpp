// SPDX-License-Identifier: Apache-2.0
// A simulated board for mote/drivers.hpp, on hosts and on bare metal alike: pins, ADC, PWM, I2C and SPI
// devices that a test drives by a script and reads by an observer, in virtual time: it goes on only while the
// app waits, and by a microsecond whenever it asks for a time or a level. So a run is exact and repeatable.
// CMake: mote::simulation. Takes no memory of its own.
#pragma once
#include <mote/devices.hpp>

#include <cstdint>
#include <span>
#include <string_view>

namespace mote::simulation {

/// What the table of the usual simulated board is called and has: led0 to led3, button0 and button1 (pressed
/// they are low), in0, out0, adc0, adc1, pwm0, pwm1, i2c0, spi0.
std::span<const devices::Device> usual_devices();

/// A device on an I2C bus: registers of a byte. Writing sets the register to begin with, then registers;
/// reading goes on from there.
struct I2cTarget {
  uint8_t bus = 0;
  uint8_t address = 0;
  std::span<uint8_t> registers{};
  uint8_t at = 0;  ///< the next register
};

/// A device on an SPI bus: what it sends, over and over. None: it sends back what it gets.
struct SpiTarget {
  uint8_t bus = 0;
  std::span<const uint8_t> sends{};
  uint32_t at = 0;
};

/// Something that happens to the board from outside.
struct Stimulus {
  uint64_t at_ns = 0;
  uint8_t device = 0;  ///< index in the board's table: an input, or an I2C bus
  uint32_t value = 0;  ///< pins: 1 is active; ADC: the value; I2C: the first register to set
  uint8_t address = 0;
  std::span<const uint8_t> bytes{};  ///< I2C: what the registers are set to
};

/// Something that the app did, or that happened to it.
struct Change {
  enum class What : uint8_t { Output, Input, I2c, Spi };
  uint64_t at_ns = 0;
  const devices::Device* device = nullptr;
  What what = What::Output;
  uint32_t value = 0;  ///< pins: 1 is active; ADC and PWM: the value; buses: a Failure as a number, or 0
  uint8_t address = 0;
  std::span<const uint8_t> written{}, read{};  ///< buses; valid during the call only
};

/// One simulated board. What it is given must outlive it.
struct Simulation {
  explicit Simulation(devices::Board& of);
  ~Simulation();
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;

  static constexpr uint32_t kPins = 64, kChannels = 16;
  static constexpr uint32_t kAdcMax = 4095, kPwmMax = 65535;

  devices::Board& board;
  std::span<const Stimulus> script{};  ///< in the order of time
  std::span<I2cTarget> i2c{};
  std::span<SpiTarget> spi{};
  uint64_t end_ns = ~uint64_t{0};  ///< when waiting ends the app
  void (*observe)(void* context, const Change& change) = nullptr;
  void (*print)(void* context, std::string_view text) = nullptr;  ///< nullptr: mote::platform's console
  void* context = nullptr;

  uint64_t now_ns = 0;
  bool ended = false;    ///< the app was ended by its end_ns
  bool starved = false;  ///< likewise, since it waits for what never comes
  size_t done = 0;       ///< how much of the script has happened
  bool high[kPins] = {};
  uint32_t adc[kChannels] = {}, pwm[kChannels] = {};

  /// Lets time go on until then, and what the script says happen.
  void advance(uint64_t to_ns);
  void happen(const Stimulus& stimulus);
  void tell(Change change) const;
};

/// The board that the drivers act on: the one that was made last and still is. One at a time.
Simulation* current();

/// A line for a change, e.g. "   500.000 ms  led0 active", without a new line; as much as there is room for.
/// How long it is.
size_t describe(const Change& change, std::span<char> line);

}  // namespace mote::simulation
