// SPDX-License-Identifier: Apache-2.0
// Its own unit, without registers.hpp: that one reserves registers, and leaves too few for arithmetic.
#include "vm/compute.hpp"

#include <array>
#include <cstring>

#include "vm/numeric.hpp"
#include "vm/tokens.hpp"

namespace mote::vm {

namespace {

template <class T>
MOTE_INLINE T from_bits(uint64_t bits) {
  if constexpr (sizeof(T) == 4) return std::bit_cast<T>(static_cast<uint32_t>(bits));
  if constexpr (sizeof(T) == 8) return std::bit_cast<T>(bits);
}
template <class T>
MOTE_INLINE uint64_t to_bits(T value) {
  if constexpr (sizeof(T) == 4) return std::bit_cast<uint32_t>(value);
  if constexpr (sizeof(T) == 8) return std::bit_cast<uint64_t>(value);
}

template <Operation Op>
uint64_t evaluate(uint64_t x_bits, [[maybe_unused]] uint64_t y_bits, [[maybe_unused]] Trap& trap) {
  using C = Compute<Op>;
  using T = typename C::X;
  const T x = from_bits<T>(x_bits);
  if constexpr (C::kTraps) {
    typename C::R result{};
    Trap kind;
    if constexpr (requires { C::apply(x, x, result); }) {
      kind = C::apply(x, from_bits<T>(y_bits), result);
    } else {
      kind = C::apply(x, result);
    }
    trap = kind;
    return to_bits(result);
  } else if constexpr (requires { C::apply(x, x); }) {
    return to_bits(C::apply(x, from_bits<T>(y_bits)));
  } else {
    return to_bits(C::apply(x));
  }
}

constexpr Operation kOperations[] = {
#define MOTE_COMPUTED(name) operation_of(wasm::Op::name),
#include "vm/computed.inc"
};
constexpr size_t kCount = std::size(kOperations);

constexpr bool kWide[] = {
#define MOTE_COMPUTED(name) sizeof(Compute<operation_of(wasm::Op::name)>::R) == 8,
#include "vm/computed.inc"
};

constexpr size_t index_of(Operation op) {
  size_t index = 0;
  while (index < kCount && kOperations[index] != op) ++index;
  return index;
}

/// Numbers by operation, from i32.eqz on; 0xff: the operation has a row of its own, or none.
constexpr auto kFirstNumeric = static_cast<size_t>(operation_of(wasm::Op::I32Eqz));
constexpr auto kNumbers = [] {
  std::array<uint8_t, static_cast<size_t>(Operation::TruncSat) + 8 - kFirstNumeric> numbers{};
  for (size_t i = 0; i < numbers.size(); ++i) {
    const size_t index = index_of(static_cast<Operation>(i + kFirstNumeric));
    numbers[i] =
        index == kCount ? uint8_t{0xff} : static_cast<uint8_t>(index | (kWide[index] ? kWideResult : 0));
  }
  return numbers;
}();

/// Truncations come last in computed.inc, and in the order of their opcodes: they have one function. Bits of
/// their place: 0 unsigned, 1 from f64, 2 to i64, 3 saturating.
constexpr size_t kFirstTruncation = kCount - 16;
constexpr bool truncations_in_order() {
  for (size_t i = 0; i < 8; ++i) {
    const auto operation = [](wasm::Op first, size_t more) {
      return static_cast<Operation>(static_cast<size_t>(operation_of(first)) + more);
    };
    // i32 from f32, f64; i64 from f32, f64: two opcodes each, signed and unsigned, after a gap of the others.
    if (kOperations[kFirstTruncation + i] !=
            operation(i < 4 ? wasm::Op::I32TruncF32S : wasm::Op::I64TruncF32S, i % 4) ||
        kOperations[kFirstTruncation + 8 + i] != operation(wasm::Op::I32TruncSatF32S, i))
      return false;
  }
  return true;
}
static_assert(truncations_in_order());

uint64_t truncate(unsigned which, uint64_t x, Trap& trap) {
  if (!(which & 2)) x = promote(from_bits<f32>(x));
  uint64_t value;
  const Trap why = truncate_f64(x, (which & 4 ? 63 : 31) + (which & 1), value);
  if (!(which & 8)) trap = why;
  return value;
}

// With -Os other operations that differ in a detail have one function for each kind too, in the order of
// computed.inc.
constexpr unsigned place_of(wasm::Op op) {
  return static_cast<unsigned>(index_of(operation_of(op)));
}
constexpr unsigned kFirstDivision = place_of(wasm::Op::I64DivU), kFirstRounding = place_of(wasm::Op::F32Ceil),
                   kFirstComparison = place_of(wasm::Op::I64Eq);
static_assert(kFirstDivision < kFirstRounding && kFirstRounding < kFirstComparison &&
              kFirstComparison < kFirstTruncation);

uint64_t divide(unsigned which, uint64_t x, uint64_t y, Trap& trap) {
  uint64_t result = 0;
  trap = divide_i64(x, y, static_cast<Division>(which), result);
  return result;
}

/// Bits of `which`: 0 and 1 how, 2 an f64.
uint64_t round(unsigned which, uint64_t x) {
  const bool wide = (which & 4) != 0;
  const uint64_t value = round_f64(wide ? x : promote(from_bits<f32>(x)), static_cast<Rounding>(which & 3));
  return wide ? value : to_bits(demote(value));
}

/// A bit for each Order that makes a comparison true.
constexpr uint8_t kIfLess = 1 << static_cast<int>(Order::Less),
                  kIfEqual = 1 << static_cast<int>(Order::Equal),
                  kIfGreater = 1 << static_cast<int>(Order::Greater),
                  kIfUnordered = 1 << static_cast<int>(Order::Unordered), kSigned = 1 << 7;
constexpr uint8_t kComparisons[] = {
    kIfEqual,                             // i64.eq
    kIfLess | kIfGreater,                 // i64.ne
    kSigned | kIfLess,                    // i64.lt_s
    kIfLess,                              // i64.lt_u
    kSigned | kIfGreater | kIfEqual,      // i64.ge_s
    kIfGreater | kIfEqual,                // i64.ge_u
    kIfEqual,                             // f32.eq
    kIfLess | kIfGreater | kIfUnordered,  // f32.ne
    kIfLess,                              // f32.lt
    kIfLess | kIfEqual,                   // f32.le
    kIfEqual,                             // f64.eq
    kIfLess | kIfGreater | kIfUnordered,  // f64.ne
    kIfLess,                              // f64.lt
    kIfLess | kIfEqual,                   // f64.le
};
static_assert(!config::kCompactVm || kFirstTruncation - kFirstComparison == std::size(kComparisons));

uint64_t compare(unsigned which, uint64_t x, uint64_t y) {
  const unsigned row = kComparisons[which];
  const uint64_t sign = row & kSigned ? uint64_t{1} << 63 : 0;
  Order found;
  if (which < 6) {
    found = order(x ^ sign, y ^ sign);
  } else if (which < 10) {
    found = order(from_bits<f32>(x), from_bits<f32>(y));
  } else {
    found = order(from_bits<f64>(x), from_bits<f64>(y));
  }
  return row >> static_cast<int>(found) & 1;
}

/// Values are bits, 32-bit ones in the low half; `trap` is set only by what may trap.
uint64_t switched(unsigned place, uint64_t x, uint64_t y, Trap& trap) {
  if (config::kCompactVm) {
    if (place < kFirstTruncation && place >= kFirstComparison) return compare(place - kFirstComparison, x, y);
    if (place < kFirstComparison && place >= kFirstRounding) return round(place - kFirstRounding, x);
    if (place < kFirstRounding && place >= kFirstDivision) return divide(place - kFirstDivision, x, y, trap);
  }
  switch (place) {
#define MOTE_COMPUTED(name)                    \
  case index_of(operation_of(wasm::Op::name)): \
    return evaluate<operation_of(wasm::Op::name)>(x, y, trap);
#define MOTE_COMPUTED_TRUNCATION(name)
#include "vm/computed.inc"
    default:
      return truncate(place - static_cast<unsigned>(kFirstTruncation), x, trap);
  }
}

}  // namespace

uint8_t number_of(Operation op) {
  return kNumbers[static_cast<size_t>(op) - kFirstNumeric];
}

Operation computed_operation(uint8_t number) {
  const size_t index = number & (kWideResult - 1u);
  return index < kCount ? kOperations[index] : Operation::Raise;
}

Trap compute(uint32_t number, const uint32_t* x, const uint32_t* y, uint32_t* to) {
  uint64_t x_bits, y_bits;
  std::memcpy(&x_bits, x, sizeof x_bits);
  std::memcpy(&y_bits, y, sizeof y_bits);
  const unsigned place = number & (kWideResult - 1u);
  Trap trap = Trap::None;
  const uint64_t value = switched(place, x_bits, y_bits, trap);
  to[0] = static_cast<uint32_t>(value);
  if (number & kWideResult) to[1] = static_cast<uint32_t>(value >> 32);
  return trap;
}

}  // namespace mote::vm
