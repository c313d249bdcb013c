// SPDX-License-Identifier: Apache-2.0
// --tier of the tool's commands.
#pragma once
#include <CLI/CLI.hpp>
#include <mote/mote.hpp>

#include <map>
#include <string>

#include "config/tiers.hpp"

namespace mote::tool {

/// The tiers of this build by name: the interpreter, and the CPU by its ISA's name, with guard pages where it
/// has them and with bounds checks by software.
inline std::map<std::string, LoadOptions> tiers() {
  std::map<std::string, LoadOptions> all{{"vm", {.tier = Tier::Vm}}};
  if (!config::kNative) return all;
  const LoadOptions native{.tier = Tier::Native}, software{.tier = Tier::Native, .bounds = Bounds::Software};
  all["native"] = all[config::kNativeName] = native;
  all[std::string(config::kNativeName) + "-software"] = software;
  return all;
}

/// Adds the option; the rest of `options` stays as it is.
inline void add_tier(CLI::App& command, LoadOptions& options) {
  std::string names;
  for (const auto& [name, value] : tiers()) names += (names.empty() ? "" : ", ") + name;
  command
      .add_option_function<std::string>(
          "--tier",
          [&options](const std::string& name) {
            const auto all = tiers();
            const auto found = all.find(name);
            if (found == all.end()) throw CLI::ValidationError("--tier", "this build has no tier " + name);
            options.tier = found->second.tier;
            options.bounds = found->second.bounds;
          },
          "Who runs the code: " + names + " [vm]")
      ->type_name("TIER");
}

}  // namespace mote::tool
