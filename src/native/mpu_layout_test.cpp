// SPDX-License-Identifier: Apache-2.0
#include "native/mpu_layout.hpp"

#include <gtest/gtest.h>

namespace mote::native::mpu {
namespace {

/// What the hardware does with a region (Armv7-M manual, B3.5.9 and the pseudocode in B3.5.3).
bool grants(const Cover& cover, uint32_t address) {
  const uint32_t bits = cover.attributes();
  if ((bits & 1) == 0) return false;
  const uint32_t size_field = bits >> 1 & 0x1f;
  const uint64_t size = uint64_t{1} << (size_field + 1);
  EXPECT_GE(size, 256u) << "no subregions";
  EXPECT_EQ(cover.base % size, 0u) << "a region is aligned to its size";
  if (address < cover.base || address - cover.base >= size) return false;
  const auto subregion = static_cast<uint32_t>((address - cover.base) / (size / 8));
  return (bits >> 8 >> subregion & 1) == 0;
}

bool grants(uint32_t begin, uint32_t bytes, uint32_t address) {
  return grants(cover(begin, bytes, 0), address) || grants(cover(begin, bytes, 1), address);
}

TEST(MpuLayout, CoversExactlyWhatItShall) {
  constexpr uint32_t kRam = 0x2000'0000;
  for (const uint32_t bytes : {32u, 96u, 256u, 4096u, 5120u, 65536u, 3u * 65536, 7u * 65536, 8u * 65536,
                               9u * 65536, 10u * 65536, 15u * 65536}) {
    ASSERT_TRUE(is_coverable(bytes)) << bytes;
    const uint32_t step = granule(bytes), align = alignment(bytes);
    for (uint32_t begin = kRam; begin < kRam + 16 * align; begin += align) {
      for (uint32_t at = begin - 17 * step; at != begin + bytes + 17 * step; at += step) {
        const bool inside = at - begin < bytes;
        ASSERT_EQ(grants(begin, bytes, at), inside) << bytes << " from " << begin << " at " << at;
        ASSERT_EQ(grants(begin, bytes, at + step - 1), inside);
      }
    }
  }
}

TEST(MpuLayout, KnowsWhatItCannotCover) {
  EXPECT_FALSE(is_coverable(1));
  EXPECT_FALSE(is_coverable(1000));
  EXPECT_FALSE(is_coverable(17 * 65536)) << "seventeen granules";
  EXPECT_EQ(rounded(1000), 1024u);
  EXPECT_EQ(rounded(9 * 65536), 10u * 65536);
  EXPECT_EQ(granule(65536), 8192u);
  for (uint32_t bytes = 1; bytes < 100'000; bytes += 7) {
    ASSERT_TRUE(is_coverable(rounded(bytes)));
    ASSERT_LT(rounded(bytes) - bytes, bytes < 256 ? 32 : (bytes + 3) / 4) << "waste is bounded";
  }
}

}  // namespace
}  // namespace mote::native::mpu
