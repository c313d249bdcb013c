// SPDX-License-Identifier: Apache-2.0
#include "native/mpu_layout.hpp"

#include <gtest/gtest.h>

namespace mote::native::mpu {
namespace {

/// What the hardware does with a region (Armv7-M manual, B3.5.9 and the pseudocode in B3.5.3).
bool covers(const Pmsav7&, const Region& region, uint32_t address) {
  if ((region.attributes & 1) == 0) return false;
  const uint32_t size_field = region.attributes >> 1 & 0x1f;
  const uint64_t size = uint64_t{1} << (size_field + 1);
  EXPECT_GE(size, 256u) << "no subregions";
  EXPECT_EQ(region.base % size, 0u) << "a region is aligned to its size";
  if (address < region.base || address - region.base >= size) return false;
  const auto subregion = static_cast<uint32_t>((address - region.base) / (size / 8));
  return (region.attributes >> 8 >> subregion & 1) == 0;
}

/// Armv8-M manual, MPU_RBAR and MPU_RLAR.
bool covers(const Pmsav8&, const Region& region, uint32_t address) {
  return (region.attributes & 1) != 0 && address >= (region.base & ~31u) &&
         address <= (region.attributes | 31);
}

template <class Layout>
bool grants(uint32_t begin, uint32_t bytes, uint32_t address) {
  for (uint32_t part = 0; part < Layout::kMemoryRegions; ++part) {
    if (covers(Layout(), Layout::region(Grant::Memory, begin, bytes, part), address)) return true;
  }
  return false;
}

template <class Layout>
void covers_exactly(uint32_t bytes) {
  constexpr uint32_t kRam = 0x2000'0000;
  ASSERT_TRUE(Layout::is_coverable(bytes)) << bytes;
  const uint32_t step = Layout::granule(bytes), align = Layout::alignment(bytes);
  for (uint32_t begin = kRam; begin < kRam + 16 * align; begin += align) {
    for (uint32_t at = begin - 17 * step; at != begin + bytes + 17 * step; at += step) {
      const bool inside = at - begin < bytes;
      ASSERT_EQ(grants<Layout>(begin, bytes, at), inside) << bytes << " from " << begin << " at " << at;
      ASSERT_EQ(grants<Layout>(begin, bytes, at + step - 1), inside);
    }
  }
}

TEST(MpuLayout, CoversExactlyWhatItShall) {
  for (const uint32_t bytes : {32u, 96u, 256u, 4096u, 5120u, 65536u, 3u * 65536, 7u * 65536, 8u * 65536,
                               9u * 65536, 10u * 65536, 15u * 65536})
    covers_exactly<Pmsav7>(bytes);
  for (const uint32_t bytes : {32u, 96u, 1056u, 65536u}) covers_exactly<Pmsav8>(bytes);
  EXPECT_FALSE(grants<Pmsav8>(0, 0, 0));
}

TEST(MpuLayout, KnowsWhatItCannotCover) {
  EXPECT_FALSE(Pmsav7::is_coverable(1));
  EXPECT_FALSE(Pmsav7::is_coverable(1000));
  EXPECT_FALSE(Pmsav7::is_coverable(17 * 65536)) << "seventeen granules";
  EXPECT_EQ(Pmsav7::rounded(1000), 1024u);
  EXPECT_EQ(Pmsav7::rounded(9 * 65536), 10u * 65536);
  EXPECT_EQ(Pmsav7::granule(65536), 8192u);
  for (uint32_t bytes = 1; bytes < 100'000; bytes += 7) {
    ASSERT_TRUE(Pmsav7::is_coverable(Pmsav7::rounded(bytes)));
    ASSERT_LT(Pmsav7::rounded(bytes) - bytes, bytes < 256 ? 32 : (bytes + 3) / 4) << "waste is bounded";
  }
  EXPECT_FALSE(Pmsav8::is_coverable(1000));
  EXPECT_TRUE(Pmsav8::is_coverable(17 * 65536));
  EXPECT_EQ(Pmsav8::rounded(1000), 1024u);
  EXPECT_EQ(Pmsav8::rounded(1025), 1056u);
}

// Of Armv8-M no two regions may cover the same bytes.
TEST(MpuLayout, GuardAndStackDoNotOverlap) {
  constexpr uint32_t kStack = 0x2000'0040, kBytes = 1024, kSkip = Pmsav8::kStackSkips;
  const Region guard = Pmsav8::region(Grant::Guard, kStack, kSkip, 0);
  const Region stack = Pmsav8::region(Grant::Stack, kStack + kSkip, kBytes - kSkip, 0);
  for (uint32_t at = kStack - 64; at < kStack + kBytes + 64; ++at) {
    const bool guarded = covers(Pmsav8(), guard, at), usable = covers(Pmsav8(), stack, at);
    ASSERT_EQ(guarded, at >= kStack && at < kStack + kSkip) << at;
    ASSERT_EQ(usable, at >= kStack + kSkip && at < kStack + kBytes) << at;
  }
}

/// The permissions of Armv8-M (MPU_RBAR, D1.2: AP and XN) as the manual's table has them.
TEST(MpuLayout, GrantsToWhomItShall) {
  const auto permissions = [](Grant grant) { return Pmsav8::region(grant, 0x2000'0000, 64, 0).base & 7; };
  EXPECT_EQ(permissions(Grant::Code), 0b100u) << "read only, privileged, executable";
  EXPECT_EQ(permissions(Grant::Stack), 0b001u) << "read and write, privileged, never executed";
  EXPECT_EQ(permissions(Grant::Guard), 0b101u) << "read only, privileged, never executed";
  EXPECT_EQ(permissions(Grant::Memory), 0b011u) << "read and write, everybody, never executed";
}

}  // namespace
}  // namespace mote::native::mpu
