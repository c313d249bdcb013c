// SPDX-License-Identifier: Apache-2.0
// Numeric instructions: brought to the few canonical ones that the vm has, comparisons held back for a
// branch.
#include <utility>

#include "compile/isa/vm/assembler.hpp"

namespace mote::compile {

using wasm::Op;

namespace {

/// The integer comparisons lie from i32.eq to i32.ge_u and from i64.eq to i64.ge_u, in the same order.
bool is_integer_comparison(Op op) {
  return (op >= Op::I32Eq && op <= Op::I32GeU) || (op >= Op::I64Eq && op <= Op::I64GeU);
}

bool is_64(vm::Operation comparison) {
  return comparison >= vm::operation_of(Op::I64Eq);
}

/// Comparisons that the vm has with operands exchanged only: gt is lt, le is ge; of floats ge is le.
Op exchanged(Op op) {
  switch (op) {
    case Op::I32GtS:
    case Op::I32GtU:
    case Op::I64GtS:
    case Op::I64GtU:
      return static_cast<Op>(static_cast<unsigned>(op) - 2);
    case Op::I32LeS:
    case Op::I32LeU:
    case Op::I64LeS:
    case Op::I64LeU:
      return static_cast<Op>(static_cast<unsigned>(op) + 2);
    case Op::F32Gt:
    case Op::F32Ge:
    case Op::F64Gt:
    case Op::F64Ge:
      return static_cast<Op>(static_cast<unsigned>(op) - 1);
    default:
      return op;
  }
}
static_assert(static_cast<unsigned>(Op::I32GtS) - 2 == static_cast<unsigned>(Op::I32LtS) &&
              static_cast<unsigned>(Op::I32LeU) + 2 == static_cast<unsigned>(Op::I32GeU) &&
              static_cast<unsigned>(Op::F64Gt) - 1 == static_cast<unsigned>(Op::F64Lt) &&
              static_cast<unsigned>(Op::F32Ge) - 1 == static_cast<unsigned>(Op::F32Le));

bool commutes(Op op) {
  const bool wide = op >= Op::I64Clz;
  switch (wide ? static_cast<Op>(static_cast<unsigned>(op) - 0x12) : op) {
    case Op::I32Add:
    case Op::I32Mul:
    case Op::I32And:
    case Op::I32Or:
    case Op::I32Xor:
      return true;
    default:
      return false;
  }
}
static_assert(static_cast<unsigned>(Op::I64Xor) - 0x12 == static_cast<unsigned>(Op::I32Xor));

/// A canonical comparison's number among eq, ne, lt_s, lt_u, ge_s, ge_u.
unsigned rank(vm::Operation comparison) {
  static constexpr uint8_t kRanks[] = {0, 1, 2, 3, 0, 0, 0, 0, 4, 5};
  return kRanks[static_cast<unsigned>(comparison) -
                static_cast<unsigned>(is_64(comparison) ? Op::I64Eq : Op::I32Eq)];
}

/// The comparison that is true when this one is false: eq and ne are neighbours, lt and ge 6 apart.
vm::Operation inverse(vm::Operation op) {
  const unsigned r = rank(op);
  const auto code = static_cast<unsigned>(op);
  if (r < 2) return static_cast<vm::Operation>(r == 0 ? code + 1 : code - 1);
  return static_cast<vm::Operation>(r < 4 ? code + 6 : code - 6);
}
static_assert(static_cast<unsigned>(Op::I32LtU) + 6 == static_cast<unsigned>(Op::I32GeU));

vm::Operation branch_of(vm::Operation comparison) {
  return static_cast<vm::Operation>(static_cast<unsigned>(vm::Operation::BranchEq) + rank(comparison));
}

/// lt and ge with a constant on the left: `k < y` is `y >= k + 1`, `k >= y` is `y < k + 1`, unless k + 1
/// wraps.
bool flip_constant(vm::Operation& op, Value& x, Value& y) {
  const bool wide = x.slots() == 2;
  const unsigned which = rank(op);
  if (which < 2) {
    std::swap(x, y);
    return true;
  }
  const bool is_signed = which % 2 == 0;
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
  if (const Op same = exchanged(op); same != op) {
    op = same;
    std::swap(x, y);
  }
  if (is_integer_comparison(op)) return compare(vm::operation_of(op), result, x, y);
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
  if (comparison_.valid && condition.in_register() && !is_64(comparison_.op)) {
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
