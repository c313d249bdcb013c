// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

namespace mote {

/// The one memory that an engine works in: a region given by the embedder, cut into blocks by boundary tags.
///
/// Blocks are 8-byte aligned and cost kHeader bytes each. Lasting blocks come from the low end, temporary
/// ones (the compiler's stacks) from the high end, so that code can grow in place between them: see extend().
/// A request that does not fit is remembered (missing()) and answered with nullptr; the pool is as it was.
class Pool {
 public:
  static constexpr size_t kAlign = 8;
  static constexpr size_t kHeader = 8;

  /// Up to 4 GiB of `memory`; less up to 14 bytes when its ends are not aligned.
  explicit Pool(std::span<std::byte> memory);
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  /// First fit from the low end. A size of 0 is valid and gives a unique block. Not zeroed.
  void* allocate(size_t bytes);
  /// From the low end, beginning at a multiple of `align`, for what the hardware protects: with `block`,
  /// between two neighbouring multiples of that. Both are powers of two, at least kAlign. What is skipped
  /// stays free.
  void* allocate_placed(size_t bytes, size_t align, size_t block = 0);
  /// From the high end: for what lives no longer than a load.
  void* allocate_high(size_t bytes);
  /// Gives a block back. nullptr is ignored.
  void free(void* block);
  /// Grows or shrinks a block where it is; false (and nothing changed) when the space behind it is taken.
  bool extend(void* block, size_t bytes);
  /// Gives back the first `bytes` of a block, a multiple of kAlign; the rest is the block from now on.
  void* drop_front(void* block, size_t bytes);
  size_t size_of(const void* block) const;

  /// Zeroed array of `count` T, from the low end; nullptr when it does not fit.
  template <class T>
  T* array(size_t count) {
    return static_cast<T*>(zeroed(count, sizeof(T)));
  }

  size_t capacity() const { return capacity_; }
  size_t used() const { return used_; }  ///< bytes taken, headers included
  size_t peak() const { return peak_; }  ///< highest used() so far
  void reset_peak() { peak_ = used_; }
  size_t largest_free() const;
  bool empty() const { return used_ == 0; }
  /// Bytes that the last refused request lacked in the largest free block; 0 when none was refused since
  /// clear_missing().
  size_t missing() const { return missing_; }
  void clear_missing() { missing_ = 0; }

  /// 32-bit name of a place in the pool: what references in 4-byte slots hold. 0 is null.
  uint32_t handle(const void* place) const {
    return place ? static_cast<uint32_t>(static_cast<const std::byte*>(place) - base_) : 0;
  }
  template <class T>
  T* at(uint32_t handle) const {
    return handle ? reinterpret_cast<T*>(base_ + handle) : nullptr;
  }

  /// What handles are offsets from.
  const std::byte* base() const { return base_; }

  /// Walks all blocks and checks every tag; for tests.
  bool consistent() const;

 private:
  struct Tag;

  void* zeroed(size_t count, size_t size);
  Tag* first() const;
  Tag* end() const;
  Tag* next(Tag* tag) const;
  Tag* previous(Tag* tag) const;
  void set_size(Tag* tag, uint32_t size);
  uint32_t needed(size_t bytes) const;
  void* refuse(uint32_t need);
  void* take(Tag* tag, uint32_t need, bool high);
  Tag* split(Tag* tag, uint32_t size);
  void release(Tag* tag);
  void count(size_t bytes);

  std::byte* base_;
  size_t capacity_;         ///< a multiple of kAlign
  uint32_t last_size_ = 0;  ///< of the block at the high end: the tag that would lie behind it
  size_t used_ = 0;
  size_t peak_ = 0;
  size_t missing_ = 0;
};

}  // namespace mote
