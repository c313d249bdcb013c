// SPDX-License-Identifier: Apache-2.0
// An app's folder: what `mote new` makes and `mote build` builds. Its mote.json says language, stack and
// heap.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mote::tool {

struct Project {
  std::string folder;
  std::string name;      ///< of the module that is built: folder/build/name.wasm
  std::string language;  ///< c, cpp, rust, assemblyscript
  uint32_t stack = 1024;
  uint32_t heap = 0;  ///< bytes behind data and stack, for an allocator of the app's own
};

inline constexpr const char* kLanguages[] = {"c", "cpp", "rust", "assemblyscript"};

/// Nothing, after a complaint that says what is wrong.
std::optional<Project> read_project(const std::string& folder);

/// Runs a program in a folder, its output on ours; its exit code, or -1 when there is no such program.
int run_in(const std::string& folder, const std::vector<std::string>& words);
/// Likewise, and its standard output; nothing when it fails.
std::optional<std::string> output_of(const std::vector<std::string>& words);

}  // namespace mote::tool
