// SPDX-License-Identifier: Apache-2.0
// Numeric instructions: brought to the few canonical ones that the vm has, comparisons held back for a
// branch.
#include "compile/isa/vm/assembler.hpp"

namespace mote::compile {

using wasm::Op;

namespace {

struct Canonical {
  Op op;
  bool swap;
};

/// gt is lt, and le is ge, with the operands exchanged.
Canonical canonical(Op op) {
  switch (op) {
    case Op::I32GtS:
      return {Op::I32LtS, true};
    case Op::I32GtU:
      return {Op::I32LtU, true};
    case Op::I32LeS:
      return {Op::I32GeS, true};
    case Op::I32LeU:
      return {Op::I32GeU, true};
    case Op::I64GtS:
      return {Op::I64LtS, true};
    case Op::I64GtU:
      return {Op::I64LtU, true};
    case Op::I64LeS:
      return {Op::I64GeS, true};
    case Op::I64LeU:
      return {Op::I64GeU, true};
    default:
      return {op, false};
  }
}

bool is_integer_comparison(Op op) {
  const auto code = static_cast<unsigned>(op);
  return (code >= 0x46 && code <= 0x4f) || (code >= 0x51 && code <= 0x5a);
}

bool commutes(Op op) {
  switch (op) {
    case Op::I32Add:
    case Op::I32Mul:
    case Op::I32And:
    case Op::I32Or:
    case Op::I32Xor:
    case Op::I64Add:
    case Op::I64Mul:
    case Op::I64And:
    case Op::I64Or:
    case Op::I64Xor:
      return true;
    default:
      return false;
  }
}

/// The comparison that is true when this one is false.
vm::Operation inverse(vm::Operation op) {
  switch (static_cast<Op>(op)) {
    case Op::I32Eq:
      return vm::operation_of(Op::I32Ne);
    case Op::I32Ne:
      return vm::operation_of(Op::I32Eq);
    case Op::I32LtS:
      return vm::operation_of(Op::I32GeS);
    case Op::I32LtU:
      return vm::operation_of(Op::I32GeU);
    case Op::I32GeS:
      return vm::operation_of(Op::I32LtS);
    case Op::I32GeU:
      return vm::operation_of(Op::I32LtU);
    case Op::I64Eq:
      return vm::operation_of(Op::I64Ne);
    case Op::I64Ne:
      return vm::operation_of(Op::I64Eq);
    case Op::I64LtS:
      return vm::operation_of(Op::I64GeS);
    case Op::I64LtU:
      return vm::operation_of(Op::I64GeU);
    case Op::I64GeS:
      return vm::operation_of(Op::I64LtS);
    default:
      return vm::operation_of(Op::I64LtU);
  }
}

vm::Operation branch_of(vm::Operation comparison) {
  using enum vm::Operation;
  switch (static_cast<Op>(comparison)) {
    case Op::I32Eq:
      return BranchEq32;
    case Op::I32Ne:
      return BranchNe32;
    case Op::I32LtS:
      return BranchLtS32;
    case Op::I32LtU:
      return BranchLtU32;
    case Op::I32GeS:
      return BranchGeS32;
    case Op::I32GeU:
      return BranchGeU32;
    case Op::I64Eq:
      return BranchEq64;
    case Op::I64Ne:
      return BranchNe64;
    case Op::I64LtS:
      return BranchLtS64;
    case Op::I64LtU:
      return BranchLtU64;
    case Op::I64GeS:
      return BranchGeS64;
    default:
      return BranchGeU64;
  }
}

/// lt and ge with a constant on the left: `k < y` is `y >= k + 1`, `k >= y` is `y < k + 1`, unless k + 1
/// wraps.
bool flip_constant(vm::Operation& op, Value& x, Value& y) {
  const bool wide = x.slots() == 2;
  const auto which = static_cast<Op>(op);
  if (which == Op::I32Eq || which == Op::I32Ne || which == Op::I64Eq || which == Op::I64Ne) {
    std::swap(x, y);
    return true;
  }
  const bool is_signed =
      which == Op::I32LtS || which == Op::I32GeS || which == Op::I64LtS || which == Op::I64GeS;
  const uint64_t all = wide ? ~uint64_t{0} : 0xffff'ffff;
  const uint64_t most = is_signed ? all >> 1 : all;
  if ((x.constant & all) == most) return false;
  x.constant = (x.constant + 1) & all;
  std::swap(x, y);
  op = inverse(op);
  return true;
}

/// The vm's own number of an opcode, and reinterpretations as moves.
vm::Operation vm_operation(Op op) {
  if (op >= Op::I32TruncSatF32S && op <= Op::I64TruncSatF64U) {
    return static_cast<vm::Operation>(static_cast<unsigned>(vm::Operation::TruncSat) + wasm::code_of(op));
  }
  switch (op) {
    case Op::I32WrapI64:
    case Op::I32ReinterpretF32:
    case Op::F32ReinterpretI32:
      return vm::Operation::Move32;
    case Op::I64ReinterpretF64:
    case Op::F64ReinterpretI64:
      return vm::Operation::Move64;
    default:
      return vm::operation_of(op);
  }
}

}  // namespace

void VmAssembler::compare(Operation op, const Value& result, Value x, Value y) {
  if (x.is_constant() && !y.is_constant()) flip_constant(op, x, y);
  settle();
  comparison_ = {true, op, x, y, result};
}

void VmAssembler::operate(Op op, const Value& result, std::span<const Value> operands) {
  if (op == Op::I32Eqz && comparison_.valid && operands[0].in_register()) {
    comparison_.op = inverse(comparison_.op);
    comparison_.result = result;
    return;
  }
  settle();
  if (operands.size() == 1) {
    Value x = operands[0];
    if (op == Op::I32Eqz) {
      Value zero = x;
      zero.kind = Value::Kind::Constant;
      zero.constant = 0;
      zero.home = static_cast<uint16_t>(x.home + 1);
      comparison_ = {true, vm::operation_of(Op::I32Eq), x, zero, result};
      return;
    }
    if (op == Op::I32WrapI64) {
      x.type = wasm::kI32;
      x.constant &= 0xffff'ffff;
    }
    const Operation operation = vm_operation(op);
    if (x.is_constant() && (operation == Operation::Move32 || operation == Operation::Move64)) {
      x.type = result.type;
      return move(result.home, x);
    }
    return numeric(operation, result, &x, nullptr);
  }
  Value x = operands[0], y = operands[1];
  if (const Canonical c = canonical(op); is_integer_comparison(op)) {
    if (c.swap) std::swap(x, y);
    return compare(vm::operation_of(c.op), result, x, y);
  }
  if (commutes(op) && (x.is_constant() || (in_accumulator(y) && !in_accumulator(x)))) std::swap(x, y);
  if (y.is_constant() && (op == Op::I32Sub || op == Op::I64Sub)) {
    op = op == Op::I32Sub ? Op::I32Add : Op::I64Add;
    y.constant = 0 - y.constant;
    if (op == Op::I32Add) y.constant &= 0xffff'ffff;
  }
  if (y.is_constant() && op == Op::I32Rotr) {
    op = Op::I32Rotl;
    y.constant = (32 - (y.constant & 31)) & 31;
  }
  numeric(vm_operation(op), result, &x, &y);
}

void VmAssembler::branch(const Value& condition, bool when, Label& label) {
  if (comparison_.valid && condition.in_register()) {
    comparison_.valid = false;
    Comparison c = comparison_;
    if (!when) c.op = inverse(c.op);
    const bool zero = c.y.is_constant() && c.y.constant == 0;
    if (zero && c.op == vm::operation_of(Op::I32Eq))
      return branch_on(Operation::BranchZero, &c.x, nullptr, label);
    if (zero && c.op == vm::operation_of(Op::I32Ne))
      return branch_on(Operation::BranchNonZero, &c.x, nullptr, label);
    return branch_on(branch_of(c.op), &c.x, &c.y, label);
  }
  settle();
  branch_on(when ? Operation::BranchNonZero : Operation::BranchZero, &condition, nullptr, label);
}

}  // namespace mote::compile
