// SPDX-License-Identifier: Apache-2.0
// Files that the command makes.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mote::tool {

/// Replaces what is there. False, with a complaint that says why, when the file cannot be written.
bool write_file(const std::string& path, std::string_view contents);
bool write_file(const std::string& path, const std::vector<uint8_t>& bytes);

}  // namespace mote::tool
