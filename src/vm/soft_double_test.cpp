// SPDX-License-Identifier: Apache-2.0
// Compared with the host's FPU, which rounds as IEEE 754 says.
#include "vm/soft_double.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <limits>
#include <random>
#include <vector>

namespace mote::vm {
namespace {

constexpr uint64_t kNaN = 0x7ff8'0000'0000'0000;

double number(uint64_t bits) {
  return std::bit_cast<double>(bits);
}

/// Bits of a result; all NaNs are one, and a signalling NaN is none.
uint64_t seen(uint64_t bits) {
  if (number(bits) == number(bits)) return bits;
  return bits & (kNaN & ~(uint64_t{0x7ff} << 52)) ? kNaN : 1;
}
uint64_t seen(double value) {
  return seen(std::bit_cast<uint64_t>(value));
}
uint32_t seen(float value) {
  return value == value ? std::bit_cast<uint32_t>(value) : 0x7fc0'0000;
}
uint32_t seen(uint32_t bits) {
  return seen(std::bit_cast<float>(bits));
}

/// Both signs of what lies at the edges, and of what is near them.
std::vector<uint64_t> edges() {
  using Limits = std::numeric_limits<double>;
  std::vector<uint64_t> all;
  for (const double x : {0.0,
                         1.0,
                         1.5,
                         2.0,
                         3.0,
                         10.0,
                         1e300,
                         1e-300,
                         16777215.0,
                         16777217.0,
                         4294967295.0,
                         Limits::min(),
                         Limits::max(),
                         Limits::denorm_min(),
                         Limits::infinity(),
                         Limits::quiet_NaN(),
                         3.4028234e38,
                         3.4028236e38,
                         1.1754943e-38,
                         1.4e-45,
                         0.7e-45,
                         Limits::epsilon()}) {
    for (const int64_t step : {-1, 0, 1}) {
      const uint64_t bits = std::bit_cast<uint64_t>(x) + static_cast<uint64_t>(step);
      if (number(bits) == number(bits) && bits >> 63 == 0)
        all.insert(all.end(), {bits, bits | uint64_t{1} << 63});
    }
  }
  all.push_back(kNaN);
  return all;
}

void compare(uint64_t x, uint64_t y) {
  SCOPED_TRACE(testing::Message() << std::hex << x << ' ' << y);
  const double a = number(x), b = number(y);
  ASSERT_EQ(seen(add_f64(x, y)), seen(a + b));
  ASSERT_EQ(seen(subtract_f64(x, y)), seen(a - b));
  ASSERT_EQ(seen(multiply_f64(x, y)), seen(a * b));
  ASSERT_EQ(seen(divide_f64(x, y)), seen(a / b));
  ASSERT_EQ(seen(demote_f64(x)), seen(static_cast<float>(a)));
  const auto single = static_cast<uint32_t>(y);
  ASSERT_EQ(seen(promote_f32(single)), seen(static_cast<double>(std::bit_cast<float>(single))));
  ASSERT_EQ(seen(f64_of_integer(x)), seen(static_cast<double>(x)));
  ASSERT_EQ(seen(f32_of_integer(x)), seen(static_cast<float>(x)));
}

TEST(SoftDouble, AgreesWithTheFpuAtTheEdges) {
  const auto all = edges();
  for (const uint64_t x : all) {
    for (const uint64_t y : all) compare(x, y);
  }
}

TEST(SoftDouble, AgreesWithTheFpuOnRandomBits) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 200'000 && !testing::Test::HasFatalFailure(); ++i) {
    const uint64_t x = random();
    uint64_t y = random();
    // Most pairs of random bits are too far apart to meet: half of them are close.
    if (i & 1) y = (y & 0x800f'ffff'ffff'ffff) | ((x + (y & uint64_t{0x3f} << 52)) & uint64_t{0x7ff} << 52);
    compare(x, y);
    compare(x >> (i & 63), x >> (y & 63));
  }
}

TEST(SoftDouble, AgreesWithTheFpuOnSingles) {
  std::mt19937 random(2);
  for (int i = 0; i < 100'000 && !testing::Test::HasFatalFailure(); ++i) {
    const auto x = static_cast<uint32_t>(random());
    ASSERT_EQ(seen(demote_f64(promote_f32(x))), seen(x));
  }
}

TEST(SoftDouble, NaNsOfInvalidOperationsAreCanonical) {
  constexpr uint64_t kInfinity = uint64_t{0x7ff} << 52, kSign = uint64_t{1} << 63;
  EXPECT_EQ(add_f64(kInfinity, kInfinity | kSign) & ~kSign, kNaN);
  EXPECT_EQ(multiply_f64(kInfinity, 0) & ~kSign, kNaN);
  EXPECT_EQ(divide_f64(0, kSign) & ~kSign, kNaN);
  EXPECT_EQ(divide_f64(kInfinity, kInfinity) & ~kSign, kNaN);
  EXPECT_EQ(add_f64(kNaN, kNaN) & ~kSign, kNaN);
  EXPECT_EQ(demote_f64(kNaN), 0x7fc0'0000u);
  EXPECT_EQ(promote_f32(0x7fc0'0000), kNaN);
}

}  // namespace
}  // namespace mote::vm
