// SPDX-License-Identifier: Apache-2.0
// Double precision on CPUs that compute it (Cortex-M7): values stay in pairs of core registers and pass
// through d6 and d7, which nobody else uses. What is not here is the library's, as on other CPUs.
#include "compile/isa/thumb2/assembler.hpp"

namespace mote::compile {

using thumb2::kDoubleHalf;
using wasm::Op;
using Double = thumb2::Encoder::VfpDouble;

/// Consumes a value: in d6, or d7 if it is the `second`.
void Thumb2Assembler::to_double(const Value& value, bool second) {
  const Pair words = take_pair(value);
  const Reg lo = in_register(words.lo), hi = in_register(words.hi);
  a_.vmov_to_double(second, lo, hi);
  release(lo);
  release(hi);
}

void Thumb2Assembler::make_double(Value& result) {
  const Reg lo = allocate(), hi = allocate();
  a_.vmov_from_double(lo, hi);
  make_plain(result, lo, hi);
}

/// Conditions as for singles.
void Thumb2Assembler::double_compare(Op op, Value& result, std::span<const Value> operands) {
  constexpr Cond kConds[] = {Cond::Eq, Cond::Ne, Cond::Mi, Cond::Gt, Cond::Ls, Cond::Ge};
  to_double(operands[1], true);
  to_double(operands[0], false);
  const Reg rd = allocate();
  a_.vfp(Double::Compare);
  a_.it(kConds[static_cast<uint32_t>(op) - static_cast<uint32_t>(Op::F64Eq)], "e");
  a_.mov_imm(rd, 1);
  a_.mov_imm(rd, 0);
  make_below(result, rd, 1);
}

/// Between doubles and 32 bits, which pass through the lower half of d6.
bool Thumb2Assembler::convert_double(Op op, Value& result, const Value& operand) {
  switch (op) {
    case Op::F64ConvertI32S:
    case Op::F64ConvertI32U: {
      const Reg x = take_register(operand);
      a_.vmov_to(kDoubleHalf, x);
      release(x);
      a_.vfp(op == Op::F64ConvertI32S ? Double::FromSigned : Double::FromUnsigned);
      make_double(result);
      return true;
    }
    case Op::F64PromoteF32: {
      const Reg x = take_single(operand);
      a_.vfp(thumb2::Encoder::VfpUnary::Mov, kDoubleHalf, x);
      release_single(x);
      a_.vfp(Double::FromSingle);
      make_double(result);
      return true;
    }
    case Op::F32DemoteF64: {
      to_double(operand, false);
      const Reg rd = allocate_single();
      a_.vfp(Double::ToSingle);
      a_.vfp(thumb2::Encoder::VfpUnary::Mov, rd, kDoubleHalf);
      make_single(result, rd);
      return true;
    }
    case Op::I32TruncSatF64S:
    case Op::I32TruncSatF64U: {
      to_double(operand, false);
      const Reg rd = allocate();
      a_.vfp(op == Op::I32TruncSatF64S ? Double::ToSigned : Double::ToUnsigned);
      a_.vmov_from(rd, kDoubleHalf);
      make_plain(result, rd);
      return true;
    }
    default:
      return false;
  }
}

/// False if the library does it.
bool Thumb2Assembler::operate_double(Op op, Value& result, std::span<const Value> operands) {
  const uint32_t before = features_;
  features_ |= thumb2::kFloat64;
  if (op >= Op::F64Eq && op <= Op::F64Ge) {
    double_compare(op, result, operands);
    return true;
  }
  if (op >= Op::F64Add && op <= Op::F64Div) {
    constexpr Double kOps[] = {Double::Add, Double::Sub, Double::Mul, Double::Div};
    to_double(operands[1], true);
    to_double(operands[0], false);
    a_.vfp(kOps[static_cast<uint32_t>(op) - static_cast<uint32_t>(Op::F64Add)]);
    make_double(result);
    return true;
  }
  if (op == Op::F64Sqrt) {
    to_double(operands[0], false);
    a_.vfp(Double::Sqrt);
    make_double(result);
    return true;
  }
  if (convert_double(op, result, operands[0])) return true;
  features_ = before;
  return false;
}

}  // namespace mote::compile
