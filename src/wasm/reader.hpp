// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <mote/error.hpp>
#include <string_view>

#include "config/message.hpp"

namespace mote::wasm {

/// Reads a module's bytes in order, wherever they lie (flash included); never writes or copies them.
///
/// The first error sticks with its byte offset: later reads return 0 without moving, so callers check once at
/// the end of a construct instead of after every read (30 bytes of code for three LEB reads on Thumb-2,
/// against 80 with a result object each).
class Reader {
 public:
  Reader(const uint8_t* begin, const uint8_t* end, const uint8_t* module_begin, Error& error)
      : at_(begin), end_(end), module_(module_begin), error_(&error) {}

  bool ok() const { return error_->code == ErrorCode::None; }
  bool at_end() const { return at_ >= end_; }
  const uint8_t* position() const { return at_; }
  const uint8_t* end() const { return end_; }
  uint32_t offset() const { return static_cast<uint32_t>(at_ - module_); }
  uint32_t offset_of(const uint8_t* at) const { return static_cast<uint32_t>(at - module_); }
  size_t remaining() const { return static_cast<size_t>(end_ - at_); }
  const Error& error() const { return *error_; }

  uint8_t u8() {
    if (at_ < end_) return *at_++;
    fail_at_end();
    return 0;
  }
  /// LEB128, at most 5 bytes (core spec, 5.2.2). One byte is nearly always all.
  uint32_t u32() {
    if (at_ < end_ && *at_ < 0x80) return *at_++;
    return static_cast<uint32_t>(leb128(32, false));
  }
  int32_t s32() {
    if (at_ < end_ && *at_ < 0x80) return sign_extended(*at_++);
    return static_cast<int32_t>(leb128(32, true));
  }
  uint64_t u64() {
    if (at_ < end_ && *at_ < 0x80) return *at_++;
    return leb128(64, false);
  }
  int64_t s33() {
    if (at_ < end_ && *at_ < 0x80) return sign_extended(*at_++);
    return static_cast<int64_t>(leb128(33, true));
  }
  int64_t s64() { return static_cast<int64_t>(leb128(64, true)); }
  uint32_t fixed32();  ///< little-endian, any alignment
  uint64_t fixed64();
  std::string_view name();            ///< length-prefixed UTF-8, validated (core spec, 5.2.4)
  const uint8_t* bytes(size_t size);  ///< nullptr after an error
  Reader sub(size_t size);            ///< a reader of the next `size` bytes; this one moves past them

  /// Records the first error, at `offset` or at the current position. Moves to the end, so that loops stop.
  void fail(Message message);
  void fail_at(Message message, uint32_t offset);
  void fail_at(Message message, uint32_t offset, uint32_t detail);
  /// What u8() says when there is nothing left.
  void fail_at_end();

 private:
  static int32_t sign_extended(uint8_t byte) {
    return static_cast<int32_t>(static_cast<uint32_t>(byte) << 25) >> 25;
  }
  uint64_t leb128(unsigned bits, bool is_signed);

  const uint8_t* at_;
  const uint8_t* end_;
  const uint8_t* module_;
  Error* error_;
};

/// Whether the text is well-formed UTF-8 (Unicode 15, table 3-7).
bool is_utf8(std::string_view text);

}  // namespace mote::wasm
