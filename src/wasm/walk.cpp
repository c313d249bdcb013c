// SPDX-License-Identifier: Apache-2.0
#include "wasm/walk.hpp"

namespace mote::wasm {

uint64_t leb128_of(const uint8_t* begin, const uint8_t* end, bool is_signed) {
  if (begin == end) return 0;
  uint64_t value = is_signed && (end[-1] & 0x40) != 0 ? ~uint64_t{0} : 0;
  while (end > begin) value = value << 7 | (*--end & 0x7f);
  return value;
}

uint64_t Walk::leb128(bool is_signed) {
  const uint8_t* begin = at_;
  while (at_ < end_ && (*at_++ & 0x80) != 0) {
  }
  return leb128_of(begin, at_, is_signed);
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
