// SPDX-License-Identifier: Apache-2.0
// --device sim=FILE: what happens to the simulated board, as JSON (docs/devices.md).
#pragma once
#include <deque>
#include <mote/simulation.hpp>
#include <optional>
#include <string>
#include <vector>

namespace mote::tool {

struct DeviceScript {
  std::vector<simulation::Stimulus> events;  ///< in the order of time
  std::vector<simulation::I2cTarget> i2c;
  std::vector<simulation::SpiTarget> spi;
  std::deque<std::vector<uint8_t>> bytes;  ///< what the others point to
};

/// Nothing, after a complaint that says what is wrong and where, when the file cannot be read or understood.
std::optional<DeviceScript> read_device_script(const std::string& file);

}  // namespace mote::tool
