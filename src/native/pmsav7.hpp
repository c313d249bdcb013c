// SPDX-License-Identifier: Apache-2.0
// How regions of an Armv7-M MPU cover bytes exactly (Armv7-M manual, B3.5). A region is a power of two in
// size, aligned to its size, and made of eight subregions that can be left out one by one; so what is a
// multiple of a granule, and begins at one, is covered by the regions of eight granules that it touches. Of
// two regions that overlap the one with the higher number holds.
#pragma once
#include "native/mpu_region.hpp"

namespace mote::native::mpu {

struct Pmsav7 {
  /// Code, stack, guard, and two of the memory; the stack's also covers the guard, which has a higher number.
  static constexpr uint32_t kRegions = 5, kMemoryRegions = 2, kStackSkips = 0;
  /// Memories of pages of 4 KiB and more grow to coverable sizes often enough.
  static constexpr uint32_t kLeastPageLog2 = 12;
  /// Attributes are in the region itself.
  static constexpr bool kSharesAttributes = false;

  /// Subregions exist from 256 bytes on.
  static constexpr uint32_t kLeastGranule = 32;
  static constexpr uint32_t kSubregions = 8;

  /// The smallest granule with which `bytes` are at most eight granules, so that two regions cover them
  /// wherever they begin. If they are not a multiple of it, but of half of it: the half, of which two
  /// regions cover up to sixteen when they begin with a region.
  static constexpr uint32_t granule(uint32_t bytes) {
    uint32_t size = kLeastGranule;
    while (size < 0x1000'0000 && size * kSubregions < bytes) size *= 2;
    const uint32_t half = size / 2;
    return bytes % size != 0 && bytes % half == 0 && half >= kLeastGranule ? half : size;
  }

  /// Where coverable bytes may begin: at multiples of this.
  static constexpr uint32_t alignment(uint32_t bytes) {
    const uint32_t size = granule(bytes);
    return size * kSubregions < bytes ? size * kSubregions : size;
  }

  /// What one region covers lies between two multiples of this.
  static constexpr uint32_t block(uint32_t bytes) { return granule(bytes) * kSubregions; }

  /// `bytes` rounded up to what one region can cover.
  static constexpr uint32_t rounded(uint32_t bytes) {
    uint32_t size = granule(bytes);
    if (size * kSubregions < bytes) size *= 2;  // one region is to be enough
    return (bytes + size - 1) & ~(size - 1);
  }

  /// Whether the memory's regions can cover exactly so many bytes.
  static constexpr bool is_coverable(uint32_t bytes) {
    return bytes % granule(bytes) == 0 && bytes <= 0x8000'0000;
  }

  /// The part of coverable bytes that lies in the first (0) or second (1) region of eight granules:
  /// RBAR, and RASR with SRD, SIZE and ENABLE (B3.5.8, B3.5.9).
  static constexpr Region region(Grant grant, uint32_t begin, uint32_t bytes, uint32_t part) {
    const uint32_t size = granule(bytes), whole = size * kSubregions;
    const uint32_t base = (begin & ~(whole - 1)) + part * whole;
    uint32_t disabled = 0xff;
    for (uint32_t i = 0; i < kSubregions; ++i) {
      if (base + i * size - begin < bytes) disabled &= ~(1u << i);
    }
    if (disabled == 0xff) return {};
    const uint32_t size_field = static_cast<uint32_t>(__builtin_ctz(whole)) - 1;
    return {base, attributes(grant) | disabled << 8 | size_field << 1 | 1};
  }

 private:
  /// Execution, permissions, and attributes as the default map has them for RAM: normal, write-back.
  static constexpr uint32_t attributes(Grant grant) {
    constexpr uint32_t kNeverExecute = 1 << 4, kPrivileged = 1, kEverybody = 3, kPrivilegedReads = 5;
    // RASR's upper byte for each grant, by its number; a table would be larger.
    constexpr uint32_t kUpper = kPrivilegedReads | (kNeverExecute | kPrivileged) << 8 | kNeverExecute << 16 |
                                (kNeverExecute | kEverybody) << 24;
    return kUpper >> 8 * static_cast<uint32_t>(grant) << 24 | 0xb << 16;
  }
};

}  // namespace mote::native::mpu
