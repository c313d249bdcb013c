// SPDX-License-Identifier: Apache-2.0
// vm code as text, for tools: boards do not link it.
#pragma once
#include <cstdint>
#include <span>

#include "wasm/disassemble.hpp"

namespace mote::vm {

/// Writes the instruction at `at` of `code` without a line end: "i32.add s2 = a, s1". Branch targets are byte
/// offsets in `code`. Its size in bytes (a br_table's entries included), or 0 when there is no instruction
/// there.
uint32_t disassemble(std::span<const uint8_t> code, uint32_t at, wasm::TextSink sink);

}  // namespace mote::vm
