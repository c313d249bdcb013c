// SPDX-License-Identifier: Apache-2.0
// Floating point: by the FPU as far as there is one (single.cpp, double.cpp), everything else by the run-time
// library.
#include "compile/isa/thumb2/assembler.hpp"

namespace mote::compile {

using native::Routine;
using wasm::Op;

namespace {

/// The library's routine for an operation, Count if there is none. Comparisons: `swap` says that the
/// operands change places, `negate` that the answer does.
struct FloatRoutine {
  Routine routine = Routine::Count;
  bool swap : 1 = false;
  bool negate : 1 = false;
};

FloatRoutine double_routine(Op op) {
  constexpr FloatRoutine kCompares[] = {{Routine::DoubleEq}, {Routine::DoubleEq, false, true},
                                        {Routine::DoubleLt}, {Routine::DoubleLt, true},
                                        {Routine::DoubleLe}, {Routine::DoubleLe, true}};
  const auto number = static_cast<uint32_t>(op);
  if (op >= Op::F64Eq && op <= Op::F64Ge) return kCompares[number - static_cast<uint32_t>(Op::F64Eq)];
  if (op < Op::F64Add || op > Op::F64Div) return {};
  return {static_cast<Routine>(static_cast<uint32_t>(Routine::DoubleAdd) + number -
                               static_cast<uint32_t>(Op::F64Add))};
}

/// Of a CPU without an FPU: singles are in the same order as doubles.
FloatRoutine single_routine(Op op) {
  constexpr auto kBetween =
      static_cast<uint32_t>(Routine::SingleAdd) - static_cast<uint32_t>(Routine::DoubleAdd);
  const bool compares = op >= Op::F32Eq && op <= Op::F32Ge;
  const auto far = static_cast<uint32_t>(compares ? Op::F64Eq : Op::F64Add) -
                   static_cast<uint32_t>(compares ? Op::F32Eq : Op::F32Add);
  FloatRoutine found = double_routine(static_cast<Op>(static_cast<uint32_t>(op) + far));
  found.routine = static_cast<Routine>(static_cast<uint32_t>(found.routine) + kBetween);
  return found;
}

/// Singles that an FPU computes.
constexpr bool in_unit(Op op) {
  return (op >= Op::F32Eq && op <= Op::F32Ge) || (op >= Op::F32Add && op <= Op::F32Div);
}

}  // namespace

void Thumb2Assembler::operate_float(Op op, Value& result, std::span<const Value> operands) {
  if (op == Op::I32ReinterpretF32 || op == Op::F32ReinterpretI32 || op == Op::I64ReinterpretF64 ||
      op == Op::F64ReinterpretI64)
    return reinterpret(result, operands[0]);
  if (op == Op::F32Abs || op == Op::F32Neg || op == Op::F64Abs || op == Op::F64Neg)
    return sign(op, result, operands[0]);
  if (op == Op::F32Copysign || op == Op::F64Copysign) return copy_sign(result, operands[0], operands[1]);
  if (singles()) {
    if (op >= Op::F32Eq && op <= Op::F32Ge) return single_compare(op, result, operands);
    if (op >= Op::F32Add && op <= Op::F32Div) return single_arithmetic(op, result, operands);
    if (op == Op::F32Sqrt) return single_unary(op, result, operands[0]);
    if (op == Op::F32ConvertI32S || op == Op::F32ConvertI32U)
      return single_from_integer(op, result, operands[0]);
    if (op == Op::I32TruncSatF32S || op == Op::I32TruncSatF32U)
      return single_to_integer(op, result, operands[0]);
  }
  if (doubles() && operate_double(op, result, operands)) return;
  const bool soft = !singles() && in_unit(op);
  const FloatRoutine found = soft ? single_routine(op) : double_routine(op);
  if (found.routine == Routine::Count) return numeric_helper(op, result, operands);
  if (soft) features_ |= thumb2::kSoftFloat32;
  const Value swapped[] = {operands[operands.size() - 1], operands[0]};
  library(found.routine, result, found.swap ? std::span<const Value>(swapped) : operands);
  if (!found.negate) return;
  Value is_equal = result;
  equals_zero(result, is_equal);
}

/// The bits stay what they are.
void Thumb2Assembler::reinterpret(Value& result, const Value& x) {
  const wasm::ValType type = result.type;
  const uint16_t home = result.home;
  if (singles() && x.type == wasm::kF32 && !x.is_constant()) {
    const Reg core = take_register(x);
    if (is_temporary(core)) return make_plain(result, core);
  }
  if (doubles() && x.type == wasm::kF64 && in_single(x)) {
    const Pair words = take_pair(x);
    return make_plain(result, words.lo.reg, words.hi.reg);
  }
  if (!x.in_register()) {
    result = x;
    if (x.kind == Value::Kind::Local) {
      hold(result);
      nodes_[result.reg].home = home;
    }
  } else {
    result = x;
    nodes_[x.reg].home = home;
  }
  result.type = type;
  result.home = home;
}

/// abs and neg work on the sign's bit.
void Thumb2Assembler::sign(Op op, Value& result, const Value& x) {
  const bool clears = op == Op::F32Abs || op == Op::F64Abs;
  if (singles() && result.slots() == 1 && in_single(x)) return single_unary(op, result, x);
  const bool is_double = result.slots() == 2;
  if (doubles() && is_double && in_single(x)) {
    using Double = thumb2::Encoder::VfpDouble;
    return double_unary(clears ? Double::Abs : Double::Neg, result, x);
  }
  Pair pair;
  if (is_double) {
    pair = take_pair(x);
  } else {
    pair.hi = take(x);
  }
  const Reg from = in_register(pair.hi);
  const Reg to = is_temporary(from) ? from : allocate();
  a_.dp_imm(clears ? Dp::Bic : Dp::Eor, to, from, 0x8000'0000);
  make_plain(result, is_double ? own_register(pair.lo) : to, is_double ? to : thumb2::kNoReg);
}

/// The bits of x but for the sign, which is y's.
void Thumb2Assembler::copy_sign(Value& result, const Value& x, const Value& y) {
  const bool is_double = result.slots() == 2;
  Pair from, sign;
  if (is_double) {
    sign = take_pair(y);
    from = take_pair(x);
    release(sign.lo);
  } else {
    sign.hi = take(y);
    from.hi = take(x);
  }
  const Reg by = in_register(sign.hi), hi = in_register(from.hi);
  const Reg to = is_temporary(hi) ? hi : allocate();
  scratch();
  a_.shift_imm(Shift::Lsr, thumb2::kScratch, by, 31);
  if (to != hi) a_.mov(to, hi);
  a_.bfi(to, thumb2::kScratch, 31, 1);
  release(by);
  make_plain(result, is_double ? own_register(from.lo) : to, is_double ? to : thumb2::kNoReg);
}

}  // namespace mote::compile
