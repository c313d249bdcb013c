// SPDX-License-Identifier: Apache-2.0
#include "wasm/walk.hpp"

namespace mote::wasm {

uint64_t Walk::leb128(bool is_signed) {
  uint64_t value = 0;
  unsigned shift = 0;
  uint8_t byte = 0;
  do {
    byte = u8();
    value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    shift += 7;
  } while ((byte & 0x80) != 0 && shift < 64);
  if (is_signed && (byte & 0x40) != 0 && shift < 64) value |= ~uint64_t{0} << shift;
  return value;
}

uint64_t Walk::fixed(unsigned size) {
  uint64_t value = 0;
  for (unsigned shift = 0; shift < 8 * size; shift += 8) value |= static_cast<uint64_t>(u8()) << shift;
  return value;
}

std::string_view Walk::bytes(size_t size) {
  const auto left = static_cast<size_t>(end_ - at_);
  if (size > left) size = left;
  const auto* begin = reinterpret_cast<const char*>(at_);
  at_ += size;
  return {begin, size};
}

}  // namespace mote::wasm
