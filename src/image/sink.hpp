// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <cstring>
#include <span>

namespace mote::image {

/// Where an image is written to. Each byte is written once at most, each part in order; what lies between
/// parts stays 0xff. Everything written before sync() can be read at `base` after it.
struct Sink {
  const uint8_t* base = nullptr;  ///< where the image's byte 0 lies, a multiple of kAlign
  uint32_t capacity = 0;
  bool (*write)(void* context, uint32_t offset, const uint8_t* bytes, uint32_t size) = nullptr;
  bool (*sync)(void* context) = nullptr;
  void* context = nullptr;
};

/// A sink of RAM. `memory` is filled with 0xff first.
inline Sink memory_sink(std::span<uint8_t> memory) {
  std::memset(memory.data(), 0xff, memory.size());
  const auto write = [](void* context, uint32_t offset, const uint8_t* bytes, uint32_t size) {
    std::memcpy(static_cast<uint8_t*>(context) + offset, bytes, size);
    return true;
  };
  return {memory.data(), static_cast<uint32_t>(memory.size()), write, [](void*) { return true; },
          memory.data()};
}

}  // namespace mote::image
