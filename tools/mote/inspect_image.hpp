// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace mote::tool {

/// Prints an image's header; the exit code.
int inspect_image(const std::string& file, const std::vector<uint8_t>& bytes, bool as_json);

}  // namespace mote::tool
