// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mote::tool {

/// A module's bytes from a file or, for "-", standard input; text (.wat) goes through wabt's wat2wasm.
/// Complains and gives nothing when there is no such file or no wat2wasm, or when wat2wasm refuses the text.
std::optional<std::vector<uint8_t>> read_module(const std::string& file);

}  // namespace mote::tool
