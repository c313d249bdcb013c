// SPDX-License-Identifier: Apache-2.0
#include "vm/soft_double.hpp"

#include <bit>
#include <utility>

namespace mote::vm {

namespace {

constexpr uint64_t kSign = uint64_t{1} << 63;
constexpr uint64_t kInfinity = uint64_t{0x7ff} << 52;
constexpr uint64_t kQuiet = uint64_t{1} << 51;
constexpr uint64_t kNaN = kInfinity | kQuiet;
constexpr int kBias = 1023, kSingleBias = 127;

/// How many bits of a 64-bit significand do not fit.
constexpr int kDouble = 11, kSingle = 40;

}  // namespace

uint64_t shift_left(uint64_t bits, int by) {
  return bits << by;
}

uint64_t shift_right(uint64_t bits, int by) {
  return bits >> by;
}

uint64_t shift_right_sticky(uint64_t bits, int by) {
  if (by > 63) return bits != 0;
  const uint64_t shifted = shift_right(bits, by);
  return shifted | (shift_left(shifted, by) != bits);
}

uint64_t significand(uint64_t x, int& exponent) {
  uint64_t bits = x << 12 >> 1;
  exponent = static_cast<int>(x >> 52 & 0x7ff);
  if (exponent != 0) return bits | kSign;
  if (bits == 0) {
    exponent = -64;
    return 0;
  }
  const int shift = std::countl_zero(bits);
  exponent = 1 - shift;
  return shift_left(bits, shift);
}

namespace {

/// The bits of a magnitude, in the format that drops so many bits of a significand. The exponent's field is
/// of the highest bit, 63.
[[gnu::noinline]] uint64_t round(uint64_t bits, int exponent, int dropped) {
  if (bits == 0) return 0;
  const int shift = std::countl_zero(bits);
  bits = shift_left(bits, shift);
  exponent -= shift;
  if (exponent <= 0) {  // subnormal: the highest bit is not implied
    bits = shift_right_sticky(bits, 1 - exponent);
    exponent = 1;
  }
  const int infinite = dropped == kDouble ? 0x7ff : 0xff;
  if (exponent >= infinite) {
    bits = 0;
    exponent = infinite + 1;
  }
  // Two bits stay below the last one: the half, and whether there is more.
  bits = shift_right_sticky(bits, dropped - 2);
  bits = (bits >> 2) + ((bits & 2) != 0 && (bits & 5) != 0);
  // The highest bit adds 1 to the exponent; so does a carry out of it.
  return bits + shift_left(static_cast<uint64_t>(exponent - 1), 63 - dropped);
}

bool is_less(uint64_t x, uint64_t y) {
  return x << 1 < y << 1;
}

/// An infinity or a NaN: the quiet NaN, or what an infinity gives.
[[gnu::noinline]] uint64_t special(uint64_t x, uint64_t infinite) {
  return x << 1 > kInfinity << 1 ? x | kQuiet : infinite;
}

bool is_special(uint64_t x) {
  return (static_cast<uint32_t>(x >> 32) & 0x7ff0'0000) == 0x7ff0'0000;
}

uint64_t high_product(uint64_t x, uint64_t y) {
  const uint64_t x0 = static_cast<uint32_t>(x), x1 = x >> 32, y0 = static_cast<uint32_t>(y), y1 = y >> 32;
  const uint64_t low = x0 * y0, middle = x1 * y0 + (low >> 32),
                 other = x0 * y1 + static_cast<uint32_t>(middle);
  const uint64_t lost = static_cast<uint32_t>(low) | static_cast<uint32_t>(other);
  return (x1 * y1 + (middle >> 32) + (other >> 32)) | (lost != 0);
}

}  // namespace

uint64_t add_f64(uint64_t x, uint64_t y) {
  if (is_less(x, y)) std::swap(x, y);
  const bool opposite = (x ^ y) >> 63;
  if (is_special(x)) return special(x, opposite && is_special(y) ? kNaN : x);
  int exponent, smaller;
  uint64_t bits = significand(x, exponent) >> 1;  // a bit of room above, 10 below
  uint64_t less = significand(y, smaller) >> 1;
  less = shift_right_sticky(less, exponent - smaller);
  bits = opposite ? bits - less : bits + less;
  if (bits == 0 && opposite) return 0;
  return (x & kSign) | round(bits, exponent + 1, kDouble);
}

uint64_t subtract_f64(uint64_t x, uint64_t y) {
  return add_f64(x, y ^ kSign);
}

uint64_t multiply_f64(uint64_t x, uint64_t y) {
  if (is_less(x, y)) std::swap(x, y);
  const uint64_t sign = (x ^ y) & kSign;
  if (is_special(x)) return special(x, y << 1 == 0 ? kNaN : sign | kInfinity);
  int a, b;
  const uint64_t bits = high_product(significand(x, a), significand(y, b));
  return sign | round(bits, a + b - (kBias - 1), kDouble);
}

uint64_t divide_f64(uint64_t x, uint64_t y) {
  const uint64_t sign = (x ^ y) & kSign;
  if (is_special(x)) return special(x, is_special(y) ? special(y, kNaN) : sign | kInfinity);
  if (is_special(y)) return special(y, sign);
  int a, b;
  uint64_t rest = significand(x, a) >> kDouble;
  const uint64_t divisor = significand(y, b) >> kDouble;
  if (divisor == 0) return rest == 0 ? kNaN : sign | kInfinity;
  // Bit by bit: one before the point, then 55, one of them by which it is rounded.
  uint64_t quotient = 0;
  for (int bit = 0; bit < 56; ++bit) {
    quotient <<= 1;
    if (rest >= divisor) {
      rest -= divisor;
      quotient |= 1;
    }
    rest <<= 1;
  }
  return sign | round(quotient << 8 | (rest != 0), a - b + kBias, kDouble);
}

uint64_t f64_of_integer(uint64_t x) {
  return round(x, kBias + 63, kDouble);
}

uint32_t f32_of_integer(uint64_t x) {
  return static_cast<uint32_t>(round(x, kSingleBias + 63, kSingle));
}

uint64_t promote_f32(uint32_t x) {
  const uint64_t sign = static_cast<uint64_t>(x >> 31) << 63;
  const auto field = static_cast<int>(x >> 23 & 0xff);
  const uint32_t fraction = x << 9 >> 1;
  if (field == 0xff) return sign | special(kInfinity | static_cast<uint64_t>(fraction) << 21, kInfinity);
  const uint32_t bits = field == 0 ? fraction : fraction | 0x8000'0000;
  return sign |
         round(static_cast<uint64_t>(bits) << 32, (field == 0 ? 1 : field) + kBias - kSingleBias, kDouble);
}

uint32_t demote_f64(uint64_t x) {
  const auto sign = static_cast<uint32_t>(x >> 32) & 0x8000'0000;
  if (is_special(x)) return sign | 0x7f80'0000 | static_cast<uint32_t>(special(x, 0) >> 29 & 0x7f'ffff);
  int exponent;
  const uint64_t bits = significand(x, exponent);
  return sign | static_cast<uint32_t>(round(bits, exponent - (kBias - kSingleBias), kSingle));
}

}  // namespace mote::vm
