// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mote::tool {

/// A module's bytes from a file or, for "-", standard input; text goes through wabt's wat2wasm, whatever the
/// file is called.
/// Complains and gives nothing when there is no such file, it is empty, there is no wat2wasm, or wat2wasm
/// refuses the text; `status` is the exit code then.
std::optional<std::vector<uint8_t>> read_module(const std::string& file, int* status = nullptr);

}  // namespace mote::tool
