// SPDX-License-Identifier: Apache-2.0
// For tests: instructions byte by byte, to go into a ModuleBuilder's bodies.
#pragma once
#include "wasm/module_builder.hpp"

namespace mote::wasm::test {

inline constexpr uint8_t kI32 = 0x7f, kI64 = 0x7e, kF32 = 0x7d, kF64 = 0x7c, kEnd = 0x0b;

inline Bytes sleb128(int64_t value) {
  Bytes bytes;
  for (;;) {
    const auto byte = static_cast<uint8_t>(value & 0x7f);
    value >>= 7;
    const bool last = (value == 0 && (byte & 0x40) == 0) || (value == -1 && (byte & 0x40) != 0);
    bytes.push_back(last ? byte : static_cast<uint8_t>(byte | 0x80));
    if (last) return bytes;
  }
}

inline Bytes i32_const(int32_t value) {
  return join({{0x41}, sleb128(value)});
}
inline Bytes i64_const(int64_t value) {
  return join({{0x42}, sleb128(value)});
}
inline Bytes local_get(uint8_t local) {
  return {0x20, local};
}
inline Bytes local_set(uint8_t local) {
  return {0x21, local};
}
inline Bytes local_tee(uint8_t local) {
  return {0x22, local};
}
/// A load or store, aligned to 1.
inline Bytes access(uint8_t opcode, uint32_t offset) {
  return join({{opcode, 0}, leb128(offset)});
}

}  // namespace mote::wasm::test
