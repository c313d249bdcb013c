// SPDX-License-Identifier: Apache-2.0
#include "wasm/reader.hpp"

#include <bit>

#include "wasm/walk.hpp"

namespace mote::wasm {

void Reader::fail(Message message) {
  fail_at(message, offset());
}

void Reader::fail_at(Message message, uint32_t offset) {
  fail_at(message, offset, 0);
}

void Reader::fail_at(Message message, uint32_t offset, uint32_t detail) {
  at_ = end_;
  if (!ok()) return;
  message.write(*error_);
  error_->offset = offset;
  error_->detail = detail;
}

void Reader::fail_at_end() {
  fail("unexpected end of section or function");
}

uint64_t Reader::leb128(unsigned bits, bool is_signed) {
  const uint8_t* const begin = at_;
  const ptrdiff_t most = (bits + 6) / 7;
  uint8_t byte = 0x80;
  while ((byte & 0x80) != 0 && at_ - begin < most) {
    if (at_ >= end_) {
      fail_at_end();
      return 0;
    }
    byte = *at_++;
  }
  if (at_ - begin == most) {  // the last byte: the rest of it is zero, or for signed numbers repeats the sign
    const unsigned left = bits - 7 * static_cast<unsigned>(most - 1);  // bits of it that count
    const unsigned sign = is_signed ? (byte >> (left - 1)) & 1 : 0;
    Message message;
    if (byte & 0x80)
      message = "integer representation too long";
    else if (unsigned{byte} >> left != (sign ? 0x7fu >> left : 0u))
      message = "integer too large";
    if (message) {
      fail_at(message, offset_of(begin));
      return 0;
    }
  }
  return leb128_of(begin, at_, is_signed);
}

uint32_t Reader::fixed32() {
  const uint8_t* at = bytes(4);
  if (!at) return 0;
  return static_cast<uint32_t>(at[0]) | static_cast<uint32_t>(at[1]) << 8 |
         static_cast<uint32_t>(at[2]) << 16 | static_cast<uint32_t>(at[3]) << 24;
}

uint64_t Reader::fixed64() {
  const uint64_t low = fixed32();
  return low | static_cast<uint64_t>(fixed32()) << 32;
}

const uint8_t* Reader::bytes(size_t size) {
  if (size > remaining()) {
    fail("unexpected end of section or function");
    return nullptr;
  }
  const uint8_t* at = at_;
  at_ += size;
  return ok() ? at : nullptr;
}

Reader Reader::sub(size_t size) {
  Reader inner = *this;
  if (size > remaining()) {
    fail("length out of bounds");
    inner.at_ = inner.end_;
    return inner;
  }
  at_ += size;
  inner.end_ = at_;
  return inner;
}

std::string_view Reader::name() {
  const uint32_t size = u32();
  const uint32_t start = offset();
  if (size > remaining()) fail("length out of bounds");
  const uint8_t* at = bytes(size);
  if (!at) return {};
  const std::string_view text(reinterpret_cast<const char*>(at), size);
  if (is_utf8(text)) return text;
  fail_at("malformed UTF-8 encoding", start);
  return {};
}

bool is_utf8(std::string_view text) {
  // The least number that needs so many bytes behind the first: shorter forms are the only ones.
  static constexpr uint32_t kLeast[] = {0, 0x80, 0x800, 0x10000};
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end) {
    const auto lead = static_cast<uint8_t>(*at++);
    if (lead < 0x80) continue;
    const auto more = static_cast<uint32_t>(std::countl_one(lead)) - 1;
    if (more - 1 > 2) return false;
    uint32_t number = lead & (0x3fu >> more);
    for (uint32_t i = 0; i < more; ++i) {
      if (at == end || (*at & 0xc0) != 0x80) return false;
      number = number << 6 | (*at++ & 0x3f);
    }
    const bool surrogate = number >> 11 == 0xd800 >> 11;
    if (number < kLeast[more] || number > 0x10'ffff || surrogate) return false;
  }
  return true;
}

}  // namespace mote::wasm
