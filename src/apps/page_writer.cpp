// SPDX-License-Identifier: Apache-2.0
#include "apps/page_writer.hpp"

#include <algorithm>

namespace mote::apps {

image::Sink PageWriter::sink() {
  const auto write = [](void* context, uint32_t offset, const uint8_t* bytes, uint32_t size) {
    return static_cast<PageWriter*>(context)->write(offset, bytes, size);
  };
  const auto sync = [](void* context) { return static_cast<PageWriter*>(context)->flush(); };
  return {flash_.base + origin_, end_ - origin_, write, sync, this};
}

bool PageWriter::write(uint32_t offset, const uint8_t* bytes, uint32_t size) {
  offset += origin_;
  while (size > 0) {
    if (size_ > 0 && offset != begin_ + size_ && !flush()) return false;
    if (size_ == 0) begin_ = offset;
    const uint32_t room = flash_.page_bytes - offset % flash_.page_bytes;
    const uint32_t some = std::min(size, room);
    std::copy(bytes, bytes + some, page_ + size_);
    size_ += some;
    offset += some;
    bytes += some;
    size -= some;
    if (some == room && !flush()) return false;
  }
  return true;
}

bool PageWriter::flush() {
  if (size_ == 0) return true;
  while (size_ % flash_.write_bytes != 0) page_[size_++] = 0xff;
  for (; erased_ < begin_ + size_; erased_ += flash_.erase_bytes) {
    if (!flash_.erase(flash_.context, erased_)) return false;
  }
  const bool ok = flash_.program(flash_.context, begin_, page_, size_);
  size_ = 0;
  return ok;
}

}  // namespace mote::apps
