// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace mote::wasm {

/// The number whose LEB128 bytes are [begin, end) (core spec, 5.2.2).
uint64_t leb128_of(const uint8_t* begin, const uint8_t* end, bool is_signed);

/// Reads bytes of a module that have been validated, or that lie in an image. What a Reader checks is taken
/// for granted, so that a firmware that only runs images needs no Reader; but it never reads past the end,
/// where everything is 0.
class Walk {
 public:
  Walk(std::span<const uint8_t> module, const uint8_t* at) : at_(at), end_(module.data() + module.size()) {}

  const uint8_t* position() const { return at_; }
  uint8_t u8() { return at_ < end_ ? *at_++ : uint8_t{0}; }
  uint32_t u32() { return static_cast<uint32_t>(leb128(false)); }
  int32_t s32() { return static_cast<int32_t>(leb128(true)); }
  int64_t s33() { return static_cast<int64_t>(leb128(true)); }
  int64_t s64() { return static_cast<int64_t>(leb128(true)); }
  uint32_t fixed32() { return static_cast<uint32_t>(fixed(4)); }
  uint64_t fixed64() { return fixed(8); }
  /// Fewer bytes than `size` where the end comes first.
  std::string_view bytes(size_t size);
  std::string_view name() { return bytes(u32()); }

 private:
  uint64_t leb128(bool is_signed);
  uint64_t fixed(unsigned size);

  const uint8_t* at_;
  const uint8_t* end_;
};

}  // namespace mote::wasm
