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

}  // namespace mote::vm
