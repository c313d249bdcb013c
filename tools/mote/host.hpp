// SPDX-License-Identifier: Apache-2.0
// The host functions that `mote run` offers to modules, in their module "env".
#pragma once
#include <chrono>
#include <mote/mote.hpp>
#include <span>
#include <string>
#include <string_view>

namespace mote::tool {

/// What the host functions work on: the instance's host data.
struct Host {
  std::string* captured = nullptr;                ///< where the guest's prints go; nullptr: standard output
  std::chrono::steady_clock::time_point timer{};  ///< when the guest started its timer

  void print(std::string_view text);
};

/// Their table; each expects a Host as Context::data().
std::span<const HostFunction> host_functions();

}  // namespace mote::tool
