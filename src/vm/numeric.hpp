// SPDX-License-Identifier: Apache-2.0
// What each numeric operation computes (core spec, 4.3), one specialisation a row. Operands and results are
// typed: their widths tell the interpreter how many slots to read and write.
#pragma once
#include <mote/error.hpp>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include "vm/inline.hpp"
#include "vm/operation.hpp"

namespace mote::vm {

template <Operation Op>
struct Compute;

#define MOTE_UNARY(name, X_, R_, expression)                   \
  template <>                                                  \
  struct Compute<operation_of(wasm::Op::name)> {               \
    using X = X_;                                              \
    using R = R_;                                              \
    static constexpr bool kTraps = false;                      \
    MOTE_INLINE static R_ apply(X_ x) { return (expression); } \
  };
#define MOTE_BINARY(name, X_, R_, expression)                        \
  template <>                                                        \
  struct Compute<operation_of(wasm::Op::name)> {                     \
    using X = X_;                                                    \
    using R = R_;                                                    \
    static constexpr bool kTraps = false;                            \
    MOTE_INLINE static R_ apply(X_ x, X_ y) { return (expression); } \
  };
#define MOTE_TRAPPING_BINARY(name, X_, body)                   \
  template <>                                                  \
  struct Compute<operation_of(wasm::Op::name)> {               \
    using X = X_;                                              \
    using R = X_;                                              \
    static constexpr bool kTraps = true;                       \
    MOTE_INLINE static Trap apply(X_ x, X_ y, X_& result) body \
  };

using u32 = uint32_t;
using u64 = uint64_t;
using s32 = int32_t;
using s64 = int64_t;
using f32 = float;
using f64 = double;

template <class T>
constexpr int clz(T x) {
  return std::countl_zero(x);
}

// Integers. Wrapping is unsigned arithmetic; signed operations convert at the edges (C++20: two's
// complement).
#define MOTE_INTEGERS(I, U, SI, BITS)                                                                \
  MOTE_BINARY(I##Add, U, U, x + y)                                                                   \
  MOTE_BINARY(I##Sub, U, U, x - y)                                                                   \
  MOTE_BINARY(I##Mul, U, U, x* y)                                                                    \
  MOTE_BINARY(I##And, U, U, x& y)                                                                    \
  MOTE_BINARY(I##Or, U, U, x | y)                                                                    \
  MOTE_BINARY(I##Xor, U, U, x ^ y)                                                                   \
  MOTE_BINARY(I##Shl, U, U, x << (y & (BITS - 1)))                                                   \
  MOTE_BINARY(I##ShrU, U, U, x >> (y & (BITS - 1)))                                                  \
  MOTE_BINARY(I##ShrS, U, U, static_cast<U>(static_cast<SI>(x) >> (y & (BITS - 1))))                 \
  MOTE_BINARY(I##Rotl, U, U, std::rotr(x, static_cast<int>((BITS - (y & (BITS - 1))) & (BITS - 1)))) \
  MOTE_BINARY(I##Rotr, U, U, std::rotr(x, static_cast<int>(y & (BITS - 1))))                         \
  MOTE_BINARY(I##Eq, U, u32, x == y)                                                                 \
  MOTE_BINARY(I##Ne, U, u32, x != y)                                                                 \
  MOTE_BINARY(I##LtS, U, u32, static_cast<SI>(x) < static_cast<SI>(y))                               \
  MOTE_BINARY(I##LtU, U, u32, x < y)                                                                 \
  MOTE_BINARY(I##GeS, U, u32, static_cast<SI>(x) >= static_cast<SI>(y))                              \
  MOTE_BINARY(I##GeU, U, u32, x >= y)                                                                \
  MOTE_UNARY(I##Eqz, U, u32, x == 0)                                                                 \
  MOTE_UNARY(I##Clz, U, U, static_cast<U>(std::countl_zero(x)))                                      \
  MOTE_UNARY(I##Ctz, U, U, static_cast<U>(std::countr_zero(x)))                                      \
  MOTE_UNARY(I##Popcnt, U, U, static_cast<U>(std::popcount(x)))                                      \
  MOTE_UNARY(I##Extend8S, U, U, static_cast<U>(static_cast<SI>(static_cast<int8_t>(x))))             \
  MOTE_UNARY(I##Extend16S, U, U, static_cast<U>(static_cast<SI>(static_cast<int16_t>(x))))           \
  MOTE_TRAPPING_BINARY(I##DivU, U, {                                                                 \
    if (y == 0) return Trap::IntegerDivideByZero;                                                    \
    result = x / y;                                                                                  \
    return Trap::None;                                                                               \
  })                                                                                                 \
  MOTE_TRAPPING_BINARY(I##RemU, U, {                                                                 \
    if (y == 0) return Trap::IntegerDivideByZero;                                                    \
    result = x % y;                                                                                  \
    return Trap::None;                                                                               \
  })                                                                                                 \
  MOTE_TRAPPING_BINARY(I##DivS, U, {                                                                 \
    if (y == 0) return Trap::IntegerDivideByZero;                                                    \
    if (y == static_cast<U>(-1) && x == U{1} << (BITS - 1)) return Trap::IntegerOverflow;            \
    result = static_cast<U>(static_cast<SI>(x) / static_cast<SI>(y));                                \
    return Trap::None;                                                                               \
  })                                                                                                 \
  MOTE_TRAPPING_BINARY(I##RemS, U, {                                                                 \
    if (y == 0) return Trap::IntegerDivideByZero;                                                    \
    result = y == static_cast<U>(-1) ? 0 : static_cast<U>(static_cast<SI>(x) % static_cast<SI>(y));  \
    return Trap::None;                                                                               \
  })

MOTE_INTEGERS(I32, u32, s32, 32)
MOTE_INTEGERS(I64, u64, s64, 64)
MOTE_UNARY(I64Extend32S, u64, u64, static_cast<u64>(static_cast<s64>(static_cast<s32>(x))))
MOTE_UNARY(I32WrapI64, u64, u32, static_cast<u32>(x))
MOTE_UNARY(I64ExtendI32S, u32, u64, static_cast<u64>(static_cast<s64>(static_cast<s32>(x))))
MOTE_UNARY(I64ExtendI32U, u32, u64, x)

/// min and max (core spec, 4.3.3): a NaN operand gives a quiet NaN, and -0 is below +0.
template <class T, class Bits>
MOTE_INLINE T float_min(T x, T y) {
  if (x != x || y != y) return x + y;
  if (x == y) return std::bit_cast<T>(static_cast<Bits>(std::bit_cast<Bits>(x) | std::bit_cast<Bits>(y)));
  return x < y ? x : y;
}
template <class T, class Bits>
MOTE_INLINE T float_max(T x, T y) {
  if (x != x || y != y) return x + y;
  if (x == y) return std::bit_cast<T>(static_cast<Bits>(std::bit_cast<Bits>(x) & std::bit_cast<Bits>(y)));
  return x > y ? x : y;
}

#define MOTE_FLOATS(F, T, U, SIGN)                         \
  MOTE_BINARY(F##Add, T, T, x + y)                         \
  MOTE_BINARY(F##Sub, T, T, x - y)                         \
  MOTE_BINARY(F##Mul, T, T, x* y)                          \
  MOTE_BINARY(F##Div, T, T, x / y)                         \
  MOTE_BINARY(F##Min, T, T, (float_min<T, U>(x, y)))       \
  MOTE_BINARY(F##Max, T, T, (float_max<T, U>(x, y)))       \
  MOTE_BINARY(F##Eq, T, u32, x == y)                       \
  MOTE_BINARY(F##Ne, T, u32, x != y)                       \
  MOTE_BINARY(F##Lt, T, u32, x < y)                        \
  MOTE_BINARY(F##Le, T, u32, x <= y)                       \
  MOTE_BINARY(F##Copysign, U, U, (x & ~SIGN) | (y & SIGN)) \
  MOTE_UNARY(F##Abs, U, U, x & ~SIGN)                      \
  MOTE_UNARY(F##Neg, U, U, x ^ SIGN)

MOTE_FLOATS(F32, f32, u32, u32{0x8000'0000})
MOTE_FLOATS(F64, f64, u64, u64{0x8000'0000'0000'0000})

// Rounding: `x + x` quiets a signalling NaN that the library would pass through. An f32 is rounded as an f64,
// which is exact.
#define MOTE_ROUNDING(name, function)                                       \
  MOTE_UNARY(F64##name, f64, f64, x != x ? x + x : __builtin_##function(x)) \
  MOTE_UNARY(F32##name, f32, f32, static_cast<f32>(Compute<operation_of(wasm::Op::F64##name)>::apply(x)))

MOTE_ROUNDING(Ceil, ceil)
MOTE_ROUNDING(Floor, floor)
MOTE_ROUNDING(Trunc, trunc)
MOTE_ROUNDING(Nearest, rint)
MOTE_UNARY(F32Sqrt, f32, f32, __builtin_sqrtf(x))
MOTE_UNARY(F64Sqrt, f64, f64, __builtin_sqrt(x))

MOTE_UNARY(F32ConvertI32S, u32, f32, static_cast<f32>(static_cast<s32>(x)))
MOTE_UNARY(F32ConvertI32U, u32, f32, static_cast<f32>(x))
MOTE_UNARY(F32ConvertI64S, u64, f32, static_cast<f32>(static_cast<s64>(x)))
MOTE_UNARY(F32ConvertI64U, u64, f32, static_cast<f32>(x))
MOTE_UNARY(F64ConvertI32S, u32, f64, static_cast<s32>(x))
MOTE_UNARY(F64ConvertI32U, u32, f64, x)
MOTE_UNARY(F64ConvertI64S, u64, f64, static_cast<f64>(static_cast<s64>(x)))
MOTE_UNARY(F64ConvertI64U, u64, f64, static_cast<f64>(x))
MOTE_UNARY(F32DemoteF64, f64, f32, static_cast<f32>(x))
MOTE_UNARY(F64PromoteF32, f32, f64, static_cast<f64>(x))

/// Float to integer: the bounds are the nearest floats outside the integer's range, so that comparisons are
/// exact.
template <class F, class I>
MOTE_INLINE bool fits(F x) {
  // NOLINTNEXTLINE(bugprone-integer-division): exact, the maximum is odd
  constexpr F kUpper = static_cast<F>(std::numeric_limits<I>::max() / 2 + 1) * 2;
  if constexpr (std::numeric_limits<I>::is_signed) {
    constexpr F kLower = static_cast<F>(std::numeric_limits<I>::min());
    // Below the minimum by less than one still truncates to it; F may be too coarse to have such a value.
    if constexpr (kLower - 1 != kLower) return x > kLower - 1 && x < kUpper;
    return x >= kLower && x < kUpper;
  } else {
    return x > F{-1} && x < kUpper;
  }
}

/// Truncates; what does not fit saturates, and the trap says why. An f32 comes as an f64, which is exact: one
/// function for each kind of integer.
template <class I, class U>
[[gnu::noinline]] inline Trap truncate(f64 x, U& result) {
  result = 0;
  if (x != x) return Trap::InvalidConversion;
  if (fits<f64, I>(x)) {
    result = static_cast<U>(static_cast<I>(x));
    return Trap::None;
  }
  result = static_cast<U>(x < 0 ? std::numeric_limits<I>::min() : std::numeric_limits<I>::max());
  return Trap::IntegerOverflow;
}

template <class F, class I, class U>
struct Truncate {
  using X = F;
  using R = U;
  static constexpr bool kTraps = true;
  MOTE_INLINE static Trap apply(F x, U& result) { return truncate<I, U>(x, result); }
};

template <class F, class I, class U>
struct TruncateSaturating {
  using X = F;
  using R = U;
  static constexpr bool kTraps = false;
  MOTE_INLINE static U apply(F x) {
    U result;
    (void)truncate<I, U>(x, result);
    return result;
  }
};

#define MOTE_TRUNCATION(name, F, I, U, saturating)                                               \
  template <>                                                                                    \
  struct Compute<operation_of(wasm::Op::name)> : Truncate<F, I, U> {};                           \
  template <>                                                                                    \
  struct Compute<static_cast<Operation>(static_cast<uint8_t>(Operation::TruncSat) + saturating)> \
      : TruncateSaturating<F, I, U> {};

MOTE_TRUNCATION(I32TruncF32S, f32, s32, u32, 0)
MOTE_TRUNCATION(I32TruncF32U, f32, u32, u32, 1)
MOTE_TRUNCATION(I32TruncF64S, f64, s32, u32, 2)
MOTE_TRUNCATION(I32TruncF64U, f64, u32, u32, 3)
MOTE_TRUNCATION(I64TruncF32S, f32, s64, u64, 4)
MOTE_TRUNCATION(I64TruncF32U, f32, u64, u64, 5)
MOTE_TRUNCATION(I64TruncF64S, f64, s64, u64, 6)
MOTE_TRUNCATION(I64TruncF64U, f64, u64, u64, 7)

template <>
struct Compute<Operation::Move32> {
  using X = u32;
  using R = u32;
  static constexpr bool kTraps = false;
  MOTE_INLINE static u32 apply(u32 x) { return x; }
};
template <>
struct Compute<Operation::Move64> {
  using X = u64;
  using R = u64;
  static constexpr bool kTraps = false;
  MOTE_INLINE static u64 apply(u64 x) { return x; }
};
template <>
struct Compute<Operation::Const32> : Compute<Operation::Move32> {};

/// Conditions of compare-and-branch: the comparison's own operation.
constexpr Operation comparison_of(Operation branch) {
  constexpr Operation kOf[] = {operation_of(wasm::Op::I32Eq),  operation_of(wasm::Op::I32Ne),
                               operation_of(wasm::Op::I32LtS), operation_of(wasm::Op::I32LtU),
                               operation_of(wasm::Op::I32GeS), operation_of(wasm::Op::I32GeU)};
  return kOf[static_cast<int>(branch) - static_cast<int>(Operation::BranchEq)];
}

}  // namespace mote::vm
