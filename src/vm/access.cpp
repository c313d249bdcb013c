// SPDX-License-Identifier: Apache-2.0
#include "vm/access.hpp"

#include <cstring>

namespace mote::vm {

namespace {

/// Bytes that an access touches, by opcode from i32.load (0x28) to i64.store32 (0x3e).
constexpr uint8_t kWidths[] = {4, 8, 4, 8, 1, 1, 2, 2, 1, 1, 2, 2, 4, 4, 4, 8, 4, 8, 1, 2, 1, 2, 4};

constexpr bool is_signed(uint8_t code) {
  return code == 0x2c || code == 0x2e || code == 0x30 || code == 0x32 || code == 0x34;
}

}  // namespace

bool access(const runtime::Memory& memory, Operation op, uint64_t address, uint64_t& value) {
  const auto code = static_cast<uint8_t>(op);
  const unsigned width = kWidths[code - 0x28];
  if (address + width > runtime::bytes_of(memory) || address + width < address) return false;
  uint8_t* at = memory.data + address;
  if (is_store(op)) {
    std::memcpy(at, &value, width);
    return true;
  }
  value = 0;
  std::memcpy(&value, at, width);
  if (is_signed(code)) {  // of 32 bits at most
    const unsigned shift = 32 - 8 * width;
    const int32_t low = static_cast<int32_t>(static_cast<uint32_t>(value) << shift) >> shift;
    value = value_slots(op) == 1 ? static_cast<uint32_t>(low) : static_cast<uint64_t>(int64_t{low});
  }
  return true;
}

}  // namespace mote::vm
