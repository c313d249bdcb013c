// SPDX-License-Identifier: Apache-2.0
#include "drivers.hpp"

#include <mote/drivers.hpp>
#include <mote/platform.hpp>

#include "i2c.hpp"
#include "registers.hpp"

namespace board {

using mote::devices::Device;
using mote::devices::DeviceKind;
using namespace mps2;

namespace {

// Pins: LEDs from 0 on, buttons from kFirstButton on.
constexpr uint8_t kLedCount = 2, kFirstButton = 8, kButtonCount = 2;
constexpr Device kDevices[] = {{"led0", DeviceKind::DigitalOut, 0},
                               {"led1", DeviceKind::DigitalOut, 1},
                               {"button0", DeviceKind::DigitalIn, kFirstButton},
                               {"button1", DeviceKind::DigitalIn, kFirstButton + 1},
                               {"i2c0", DeviceKind::I2c, 0},
                               {"spi0", DeviceKind::Spi, 0}};

mote::devices::Board* g_board = nullptr;
uint32_t g_buttons = 0, g_watched = 0;

/// The buttons have no interrupt: whoever waits looks at them.
bool report_buttons() {
  const uint32_t now = reg(kButtons), changed = (now ^ g_buttons) & g_watched;
  g_buttons = now;
  for (uint8_t i = 0; i < kButtonCount; ++i) {
    if ((changed >> i & 1) != 0 && g_board != nullptr)
      g_board->pin_changed(kFirstButton + i, (now >> i & 1) != 0, mote::platform::monotonic_ns());
  }
  return changed != 0;
}

struct ShieldLines {
  static void set(uint32_t line, bool high) { reg(high ? kI2cSet : kI2cClear) = line; }
  static void scl(bool high) { set(kScl, high); }
  static void sda(bool high) { set(kSda, high); }
  static bool sda() { return (reg(kI2cSet) & kSda) != 0; }
  static void half() {  // 100 kHz
    const uint64_t begin = mote::platform::monotonic_ns();
    while (mote::platform::monotonic_ns() - begin < 5000) {
    }
  }
};

bool is_led(uint8_t pin) {
  return pin < kLedCount;
}
bool is_button(uint8_t pin) {
  return pin >= kFirstButton && pin < kFirstButton + kButtonCount;
}

}  // namespace

std::span<const Device> devices() {
  return kDevices;
}

void use(mote::devices::Board& board) {
  g_board = &board;
}

}  // namespace board

namespace mote::drivers {

using namespace board;
using namespace board::mps2;

bool wait(uint64_t until_ns) {
  while (platform::monotonic_ns() < until_ns) {
    if (report_buttons()) break;
  }
  return true;
}

int32_t set_up_input(uint8_t pin, Pull pull) {
  if (!is_button(pin)) return devices::kPinModeNotAvailable;
  return pull == Pull::None ? 0
                            : int32_t{devices::kOperationNotSupported};  // the board has its own resistors
}
int32_t set_up_output(uint8_t pin, bool high) {
  return write_pin(pin, high);
}
int32_t read_pin(uint8_t pin) {
  if (is_led(pin)) return static_cast<int32_t>(reg(kLeds) >> pin & 1);
  return is_button(pin) ? static_cast<int32_t>(reg(kButtons) >> (pin - kFirstButton) & 1)
                        : int32_t{devices::kHardwareFault};
}
int32_t write_pin(uint8_t pin, bool high) {
  if (!is_led(pin)) return devices::kPinModeNotAvailable;
  const uint32_t bit = 1u << pin;
  reg(kLeds) = high ? reg(kLeds) | bit : reg(kLeds) & ~bit;
  return 0;
}
int32_t watch_pin(uint8_t pin, bool on) {
  if (!is_button(pin)) return devices::kHardwareFault;
  const uint32_t bit = 1u << (pin - kFirstButton);
  g_buttons = reg(kButtons);
  g_watched = on ? g_watched | bit : g_watched & ~bit;
  return 0;
}

int32_t i2c_transfer(uint8_t, uint8_t address, std::span<const uint8_t> write, std::span<uint8_t> read) {
  ShieldLines lines;
  switch (i2c_transaction(lines, address, write, read)) {
    case I2cEnd::NoAddress:
      return devices::kNoAcknowledgeAddress;
    case I2cEnd::NoData:
      return devices::kNoAcknowledgeData;
    case I2cEnd::Done:
      break;
  }
  return 0;
}

int32_t spi_configure(uint8_t, uint32_t frequency, uint8_t mode, bool lsb_first) {
  if (lsb_first) return devices::kOperationNotSupported;
  // Clock / (2 * (rate + 1)), by a prescaler of 2.
  const uint32_t rate = (kClockHz / 2 + frequency - 1) / frequency;
  if (rate > 256) return devices::kInvalidArgument;
  reg(kSpiControl1) = 0;
  reg(kSpiPrescale) = 2;
  const uint32_t polarity = mode >> 1, phase = mode & 1;
  reg(kSpiControl0) = (rate == 0 ? 0 : rate - 1) << 8 | phase << 7 | polarity << 6 | 7;  // frames of 8 bits
  reg(kSpiControl1) = kSpiEnable;
  return 0;
}

/// The controller selects the device itself, as long as there is something to send.
int32_t spi_transfer(uint8_t, std::span<const uint8_t> out, std::span<uint8_t> in, bool) {
  if ((reg(kSpiControl1) & kSpiEnable) == 0) return devices::kOther;  // never configured
  const size_t size = out.size() > in.size() ? out.size() : in.size();
  for (size_t i = 0; i < size; ++i) {
    while ((reg(kSpiStatus) & kSpiHasRoom) == 0) {
    }
    reg(kSpiData) = out.empty() ? 0 : out[i];
    while ((reg(kSpiStatus) & kSpiHasData) == 0) {
    }
    const auto came = static_cast<uint8_t>(reg(kSpiData));
    if (!in.empty()) in[i] = came;
  }
  return 0;
}

}  // namespace mote::drivers
