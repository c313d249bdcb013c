// SPDX-License-Identifier: Apache-2.0
// Numeric operations that Thumb-2 code leaves to C++: those that the CPU does not have and that are rare or
// slow enough for the way out not to matter.
#include "vm/numeric.hpp"

#include <array>
#include <cstring>

#include "native/layout.hpp"
#include "runtime/instance.hpp"
#include "vm/compute.hpp"

namespace mote::native {

namespace {

using wasm::Op;

enum class Kind : uint8_t {
  None,
  Divide,  ///< i64; detail: vm::Division
  Rotate,  ///< i64; detail: 1 to the right
  Count,   ///< ones of an i64
  Round,   ///< detail: vm::Rounding
  Root,
  Extreme,      ///< detail: 1 the greater
  Truncate,     ///< detail: see bits_of()
  Saturate,     ///< likewise
  FromInteger,  ///< detail: i32 or i64, with a sign or without, likewise
  Convert,      ///< f32 to f64 or back
};

/// The bits of integers that floats become and come from, but for their sign: 31, 32, 63, 64.
constexpr unsigned bits_of(unsigned detail) {
  return 31 + (detail & 1) + (detail & 2) * 16;
}

/// What an operation is, in a byte. `single`: its float is an f32, which is computed as an f64 where that is
/// exact.
struct Row {
  Kind kind : 4 = Kind::None;
  uint8_t detail : 3 = 0;
  bool single : 1 = false;
};

constexpr Op kFirst = Op::I64Popcnt, kLast = Op::F64PromoteF32;
constexpr uint32_t kPlain = static_cast<uint32_t>(kLast) - static_cast<uint32_t>(kFirst) + 1;
constexpr uint32_t kSaturating = 8;

/// Where an operation's row is: those with a prefix come last.
constexpr uint32_t place_of(uint32_t op) {
  const uint32_t first_saturating = static_cast<uint32_t>(Op::I32TruncSatF32S);
  return op < first_saturating ? op - static_cast<uint32_t>(kFirst) : op - first_saturating + kPlain;
}

constexpr auto kRows = [] {
  std::array<Row, kPlain + kSaturating> rows{};
  const auto set = [&](Op op, Kind kind, uint8_t detail = 0, bool single = false) {
    Row& row = rows[place_of(static_cast<uint32_t>(op))];
    row.kind = kind;
    row.detail = detail & 7;
    row.single = single;
  };
  const auto quotient = [&](Op op, vm::Division which) {
    set(op, Kind::Divide, static_cast<uint8_t>(which));
  };
  quotient(Op::I64DivU, vm::Division::QuotientU);
  quotient(Op::I64RemU, vm::Division::RemainderU);
  quotient(Op::I64DivS, vm::Division::QuotientS);
  quotient(Op::I64RemS, vm::Division::RemainderS);
  set(Op::I64Rotl, Kind::Rotate, 0);
  set(Op::I64Rotr, Kind::Rotate, 1);
  set(Op::I64Popcnt, Kind::Count);
  const auto rounding = [&](Op single, Op both, vm::Rounding how) {
    set(single, Kind::Round, static_cast<uint8_t>(how), true);
    set(both, Kind::Round, static_cast<uint8_t>(how));
  };
  rounding(Op::F32Ceil, Op::F64Ceil, vm::Rounding::Ceil);
  rounding(Op::F32Floor, Op::F64Floor, vm::Rounding::Floor);
  rounding(Op::F32Trunc, Op::F64Trunc, vm::Rounding::Trunc);
  rounding(Op::F32Nearest, Op::F64Nearest, vm::Rounding::Nearest);
  set(Op::F64Sqrt, Kind::Root);
  set(Op::F32Sqrt, Kind::Root, 0, true);  // of CPUs without an FPU
  set(Op::F32Min, Kind::Extreme, 0, true);
  set(Op::F32Max, Kind::Extreme, 1, true);
  set(Op::F64Min, Kind::Extreme, 0);
  set(Op::F64Max, Kind::Extreme, 1);
  // For each width of integers: f32 and f64, with a sign and without.
  constexpr Op kTruncations[] = {Op::I32TruncF32S, Op::I64TruncF32S};
  constexpr Op kSaturations[] = {Op::I32TruncSatF32S, Op::I64TruncSatF32S};
  constexpr Op kToSingle[] = {Op::F32ConvertI32S, Op::F32ConvertI64S};
  constexpr Op kToDouble[] = {Op::F64ConvertI32S, Op::F64ConvertI64S};
  const auto behind = [](Op op, uint8_t by) { return static_cast<Op>(static_cast<uint32_t>(op) + by); };
  for (uint8_t wide = 0; wide < 2; ++wide) {
    for (uint8_t i = 0; i < 4; ++i) {
      const auto bits = static_cast<uint8_t>(2 * wide + i % 2);
      set(behind(kTruncations[wide], i), Kind::Truncate, bits, i < 2);
      set(behind(kSaturations[wide], i), Kind::Saturate, bits, i < 2);
      if (i >= 2) continue;
      set(behind(kToSingle[wide], i), Kind::FromInteger, bits, true);
      set(behind(kToDouble[wide], i), Kind::FromInteger, bits);
    }
  }
  set(Op::F64PromoteF32, Kind::Convert, 0, true);
  set(Op::F32DemoteF64, Kind::Convert, 0);
  return rows;
}();

uint32_t single_bits(uint64_t x) {
  return std::bit_cast<uint32_t>(vm::demote(x));
}

/// A single is rounded once, not by way of a double.
uint64_t from_integer(uint64_t x, unsigned bits, bool single) {
  const bool negative = (bits & 1) != 0 && static_cast<int64_t>(x) < 0;
  if (negative) x = 0 - x;
  if (single) return std::bit_cast<uint32_t>(vm::f32_of(x)) | static_cast<uint32_t>(negative) << 31;
  return vm::double_of(x) | static_cast<uint64_t>(negative) << 63;
}

uint64_t extreme(uint64_t x, uint64_t y, bool greater) {
  const vm::Order found = vm::compare_f64(x, y);
  if (found == vm::Order::Unordered)
    return std::bit_cast<uint64_t>(vm::add(std::bit_cast<vm::f64>(x), std::bit_cast<vm::f64>(y)));
  if (found == vm::Order::Equal) return greater ? x & y : x | y;
  return (found == vm::Order::Greater) == greater ? x : y;
}

/// Operands lie in `slots`, the result takes their place; those that an operation does not have are read all
/// the same.
Trap compute(Row row, uint32_t* slots) {
  uint64_t x, y, result = 0;
  std::memcpy(&x, slots, 8);
  std::memcpy(&y, slots + 2, 8);
  const bool is_float = row.kind >= Kind::Round && row.kind <= Kind::Saturate;
  if (is_float && row.single) {
    y = vm::promote(std::bit_cast<float>(slots[1]));
    x = vm::promote(std::bit_cast<float>(slots[0]));
  }
  const unsigned bits = bits_of(row.detail);
  bool wide = !row.single;
  Trap trap = Trap::None;
  switch (row.kind) {
    case Kind::None:
      return Trap::Unreachable;  // an operation that is missing here: a test of every opcode would show it
    case Kind::Divide:
      trap = vm::divide_i64(x, y, static_cast<vm::Division>(row.detail), result);
      break;
    case Kind::Rotate:
      result = vm::rotate_right(x, static_cast<unsigned>(row.detail != 0 ? y : 0 - y) & 63);
      break;
    case Kind::Count:
      result = vm::ones(x);
      break;
    case Kind::Round:
      result = vm::round_f64(x, static_cast<vm::Rounding>(row.detail));
      break;
    case Kind::Root:
      result = vm::Compute<vm::operation_of(Op::F64Sqrt)>::apply(x);
      break;
    case Kind::Extreme:
      result = extreme(x, y, row.detail != 0);
      break;
    case Kind::Truncate:
    case Kind::Saturate:
      trap = vm::truncate_f64(x, bits, result);
      if (row.kind == Kind::Saturate) trap = Trap::None;
      wide = bits > 32;
      break;
    case Kind::FromInteger:
      if (bits == 31) x = static_cast<uint64_t>(static_cast<int64_t>(static_cast<int32_t>(x)));
      if (bits == 32) x = static_cast<uint32_t>(x);
      result = from_integer(x, bits, row.single);
      break;
    case Kind::Convert:
      result = row.single ? vm::promote(std::bit_cast<float>(slots[0])) : single_bits(x);
      wide = row.single;
      break;
  }
  if (trap != Trap::None) return trap;
  if (row.single && (row.kind >= Kind::Round && row.kind <= Kind::Extreme)) result = single_bits(result);
  slots[0] = static_cast<uint32_t>(result);
  if (wide) slots[1] = static_cast<uint32_t>(result >> 32);
  return Trap::None;
}

Trap compute(Op op, uint32_t* slots) {
  if constexpr (config::kInterpreter) {
    // The interpreter has all of them as well.
    const uint8_t number = vm::number_of(vm::operation_of(op));
    const bool narrow = op == Op::F32Min || op == Op::F32Max;
    return number == 0xff ? Trap::Unreachable : vm::compute(number, slots, slots + (narrow ? 1 : 2), slots);
  }
  const uint32_t place = place_of(static_cast<uint32_t>(op));
  return place < kRows.size() ? compute(kRows[place], slots) : Trap::Unreachable;
}

}  // namespace

extern "C" uint32_t mote_native_numeric_function(runtime::Instance* instance, uint32_t op, uint32_t* slots) {
  const Trap trap = compute(static_cast<Op>(op), slots);
  if (trap == Trap::None) return MOTE_EXIT_RETURNED;
  instance->active->trap = trap;
  return MOTE_EXIT_TRAPPED;
}

}  // namespace mote::native
