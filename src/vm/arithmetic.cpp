// SPDX-License-Identifier: Apache-2.0
#include "vm/arithmetic.hpp"

#include <bit>

#include "config/tuning.hpp"
#include "vm/soft_double.hpp"

namespace mote::vm {

namespace {

// A double: sign, 11 bits of exponent, 52 of fraction (IEEE 754).
constexpr uint64_t kSign = uint64_t{1} << 63;
constexpr uint64_t kHidden = uint64_t{1} << 52;
constexpr uint64_t kInfinity = uint64_t{0x7ff} << 52;
constexpr uint64_t kQuiet = uint64_t{1} << 51;
constexpr int kBias = 1023;

int exponent(uint64_t x) {
  return static_cast<int>(x >> 52 & 0x7ff);
}
bool is_nan(uint64_t x) {
  return (x & ~kSign) > kInfinity;
}

/// The double of an integer that it can say exactly.
uint64_t nearest_double(uint64_t x) {
  return config::kSoftF64 ? f64_of_integer(x) : std::bit_cast<uint64_t>(static_cast<double>(x));
}

/// x / y and what remains; y is not 0.
uint64_t divide(uint64_t x, uint64_t y, uint64_t& remainder) {
  if constexpr (sizeof(uintptr_t) == 8) {
    remainder = x % y;
    return x / y;
  }
  uint64_t quotient = 0;
  if (y <= 0xffff) {  // digits of 16 bits
    const auto divisor = static_cast<uint32_t>(y);
    uint32_t rest = 0;
    for (unsigned digit = 0; digit < 4; ++digit) {
      const uint32_t part = rest << 16 | static_cast<uint32_t>(x >> 48);
      x <<= 16;
      quotient = quotient << 16 | part / divisor;
      rest = part % divisor;
    }
    remainder = rest;
    return quotient;
  }
  int shift = std::countl_zero(y) - std::countl_zero(x);
  if (shift >= 0) y = shift_left(y, shift);
  for (; shift >= 0; --shift) {
    quotient <<= 1;
    if (x >= y) {
      x -= y;
      quotient |= 1;
    }
    y >>= 1;
  }
  remainder = x;
  return quotient;
}

}  // namespace

uint64_t round_f64(uint64_t x, Rounding rounding) {
  if (is_nan(x)) return x | kQuiet;
  if (exponent(x) >= kBias + 52) return x;
  int field;
  const uint64_t bits = significand(x, field);
  // The integer, and two bits below: the half, and whether there is more.
  const uint64_t parts = shift_right_sticky(bits, kBias + 61 - field);
  const auto lost = static_cast<uint32_t>(parts) & 7;
  bool away = false;
  if (rounding == Rounding::Ceil) away = (lost & 3) != 0 && !(x & kSign);
  if (rounding == Rounding::Floor) away = (lost & 3) != 0 && (x & kSign);
  if (rounding == Rounding::Nearest) away = (lost & 2) != 0 && (lost & 5) != 0;
  return (x & kSign) | nearest_double((parts >> 2) + away);
}

uint64_t sqrt_f64(uint64_t x) {
  if (is_nan(x)) return x | kQuiet;
  if (x << 1 == 0 || x == kInfinity) return x;
  if (x & kSign) return kInfinity | kQuiet;
  int field;
  uint64_t rest = significand(x, field) >> 9;
  if (field & 1) rest >>= 1;  // an even power of two
  // Bit by bit: 53 of the root, and one by which it is rounded.
  uint64_t root = 0, twice = 0;
  for (uint64_t bit = kHidden << 1; bit != 0; bit >>= 1) {
    const uint64_t trial = twice + bit;
    if (trial <= rest) {
      twice = trial + bit;
      rest -= trial;
      root += bit;
    }
    rest <<= 1;
  }
  if (rest != 0) root += root & 1;
  return (root >> 1) + (static_cast<uint64_t>((field + kBias - 2) >> 1) << 52);
}

Order compare_f64(uint64_t x, uint64_t y) {
  if (is_nan(x) || is_nan(y)) return Order::Unordered;
  if (x == y || ((x | y) & ~kSign) == 0) return Order::Equal;
  // Of two negative numbers the one with more bits is less.
  const bool less = static_cast<int64_t>(x) < static_cast<int64_t>(y);
  return less != static_cast<bool>(x & y & kSign) ? Order::Less : Order::Greater;
}

Trap truncate_f64(uint64_t x, unsigned bits, uint64_t& result) {
  result = 0;
  if (is_nan(x)) return Trap::InvalidConversion;
  const int power = exponent(x) - kBias;
  if (power < 0) return Trap::None;
  const bool negative = x & kSign, has_sign = bits & 1;
  uint64_t most = shift_right(~uint64_t{0}, 64 - static_cast<int>(bits));
  if (negative) most = has_sign ? most + 1 : 0;
  uint64_t magnitude = power > 63 ? 0 : shift_right(kSign | x << 11, 63 - power);
  const bool overflows = power > 63 || magnitude > most;
  if (overflows) magnitude = most;
  result = negative ? 0 - magnitude : magnitude;
  return overflows ? Trap::IntegerOverflow : Trap::None;
}

float f32_of(uint64_t x) {
  if constexpr (config::kHardF64) return static_cast<float>(x);
  if constexpr (config::kSoftF64) return std::bit_cast<float>(f32_of_integer(x));
  // Through a double, which has room for 53 bits: what is below becomes one bit, so as not to round twice.
  if (x >> 53) x = (x | ((x & 0x7ff) + 0x7ff)) & ~uint64_t{0x7ff};
  return static_cast<float>(static_cast<double>(x));
}

Trap divide_i64(uint64_t x, uint64_t y, Division which, uint64_t& result) {
  if (y == 0) return Trap::IntegerDivideByZero;
  const bool remainder = (static_cast<unsigned>(which) & 1) != 0;
  const bool has_sign = which >= Division::QuotientS;
  const uint64_t x_sign = has_sign ? x & kSign : 0, y_sign = has_sign ? y & kSign : 0;
  // A remainder has the dividend's sign.
  const uint64_t sign = remainder ? x_sign : x_sign ^ y_sign;
  uint64_t rest;
  uint64_t value = divide(x_sign != 0 ? 0 - x : x, y_sign != 0 ? 0 - y : y, rest);
  if (remainder) value = rest;
  if (has_sign && !remainder && sign == 0 && (value & kSign)) return Trap::IntegerOverflow;  // -2^63 / -1
  result = sign != 0 ? 0 - value : value;
  return Trap::None;
}

uint64_t rotate_right(uint64_t x, unsigned by) {
  if constexpr (sizeof(uintptr_t) == 8) return std::rotr(x, static_cast<int>(by));
  auto low = static_cast<uint32_t>(x), high = static_cast<uint32_t>(x >> 32);
  if (by & 32) {
    const uint32_t swap = low;
    low = high;
    high = swap;
  }
  by &= 31;
  // What goes over the edge, in two steps: a shift by 32 would not be one.
  const uint32_t to_low = high << 1 << (31 - by), to_high = low << 1 << (31 - by);
  return static_cast<uint64_t>(high >> by | to_high) << 32 | (low >> by | to_low);
}

uint32_t popcount(uint32_t x) {
  x -= x >> 1 & 0x5555'5555;
  x = (x & 0x3333'3333) + (x >> 2 & 0x3333'3333);
  x = (x + (x >> 4)) & 0x0f0f'0f0f;
  x += x >> 8;
  return (x + (x >> 16)) & 63;  // not by a multiplication, in which GCC sees a call of its library's
}

}  // namespace mote::vm
