// SPDX-License-Identifier: Apache-2.0
// Floating point: single precision by the FPU where there is one, double precision by the run-time library.
// Values travel in core registers.
#include "compile/isa/thumb2/assembler.hpp"

namespace mote::compile {

using native::Routine;
using wasm::Op;

namespace {

/// The library's routine for a double operation, Count if there is none. Comparisons: `swap` says that the
/// operands change places, `negate` that the answer does.
struct DoubleRoutine {
  Routine routine = Routine::Count;
  bool swap = false;
  bool negate = false;
};

constexpr DoubleRoutine double_routine(Op op) {
  switch (op) {
    case Op::F64Add:
      return {Routine::DoubleAdd};
    case Op::F64Sub:
      return {Routine::DoubleSub};
    case Op::F64Mul:
      return {Routine::DoubleMul};
    case Op::F64Div:
      return {Routine::DoubleDiv};
    case Op::F64Eq:
      return {Routine::DoubleEq};
    case Op::F64Ne:
      return {Routine::DoubleEq, false, true};
    case Op::F64Lt:
      return {Routine::DoubleLt};
    case Op::F64Le:
      return {Routine::DoubleLe};
    case Op::F64Gt:
      return {Routine::DoubleLt, true};
    case Op::F64Ge:
      return {Routine::DoubleLe, true};
    default:
      return {};
  }
}

}  // namespace

void Thumb2Assembler::operate_float(Op op, Value& result, std::span<const Value> operands) {
  if (op >= Op::F32Eq && op <= Op::F32Ge) return single_compare(op, result, operands);
  if (op >= Op::F32Add && op <= Op::F32Div) return single_arithmetic(op, result, operands);
  if (op == Op::I32ReinterpretF32 || op == Op::F32ReinterpretI32 || op == Op::I64ReinterpretF64 ||
      op == Op::F64ReinterpretI64)
    return reinterpret(result, operands[0]);
  if (op == Op::F32Abs || op == Op::F32Neg || op == Op::F64Abs || op == Op::F64Neg)
    return sign(op, result, operands[0]);
  if (op == Op::F32Sqrt || op == Op::F32ConvertI32S || op == Op::F32ConvertI32U)
    return single_unary(op, result, operands[0]);
  const DoubleRoutine found = double_routine(op);
  if (found.routine == Routine::Count) return numeric_helper(op, result, operands);
  const Value swapped[] = {operands[operands.size() - 1], operands[0]};
  if (found.routine < Routine::DoubleEq) return library(found.routine, result, operands);
  library(found.routine, result, found.swap ? std::span<const Value>(swapped) : operands);
  if (!found.negate) return;
  Value is_equal = result;
  equals_zero(result, is_equal);
}

/// The bits stay what they are.
void Thumb2Assembler::reinterpret(Value& result, const Value& x) {
  const wasm::ValType type = result.type;
  const uint16_t home = result.home;
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
  Pair pair;
  const bool is_double = result.slots() == 2;
  if (is_double) {
    pair = take_pair(x);
  } else {
    pair.hi = take(x);
  }
  const Reg from = in_register(pair.hi);
  const Reg to = is_temporary(from) ? from : allocate();
  a_.dp_imm(clears ? Dp::Bic : Dp::Eor, to, from, 0x8000'0000);
  if (!is_double) return make_plain(result, to);
  const Reg lo = in_register(pair.lo);
  const Reg own = is_temporary(lo) ? lo : allocate();
  a_.mov(own, lo);
  make_plain(result, own, to);
}

void Thumb2Assembler::single_arithmetic(Op op, Value& result, std::span<const Value> operands) {
  const Reg y = take_register(operands[1]), x = take_register(operands[0]);
  a_.vmov_to(0, x);
  a_.vmov_to(1, y);
  constexpr thumb2::Encoder::Vfp kOps[] = {thumb2::Encoder::Vfp::Add, thumb2::Encoder::Vfp::Sub,
                                           thumb2::Encoder::Vfp::Mul, thumb2::Encoder::Vfp::Div};
  a_.vfp(kOps[static_cast<uint32_t>(op) - static_cast<uint32_t>(Op::F32Add)], 0, 0, 1);
  release(x);
  release(y);
  const Reg rd = allocate();
  a_.vmov_from(rd, 0);
  make_plain(result, rd);
}

void Thumb2Assembler::single_unary(Op op, Value& result, const Value& operand) {
  using Unary = thumb2::Encoder::VfpUnary;
  const Reg x = take_register(operand);
  a_.vmov_to(0, x);
  a_.vfp(op == Op::F32Sqrt          ? Unary::Sqrt
         : op == Op::F32ConvertI32S ? Unary::FromSigned
                                    : Unary::FromUnsigned,
         0, 0);
  release(x);
  const Reg rd = allocate();
  a_.vmov_from(rd, 0);
  make_plain(result, rd);
}

/// Unordered operands make every comparison false but "not equal": the conditions are chosen so (Armv7-M
/// manual, A7.3 with FPSCR's flags).
void Thumb2Assembler::single_compare(Op op, Value& result, std::span<const Value> operands) {
  const Reg y = take_register(operands[1]), x = take_register(operands[0]);
  a_.vmov_to(0, x);
  a_.vmov_to(1, y);
  a_.vcmp(0, 1);
  constexpr Cond kConds[] = {Cond::Eq, Cond::Ne, Cond::Mi, Cond::Gt, Cond::Ls, Cond::Ge};
  const Cond cond = kConds[static_cast<uint32_t>(op) - static_cast<uint32_t>(Op::F32Eq)];
  release(x);
  release(y);
  // Nothing between the flags and their use: a register that is certainly free.
  const Reg rd = is_temporary(x) ? x : is_temporary(y) ? y : thumb2::kScratch;
  if (rd == thumb2::kScratch) scratch();
  a_.it(cond, "e");
  a_.mov_imm(rd, 1);
  a_.mov_imm(rd, 0);
  if (rd == thumb2::kScratch) {
    const Reg own = allocate();
    a_.mov(own, thumb2::kScratch);
    return make_plain(result, own);
  }
  owner_[rd] = kInFlight;
  make_plain(result, rd);
}

}  // namespace mote::compile
