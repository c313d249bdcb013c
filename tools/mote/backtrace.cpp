// SPDX-License-Identifier: Apache-2.0
#include "backtrace.hpp"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>

#include "runtime/engine.hpp"

namespace mote::tool {

namespace {

constexpr uint32_t kLongest = 8;  // frames of a cycle that is folded
constexpr uint32_t kLeast = 3;    // turns of it

bool same(const Frame& a, const Frame& b) {
  return a.function == b.function && a.offset == b.offset;
}

/// How often the `length` frames at `at` come in a row.
uint32_t turns(std::span<const Frame> frames, size_t at, size_t length) {
  size_t end = at + length;
  while (end < frames.size() && same(frames[end], frames[end - length])) ++end;
  return static_cast<uint32_t>((end - at) / length);
}

/// Finding a frame's byte offset compiles its function again: so many are asked for that it stays quick.
uint32_t affordable(const Instance& instance, uint32_t depth) {
  constexpr uint64_t kBytes = 32 << 20;
  const uint64_t most = kBytes / (instance.state()->module->wasm.code_size + 64);
  return static_cast<uint32_t>(std::min<uint64_t>(depth, std::max<uint64_t>(most, 32)));
}

std::string name_of(const Frame& frame) {
  if (!frame.name.empty()) return std::string(frame.name);
  return frame.function == Error::kNoOffset ? "?" : "function " + std::to_string(frame.function);
}

}  // namespace

std::vector<FrameGroup> fold(std::span<const Frame> frames) {
  std::vector<FrameGroup> groups;
  for (size_t at = 0; at < frames.size();) {
    FrameGroup group{{frames[at]}, 1};
    for (size_t length = 1; length <= kLongest && at + length <= frames.size(); ++length) {
      const uint32_t times = turns(frames, at, length);
      if (times < kLeast) continue;
      const auto first = frames.begin() + static_cast<std::ptrdiff_t>(at);
      group = {{first, first + static_cast<std::ptrdiff_t>(length)}, times};
      break;
    }
    at += group.frames.size() * group.times;
    groups.push_back(std::move(group));
  }
  return groups;
}

Backtrace backtrace(const Instance& instance) {
  const uint32_t depth = instance.backtrace({});
  std::vector<Frame> frames(affordable(instance, depth));
  instance.backtrace(frames);
  return {fold(frames), depth - static_cast<uint32_t>(frames.size())};
}

void print_backtrace(const Backtrace& trace) {
  uint32_t number = 0;
  for (const FrameGroup& group : trace.groups) {
    for (const Frame& frame : group.frames) {
      std::fprintf(stderr, "  #%u %s", number++, name_of(frame).c_str());
      if (frame.offset != Error::kNoOffset) std::fprintf(stderr, " at byte %u", frame.offset);
      std::fputc('\n', stderr);
    }
    if (group.times == 1) continue;
    const auto length = static_cast<uint32_t>(group.frames.size());
    std::fprintf(stderr, "     ... %s %u times more\n",
                 length == 1 ? "this call" : ("these " + std::to_string(length) + " calls").c_str(),
                 group.times - 1);
    number += length * (group.times - 1);
  }
  if (trace.beyond > 0) std::fprintf(stderr, "  ... %u calls more\n", trace.beyond);
}

nlohmann::json to_json(const Backtrace& trace) {
  nlohmann::json list = nlohmann::json::array();
  for (const FrameGroup& group : trace.groups) {
    for (const Frame& frame : group.frames) {
      nlohmann::json row;
      if (frame.function != Error::kNoOffset) row["function"] = frame.function;
      if (!frame.name.empty()) row["name"] = frame.name;
      if (frame.offset != Error::kNoOffset) row["offset"] = frame.offset;
      if (group.times > 1) row["repeated"] = group.times;
      list.push_back(row);
    }
  }
  return list;
}

}  // namespace mote::tool
