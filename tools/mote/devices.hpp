// SPDX-License-Identifier: Apache-2.0
// `mote run --device sim`: a simulated board for a module that uses the app API, and its timeline.
#pragma once
#include <memory>
#include <mote/devices.hpp>
#include <mote/mote.hpp>
#include <mote/simulation.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "device_script.hpp"
#include "host.hpp"
#include "trace.hpp"

namespace mote::tool {

struct DeviceOptions {
  std::string board;       ///< "", "sim" or "sim=FILE"
  double until_ms = 10e3;  ///< when waiting ends the app
};

/// Whether the module imports anything of the app API.
bool wants_devices(const Module& module);

class Devices {
 public:
  /// Lives as long as the instances that import its functions; what they print goes to `host`.
  Devices(Engine& engine, Host& host, bool trace, DeviceScript script, const DeviceOptions& options);
  ~Devices();
  Devices(const Devices&) = delete;
  Devices& operator=(const Devices&) = delete;

  std::span<const NamedExtern> externs() const { return tracer_ ? tracer_->externs() : externs_; }
  /// Whether the simulated time is over, which ended the app by a trap.
  bool over() const { return simulation_.ended; }
  uint64_t now_ns() const { return simulation_.now_ns; }
  /// What happened, in order, when the host captures its output; otherwise it was printed.
  const nlohmann::json& timeline() const { return timeline_; }

 private:
  void note(const simulation::Change& change);

  Engine& engine_;
  Host& host_;
  DeviceScript script_;
  devices::Board board_;
  simulation::Simulation simulation_;
  devices::App app_;
  std::vector<NamedExtern> externs_;
  std::unique_ptr<Tracer> tracer_;
  nlohmann::json timeline_ = nlohmann::json::array();
};

}  // namespace mote::tool
