// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

#include "runtime/instance.hpp"
#include "vm/operation.hpp"

namespace mote::vm {

/// A load or store at an effective address, checked exactly: the slow path of memory 0, and the only path of
/// other memories. `value` is what to store, or receives what was loaded, widened as the operation says.
/// False: out of bounds.
bool access(const runtime::Memory& memory, Operation op, uint64_t address, uint64_t& value);

constexpr bool is_store(Operation op) {
  return static_cast<uint8_t>(op) >= 0x36;
}
/// Width of the value (not of the bytes in memory) in slots.
constexpr unsigned value_slots(Operation op) {
  const auto code = static_cast<uint8_t>(op);
  const bool wide = code == 0x29 || code == 0x2b || (code >= 0x30 && code <= 0x35) || code == 0x37 ||
                    code == 0x39 || (code >= 0x3c && code <= 0x3e);
  return wide ? 2 : 1;
}

}  // namespace mote::vm
