// SPDX-License-Identifier: Apache-2.0
// Arithmetic on bits against the host's own.
#include "vm/arithmetic.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace mote::vm {
namespace {

double value(uint64_t bits) {
  return std::bit_cast<double>(bits);
}
uint64_t bits(double x) {
  return std::bit_cast<uint64_t>(x);
}

/// Edges of every kind, both signs, and random bits with exponents around those of integers.
std::vector<uint64_t> doubles() {
  std::vector<uint64_t> all;
  const double edges[] = {0.0,
                          0x1p-1074,
                          0x1p-1022,
                          0.25,
                          0.49999999999999994,
                          0.5,
                          0.75,
                          0.99999999999999989,
                          1.0,
                          1.5,
                          2.0,
                          2.5,
                          3.5,
                          1e300,
                          1e18,
                          4503599627370495.5,
                          0x1p51 + 0.5,
                          0x1p52 + 1,
                          0x1p53,
                          2147483647,
                          2147483647.5,
                          0x1p31,
                          0x1p31 + 1,
                          4294967295,
                          4294967295.5,
                          0x1p32,
                          0x1p63,
                          0x1p64,
                          0x1.fffffffffffffp62,
                          0x1.fffffffffffffp63,
                          std::numeric_limits<double>::max(),
                          std::numeric_limits<double>::infinity()};
  for (const double edge : edges) all.insert(all.end(), {bits(edge), bits(-edge)});
  for (const uint64_t nan : {0x7ff8000000000000, 0x7ff0000000000001, 0x7fffffffffffffff})
    all.insert(all.end(), {nan, nan | uint64_t{1} << 63});
  std::mt19937_64 random(1);  // NOLINT: the same numbers every time
  for (int i = 0; i < 2000; ++i) {
    const uint64_t any = random();
    all.push_back(any);
    all.push_back((any & 0x800fffffffffffff) | (1015 + random() % 80) << 52);
    all.push_back(any & 0x800fffffffffffff);  // subnormal
  }
  return all;
}

bool same(uint64_t a, double b) {
  return std::isnan(b) ? std::isnan(value(a)) && (a >> 51 & 1) : a == bits(b);
}

TEST(Arithmetic, RoundsAsTheLibrary) {
  for (const uint64_t x : doubles()) {
    EXPECT_TRUE(same(round_f64(x, Rounding::Ceil), std::ceil(value(x)))) << std::hex << x;
    EXPECT_TRUE(same(round_f64(x, Rounding::Floor), std::floor(value(x)))) << std::hex << x;
    EXPECT_TRUE(same(round_f64(x, Rounding::Trunc), std::trunc(value(x)))) << std::hex << x;
    EXPECT_TRUE(same(round_f64(x, Rounding::Nearest), std::rint(value(x)))) << std::hex << x;
  }
}

TEST(Arithmetic, TakesRootsAsTheLibrary) {
  for (const uint64_t x : doubles()) EXPECT_TRUE(same(sqrt_f64(x), std::sqrt(value(x)))) << std::hex << x;
}

TEST(Arithmetic, ComparesAsTheMachine) {
  const std::vector<uint64_t> all = doubles();
  const auto check = [](uint64_t x, uint64_t y) {
    const double a = value(x), b = value(y);
    const Order expected = a < b    ? Order::Less
                           : a == b ? Order::Equal
                           : a > b  ? Order::Greater
                                    : Order::Unordered;
    EXPECT_EQ(compare_f64(x, y), expected) << std::hex << x << " " << y;
  };
  for (size_t i = 0; i < 70; ++i) {
    for (size_t j = 0; j < 70; ++j) check(all[i], all[j]);
  }
  for (size_t i = 1; i < all.size(); ++i) check(all[i - 1], all[i]);
}

template <class I>
void check_truncation(uint64_t x, unsigned width) {
  const double whole = std::trunc(value(x));
  uint64_t result = 1;
  const Trap trap = truncate_f64(x, width, result);
  if (std::isnan(whole)) {
    EXPECT_EQ(trap, Trap::InvalidConversion);
    EXPECT_EQ(result, 0u);
  } else if (whole < static_cast<double>(std::numeric_limits<I>::min()) ||
             whole >= std::ldexp(1.0, static_cast<int>(width))) {
    EXPECT_EQ(trap, Trap::IntegerOverflow) << std::hex << x;
    const I limit = whole < 0 ? std::numeric_limits<I>::min() : std::numeric_limits<I>::max();
    EXPECT_EQ(static_cast<I>(result), limit) << std::hex << x;
  } else {
    EXPECT_EQ(trap, Trap::None) << std::hex << x;
    EXPECT_EQ(static_cast<I>(result), static_cast<I>(whole)) << std::hex << x;
  }
}

TEST(Arithmetic, Truncates) {
  for (const uint64_t x : doubles()) {
    check_truncation<int32_t>(x, 31);
    check_truncation<uint32_t>(x, 32);
    check_truncation<int64_t>(x, 63);
    check_truncation<uint64_t>(x, 64);
  }
}

std::vector<uint64_t> integers() {
  std::vector<uint64_t> all;
  for (unsigned bit = 0; bit < 64; ++bit) {
    for (int more = -1; more <= 1; ++more) all.push_back((uint64_t{1} << bit) + static_cast<uint64_t>(more));
  }
  std::mt19937_64 random(2);  // NOLINT: the same numbers every time
  for (int i = 0; i < 300; ++i) all.push_back(random() >> random() % 64);
  all.push_back(0);
  all.push_back(~uint64_t{0});
  return all;
}

TEST(Arithmetic, ConvertsToSingles) {
  for (const uint64_t x : integers()) EXPECT_EQ(f32_of(x), static_cast<float>(x)) << std::hex << x;
  EXPECT_EQ(f32_of((uint64_t{1} << 63) + (uint64_t{1} << 39) + 1), 0x1.000002p63F);  // just above half a unit
}

TEST(Arithmetic, Divides) {
  const std::vector<uint64_t> all = integers();
  constexpr uint64_t kLowest = uint64_t{1} << 63;
  for (const uint64_t x : all) {
    for (const uint64_t y : all) {
      uint64_t result = 0;
      if (y == 0) {
        EXPECT_EQ(divide_i64(x, y, Division::QuotientU, result), Trap::IntegerDivideByZero);
        continue;
      }
      const auto a = static_cast<int64_t>(x), b = static_cast<int64_t>(y);
      const bool overflows = x == kLowest && b == -1;
      ASSERT_EQ(divide_i64(x, y, Division::QuotientU, result), Trap::None);
      ASSERT_EQ(result, x / y) << x << " " << y;
      ASSERT_EQ(divide_i64(x, y, Division::RemainderU, result), Trap::None);
      ASSERT_EQ(result, x % y) << x << " " << y;
      ASSERT_EQ(divide_i64(x, y, Division::QuotientS, result),
                overflows ? Trap::IntegerOverflow : Trap::None);
      if (!overflows) {
        ASSERT_EQ(static_cast<int64_t>(result), a / b) << a << " " << b;
      }
      ASSERT_EQ(divide_i64(x, y, Division::RemainderS, result), Trap::None);
      ASSERT_EQ(static_cast<int64_t>(result), overflows ? 0 : a % b) << a << " " << b;
    }
  }
}

TEST(Arithmetic, RotatesAndCounts) {
  for (const uint64_t x : integers()) {
    EXPECT_EQ(popcount(static_cast<uint32_t>(x)),
              static_cast<uint32_t>(std::popcount(static_cast<uint32_t>(x))));
    for (unsigned by = 0; by < 64; ++by) EXPECT_EQ(rotate_right(x, by), std::rotr(x, static_cast<int>(by)));
  }
}

}  // namespace
}  // namespace mote::vm
