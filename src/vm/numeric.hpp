// SPDX-License-Identifier: Apache-2.0
// What each numeric operation computes (core spec, 4.3), one specialisation a row. Operands and results are
// typed: their widths tell the interpreter how many slots to read and write.
#pragma once
#include <mote/error.hpp>

#include <bit>
#include <cstdint>

#include "config/tuning.hpp"
#include "vm/arithmetic.hpp"
#include "vm/inline.hpp"
#include "vm/operation.hpp"
#include "vm/soft_double.hpp"

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

// Counts and rotations of both widths, by what a 32-bit CPU has.
constexpr u32 trailing_zeros(u32 x) {
  return static_cast<u32>(std::countr_zero(x));
}
constexpr u64 trailing_zeros(u64 x) {
  const auto low = static_cast<u32>(x);
  return low != 0 ? trailing_zeros(low) : 32 + trailing_zeros(static_cast<u32>(x >> 32));
}
MOTE_INLINE u32 ones(u32 x) {
  return popcount(x);
}
MOTE_INLINE u64 ones(u64 x) {
  return popcount(static_cast<u32>(x)) + popcount(static_cast<u32>(x >> 32));
}
MOTE_INLINE u32 rotate(u32 x, u32 by) {
  return std::rotr(x, static_cast<int>(by & 31));
}
MOTE_INLINE u64 rotate(u64 x, u64 by) {
  return rotate_right(x, static_cast<unsigned>(by & 63));
}

