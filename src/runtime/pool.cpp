// SPDX-License-Identifier: Apache-2.0
#include "runtime/pool.hpp"

#include <cstring>

namespace mote {

/// What lies before each block. Blocks, taken or free, fill the pool without gaps, and no two free ones are
/// neighbours.
struct Pool::Tag {
  uint32_t size_and_used;  ///< bytes from this tag to the next, a multiple of kAlign; bit 0: taken
  uint32_t previous_size;  ///< of the block before; 0 for the first

  bool used() const { return size_and_used & 1; }
  uint32_t size() const { return size_and_used & ~1u; }
  std::byte* bytes() { return reinterpret_cast<std::byte*>(this); }
  void* payload() { return this + 1; }
  static Tag* of(void* block) { return static_cast<Tag*>(block) - 1; }
};

Pool::Pool(std::span<std::byte> memory) : base_(memory.data()), capacity_(0) {
  static_assert(sizeof(Tag) == kHeader && kHeader % kAlign == 0);
  const size_t skip = (kAlign - reinterpret_cast<uintptr_t>(base_) % kAlign) % kAlign;
  if (memory.size() < skip + kHeader) return;
  constexpr size_t kMost = 0xffff'fff0;  // below what needed() answers to absurd requests
  base_ += skip;
  capacity_ = (memory.size() - skip) / kAlign * kAlign;
  if (capacity_ > kMost) capacity_ = kMost;
  last_size_ = static_cast<uint32_t>(capacity_);
  *first() = Tag{last_size_, 0};
}

Pool::Tag* Pool::first() const {
  return reinterpret_cast<Tag*>(base_);
}
Pool::Tag* Pool::end() const {
  return reinterpret_cast<Tag*>(base_ + capacity_);
}
Pool::Tag* Pool::next(Tag* tag) const {
  return reinterpret_cast<Tag*>(tag->bytes() + tag->size());
}

/// The block before `tag`, which may be end(); nullptr for the first.
Pool::Tag* Pool::previous(Tag* tag) const {
  const uint32_t size = tag == end() ? last_size_ : tag->previous_size;
  return size == 0 ? nullptr : reinterpret_cast<Tag*>(tag->bytes() - size);
}

/// Sets a block's size and tells its successor. Leaves the used bit alone.
void Pool::set_size(Tag* tag, uint32_t size) {
  tag->size_and_used = size | (tag->size_and_used & 1);
  Tag* after = next(tag);
  if (after == end()) {
    last_size_ = size;
  } else {
    after->previous_size = size;
  }
}

/// Bytes of a block for a request, its tag included; more than any pool has when the request is absurd.
uint32_t Pool::needed(size_t bytes) const {
  constexpr uint32_t kTooMuch = 0xffff'fff8;
  if (bytes > kTooMuch - kHeader) return kTooMuch;
  return static_cast<uint32_t>((bytes + kHeader + kAlign - 1) & ~(kAlign - 1));
}

void* Pool::refuse(uint32_t need) {
  const size_t largest = capacity_ == 0 ? 0 : largest_free();
  const size_t lacking = largest == 0 ? need : need - kHeader;
  missing_ = lacking > largest ? lacking - largest : kAlign;
  return nullptr;
}

void Pool::count(size_t bytes) {
  used_ += bytes;
  if (used_ > peak_) peak_ = used_;
}

/// Takes `need` bytes of a free block, from its low or its high end.
void* Pool::take(Tag* tag, uint32_t need, bool high) {
  const uint32_t rest = tag->size() - need;
  if (rest > 0) {
    Tag* upper = split(tag, high ? rest : need);
    if (high) tag = upper;
  }
  tag->size_and_used |= 1;
  count(need);
  return tag->payload();
}

/// Cuts a block in two: its first `size` bytes, and the rest, which is free and returned.
Pool::Tag* Pool::split(Tag* tag, uint32_t size) {
  const uint32_t rest = tag->size() - size;
  set_size(tag, size);
  Tag* upper = next(tag);
  *upper = Tag{0, size};
  set_size(upper, rest);
  return upper;
}

void* Pool::allocate(size_t bytes) {
  const uint32_t need = needed(bytes);
  for (Tag* tag = first(); capacity_ > 0 && tag != end(); tag = next(tag)) {
    if (!tag->used() && tag->size() >= need) return take(tag, need, false);
  }
  return refuse(need);
}

void* Pool::allocate_placed(size_t bytes, size_t align, size_t block) {
  const uint32_t need = needed(bytes);
  for (Tag* tag = first(); capacity_ > 0 && tag != end(); tag = next(tag)) {
    if (tag->used() || tag->size() < need) continue;
    const auto begin = reinterpret_cast<uintptr_t>(tag->payload());
    uintptr_t place = (begin + align - 1) / align * align;
    if (block != 0 && place / block != (place + bytes - 1) / block)
      place = (place + block - 1) / block * block;
    const uintptr_t skipped = place - begin;
    if (skipped > tag->size() - need) continue;
    if (skipped > 0) tag = split(tag, static_cast<uint32_t>(skipped));
    return take(tag, need, false);
  }
  // What the alignment costs depends on the place; so much is always enough.
  return refuse(needed(bytes + (block != 0 ? block : align)));
}

void* Pool::allocate_high(size_t bytes) {
  const uint32_t need = needed(bytes);
  for (Tag* tag = capacity_ == 0 ? nullptr : previous(end()); tag; tag = previous(tag)) {
    if (!tag->used() && tag->size() >= need) return take(tag, need, true);
  }
  return refuse(need);
}

/// Makes a block free and one with its free neighbours.
void Pool::release(Tag* tag) {
  tag->size_and_used &= ~1u;
  Tag* after = next(tag);
  if (after != end() && !after->used()) set_size(tag, tag->size() + after->size());
  Tag* before = previous(tag);
  if (before && !before->used()) set_size(before, before->size() + tag->size());
}

void Pool::free(void* block) {
  if (!block) return;
  Tag* tag = Tag::of(block);
  used_ -= tag->size();
  release(tag);
}

void* Pool::drop_front(void* block, size_t bytes) {
  if (bytes == 0) return block;
  Tag* tag = Tag::of(block);
  Tag* rest = split(tag, static_cast<uint32_t>(bytes));
  rest->size_and_used |= 1;
  used_ -= bytes;
  release(tag);
  return rest->payload();
}

bool Pool::extend(void* block, size_t bytes) {
  Tag* tag = Tag::of(block);
  const uint32_t need = needed(bytes), have = tag->size();
  Tag* after = next(tag);
  const bool free_after = after != end() && !after->used();
  const uint32_t reach = have + (free_after ? after->size() : 0);
  if (need > reach) return false;
  if (need == have) return true;
  if (free_after) set_size(tag, reach);
  if (reach > need) {
    set_size(tag, need);
    Tag* rest = next(tag);
    *rest = Tag{0, need};
    set_size(rest, reach - need);
  }
  used_ -= have;
  count(need);
  return true;
}

size_t Pool::size_of(const void* block) const {
  return Tag::of(const_cast<void*>(block))->size() - kHeader;
}

size_t Pool::largest_free() const {
  size_t largest = 0;
  for (Tag* tag = first(); capacity_ > 0 && tag != end(); tag = next(tag)) {
    if (!tag->used() && tag->size() - kHeader > largest) largest = tag->size() - kHeader;
  }
  return largest;
}

void* Pool::zeroed(size_t count, size_t size) {
  const size_t bytes = size != 0 && count > SIZE_MAX / size ? SIZE_MAX : count * size;
  void* block = allocate(bytes);
  if (block) std::memset(block, 0, bytes);
  return block;
}

bool Pool::consistent() const {
  if (capacity_ == 0) return used_ == 0;
  uint32_t before = 0;
  size_t sum = 0, taken = 0;
  bool free_before = false;
  Tag* tag = first();
  while (tag != end()) {
    const uint32_t size = tag->size();
    if (size < kHeader || size % kAlign != 0 || size > capacity_ - sum || tag->previous_size != before)
      return false;
    if (free_before && !tag->used()) return false;
    free_before = !tag->used();
    before = size;
    sum += size;
    if (tag->used()) taken += size;
    tag = next(tag);
  }
  return sum == capacity_ && taken == used_ && before == last_size_;
}

}  // namespace mote
