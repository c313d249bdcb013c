// SPDX-License-Identifier: Apache-2.0
#include "device_script.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>

#include "errors.hpp"

namespace mote::tool {

namespace {

using devices::Device;
using devices::DeviceKind;
using nlohmann::json;

/// What is wrong with the script: a sentence with the place first.
struct Wrong {
  std::string what;
};

/// Reads a script's parts; every function throws Wrong.
class Reader {
 public:
  DeviceScript read(const json& whole) {
    only(whole, "the script", {"i2c", "spi", "events"});
    const json i2c = part(whole, "i2c"), spi = part(whole, "spi");
    for (const auto& [label, targets] : i2c.items()) read_i2c(label, targets);
    for (const auto& [label, sends] : spi.items()) {
      const Device& device = find(label, "spi", {DeviceKind::Spi});
      script_.spi.push_back({.bus = device.number, .sends = keep(sends, "spi " + label)});
    }
    const json events = whole.contains("events") ? whole["events"] : json::array();
    if (!events.is_array()) throw Wrong{"\"events\" is no list"};
    for (size_t i = 0; i < events.size(); ++i)
      script_.events.push_back(read_event(events[i], "event " + std::to_string(i + 1)));
    std::stable_sort(script_.events.begin(), script_.events.end(),
                     [](const auto& a, const auto& b) { return a.at_ns < b.at_ns; });
    return std::move(script_);
  }

 private:
  static json part(const json& whole, const char* name) {
    json found = whole.value(name, json::object());
    if (!found.is_object()) throw Wrong{"\"" + std::string(name) + "\" is no object"};
    return found;
  }

  static void only(const json& object, const std::string& where, const std::vector<std::string>& keys) {
    if (!object.is_object()) throw Wrong{where + " is no object"};
    for (const auto& [key, value] : object.items()) {
      if (std::find(keys.begin(), keys.end(), key) != keys.end()) continue;
      const std::string meant = closest(key, keys);
      throw Wrong{where + " has \"" + key + '"' +
                  (meant.empty() ? ", which nobody reads" : "; did you mean \"" + meant + "\"?")};
    }
  }

  static const Device& find(const std::string& label, const std::string& where,
                            const std::vector<DeviceKind>& kinds) {
    std::vector<std::string> labels;
    for (const Device& device : simulation::usual_devices()) {
      const bool fits = std::find(kinds.begin(), kinds.end(), device.kind) != kinds.end();
      if (fits && device.label == label) return device;
      if (fits) labels.emplace_back(device.label);
    }
    std::string text = where + ": no such device \"" + label + "\"; there are:";
    for (const std::string& known : labels) text += " " + known;
    throw Wrong{text};
  }

  static uint64_t number(const json& value, const std::string& where, uint64_t most) {
    uint64_t found = most + 1;
    if (value.is_number_integer() && value >= 0) found = value.get<uint64_t>();
    if (value.is_string()) {  // also hexadecimal, which JSON has not
      const std::string text = value.get<std::string>();
      char* end = nullptr;
      errno = 0;
      if (!text.empty() && text[0] != '-') found = std::strtoull(text.c_str(), &end, 0);
      if (end == nullptr || *end != 0 || errno != 0) found = most + 1;
    }
    if (found > most) throw Wrong{where + " is no number from 0 to " + std::to_string(most)};
    return found;
  }

  std::span<uint8_t> keep(const json& list, const std::string& where) {
    if (!list.is_array()) throw Wrong{where + " is no list of bytes"};
    auto& bytes = script_.bytes.emplace_back();
    for (const json& item : list) bytes.push_back(static_cast<uint8_t>(number(item, where, 255)));
    return bytes;
  }

  void read_i2c(const std::string& label, const json& targets) {
    const Device& bus = find(label, "i2c", {DeviceKind::I2c});
    if (!targets.is_object()) throw Wrong{"i2c " + label + " is no object of addresses"};
    for (const auto& [text, registers] : targets.items()) {
      const std::string where = "i2c " + label + " " + text;
      const auto address = static_cast<uint8_t>(number(json(text), where, 127));
      const auto bytes = keep(registers, where);
      if (bytes.size() > 256) throw Wrong{where + " has more than 256 registers"};
      script_.i2c.push_back({.bus = bus.number, .address = address, .registers = bytes});
    }
  }

  simulation::Stimulus read_event(const json& event, const std::string& where) {
    if (!event.is_object() || !event.contains("at_ms")) throw Wrong{where + " has no \"at_ms\""};
    if (!event.contains("device") || !event["device"].is_string()) throw Wrong{where + " has no \"device\""};
    const json& at = event["at_ms"];
    if (!at.is_number() || at < 0 || at > 1e9) throw Wrong{where + ": \"at_ms\" is no time"};
    const Device& device = find(event["device"].get<std::string>(), where,
                                {DeviceKind::DigitalIn, DeviceKind::AnalogIn, DeviceKind::I2c});
    simulation::Stimulus out;
    out.at_ns = static_cast<uint64_t>(at.get<double>() * 1e6 + 0.5);
    out.device = static_cast<uint8_t>(&device - simulation::usual_devices().data());
    if (device.kind == DeviceKind::DigitalIn) {
      only(event, where, {"at_ms", "device", "do"});
      const json what = event.value("do", json());
      if (what != "press" && what != "release") throw Wrong{where + ": \"do\" is neither press nor release"};
      out.value = what == "press" ? 1 : 0;
    } else if (device.kind == DeviceKind::AnalogIn) {
      only(event, where, {"at_ms", "device", "value"});
      out.value = static_cast<uint32_t>(
          number(event.value("value", json()), where + ": \"value\"", simulation::Simulation::kAdcMax));
    } else {
      only(event, where, {"at_ms", "device", "address", "register", "bytes"});
      out.address =
          static_cast<uint8_t>(number(event.value("address", json()), where + ": \"address\"", 127));
      out.value =
          static_cast<uint32_t>(number(event.value("register", json(0)), where + ": \"register\"", 255));
      out.bytes = keep(event.value("bytes", json()), where + ": \"bytes\"");
    }
    return out;
  }

  DeviceScript script_;
};

}  // namespace

std::optional<DeviceScript> read_device_script(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::string text;
  if (in) text.assign(std::istreambuf_iterator<char>(in), {});
  if (!in || in.bad()) return complain(file + ": " + std::strerror(errno)), std::nullopt;
  const json whole = json::parse(text, nullptr, false);
  if (whole.is_discarded()) return complain(file + ": this is not JSON"), std::nullopt;
  try {
    return Reader().read(whole);
  } catch (const Wrong& wrong) {
    complain(file + ": " + wrong.what);
  }
  return std::nullopt;
}

}  // namespace mote::tool
