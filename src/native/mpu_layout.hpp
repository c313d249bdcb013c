// SPDX-License-Identifier: Apache-2.0
// How regions of an Armv7-M MPU cover bytes exactly (Armv7-M manual, B3.5). A region is a power of two in
// size, aligned to its size, and made of eight subregions that can be left out one by one; so what is a
// multiple of a granule, and begins at one, is covered by the regions of eight granules that it touches.
#pragma once
#include <cstdint>

namespace mote::native::mpu {

/// Subregions exist from 256 bytes on.
inline constexpr uint32_t kLeastGranule = 32;
inline constexpr uint32_t kSubregions = 8;

/// The smallest granule with which `bytes` are at most eight granules, so that two regions cover them
/// wherever they begin. If they are not a multiple of it, but of half of it: the half, of which two regions
/// cover up to sixteen when they begin with a region.
constexpr uint32_t granule(uint32_t bytes) {
  uint32_t size = kLeastGranule;
  while (size < 0x1000'0000 && size * kSubregions < bytes) size *= 2;
  const uint32_t half = size / 2;
  return bytes % size != 0 && bytes % half == 0 && half >= kLeastGranule ? half : size;
}

/// Where coverable bytes may begin: at multiples of this.
constexpr uint32_t alignment(uint32_t bytes) {
  const uint32_t size = granule(bytes);
  return size * kSubregions < bytes ? size * kSubregions : size;
}

/// `bytes` rounded up to what one region can cover.
constexpr uint32_t rounded(uint32_t bytes) {
  uint32_t size = granule(bytes);
  if (size * kSubregions < bytes) size *= 2;  // one region is to be enough
  return (bytes + size - 1) & ~(size - 1);
}

/// Whether regions can cover exactly so many bytes.
constexpr bool is_coverable(uint32_t bytes) {
  return bytes % granule(bytes) == 0 && bytes <= 0x8000'0000;
}

/// One region: where, how large, and which subregions it lacks.
struct Cover {
  uint32_t base = 0;
  uint32_t size = 0;     ///< 0: nothing to cover
  uint8_t disabled = 0;  ///< a bit for each subregion

  /// The bits of RASR that say so (B3.5.9): SRD, SIZE, ENABLE.
  constexpr uint32_t attributes() const {
    if (size == 0) return 0;
    return uint32_t{disabled} << 8 | (static_cast<uint32_t>(__builtin_ctz(size)) - 1) << 1 | 1;
  }
};

/// The part of coverable bytes that lies in the first (0) or second (1) region of eight granules.
constexpr Cover cover(uint32_t begin, uint32_t bytes, uint32_t part) {
  const uint32_t size = granule(bytes), region = size * kSubregions;
  Cover found;
  found.base = (begin & ~(region - 1)) + part * region;
  found.disabled = 0xff;
  for (uint32_t i = 0; i < kSubregions; ++i) {
    const uint32_t at = found.base + i * size;
    if (at - begin < bytes) found.disabled = static_cast<uint8_t>(found.disabled & ~(1u << i));
  }
  found.size = found.disabled == 0xff ? 0 : region;
  return found;
}

}  // namespace mote::native::mpu
