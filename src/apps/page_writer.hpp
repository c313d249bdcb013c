// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <mote/apps.hpp>

#include "image/sink.hpp"

namespace mote::apps {

/// A sink that collects a page of flash in RAM before it programs it, and erases each block when the first
/// byte of it comes.
class PageWriter {
 public:
  /// `page` has flash.page_bytes. Writes from `origin` on, up to `end`; the blocks before `erased` are
  /// erased.
  PageWriter(const Flash& flash, uint8_t* page, uint32_t origin, uint32_t end, uint32_t erased)
      : flash_(flash), page_(page), origin_(origin), end_(end), erased_(erased) {}

  image::Sink sink();
  bool write(uint32_t offset, const uint8_t* bytes, uint32_t size);
  /// Programs what is collected; the next byte goes to another granule.
  bool flush();

 private:
  const Flash& flash_;
  uint8_t* page_;
  uint32_t origin_;
  uint32_t end_;
  uint32_t erased_;     ///< offset in the flash: blocks before it are erased
  uint32_t begin_ = 0;  ///< offset in the flash of what is collected
  uint32_t size_ = 0;
};

}  // namespace mote::apps
