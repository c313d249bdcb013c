// SPDX-License-Identifier: Apache-2.0
#include "image/offset_map.hpp"

#include <mote/error.hpp>

namespace mote::image {

namespace {

// A row is a byte whose upper bits are steps of code and whose lower bits are bytes of the module, less the
// least that they can be; or, where one does not fit, 0 and two numbers.
constexpr uint32_t kOffsetBits = 4;
constexpr uint32_t kMostSteps = (1 << (8 - kOffsetBits)) - 1, kMostOffset = 1 << kOffsetBits;

/// Bytes of a map, which end.
class Bytes {
 public:
  Bytes(const uint8_t* at, const uint8_t* end) : at_(at), end_(end) {}

  bool at_end() const { return at_ == end_; }
  uint32_t next() { return at_end() ? 0 : *at_++; }
  /// LEB128.
  uint32_t number() {
    uint32_t value = 0;
    for (uint32_t shift = 0; shift < 32; shift += 7) {
      const uint32_t byte = next();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    return value;
  }

 private:
  const uint8_t* at_;
  const uint8_t* end_;
};

constexpr uint32_t zigzag(uint32_t difference) {
  return difference << 1 ^ (0 - (difference >> 31));
}
constexpr uint32_t unzigzag(uint32_t number) {
  return number >> 1 ^ (0 - (number & 1));
}

}  // namespace

void OffsetMap::number(uint32_t value) {
  for (; value >= 0x80; value >>= 7) put(value | 0x80);
  put(value);
}

void OffsetMap::add(const compile::OffsetNotes& notes, uint32_t end) {
  complete_ = complete_ && notes.complete();
  for (uint32_t i = 0; i < notes.size() && notes[i].position < end; ++i) {
    const uint32_t steps = (notes[i].position - position_) / step_, bytes = notes[i].offset - offset_;
    if (steps > 0 && steps <= kMostSteps && bytes > 0 && bytes <= kMostOffset) {
      put(steps << kOffsetBits | (bytes - 1));
    } else {
      put(0);
      number(steps);
      number(zigzag(bytes));
    }
    position_ = notes[i].position;
    offset_ = notes[i].offset;
  }
}

uint32_t mapped_offset(const runtime::LoadedModule& module, uint32_t entry, uint32_t position) {
  const std::span<const uint8_t> image = module.wasm.bytes;
  const auto& header = *reinterpret_cast<const Header*>(image.data());
  const uint32_t begin = map_at(header);
  if ((header.flags & kMapped) == 0 || begin > image.size()) return Error::kNoOffset;
  Bytes bytes(image.data() + begin, image.data() + image.size());
  uint32_t at = 0, offset = 0, found = Error::kNoOffset;
  const uint32_t step = map_step(static_cast<IsaId>(header.isa));
  while (!bytes.at_end()) {
    const uint32_t byte = bytes.next();
    uint32_t steps = byte >> kOffsetBits, difference = (byte & (kMostOffset - 1)) + 1;
    if (steps == 0) {
      steps = bytes.number();
      difference = unzigzag(bytes.number());
    }
    at += steps * step;
    offset += difference;
    if (at > position) break;
    // Code that no instruction asks for, as what traps when the stack is exhausted, has 0.
    if (at >= entry) found = offset == 0 ? Error::kNoOffset : offset;
  }
  return found;
}

}  // namespace mote::image
