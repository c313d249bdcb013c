// SPDX-License-Identifier: Apache-2.0
// Doubles on a CPU that has none, where flash counts for more than speed (config::kSoftF64): all of it takes
// a third of what the compiler's run-time library takes. Arguments and results are bits. Rounded to nearest,
// ties to even; the NaN of an invalid operation is the canonical one, of an operand that is a NaN that one,
// quiet (core spec, 4.3.3).
#pragma once
#include <cstdint>

namespace mote::vm {

uint64_t add_f64(uint64_t x, uint64_t y);
uint64_t subtract_f64(uint64_t x, uint64_t y);
uint64_t multiply_f64(uint64_t x, uint64_t y);
uint64_t divide_f64(uint64_t x, uint64_t y);

/// The nearest double, or single, to an integer.
uint64_t f64_of_integer(uint64_t x);
uint32_t f32_of_integer(uint64_t x);

/// From and to single precision.
uint64_t promote_f32(uint32_t x);
uint32_t demote_f64(uint64_t x);

// What all this is made of, not inline: a shift takes 20 bytes each time.

/// By 0 to 63 bits.
[[gnu::noinline]] uint64_t shift_left(uint64_t bits, int by);
[[gnu::noinline]] uint64_t shift_right(uint64_t bits, int by);
/// By any number of bits; what is lost leaves a 1 in the lowest bit.
[[gnu::noinline]] uint64_t shift_right_sticky(uint64_t bits, int by);
/// The significand of a finite number, its highest bit at 63 unless it is 0, and the exponent's field that
/// goes with that: below every other number's for 0, so that sums shift by no less than 0.
[[gnu::noinline]] uint64_t significand(uint64_t x, int& exponent);

}  // namespace mote::vm
