// SPDX-License-Identifier: Apache-2.0
#include "agent/byte_store.hpp"

namespace mote::spec {

std::span<uint8_t> ByteStore::push(size_t size, size_t level, size_t& missing) {
  const size_t begin = count_ == 0 ? 0 : entries_[count_ - 1].end;
  const size_t left = bytes_.size() - begin;
  missing = size > left ? size - left : 0;
  if (count_ == kEntries) missing = size + 1;
  if (missing != 0) return {};
  entries_[count_++] = {begin + size, level, kUpload};
  return bytes_.subspan(begin, size);
}

void ByteStore::accept(uint32_t module) {
  if (uploading()) entries_[count_ - 1].module = module;
}

void ByteStore::refuse() {
  if (uploading()) --count_;
}

void ByteStore::distrust() {
  for (size_t i = 0; i < count_; ++i) entries_[i].level = kUntrusted;
}

void ByteStore::drop(uint32_t module) {
  for (size_t i = 0; i < count_; ++i) {
    if (entries_[i].module == module) entries_[i].module = kDropped;
  }
  if (count_ > 0 && entries_[count_ - 1].module != kDropped) distrust();
}

void ByteStore::instance_dropped(uint32_t module) {
  if (count_ > 0 && entries_[count_ - 1].module != module) distrust();
}

void ByteStore::settle(size_t level, size_t empty_level) {
  if (uploading()) return;
  if (level <= empty_level) count_ = 0;
  while (count_ > 0 && entries_[count_ - 1].module == kDropped && level == entries_[count_ - 1].level)
    --count_;
  if (count_ > 0 && entries_[count_ - 1].module == kDropped && level < entries_[count_ - 1].level) distrust();
}

}  // namespace mote::spec
