// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "runtime/pool.hpp"

namespace mote::compile {

/// A larger block of the pool's high end with what the old one held, which is freed; nullptr: none, and
/// nothing changed.
void* grow_block(Pool& pool, void* old, size_t used, size_t bytes);

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
    *end_++ = value;
    ++size_;
    return true;
  }
  bool resize(uint32_t size) {
    if (size > capacity_ && !grow(size)) return false;
    truncate(size);
    return true;
  }
  T pop() {
    --size_;
    return *--end_;
  }
  T& top() { return end_[-1]; }
  T& from_top(uint32_t depth) { return *(end_ - 1 - depth); }
  T& operator[](uint32_t index) { return data_[index]; }
  const T& operator[](uint32_t index) const { return data_[index]; }
  void truncate(uint32_t size) {
    size_ = size;
    end_ = data_ + size;
  }
  const T* data() const { return data_; }
  const T* end() const { return end_; }
  uint32_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

 private:
  static constexpr uint32_t kFirst = 16;

  bool grow(uint32_t capacity) {
    auto* more = static_cast<T*>(grow_block(pool_, data_, size_ * sizeof(T), size_t{capacity} * sizeof(T)));
    if (more == nullptr) return false;
    data_ = more;
    end_ = more + size_;
    capacity_ = capacity;
    return true;
  }

  Pool& pool_;
  T* data_ = nullptr;
  T* end_ = nullptr;  ///< behind the top: indexing by size would multiply
  uint32_t size_ = 0;
  uint32_t capacity_ = 0;
};

}  // namespace mote::compile
