// SPDX-License-Identifier: Apache-2.0
#include <mote/simulation.hpp>

#include <algorithm>

#include "simulation/current.hpp"

namespace mote::simulation {

using devices::Device;
using devices::DeviceKind;

namespace {

constexpr Device kUsual[] = {
    {"led0", DeviceKind::DigitalOut, 0},
    {"led1", DeviceKind::DigitalOut, 1},
    {"led2", DeviceKind::DigitalOut, 2},
    {"led3", DeviceKind::DigitalOut, 3},
    {"button0", DeviceKind::DigitalIn, 4, true},
    {"button1", DeviceKind::DigitalIn, 5, true},
    {"in0", DeviceKind::DigitalIn, 6},
    {"out0", DeviceKind::DigitalOut, 7},
    {"adc0", DeviceKind::AnalogIn, 0},
    {"adc1", DeviceKind::AnalogIn, 1},
    {"pwm0", DeviceKind::AnalogOut, 0},
    {"pwm1", DeviceKind::AnalogOut, 1},
    {"i2c0", DeviceKind::I2c, 0},
    {"spi0", DeviceKind::Spi, 0},
};

}  // namespace

std::span<const Device> usual_devices() {
  return kUsual;
}

Simulation::Simulation(devices::Board& of) : board(of) {
  for (const Device& device : of.devices()) {
    if (device.kind == DeviceKind::DigitalIn) high[device.number % kPins] = device.active_low;
  }
  make_current(this);
}

Simulation::~Simulation() {
  if (current() == this) make_current(nullptr);
}

void Simulation::tell(Change change) const {
  change.at_ns = now_ns;
  if (observe != nullptr) observe(context, change);
}

void Simulation::happen(const Stimulus& stimulus) {
  const Device& device = board.devices()[stimulus.device];
  if (device.kind == DeviceKind::I2c) {
    for (const I2cTarget& target : i2c) {
      if (target.bus != device.number || target.address != stimulus.address) continue;
      for (size_t i = 0; i < stimulus.bytes.size() && stimulus.value + i < target.registers.size(); ++i)
        target.registers[stimulus.value + i] = stimulus.bytes[i];
    }
    return;
  }
  if (device.kind == DeviceKind::AnalogIn) {
    adc[device.number % kChannels] = std::min(stimulus.value, kAdcMax);
    return tell({.device = &device, .what = Change::What::Input, .value = adc[device.number % kChannels]});
  }
  const bool level = (stimulus.value != 0) != device.active_low;
  if (high[device.number % kPins] == level) return;
  high[device.number % kPins] = level;
  tell({.device = &device, .what = Change::What::Input, .value = stimulus.value});
  board.pin_changed(device.number, level, now_ns);
}

void Simulation::advance(uint64_t to_ns) {
  for (; done < script.size() && script[done].at_ns <= to_ns; ++done) {
    now_ns = std::max(now_ns, script[done].at_ns);
    happen(script[done]);
  }
  now_ns = std::max(now_ns, to_ns);
}

}  // namespace mote::simulation
