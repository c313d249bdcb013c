// SPDX-License-Identifier: Apache-2.0
// Integer operations: what is joined with what, and the forms that instructions take.
#include <bit>
#include <utility>

#include "compile/isa/x64/assembler.hpp"
#include "compile/isa/x64/opcodes.hpp"

namespace mote::compile {

using namespace x64;

/// Holds an operation back, under a number of its own.
void X64Assembler::begin_pending(const Node& node, Value& result) {
  const uint8_t entry = free_entry();
  held_[entry] = {Held::State::Pending, 0, false, result.home, result.type};
  pending_.valid = true;
  pending_.held = entry;
  pending_.node = node;
  pending_.child_at = pending_.child.count = 0;
  pending_.offset = offset_;
  result.kind = Value::Kind::Register;
  result.reg = entry;
  if (free_entry() != kNone) return;
  // The table is full: this value goes home.
  flush();
  spill_held(held_[entry]);
  held_[entry].state = Held::State::Free;
  result.kind = Value::Kind::Stack;
}

/// Tries to join an operation with the one that is held back, which is its operand.
bool X64Assembler::merge(const Node& node, Value& result) {
  if (!pending_.valid) return false;
  const unsigned at = is_pending(node.x)                     ? 1
                      : node.count > 1 && is_pending(node.y) ? 2
                      : is_pending(node.z)                   ? 3
                                                             : 0;
  if (at == 0) return false;
  const Op op = node.op, before = pending_.node.op;
  if (op == Op::I32Eqz && is_comparison(before) && pending_.child_at != 3) {
    pending_.node.negate = !pending_.node.negate;
    held_[pending_.held].home = result.home;
    result.kind = Value::Kind::Register;
    result.reg = pending_.held;
    return true;
  }
  bool joins = false;
  if (at == 3) {
    joins = is_comparison(before) || ((before == Op::I32And) && pending_.child_at == 0);
  } else if (pending_.child_at == 0) {
    const bool is_and = before == Op::I32And || before == Op::I64And;
    joins = is_and && is_eqz(op);
    joins = joins || (before == whole_load_of(op) && (at == 2 || commutes(op) || is_comparison(op)) &&
                      !(is_comparison(op) && !is_integer_comparison(op) && at == 1));
    const Value& other = at == 1 ? node.y : node.x;
    joins = joins ||
            (((op == Op::I32Add && before == Op::I32Shl) || (op == Op::I64Add && before == Op::I64Shl)) &&
             pending_.node.y.is_constant() && pending_.node.y.constant % 64 <= 3 && !other.is_constant() &&
             !pending_.node.x.is_constant());
  }
  if (!joins) return false;
  if (pending_.child_at != 0) return false;
  held_[pending_.held].state = Held::State::Free;
  const Node child = pending_.node;
  const uint32_t offset = pending_.offset;
  begin_pending(node, result);
  if (!pending_.valid) return true;
  pending_.child = child;
  pending_.child_at = static_cast<uint8_t>(at);
  pending_.child_offset = offset;
  return true;
}

void X64Assembler::operate(Op op, Value& result, std::span<const Value> operands) {
  Node node;
  node.op = op;
  node.count = static_cast<uint8_t>(operands.size());
  if (!operands.empty()) node.x = operands[0];
  if (operands.size() > 1) node.y = operands[1];
  if (merge(node, result)) return;
  flush();
  begin_pending(node, result);
  if (needs_helper(op)) flush();
}

void X64Assembler::select(Value& result, const Value& first, const Value& second, const Value& condition) {
  Node node;
  node.op = Op::Select;
  node.count = 3;
  node.x = first;
  node.y = second;
  node.z = condition;
  node.x.type = node.y.type = result.type;
  if (merge(node, result)) return;
  flush();
  begin_pending(node, result);
}

/// The operation is done, its result in `reg`: operands are consumed.
void X64Assembler::finish(uint8_t reg) {
  const Value* operands[] = {&pending_.node.x, &pending_.node.y, &pending_.node.z};
  for (unsigned i = 0; i < Node::kOperands && i < pending_.node.count; ++i) {
    if (pending_.child_at != i + 1) release(*operands[i]);
  }
  if (pending_.child_at != 0) {
    release(pending_.child.x);
    if (pending_.child.count > 1) release(pending_.child.y);
  }
  Held& held = held_[pending_.held];
  bool pinned = false;
  for (uint32_t i = 0; i < pin_count_; ++i)
    pinned = pinned || (pins_[i].reg == reg && pins_[i].is_float == is_float(held.type));
  set_result(pending_.held, reg, !pinned);
}

bool X64Assembler::uses(const Rm& rm, uint8_t reg) const {
  if (rm.is_register) return rm.reg == reg;
  return rm.mem.base == reg || rm.mem.index == reg;
}

/// A source operand: in place, or the load that was taken in.
Rm X64Assembler::operand(const Value& value, unsigned at) {
  if (pending_.child_at == at)
    return address(pending_.child.x, pending_.child.arg, access_width(pending_.child.op));
  if (value.is_constant()) return in_register(value);
  return place(value);
}

/// Where a result goes that was not told where: over an operand that nobody needs any more, if possible.
uint8_t X64Assembler::integer_target(uint8_t target, const Value& reuse) {
  if (target != kNone) return target;
  if (dying(reuse) && held_[reuse.reg].state == Held::State::Integer) return held_[reuse.reg].reg;
  return allocate();
}

void X64Assembler::mark_flags(uint8_t reg, bool wide) {
  flags_at_ = e_.position();
  flags_reg_ = reg;
  flags_wide_ = wide;
}

void X64Assembler::write_alu(uint8_t which, bool wide, bool can_swap, uint8_t target) {
  Value x = pending_.node.x, y = pending_.node.y;
  unsigned child = pending_.child_at;
  const auto swap = [&] {
    std::swap(x, y);
    if (child != 0) pending_.child_at = static_cast<uint8_t>(child = 3 - child);
  };
  if (child != 0 && pending_.child.op != whole_load_of(pending_.node.op)) return write_address(target);
  if (child == 1 || (can_swap && child == 0 && x.is_constant())) swap();
  if (can_swap && child == 0 && !y.is_constant() && !x.is_constant()) {
    const Rm there = place(y);
    if ((target != kNone && there.is_register && there.reg == target) ||
        (target == kNone && dying(y) && !dying(x)))
      swap();
  }
  pending_.node.x = x;  // finish() releases by position
  pending_.node.y = y;
  if (y.is_constant() && child == 0 && fits_immediate(y.constant, wide)) {
    const auto value = static_cast<int32_t>(y.constant);
    const uint8_t to = integer_target(target, x);
    if (which == 4 && (y.constant == 0xff || y.constant == 0xffff) && !x.is_constant()) {
      const bool byte = y.constant == 0xff;
      e_.op({0, 1, static_cast<uint8_t>(byte ? 0xb6 : 0xb7)}, {false, false, byte}, to, place(x));  // movzx
      return finish(to);
    }
    const bool sum = which == 0 || (which == 5 && value != INT32_MIN);
    if (sum && !x.is_constant()) {
      const Rm there = place(x);
      if (there.is_register && there.reg != to) {
        e_.lea(wide, to, {there.reg, kNoReg, 0, which == 0 ? value : -value});
        return finish(to);
      }
    }
    load_integer(to, x);
    e_.alu_immediate(which, wide, to, value);
    mark_flags(to, wide);
    return finish(to);
  }
  const Rm source = operand(y, 2);
  uint8_t to = integer_target(target, x);
  const Rm first = x.is_constant() ? Rm(kScratch) : place(x);
  const bool there = first.is_register && first.reg == to && !x.is_constant();
  if (!there && uses(source, to)) to = allocate();
  if (which == 0 && !there && source.is_register && first.is_register && !x.is_constant() &&
      source.reg != to) {
    e_.lea(wide, to, {first.reg, source.reg, 0, 0});
  } else {
    load_integer(to, x);
    e_.alu(which, wide, to, source);
    mark_flags(to, wide);
  }
  if (target != kNone && to != target) {
    e_.mov(wide, target, to);
    to = target;
  }
  finish(to);
}

/// x + (y << k), from a shift that was taken in.
void X64Assembler::write_address(uint8_t target) {
  const bool wide = pending_.node.op == Op::I64Add;
  const Value& other = pending_.child_at == 1 ? pending_.node.y : pending_.node.x;
  const uint8_t index = in_register(pending_.child.x), base = in_register(other);
  const auto scale = static_cast<uint8_t>(pending_.child.y.constant & 3);
  const uint8_t to = dying(other) && target == kNone ? integer_target(target, other)
                                                     : integer_target(target, pending_.child.x);
  e_.lea(wide, to, {base, index, scale, 0});
  finish(to);
}

void X64Assembler::write_multiply(bool wide, uint8_t target) {
  Value& x = pending_.node.x;
  Value& y = pending_.node.y;
  if (pending_.child_at == 1 || (pending_.child_at == 0 && x.is_constant())) {
    std::swap(x, y);
    if (pending_.child_at != 0) pending_.child_at = 2;
  }
  if (pending_.child_at == 0 && y.is_constant() && fits_immediate(y.constant, wide)) {
    const Rm source = operand(x, 1);
    const uint8_t to = integer_target(target, x);
    const auto value = static_cast<int64_t>(y.constant);
    const bool small = value >= -128 && value <= 127;
    e_.op({0, 0, static_cast<uint8_t>(small ? 0x6b : 0x69)}, width(wide), to, source, small ? 1 : 4,
          y.constant);
    return finish(to);
  }
  const Rm source = operand(y, 2);
  uint8_t to = integer_target(target, x);
  const bool there = !x.is_constant() && place(x).is_register && place(x).reg == to;
  if (!there && uses(source, to)) to = allocate();
  load_integer(to, x);
  e_.op({0, 1, 0xaf}, width(wide), to, source);
  if (target != kNone && to != target) {
    e_.mov(wide, target, to);
    to = target;
  }
  finish(to);
}

/// rol 0, ror 1, shl 4, shr 5, sar 7
void X64Assembler::write_shift(uint8_t which, bool wide, uint8_t target) {
  const Value &x = pending_.node.x, &y = pending_.node.y;
  if (y.is_constant()) {
    const auto count = static_cast<uint32_t>(y.constant) & (wide ? 63u : 31u);
    const uint8_t to = integer_target(target, x);
    load_integer(to, x);
    if (count != 0) {
      e_.op({0, 0, 0xc1}, width(wide), which, to, 1, count);
      if (which >= 4) mark_flags(to, wide);
    }
    return finish(to);
  }
  if (cpu_.bmi2 && which >= 4) {
    const uint8_t count = in_register(y);
    const Rm source = operand(x, 1);
    const uint8_t to = integer_target(target, x);
    const uint8_t prefix = which == 4 ? 0x66 : which == 5 ? 0xf2 : 0xf3;
    e_.vex({prefix, 2, 0xf7}, wide, to, count, source);
    return finish(to);
  }
  lock(kRcx);
  const uint8_t work = allocate();
  load_integer(work, x);
  if (y.is_constant() || !place(y).is_register || place(y).reg != kRcx) {
    evict(kRcx);
    load_integer(kRcx, y);
  }
  e_.op({0, 0, 0xd3}, width(wide), which, work);
  if (target == kNone) return finish(work);
  e_.mov(wide, target, work);
  finish(target);
}

/// Frees rax or rdx unless it holds an operand of the division.
void X64Assembler::evict_for_division(uint8_t reg) {
  for (const Value* value : {&pending_.node.x, &pending_.node.y}) {
    if (dying(*value) && held_[value->reg].state == Held::State::Integer && held_[value->reg].reg == reg)
      return;
  }
  evict(reg);
}

void X64Assembler::write_divide(bool wide, bool is_signed, bool remainder, uint8_t target) {
  const Value &x = pending_.node.x, &y = pending_.node.y;
  lock(kRax);
  lock(kRdx);
  uint8_t divisor;
  const bool in_place =
      !y.is_constant() && place(y).is_register && place(y).reg != kRax && place(y).reg != kRdx;
  if (in_place) {
    divisor = place(y).reg;
  } else {
    divisor = allocate();
    load_integer(divisor, y);
  }
  evict_for_division(kRax);
  evict_for_division(kRdx);
  load_integer(kRax, x);
  const uint64_t bits = wide ? y.constant : static_cast<uint32_t>(y.constant);
  const uint64_t minus_one = wide ? ~uint64_t{0} : 0xffff'ffff;
  const bool maybe_zero = !y.is_constant() || bits == 0, maybe_minus = !y.is_constant() || bits == minus_one;
  if (maybe_zero) {
    e_.test(wide, divisor, divisor);
    trap_if(Cc::E, Trap::IntegerDivideByZero);
  }
  if (!is_signed) {
    e_.alu(6, false, kRdx, kRdx);
    e_.op({0, 0, 0xf7}, width(wide), 6, divisor);
  } else {
    uint32_t others = 0, done = 0;
    if (maybe_minus) {
      e_.alu_immediate(7, wide, divisor, -1);
      others = e_.jump8(Cc::Ne);
      if (remainder) {
        e_.alu(6, false, kRdx, kRdx);
      } else {
        e_.op({0, 0, 0xf7}, width(wide), 3, kRax);  // neg
        trap_if(Cc::O, Trap::IntegerOverflow);
      }
      done = e_.jump8();
      e_.here8(others);
    }
    const uint8_t extend[] = {0x48, 0x99};  // cqo, or cdq without the prefix
    e_.bytes(extend + (wide ? 0 : 1), wide ? 2 : 1);
    e_.op({0, 0, 0xf7}, width(wide), 7, divisor);
    if (maybe_minus) e_.here8(done);
  }
  forget_flags();
  const uint8_t result = remainder ? kRdx : kRax;
  if (target == kNone) return finish(result);
  e_.mov(wide, target, result);
  finish(target);
}

void X64Assembler::write_unary(Opcode opcode, Width how, uint8_t target) {
  const Rm source = operand(pending_.node.x, 1);
  const uint8_t to = integer_target(target, pending_.node.x);
  e_.op(opcode, how, to, source);
  finish(to);
}

/// An operation by its number from clz (0) to rotr (17).
void X64Assembler::write_integer(uint32_t which, bool wide, uint8_t target) {
  switch (which) {
    case 0:
      return write_unary({0xf3, 1, 0xbd}, width(wide), target);  // lzcnt
    case 1:
      return write_unary({0xf3, 1, 0xbc}, width(wide), target);  // tzcnt
    case 2:
      return write_unary({0xf3, 1, 0xb8}, width(wide), target);  // popcnt
    case 3:
      return write_alu(0, wide, true, target);
    case 4:
      return write_alu(5, wide, false, target);
    case 5:
      return write_multiply(wide, target);
    case 6:
    case 7:
    case 8:
    case 9:
      return write_divide(wide, which % 2 == 0, which >= 8, target);
    case 10:
      return write_alu(4, wide, true, target);
    case 11:
      return write_alu(1, wide, true, target);
    case 12:
      return write_alu(6, wide, true, target);
    default: {
      constexpr uint8_t kShifts[] = {4, 7, 5, 0, 1};
      return write_shift(kShifts[which - 13], wide, target);
    }
  }
}

/// Conversions between integers.
void X64Assembler::write_conversion(Op op, uint8_t target) {
  const Value& x = pending_.node.x;
  switch (op) {
    case Op::I64ExtendI32U:
      // The upper half of a 32-bit value is zero.
      if (target == kNone && dying(x)) return finish(held_[x.reg].reg);
      return write_unary({0, 0, 0x8b}, k32, target);
    case Op::I32WrapI64:
      return write_unary({0, 0, 0x8b}, k32, target);
    case Op::I64ExtendI32S:
    case Op::I64Extend32S:
      return write_unary({0, 0, 0x63}, k64, target);
    case Op::I32Extend8S:
    case Op::I64Extend8S:
      return write_unary({0, 1, 0xbe}, {op == Op::I64Extend8S, false, true}, target);
    default:
      return write_unary({0, 1, 0xbf}, width(op == Op::I64Extend16S), target);
  }
}

void X64Assembler::write_node(uint8_t target) {
  const Op op = pending_.node.op;
  const auto code = static_cast<uint32_t>(op);
  if (needs_helper(op)) return by_helper(op, target);
  if (op == Op::Select) return write_select(target);
  if (op == Op::GlobalGet || (code >= 0x28 && code <= 0x35)) return write_load(pending_.node, target);
  if (is_comparison(op)) return write_comparison(target);
  if (code >= 0x67 && code <= 0x78) return write_integer(code - 0x67, false, target);
  if (code >= 0x79 && code <= 0x8a) return write_integer(code - 0x79, true, target);
  if (op == Op::I32WrapI64 || op == Op::I64ExtendI32S || op == Op::I64ExtendI32U || code >= 0xc0)
    return write_conversion(op, target);
  write_float(op, target);
}

}  // namespace mote::compile
