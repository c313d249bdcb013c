// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "runtime/pool.hpp"

namespace mote::compile {

/// What a stack of any type is, so that its growth is code once.
class GrowingBlock {
 public:
  explicit GrowingBlock(Pool& pool) : pool_(pool) {}
  ~GrowingBlock() { pool_.free(data_); }
  GrowingBlock(const GrowingBlock&) = delete;
  GrowingBlock& operator=(const GrowingBlock&) = delete;

  uint32_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

 protected:
  /// Room for so many elements of so many bytes, or for twice as many as there are (0).
  bool grow(uint32_t capacity, uint32_t bytes);

  Pool& pool_;
  std::byte* data_ = nullptr;
  std::byte* end_ = nullptr;  ///< behind the top: indexing by size would multiply
  uint32_t size_ = 0;
  uint32_t capacity_ = 0;
};

/// A stack of plain values in the high end of the pool, for the time of one compilation. Doubles when full;
/// push() answers false when the pool is exhausted (Pool::missing() says by how much).
template <class T>
class Growing : public GrowingBlock {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  using GrowingBlock::GrowingBlock;

  bool push(const T& value) {
    if (size_ == capacity_ && !grow(0, sizeof(T))) return false;
    *behind() = value;
    end_ += sizeof(T);
    ++size_;
    return true;
  }
  bool resize(uint32_t size) {
    if (size > capacity_ && !grow(size, sizeof(T))) return false;
    truncate(size);
    return true;
  }
  T pop() {
    --size_;
    end_ -= sizeof(T);
    return *behind();
  }
  T& top() { return behind()[-1]; }
  T& from_top(uint32_t depth) { return *(behind() - 1 - depth); }
  T& operator[](uint32_t index) { return first()[index]; }
  const T& operator[](uint32_t index) const { return data()[index]; }
  void truncate(uint32_t size) {
    size_ = size;
    end_ = data_ + size * sizeof(T);
  }
  const T* data() const { return reinterpret_cast<const T*>(data_); }
  const T* end() const { return reinterpret_cast<const T*>(end_); }

 private:
  T* first() { return reinterpret_cast<T*>(data_); }
  T* behind() { return reinterpret_cast<T*>(end_); }
};

}  // namespace mote::compile