// Integers. Wrapping is unsigned arithmetic; signed operations convert at the edges (C++20: two's
// complement).
#define MOTE_INTEGERS(I, U, SI, BITS)                                                    \
  MOTE_BINARY(I##Add, U, U, x + y)                                                       \
  MOTE_BINARY(I##Sub, U, U, x - y)                                                       \
  MOTE_BINARY(I##Mul, U, U, x* y)                                                        \
  MOTE_BINARY(I##And, U, U, x& y)                                                        \
  MOTE_BINARY(I##Or, U, U, x | y)                                                        \
  MOTE_BINARY(I##Xor, U, U, x ^ y)                                                       \
  MOTE_BINARY(I##Shl, U, U, x << (y & (BITS - 1)))                                       \
  MOTE_BINARY(I##ShrU, U, U, x >> (y & (BITS - 1)))                                      \
  MOTE_BINARY(I##ShrS, U, U, static_cast<U>(static_cast<SI>(x) >> (y & (BITS - 1))))     \
  MOTE_BINARY(I##Rotl, U, U, rotate(x, 0 - y))                                           \
  MOTE_BINARY(I##Rotr, U, U, rotate(x, y))                                               \
  MOTE_BINARY(I##Eq, U, u32, x == y)                                                     \
  MOTE_BINARY(I##Ne, U, u32, x != y)                                                     \
  MOTE_BINARY(I##LtS, U, u32, static_cast<SI>(x) < static_cast<SI>(y))                   \
  MOTE_BINARY(I##LtU, U, u32, x < y)                                                     \
  MOTE_BINARY(I##GeS, U, u32, static_cast<SI>(x) >= static_cast<SI>(y))                  \
  MOTE_BINARY(I##GeU, U, u32, x >= y)                                                    \
  MOTE_UNARY(I##Eqz, U, u32, x == 0)                                                     \
  MOTE_UNARY(I##Clz, U, U, static_cast<U>(std::countl_zero(x)))                          \
  MOTE_UNARY(I##Ctz, U, U, trailing_zeros(x))                                            \
  MOTE_UNARY(I##Popcnt, U, U, ones(x))                                                   \
  MOTE_UNARY(I##Extend8S, U, U, static_cast<U>(static_cast<SI>(static_cast<int8_t>(x)))) \
  MOTE_UNARY(I##Extend16S, U, U, static_cast<U>(static_cast<SI>(static_cast<int16_t>(x))))

MOTE_INTEGERS(I32, u32, s32, 32)
MOTE_INTEGERS(I64, u64, s64, 64)
MOTE_TRAPPING_BINARY(I32DivU, u32, {
  if (y == 0) return Trap::IntegerDivideByZero;
  result = x / y;
  return Trap::None;
})
MOTE_TRAPPING_BINARY(I32RemU, u32, {
  if (y == 0) return Trap::IntegerDivideByZero;
  result = x % y;
  return Trap::None;
})
MOTE_TRAPPING_BINARY(I32DivS, u32, {
  if (y == 0) return Trap::IntegerDivideByZero;
  if (y == ~u32{0} && x == u32{1} << 31) return Trap::IntegerOverflow;
  result = static_cast<u32>(static_cast<s32>(x) / static_cast<s32>(y));
  return Trap::None;
})
MOTE_TRAPPING_BINARY(I32RemS, u32, {
  if (y == 0) return Trap::IntegerDivideByZero;
  result = y == ~u32{0} ? 0 : static_cast<u32>(static_cast<s32>(x) % static_cast<s32>(y));
  return Trap::None;
})
MOTE_TRAPPING_BINARY(I64DivU, u64, { return divide_i64(x, y, Division::QuotientU, result); })
MOTE_TRAPPING_BINARY(I64RemU, u64, { return divide_i64(x, y, Division::RemainderU, result); })
MOTE_TRAPPING_BINARY(I64DivS, u64, { return divide_i64(x, y, Division::QuotientS, result); })
MOTE_TRAPPING_BINARY(I64RemS, u64, { return divide_i64(x, y, Division::RemainderS, result); })

MOTE_UNARY(I64Extend32S, u64, u64, static_cast<u64>(static_cast<s64>(static_cast<s32>(x))))
MOTE_UNARY(I32WrapI64, u64, u32, static_cast<u32>(x))
MOTE_UNARY(I64ExtendI32S, u32, u64, static_cast<u64>(static_cast<s64>(static_cast<s32>(x))))
MOTE_UNARY(I64ExtendI32U, u32, u64, x)

// Arithmetic and conversions of doubles: by instructions or the compiler's library, or by ours.
template <class T>
MOTE_INLINE T add(T x, T y) {
  return x + y;
}
template <class T>
MOTE_INLINE T subtract(T x, T y) {
  return x - y;
}
template <class T>
MOTE_INLINE T multiply(T x, T y) {
  return x * y;
}
template <class T>
MOTE_INLINE T divide(T x, T y) {
  return x / y;
}
MOTE_INLINE f64 by_bits(u64 (*compute)(u64, u64), f64 x, f64 y) {
  return std::bit_cast<f64>(compute(std::bit_cast<u64>(x), std::bit_cast<u64>(y)));
}
template <>
MOTE_INLINE f64 add(f64 x, f64 y) {
  return config::kSoftF64 ? by_bits(add_f64, x, y) : x + y;
}
template <>
MOTE_INLINE f64 subtract(f64 x, f64 y) {
  return config::kSoftF64 ? by_bits(subtract_f64, x, y) : x - y;
}
template <>
MOTE_INLINE f64 multiply(f64 x, f64 y) {
  return config::kSoftF64 ? by_bits(multiply_f64, x, y) : x * y;
}
template <>
MOTE_INLINE f64 divide(f64 x, f64 y) {
  return config::kSoftF64 ? by_bits(divide_f64, x, y) : x / y;
}
MOTE_INLINE u64 promote(f32 x) {
  return config::kSoftF64 ? promote_f32(std::bit_cast<u32>(x)) : std::bit_cast<u64>(static_cast<f64>(x));
}
MOTE_INLINE f32 demote(u64 x) {
  return config::kSoftF64 ? std::bit_cast<f32>(demote_f64(x)) : static_cast<f32>(std::bit_cast<f64>(x));
}
/// The nearest double to an integer, with a sign or without.
MOTE_INLINE u64 double_of(u32 x) {
  return config::kSoftF64 ? f64_of_integer(x) : std::bit_cast<u64>(static_cast<f64>(x));
}
MOTE_INLINE u64 double_of(u64 x) {
  return config::kSoftF64 ? f64_of_integer(x) : std::bit_cast<u64>(static_cast<f64>(x));
}
MOTE_INLINE u64 double_of(s64 x) {
  if constexpr (!config::kSoftF64) return std::bit_cast<u64>(static_cast<f64>(x));
  return x < 0 ? f64_of_integer(0 - static_cast<u64>(x)) | u64{1} << 63 : f64_of_integer(static_cast<u64>(x));
}
MOTE_INLINE u64 double_of(s32 x) {
  return config::kSoftF64 ? double_of(s64{x}) : std::bit_cast<u64>(static_cast<f64>(x));
}

/// How two numbers compare. Doubles without an FPU for them: by their bits.
template <class T>
MOTE_INLINE Order order(T x, T y) {
  if constexpr (std::is_same_v<T, f64> && !config::kHardF64)
    return compare_f64(std::bit_cast<u64>(x), std::bit_cast<u64>(y));
  if (x == y) return Order::Equal;
  if (x < y) return Order::Less;
  return x > y ? Order::Greater : Order::Unordered;
}

MOTE_INLINE bool equal(f32 x, f32 y) {
  return x == y;
}
MOTE_INLINE bool less(f32 x, f32 y) {
  return x < y;
}
MOTE_INLINE bool less_or_equal(f32 x, f32 y) {
  return x <= y;
}
MOTE_INLINE bool equal(f64 x, f64 y) {
  return config::kHardF64 ? x == y : order(x, y) == Order::Equal;
}
MOTE_INLINE bool less(f64 x, f64 y) {
  return config::kHardF64 ? x < y : order(x, y) == Order::Less;
}
MOTE_INLINE bool less_or_equal(f64 x, f64 y) {
  return config::kHardF64 ? x <= y : order(x, y) <= Order::Equal;
}

/// min and max (core spec, 4.3.3): a NaN operand gives a quiet NaN, and -0 is below +0.
template <class T, class Bits, Order Wanted>
MOTE_INLINE T float_extreme(T x, T y) {
  const Order found = order(x, y);
  if (found == Order::Unordered) return add(x, y);
  if (found != Order::Equal) return found == Wanted ? x : y;
  const auto a = std::bit_cast<Bits>(x), b = std::bit_cast<Bits>(y);
  return std::bit_cast<T>(Wanted == Order::Less ? a | b : a & b);
}

#define MOTE_FLOATS(F, T, U, SIGN)                                       \
  MOTE_BINARY(F##Add, T, T, add(x, y))                                   \
  MOTE_BINARY(F##Sub, T, T, subtract(x, y))                              \
  MOTE_BINARY(F##Mul, T, T, multiply(x, y))                              \
  MOTE_BINARY(F##Div, T, T, divide(x, y))                                \
  MOTE_BINARY(F##Min, T, T, (float_extreme<T, U, Order::Less>(x, y)))    \
  MOTE_BINARY(F##Max, T, T, (float_extreme<T, U, Order::Greater>(x, y))) \
  MOTE_BINARY(F##Eq, T, u32, equal(x, y))                                \
  MOTE_BINARY(F##Ne, T, u32, !equal(x, y))                               \
  MOTE_BINARY(F##Lt, T, u32, less(x, y))                                 \
  MOTE_BINARY(F##Le, T, u32, less_or_equal(x, y))                        \
  MOTE_BINARY(F##Copysign, U, U, (x & ~SIGN) | (y & SIGN))               \
  MOTE_UNARY(F##Abs, U, U, x & ~SIGN)                                    \
  MOTE_UNARY(F##Neg, U, U, x ^ SIGN)

MOTE_FLOATS(F32, f32, u32, u32{0x8000'0000})
MOTE_FLOATS(F64, f64, u64, u64{0x8000'0000'0000'0000})

// An f32 is rounded as an f64, which is exact.
#define MOTE_ROUNDING(name)                                     \
  MOTE_UNARY(F64##name, u64, u64, round_f64(x, Rounding::name)) \
  MOTE_UNARY(F32##name, f32, f32, demote(round_f64(promote(x), Rounding::name)))

MOTE_ROUNDING(Ceil)
MOTE_ROUNDING(Floor)
MOTE_ROUNDING(Trunc)
MOTE_ROUNDING(Nearest)
MOTE_UNARY(F32Sqrt, f32, f32, __builtin_sqrtf(x))
MOTE_UNARY(F64Sqrt, u64, u64,
           config::kHardF64 ? std::bit_cast<u64>(__builtin_sqrt(std::bit_cast<f64>(x))) : sqrt_f64(x))

MOTE_UNARY(F32ConvertI32S, u32, f32, static_cast<f32>(static_cast<s32>(x)))
MOTE_UNARY(F32ConvertI32U, u32, f32, static_cast<f32>(x))
MOTE_UNARY(F32ConvertI64S, u64, f32, static_cast<s64>(x) < 0 ? -f32_of(0 - x) : f32_of(x))
MOTE_UNARY(F32ConvertI64U, u64, f32, f32_of(x))
MOTE_UNARY(F64ConvertI32S, u32, u64, double_of(static_cast<s32>(x)))
MOTE_UNARY(F64ConvertI32U, u32, u64, double_of(x))
MOTE_UNARY(F64ConvertI64S, u64, u64, double_of(static_cast<s64>(x)))
MOTE_UNARY(F64ConvertI64U, u64, u64, double_of(x))
MOTE_UNARY(F32DemoteF64, u64, f32, demote(x))
MOTE_UNARY(F64PromoteF32, f32, u64, promote(x))

MOTE_INLINE u64 bits_of(f32 x) {
  return promote(x);
}
MOTE_INLINE u64 bits_of(f64 x) {
  return std::bit_cast<u64>(x);
}

/// Float to integer of `Bits` bits, see truncate_f64(). An f32 comes as an f64, which is exact.
template <class F, unsigned Bits, class U>
struct Truncate {
  using X = F;
  using R = U;
  static constexpr bool kTraps = true;
  MOTE_INLINE static Trap apply(F x, U& result) {
    u64 value;
    const Trap trap = truncate_f64(bits_of(x), Bits, value);
    result = static_cast<U>(value);
    return trap;
  }
};

template <class F, unsigned Bits, class U>
struct TruncateSaturating {
  using X = F;
  using R = U;
  static constexpr bool kTraps = false;
  MOTE_INLINE static U apply(F x) {
    U result;
    (void)Truncate<F, Bits, U>::apply(x, result);
    return result;
  }
};

#define MOTE_TRUNCATION(name, F, bits, U, saturating)                                            \
  template <>                                                                                    \
  struct Compute<operation_of(wasm::Op::name)> : Truncate<F, bits, U> {};                        \
  template <>                                                                                    \
  struct Compute<static_cast<Operation>(static_cast<uint8_t>(Operation::TruncSat) + saturating)> \
      : TruncateSaturating<F, bits, U> {};

MOTE_TRUNCATION(I32TruncF32S, f32, 31, u32, 0)
MOTE_TRUNCATION(I32TruncF32U, f32, 32, u32, 1)
MOTE_TRUNCATION(I32TruncF64S, f64, 31, u32, 2)
MOTE_TRUNCATION(I32TruncF64U, f64, 32, u32, 3)
MOTE_TRUNCATION(I64TruncF32S, f32, 63, u64, 4)
MOTE_TRUNCATION(I64TruncF32U, f32, 64, u64, 5)
MOTE_TRUNCATION(I64TruncF64S, f64, 63, u64, 6)
MOTE_TRUNCATION(I64TruncF64U, f64, 64, u64, 7)

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
