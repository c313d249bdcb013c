// SPDX-License-Identifier: Apache-2.0
// What vector operations compute (core spec, 4.3.6), as templates over lane types: vectors.inc says which
// operation is which. Operands and results lie in 4-byte slots; a result may take an operand's place.
#pragma once
#include <bit>
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>

#include "vm/numeric.hpp"

namespace mote::vm {

/// An operation's operands, in the order of the stack, and the number of a lane where it names one.
struct VectorOperands {
  uint32_t* to;
  const uint32_t* x;
  const uint32_t* y;
  const uint32_t* z;
  uint32_t lane;
};
using VectorFunction = void (*)(const VectorOperands&);

template <class T>
struct Lanes {
  static constexpr unsigned kCount = 16 / sizeof(T);
  T at[kCount];

  static Lanes read(const uint32_t* slots) {
    Lanes lanes;
    std::memcpy(&lanes, slots, sizeof lanes);
    return lanes;
  }
  void write(uint32_t* slots) const { std::memcpy(slots, this, sizeof *this); }
};

template <class T>
T read_scalar(const uint32_t* slots) {
  T value;
  std::memcpy(&value, slots, sizeof value);
  return value;
}

// Shapes of operations: how lanes come together.

/// Each lane by itself: R f(T).
template <class T, auto F>
void each(const VectorOperands& o) {
  const auto x = Lanes<T>::read(o.x);
  Lanes<std::remove_cvref_t<decltype(F(x.at[0]))>> result;
  for (unsigned i = 0; i < x.kCount; ++i) result.at[i] = F(x.at[i]);
  result.write(o.to);
}
/// Lanes of two vectors by pairs: T f(T, T).
template <class T, auto F>
void pairs(const VectorOperands& o) {
  auto x = Lanes<T>::read(o.x);
  const auto y = Lanes<T>::read(o.y);
  for (unsigned i = 0; i < x.kCount; ++i) x.at[i] = F(x.at[i], y.at[i]);
  x.write(o.to);
}
/// Likewise; bool f(T, T) becomes ones or zeros.
template <class T, auto F>
void comparison(const VectorOperands& o) {
  const auto x = Lanes<T>::read(o.x), y = Lanes<T>::read(o.y);
  using Mask = std::conditional_t<
      sizeof(T) == 1, int8_t,
      std::conditional_t<sizeof(T) == 2, int16_t, std::conditional_t<sizeof(T) == 4, int32_t, int64_t>>>;
  Lanes<Mask> result;
  for (unsigned i = 0; i < x.kCount; ++i) result.at[i] = F(x.at[i], y.at[i]) ? Mask{-1} : Mask{0};
  result.write(o.to);
}
/// Lanes of three vectors: T f(T, T, T).
template <class T, auto F>
void triples(const VectorOperands& o) {
  auto x = Lanes<T>::read(o.x);
  const auto y = Lanes<T>::read(o.y), z = Lanes<T>::read(o.z);
  for (unsigned i = 0; i < x.kCount; ++i) x.at[i] = F(x.at[i], y.at[i], z.at[i]);
  x.write(o.to);
}
/// Lanes by a count in an i32, which wraps.
template <class T, auto F>
void shift(const VectorOperands& o) {
  auto x = Lanes<T>::read(o.x);
  const uint32_t count = *o.y % (8 * sizeof(T));
  for (T& lane : x.at) lane = F(lane, count);
  x.write(o.to);
}

// Scalar operations as lanes' ones.

template <wasm::Op O, class T>
constexpr auto kScalar1 = [](T x) {
  using C = Compute<operation_of(O)>;
  return std::bit_cast<T>(C::apply(std::bit_cast<typename C::X>(x)));
};
template <wasm::Op O, class T>
constexpr auto kScalar2 = [](T x, T y) {
  using C = Compute<operation_of(O)>;
  using X = typename C::X;
  return std::bit_cast<T>(C::apply(std::bit_cast<X>(x), std::bit_cast<X>(y)));
};

// Integer lanes.

template <class T>
using Unsigned = std::make_unsigned_t<T>;

/// Without the promotion that would make sums of small lanes signed, and products of them overflow.
template <class T>
constexpr auto kAdd = [](T x, T y) {
  return static_cast<T>(uint64_t{static_cast<Unsigned<T>>(x)} + static_cast<Unsigned<T>>(y));
};
template <class T>
constexpr auto kSubtract = [](T x, T y) {
  return static_cast<T>(uint64_t{static_cast<Unsigned<T>>(x)} - static_cast<Unsigned<T>>(y));
};
template <class T>
constexpr auto kMultiply = [](T x, T y) {
  return static_cast<T>(uint64_t{static_cast<Unsigned<T>>(x)} * static_cast<Unsigned<T>>(y));
};
template <class T>
constexpr auto kNegate = [](T x) { return kSubtract<T>(T{0}, x); };
template <class T>
constexpr auto kAbsolute = [](T x) { return x < 0 ? kNegate<T>(x) : x; };
template <class T>
constexpr auto kMinimum = [](T x, T y) { return x < y ? x : y; };
template <class T>
constexpr auto kMaximum = [](T x, T y) { return x > y ? x : y; };
/// Rounding up.
template <class T>
constexpr auto kAverage = [](T x, T y) { return static_cast<T>((x + y + 1) >> 1); };
template <class T>
constexpr auto kCountOnes = [](T x) { return static_cast<T>(std::popcount(x)); };

/// The nearest value that T has, for sums and products of small lanes.
template <class T>
constexpr T saturate(int32_t value) {
  // NOLINTNEXTLINE(bugprone-signed-char-misuse): a number, not a character
  constexpr int32_t kLeast = std::numeric_limits<T>::min(), kMost = std::numeric_limits<T>::max();
  return static_cast<T>(value < kLeast ? kLeast : value > kMost ? kMost : value);
}
template <class T>
constexpr auto kAddSaturating = [](T x, T y) { return saturate<T>(int32_t{x} + y); };
template <class T>
constexpr auto kSubtractSaturating = [](T x, T y) { return saturate<T>(int32_t{x} - y); };
constexpr auto kMultiplyQ15 = [](int16_t x, int16_t y) { return saturate<int16_t>((x * y + 0x4000) >> 15); };

template <class T>
constexpr auto kEqual = [](T x, T y) { return x == y; };
template <class T>
constexpr auto kUnequal = [](T x, T y) { return x != y; };
template <class T>
constexpr auto kLess = [](T x, T y) { return x < y; };
template <class T>
constexpr auto kGreater = [](T x, T y) { return x > y; };
template <class T>
constexpr auto kLessOrEqual = [](T x, T y) { return x <= y; };
template <class T>
constexpr auto kGreaterOrEqual = [](T x, T y) { return x >= y; };

template <class T>
constexpr auto kShiftLeft = [](T x, uint32_t count) {
  return static_cast<T>(static_cast<uint64_t>(static_cast<Unsigned<T>>(x)) << count);
};
template <class T>
constexpr auto kShiftRight = [](T x, uint32_t count) { return static_cast<T>(x >> count); };

// Bits.

constexpr auto kNot = [](uint64_t x) { return ~x; };
constexpr auto kAnd = [](uint64_t x, uint64_t y) { return x & y; };
constexpr auto kAndNot = [](uint64_t x, uint64_t y) { return x & ~y; };
constexpr auto kOr = [](uint64_t x, uint64_t y) { return x | y; };
constexpr auto kXor = [](uint64_t x, uint64_t y) { return x ^ y; };
constexpr auto kSelectBits = [](uint64_t x, uint64_t y, uint64_t mask) { return (x & mask) | (y & ~mask); };

// Floats: pseudo-minimum and -maximum are plain comparisons; a product and a sum are rounded each.

template <class T>
constexpr auto kPseudoMinimum = [](T x, T y) { return y < x ? y : x; };
template <class T>
constexpr auto kPseudoMaximum = [](T x, T y) { return x < y ? y : x; };
template <class T>
constexpr auto kMultiplyAdd = [](T x, T y, T z) { return x * y + z; };
template <class T>
constexpr auto kNegativeMultiplyAdd = [](T x, T y, T z) { return -(x * y) + z; };

// Between a vector and a scalar.

template <class T>
void splat(const VectorOperands& o) {
  Lanes<T> result;
  const T value = read_scalar<T>(o.x);
  for (T& lane : result.at) lane = value;
  result.write(o.to);
}
/// Small lanes are widened as their signedness says.
template <class T>
void extract_lane(const VectorOperands& o) {
  const T value = Lanes<T>::read(o.x).at[o.lane % Lanes<T>::kCount];
  if constexpr (sizeof(T) >= 4) std::memcpy(o.to, &value, sizeof value);
  if constexpr (sizeof(T) < 4) *o.to = static_cast<uint32_t>(int32_t{value});
}
template <class T>
void replace_lane(const VectorOperands& o) {
  auto x = Lanes<T>::read(o.x);
  x.at[o.lane % Lanes<T>::kCount] = read_scalar<T>(o.y);
  x.write(o.to);
}
template <class T>
void all_true(const VectorOperands& o) {
  uint32_t all = 1;
  for (const T lane : Lanes<T>::read(o.x).at) all &= lane != 0 ? 1 : 0;
  *o.to = all;
}
template <class T>
void bitmask(const VectorOperands& o) {
  uint32_t mask = 0, bit = 1;
  for (const T lane : Lanes<T>::read(o.x).at) {
    if (lane < 0) mask |= bit;
    bit <<= 1;
  }
  *o.to = mask;
}
inline void any_true(const VectorOperands& o) {
  const auto x = Lanes<uint64_t>::read(o.x);
  *o.to = (x.at[0] | x.at[1]) != 0 ? 1 : 0;
}

// Between widths.

/// Lanes of both operands, saturated to half their width.
template <class From, class To>
void narrow(const VectorOperands& o) {
  const auto x = Lanes<From>::read(o.x), y = Lanes<From>::read(o.y);
  Lanes<To> result;
  for (unsigned i = 0; i < x.kCount; ++i) {
    result.at[i] = saturate<To>(x.at[i]);
    result.at[i + x.kCount] = saturate<To>(y.at[i]);
  }
  result.write(o.to);
}
template <class From, class To, bool High>
void extend(const VectorOperands& o) {
  const auto x = Lanes<From>::read(o.x);
  Lanes<To> result;
  // NOLINTNEXTLINE(bugprone-signed-char-misuse): lanes are numbers
  for (unsigned i = 0; i < result.kCount; ++i) result.at[i] = x.at[i + (High ? result.kCount : 0)];
  result.write(o.to);
}
template <class From, class To, bool High>
void extended_product(const VectorOperands& o) {
  const auto x = Lanes<From>::read(o.x), y = Lanes<From>::read(o.y);
  Lanes<To> result;
  for (unsigned i = 0; i < result.kCount; ++i) {
    const unsigned at = i + (High ? result.kCount : 0);
    result.at[i] = kMultiply<To>(To{x.at[at]}, To{y.at[at]});
  }
  result.write(o.to);
}
template <class From, class To>
void sum_of_pairs(const VectorOperands& o) {
  const auto x = Lanes<From>::read(o.x);
  Lanes<To> result;
  for (unsigned i = 0; i < result.kCount; ++i) result.at[i] = kAdd<To>(To{x.at[2 * i]}, To{x.at[2 * i + 1]});
  result.write(o.to);
}
/// Products of lanes, added by pairs.
template <class From, class To>
Lanes<To> dot_product(const VectorOperands& o) {
  const auto x = Lanes<From>::read(o.x), y = Lanes<From>::read(o.y);
  Lanes<To> result;
  for (unsigned i = 0; i < result.kCount; ++i) {
    const auto product = [&](unsigned at) { return kMultiply<To>(To{x.at[at]}, To{y.at[at]}); };
    result.at[i] = kAdd<To>(product(2 * i), product(2 * i + 1));
  }
  return result;
}
template <class From, class To>
void dot(const VectorOperands& o) {
  dot_product<From, To>(o).write(o.to);
}
/// i32x4.relaxed_dot_i8x16_i7x16_add_s: sums of four products, and a third operand.
inline void dot_and_add(const VectorOperands& o) {
  const auto products = dot_product<int8_t, int16_t>(o);
  auto sum = Lanes<int32_t>::read(o.z);
  for (unsigned i = 0; i < sum.kCount; ++i)
    sum.at[i] = kAdd<int32_t>(sum.at[i], int32_t{products.at[2 * i]} + products.at[2 * i + 1]);
  sum.write(o.to);
}
/// Lanes converted by a scalar operation, those of the result that are more become zero, those of the operand
/// are left aside.
template <wasm::Op O, class From, class To>
void convert(const VectorOperands& o) {
  using C = Compute<operation_of(O)>;
  const auto x = Lanes<From>::read(o.x);
  Lanes<To> result{};
  for (unsigned i = 0; i < x.kCount && i < result.kCount; ++i)
    result.at[i] = std::bit_cast<To>(C::apply(std::bit_cast<typename C::X>(x.at[i])));
  result.write(o.to);
}

// Between places.

inline void shuffle(const VectorOperands& o) {
  const auto x = Lanes<uint8_t>::read(o.x), y = Lanes<uint8_t>::read(o.y);
  auto chosen = Lanes<uint8_t>::read(o.z);
  for (uint8_t& lane : chosen.at) lane = lane < 16 ? x.at[lane] : y.at[lane & 15];
  chosen.write(o.to);
}
inline void swizzle(const VectorOperands& o) {
  const auto x = Lanes<uint8_t>::read(o.x);
  auto chosen = Lanes<uint8_t>::read(o.y);
  for (uint8_t& lane : chosen.at) lane = lane < 16 ? x.at[lane] : uint8_t{0};
  chosen.write(o.to);
}

}  // namespace mote::vm
