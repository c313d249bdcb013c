// SPDX-License-Identifier: Apache-2.0
// Where a call stopped, for people and for programs; a recursion's repeated frames are folded.
#pragma once
#include <mote/mote.hpp>
#include <nlohmann/json_fwd.hpp>
#include <vector>

namespace mote::tool {

/// A run of frames: `frames` one after the other, `times` times. Innermost first.
struct FrameGroup {
  std::vector<Frame> frames;
  uint32_t times = 1;
};

/// The frames of a trapped or suspended instance, and how many calls there are beyond them.
struct Backtrace {
  std::vector<FrameGroup> groups;
  uint32_t beyond = 0;
};

Backtrace backtrace(const Instance& instance);
/// To standard error, a line each: "  #0 name at byte 12".
void print_backtrace(const Backtrace& trace);
nlohmann::json to_json(const Backtrace& trace);

/// Folds what comes at least three times in a row, up to eight frames long.
std::vector<FrameGroup> fold(std::span<const Frame> frames);

}  // namespace mote::tool
