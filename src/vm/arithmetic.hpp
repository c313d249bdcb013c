// SPDX-License-Identifier: Apache-2.0
// Arithmetic on the bits of doubles and on 64-bit integers that a small CPU does not have: exact, and a
// quarter of the flash that the C library and the compiler's run-time library take for the same.
#pragma once
#include <mote/error.hpp>

#include <cstdint>

namespace mote::vm {

// Not inline: each has several callers, in functions that have no registers left for 64 bits.

/// As the four instructions round (core spec, 4.3.3).
enum class Rounding : uint8_t { Ceil, Floor, Trunc, Nearest };

/// A double's bits, rounded to an integer. NaNs come back quiet.
[[gnu::noinline]] uint64_t round_f64(uint64_t x, Rounding rounding);

/// The square root, rounded to nearest; NaN of negative numbers.
[[gnu::noinline]] uint64_t sqrt_f64(uint64_t x);

enum class Order : uint8_t { Less, Equal, Greater, Unordered };
/// How two doubles compare; Unordered if either is a NaN.
Order compare_f64(uint64_t x, uint64_t y);

/// A double to an integer: of 32 or 64 bits without a sign, or of 31 or 63 bits with one. What does not fit
/// saturates, a NaN is 0, and the trap says so.
[[gnu::noinline]] Trap truncate_f64(uint64_t x, unsigned bits, uint64_t& result);

/// The nearest single to an integer.
float f32_of(uint64_t x);

/// The four divisions of 64 bits (core spec, 4.3.2), and their traps. Bit 0: the remainder.
enum class Division : uint8_t { QuotientU, RemainderU, QuotientS, RemainderS };
[[gnu::noinline]] Trap divide_i64(uint64_t x, uint64_t y, Division which, uint64_t& result);

/// By 0 to 63 bits.
uint64_t rotate_right(uint64_t x, unsigned by);

uint32_t popcount(uint32_t x);

}  // namespace mote::vm
