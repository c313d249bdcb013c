// SPDX-License-Identifier: Apache-2.0
#include "devices.hpp"

#include <cstdio>

namespace mote::tool {

namespace {

constexpr std::string_view kPackage = "mote:app/";

std::vector<uint8_t> list(std::span<const uint8_t> bytes) {
  return {bytes.begin(), bytes.end()};
}

nlohmann::json to_json(const simulation::Change& change) {
  nlohmann::json object = {{"ms", static_cast<double>(change.at_ns) / 1e6}};
  object["device"] = change.device != nullptr ? change.device->label : "?";
  using What = simulation::Change::What;
  if (change.what == What::Output || change.what == What::Input) {
    object["value"] = change.value;
    return object;
  }
  if (change.what == What::I2c) object["address"] = change.address;
  object["wrote"] = list(change.written);
  object["read"] = list(change.read);
  if (change.value != 0) object["failed"] = devices::kFailureNames[~change.value];
  return object;
}

}  // namespace

bool wants_devices(const Module& module) {
  bool wanted = false;
  module.imports([&](const ImportInfo& import) { wanted |= import.module.starts_with(kPackage); });
  return wanted;
}

Devices::Devices(Engine& engine, Host& host, bool trace, DeviceScript script, const DeviceOptions& options)
    : engine_(engine),
      host_(host),
      script_(std::move(script)),
      board_(simulation::usual_devices()),
      simulation_(board_),
      app_(board_) {
  simulation_.script = script_.events;
  simulation_.i2c = script_.i2c;
  simulation_.spi = script_.spi;
  simulation_.end_ns = static_cast<uint64_t>(options.until_ms * 1e6);
  simulation_.context = this;
  simulation_.observe = [](void* self, const simulation::Change& change) {
    static_cast<Devices*>(self)->note(change);
  };
  simulation_.print = [](void* self, std::string_view text) {
    static_cast<Devices*>(self)->host_.print(text);
  };
  if (trace) {
    tracer_ = std::make_unique<Tracer>(engine, devices::kAll, &app_);
    return;
  }
  for (const HostFunction& row : devices::kAll) {
    if (const auto made = engine.new_function(row, &app_)) externs_.push_back({row.module, row.name, *made});
  }
}

Devices::~Devices() {
  for (const NamedExtern& item : externs_) engine_.release(item.item);
}

void Devices::note(const simulation::Change& change) {
  if (host_.captured != nullptr) {
    timeline_.push_back(to_json(change));
    return;
  }
  char line[256];
  std::printf("%.*s\n", static_cast<int>(simulation::describe(change, line)), line);
}

}  // namespace mote::tool
