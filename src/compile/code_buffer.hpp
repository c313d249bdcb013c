// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <cstring>

#include "runtime/pool.hpp"

namespace mote::compile {

/// Where an ISA puts its code: grows at the low end of the pool, in place if it can. Positions are byte
/// offsets from the start of the code; code is position independent, so the buffer may move while it grows.
/// Code that is done may leave for elsewhere: then the buffer holds what comes behind it.
class CodeBuffer {
 public:
  explicit CodeBuffer(Pool& pool) : pool_(pool) {}
  ~CodeBuffer() { pool_.free(data_); }
  CodeBuffer(const CodeBuffer&) = delete;
  CodeBuffer& operator=(const CodeBuffer&) = delete;

  /// Makes room ahead, so that growing needs no moves. False when the pool is too small.
  bool reserve(uint32_t bytes);
  /// False once memory ran out; what was written since is lost, positions go on.
  bool ok() const { return ok_; }
  /// An ISA's own notes did not fit.
  void fail() { ok_ = false; }
  Pool& pool() { return pool_; }
  uint32_t position() const { return base_ + size_; }
  /// What lies at a position that is in the buffer.
  uint8_t* at(uint32_t position) const { return data_ + (position - base_); }
  uint8_t* data() const { return data_; }
  uint32_t size() const { return size_; }
  /// What the buffer holds has been taken away; or, before anything is written, room is left.
  void leave(uint32_t room = 0) {
    base_ += size_ + room;
    size_ = 0;
  }

  /// `bytes` to be written at position(), which moves past them. nullptr when memory ran out.
  uint8_t* append(uint32_t bytes) {
    if (size_ + bytes > capacity_ && !grow(size_ + bytes)) return nullptr;
    uint8_t* at = data_ + size_;
    size_ += bytes;
    return at;
  }
  void u16(uint16_t value) {
    if (uint8_t* at = append(2)) std::memcpy(at, &value, 2);
  }
  void u32(uint32_t value) {
    if (uint8_t* at = append(4)) std::memcpy(at, &value, 4);
  }
  template <class T>
  T read(uint32_t position) const {
    T value{};
    if (ok_) std::memcpy(&value, at(position), sizeof(T));
    return value;
  }
  template <class T>
  void patch(uint32_t position, T value) {
    if (ok_) std::memcpy(at(position), &value, sizeof(T));
  }
  /// Forgets everything from `position` on: a function is compiled again.
  void rewind(uint32_t position) { size_ = position - base_; }
  /// Hands the code over, trimmed to its size; the caller frees it.
  uint8_t* release();

 private:
  bool grow(uint32_t bytes);

  Pool& pool_;
  uint8_t* data_ = nullptr;
  uint32_t base_ = 0;  ///< position of the first byte in the buffer
  uint32_t size_ = 0;
  uint32_t capacity_ = 0;
  bool ok_ = true;
};

}  // namespace mote::compile
