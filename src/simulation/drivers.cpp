// SPDX-License-Identifier: Apache-2.0
// The drivers of the simulated board.
#include <mote/drivers.hpp>
#include <mote/platform.hpp>
#include <mote/simulation.hpp>

#include <algorithm>

#include "simulation/current.hpp"

namespace mote::simulation {

namespace {
Simulation* g_current = nullptr;
}

Simulation* current() {
  return g_current;
}
void make_current(Simulation* board) {
  g_current = board;
}

}  // namespace mote::simulation

namespace mote::drivers {

using devices::Device;
using devices::DeviceKind;
using simulation::Change;
using simulation::Simulation;

namespace {

constexpr uint64_t kPollNs = 1000;

Simulation& sim() {
  return *simulation::current();
}

const Device* find(DeviceKind kind, uint8_t number) {
  for (const Device& device : sim().board.devices()) {
    if (device.kind == kind && device.number == number) return &device;
  }
  return nullptr;
}

/// Tells of an output only what is new, but of its first state always.
int32_t output(uint8_t pin, bool high, bool first) {
  if (pin >= Simulation::kPins) return devices::kHardwareFault;
  const Device* device = find(DeviceKind::DigitalOut, pin);
  const bool changed = sim().high[pin] != high;
  sim().high[pin] = high;
  const bool active = high != (device != nullptr && device->active_low);
  if (changed || first)
    sim().tell({.device = device, .what = Change::What::Output, .value = active ? 1u : 0u});
  return 0;
}

}  // namespace

void console_write(std::string_view text) {
  if (sim().print != nullptr) return sim().print(sim().context, text);
  platform::console_print(text);
}

uint64_t now_ns() {
  return sim().now_ns;
}

uint64_t wall_ns() {
  constexpr uint64_t kStart = 1'600'000'000;  // any moment, but always the same
  return kStart * 1'000'000'000 + sim().now_ns;
}

bool wait(uint64_t until_ns) {
  Simulation& board = sim();
  uint64_t to = until_ns;
  if (board.done < board.script.size()) to = std::min(to, board.script[board.done].at_ns);
  if (to == ~uint64_t{0} && board.end_ns == to) board.starved = true;  // nothing will ever happen
  if (to > board.end_ns || board.starved) {
    if (!board.starved) board.advance(board.end_ns);
    board.ended = true;
    return false;
  }
  board.advance(std::max(to, board.now_ns));
  return true;
}

void polled() {
  sim().advance(sim().now_ns + kPollNs);
}

int32_t set_up_input(uint8_t pin, Pull) {
  return pin < Simulation::kPins ? 0 : int32_t{devices::kHardwareFault};
}
int32_t set_up_output(uint8_t pin, bool high) {
  return output(pin, high, true);
}
int32_t read_pin(uint8_t pin) {
  return sim().high[pin % Simulation::kPins] ? 1 : 0;
}
int32_t write_pin(uint8_t pin, bool high) {
  return output(pin, high, false);
}
int32_t watch_pin(uint8_t, bool) {
  return 0;
}

uint32_t analog_in_max(uint8_t) {
  return Simulation::kAdcMax;
}
uint32_t analog_out_max(uint8_t) {
  return Simulation::kPwmMax;
}
int32_t read_analog(uint8_t channel, uint32_t& value) {
  if (channel >= Simulation::kChannels) return devices::kHardwareFault;
  value = sim().adc[channel];
  return 0;
}
int32_t write_analog(uint8_t channel, uint32_t value) {
  if (channel >= Simulation::kChannels) return devices::kHardwareFault;
  sim().pwm[channel] = value;
  sim().tell({.device = find(DeviceKind::AnalogOut, channel), .what = Change::What::Output, .value = value});
  return 0;
}

int32_t i2c_transfer(uint8_t bus, uint8_t address, std::span<const uint8_t> write, std::span<uint8_t> read) {
  int32_t failure = devices::kNoAcknowledgeAddress;
  for (simulation::I2cTarget& target : sim().i2c) {
    if (target.bus != bus || target.address != address) continue;
    failure = 0;
    if (!write.empty()) target.at = write[0];
    for (size_t i = 1; i < write.size(); ++i, ++target.at) {
      if (target.at >= target.registers.size()) {
        failure = devices::kNoAcknowledgeData;
        break;
      }
      target.registers[target.at] = write[i];
    }
    for (uint8_t& byte : read)
      byte = target.at < target.registers.size() ? target.registers[target.at++] : 0xff;
    break;
  }
  if (failure != 0) read = {};
  sim().tell({.device = find(DeviceKind::I2c, bus),
              .what = Change::What::I2c,
              .value = static_cast<uint32_t>(failure),
              .address = address,
              .written = write,
              .read = read});
  return failure;
}

int32_t spi_configure(uint8_t, uint32_t, uint8_t, bool) {
  return 0;
}

int32_t spi_transfer(uint8_t bus, std::span<const uint8_t> out, std::span<uint8_t> in, bool) {
  // In pieces, since what is sent is told too, and may lie where what comes is put.
  uint8_t sent[16];
  const size_t size = std::max(out.size(), in.size());
  for (size_t at = 0; at < size; at += sizeof sent) {
    const size_t count = std::min(sizeof sent, size - at);
    for (size_t i = 0; i < count; ++i) {
      sent[i] = out.empty() ? 0 : out[at + i];
      uint8_t came = sent[i];
      for (simulation::SpiTarget& target : sim().spi) {
        if (target.bus == bus && !target.sends.empty())
          came = target.sends[target.at++ % target.sends.size()];
      }
      if (!in.empty()) in[at + i] = came;
    }
    sim().tell({.device = find(DeviceKind::Spi, bus),
                .what = Change::What::Spi,
                .written = std::span(sent, out.empty() ? 0 : count),
                .read = in.empty() ? in : in.subspan(at, count)});
  }
  return 0;
}

}  // namespace mote::drivers
