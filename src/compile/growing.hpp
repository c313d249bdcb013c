// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "runtime/pool.hpp"

namespace mote::compile {

/// A stack of plain values in the high end of the pool, for the time of one compilation. Doubles when full;
/// push() answers false when the pool is exhausted (Pool::missing() says by how much).
template <class T>
class Growing {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  explicit Growing(Pool& pool) : pool_(pool) {}
  ~Growing() { pool_.free(data_); }
  Growing(const Growing&) = delete;
  Growing& operator=(const Growing&) = delete;

  bool push(const T& value) {
    if (size_ == capacity_ && !grow(capacity_ ? 2 * capacity_ : kFirst)) return false;
    data_[size_++] = value;
    return true;
  }
  bool resize(uint32_t size) {
    if (size > capacity_ && !grow(size)) return false;
    size_ = size;
    return true;
  }
  T pop() { return data_[--size_]; }
  T& top() { return data_[size_ - 1]; }
  T& from_top(uint32_t depth) { return data_[size_ - 1 - depth]; }
  T& operator[](uint32_t index) { return data_[index]; }
  const T& operator[](uint32_t index) const { return data_[index]; }
  void truncate(uint32_t size) { size_ = size; }
  const T* data() const { return data_; }
  uint32_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

 private:
  static constexpr uint32_t kFirst = 16;

  bool grow(uint32_t capacity) {
    auto* more = static_cast<T*>(pool_.allocate_high(size_t{capacity} * sizeof(T)));
    if (more == nullptr) return false;
    if (size_ > 0) std::memcpy(static_cast<void*>(more), data_, size_t{size_} * sizeof(T));
    pool_.free(data_);
    data_ = more;
    capacity_ = capacity;
    return true;
  }

  Pool& pool_;
  T* data_ = nullptr;
  uint32_t size_ = 0;
  uint32_t capacity_ = 0;
};

}  // namespace mote::compile
