// SPDX-License-Identifier: Apache-2.0
// 32-bit integers: operations wait as nodes, and take in the nodes of their operands where one instruction
// does both.
#include <bit>

#include "compile/isa/thumb2/assembler.hpp"

namespace mote::compile {

using wasm::Op;

namespace {

constexpr bool commutes(thumb2::Alu op) {
  using thumb2::Alu;
  return op == Alu::Add || op == Alu::And || op == Alu::Orr || op == Alu::Eor || op == Alu::Mul;
}

/// Bits of a mask of the form 2^n - 1; 0 for others.
constexpr uint32_t mask_width(uint32_t mask) {
  return (mask & (mask + 1)) == 0 ? static_cast<uint32_t>(std::bit_width(mask)) : 0;
}

}  // namespace

void Thumb2Assembler::operate(Op op, Value& result, std::span<const Value> operands) {
  if (op <= Op::I32GeU || (op >= Op::I32Clz && op <= Op::I32Rotr) || op == Op::I32Extend8S ||
      op == Op::I32Extend16S)
    return operate_i32(op, result, operands);
  if (op == Op::I64Eqz || (op >= Op::I64Eq && op <= Op::I64GeU) || (op >= Op::I64Clz && op <= Op::I64Rotr) ||
      op == Op::I32WrapI64 || op == Op::I64ExtendI32S || op == Op::I64ExtendI32U ||
      (op >= Op::I64Extend8S && op <= Op::I64Extend32S))
    return operate_i64(op, result, operands);
  operate_float(op, result, operands);
}

void Thumb2Assembler::operate_i32(Op op, Value& result, std::span<const Value> operands) {
  const Value& x = operands[0];
  const Value& y = operands[operands.size() - 1];
  if (op >= Op::I32Eq && op <= Op::I32GeU) {
    constexpr Cond kConds[] = {Cond::Eq, Cond::Ne, Cond::Lt, Cond::Lo, Cond::Gt,
                               Cond::Hi, Cond::Le, Cond::Ls, Cond::Ge, Cond::Hs};
    return compare(kConds[static_cast<uint32_t>(op) - static_cast<uint32_t>(Op::I32Eq)], result, x, y);
  }
  switch (op) {
    case Op::I32Eqz:
      return equals_zero(result, x);
    case Op::I32Add:
    case Op::I32Sub:
    case Op::I32Mul:
    case Op::I32And:
    case Op::I32Or:
    case Op::I32Xor: {
      constexpr Alu kAlus[] = {Alu::Add, Alu::Sub, Alu::Mul, {}, {}, {}, {}, Alu::And, Alu::Orr, Alu::Eor};
      return binary(kAlus[static_cast<uint32_t>(op) - static_cast<uint32_t>(Op::I32Add)], result, x, y);
    }
    case Op::I32Shl:
    case Op::I32ShrS:
    case Op::I32ShrU:
    case Op::I32Rotr: {
      constexpr Shift kShifts[] = {Shift::Lsl, Shift::Asr, Shift::Lsr, {}, Shift::Ror};
      return shift(kShifts[static_cast<uint32_t>(op) - static_cast<uint32_t>(Op::I32Shl)], result, x, y);
    }
    case Op::I32Rotl:
      return rotate_left(result, x, y);
    case Op::I32Popcnt:
      return popcount(result, x);
    case Op::I32Clz:
    case Op::I32Ctz:
      return unary(op, result, x);
    case Op::I32Extend8S:
    case Op::I32Extend16S:
      return extend(result, x, op == Op::I32Extend8S ? 8 : 16);
    default:
      return divide(op, result, x, y);
  }
}

/// A shift by a constant that is not emitted yet: the next instruction may do it.
bool Thumb2Assembler::is_shifted(const Value& value) const {
  const Node* n = lazy(value);
  return n != nullptr && n->shifted_only();
}

/// The largest that x op y can be, from what their operands can.
uint32_t Thumb2Assembler::most_of(Alu op, const Value& x, const Value& y) const {
  const uint64_t a = most_of(x), b = most_of(y);
  const auto known = [](uint64_t most) { return most > 0xffff'ffff ? ~0u : static_cast<uint32_t>(most); };
  switch (op) {
    case Alu::Add:
      return known(a + b);
    case Alu::Mul:
      return known(a * b);
    case Alu::And:
      return known(a < b ? a : b);
    case Alu::Orr:
    case Alu::Eor:
      return static_cast<uint32_t>((uint64_t{1} << std::bit_width(a | b)) - 1);
    default:
      return ~0u;
  }
}

/// x op y, with a shift, a multiplication or a constant of an operand taken in.
void Thumb2Assembler::binary(Alu op, Value& result, const Value& first, const Value& second) {
  if ((op == Alu::Add || op == Alu::Sub) && multiply_add(op, result, first, second)) return;
  // The second operand is the one that can be a constant, or shifted.
  const bool swap = !second.is_constant() && (commutes(op) || op == Alu::Sub) &&
                    (first.is_constant() || (is_shifted(first) && !is_shifted(second)));
  if (swap && op == Alu::Sub) op = Alu::Rsb;
  const Value &x = swap ? second : first, &y = swap ? first : second;
  const Node* left = lazy(x);
  const Node* right = lazy(y);
  const uint32_t most = most_of(op, x, y);
  if (op == Alu::And && y.is_constant() && bit_field(result, x, static_cast<uint32_t>(y.constant))) return;
  Node n(Node::Kind::Alu, op);
  const bool adds_constant = y.is_constant() && (op == Alu::Add || op == Alu::Sub);
  const uint32_t constant = static_cast<uint32_t>(op == Alu::Sub ? 0 - y.constant : y.constant);
  if (adds_constant && left != nullptr && left->kind == Node::Kind::Alu && left->alu == Alu::Add &&
      left->w[1].is_constant()) {
    n = unmake(x);
    n.w[1].constant += constant;
    n.most = most;
    return make(result, n);
  }
  n.most = most;
  // An element of an array in a known place.
  if (adds_constant && left != nullptr && left->kind == Node::Kind::Alu &&
      ((left->shifted_only() && left->shift == Shift::Lsl && left->amount >= 1 && left->amount <= 3) ||
       (left->alu == Alu::Add && left->w[0].is_constant()))) {
    const uint32_t before = left->alu == Alu::Add ? left->w[0].constant : 0;
    const Node element = unmake(x);
    n.alu = Alu::Add;
    n.shift = element.shift;
    n.amount = element.amount;
    n.w[1] = element.alu == Alu::Add ? element.w[1] : element.w[0];
    n.w[0] = Word::of(before + constant);
    return make(result, n);
  }
  if (op != Alu::Mul && right != nullptr && right->shifted_only()) {
    const Node shifted = unmake(y);
    n.shift = shifted.shift;
    n.amount = shifted.amount;
    n.w[1] = shifted.w[0];
  } else {
    n.w[1] = take(y);
  }
  n.w[0] = Word::in(take_register(x));
  if (op == Alu::Mul && n.w[1].is_constant()) n.w[1] = Word::in(in_register(n.w[1]));
  if (adds_constant) {
    n.alu = Alu::Add;
    n.w[1] = Word::of(constant);
  }
  make(result, n);
}

/// a * b + c, c - a * b.
bool Thumb2Assembler::multiply_add(Alu op, Value& result, const Value& x, const Value& y) {
  const auto product = [&](const Value& v) {
    const Node* n = lazy(v);
    return n != nullptr && n->kind == Node::Kind::Alu && n->alu == Alu::Mul;
  };
  const bool second = product(y);
  if (!second && !(op == Alu::Add && product(x))) return false;
  const Value& other = second ? x : y;
  if (other.is_constant()) return false;
  Node n = unmake(second ? y : x);
  n.w[2] = Word::in(take_register(other));
  n.most = ~0u;
  n.alu = op == Alu::Add ? Alu::Mla : Alu::Mls;
  make(result, n);
  return true;
}

/// x & (2^n - 1), where x may be shifted to the right.
bool Thumb2Assembler::bit_field(Value& result, const Value& x, uint32_t mask) {
  const uint32_t width = mask_width(mask);
  const Node* left = lazy(x);
  if (width == 0 || width == 32) return false;
  const bool shifted =
      left != nullptr && left->shifted_only() && left->shift == Shift::Lsr && left->amount + width <= 32;
  if (!shifted && thumb2::modified_immediate(mask) >= 0 && width != 8) return false;
  Node n(Node::Kind::Alu);
  if (shifted) {
    n = unmake(x);
  } else {
    n.w[0] = Word::in(take_register(x));
    n.amount = 0;
  }
  n.alu = Alu::Ubfx;
  n.width = static_cast<uint8_t>(width);
  n.most = mask;
  n.shift = Shift::Lsl;
  make(result, n);
  return true;
}

void Thumb2Assembler::shift(Shift kind, Value& result, const Value& x, const Value& y) {
  Node n(Node::Kind::Alu);
  n.shift = kind;
  if (y.is_constant()) {
    const auto amount = static_cast<uint32_t>(y.constant & 31);
    if (shift_of_shift(kind, result, x, amount)) return;
    const uint32_t most = most_of(x);
    if (kind == Shift::Lsr) n.most = most >> amount;
    if (kind == Shift::Lsl && most >> (31 - amount) <= 1) n.most = most << amount;
    n.w[0] = Word::in(take_register(x));
    n.alu = Alu::ShiftBy;
    n.amount = static_cast<uint8_t>(amount);
    if (amount == 0) n.shift = Shift::Lsl;
    return make(result, n);
  }
  n.alu = Alu::ShiftIn;
  // A count that is masked already needs no second mask.
  const Node* by = lazy(y);
  if (by != nullptr && by->kind == Node::Kind::Alu && by->alu == Alu::And && by->w[1].is(31)) {
    n.w[1] = unmake(y).w[0];
  } else {
    n.w[1] = Word::in(take_register(y));
  }
  n.w[0] = Word::in(take_register(x));
  make(result, n);
}

/// (x << i) >> k is a bit field.
bool Thumb2Assembler::shift_of_shift(Shift kind, Value& result, const Value& x, uint32_t amount) {
  const Node* left = lazy(x);
  if (left == nullptr || !left->shifted_only() || left->shift != Shift::Lsl || amount < left->amount ||
      amount == 0)
    return false;
  if (kind != Shift::Lsr && kind != Shift::Asr) return false;
  Node n = unmake(x);
  n.width = static_cast<uint8_t>(32 - amount);
  n.amount = static_cast<uint8_t>(amount - n.amount);
  n.alu = kind == Shift::Lsr ? Alu::Ubfx : Alu::Sbfx;
  n.most = kind == Shift::Lsr ? ~0u >> amount : ~0u;
  n.shift = Shift::Lsl;
  make(result, n);
  return true;
}

void Thumb2Assembler::rotate_left(Value& result, const Value& x, const Value& y) {
  Node n(Node::Kind::Alu);
  if (y.is_constant()) {
    n.w[0] = Word::in(take_register(x));
    n.alu = Alu::ShiftBy;
    n.amount = static_cast<uint8_t>((32 - y.constant) & 31);
    n.shift = n.amount == 0 ? Shift::Lsl : Shift::Ror;
    return make(result, n);
  }
  n.alu = Alu::Rotl;
  n.w[1] = Word::in(take_register(y));
  n.w[0] = Word::in(take_register(x));
  make(result, n);
}

void Thumb2Assembler::compare(Cond cond, Value& result, const Value& first, const Value& second) {
  const bool swap =
      !second.is_constant() && (first.is_constant() || (is_shifted(first) && !is_shifted(second)));
  if (swap) cond = thumb2::swapped(cond);
  const Value &x = swap ? second : first, &y = swap ? first : second;
  const Node* left = lazy(x);
  const Node* right = lazy(y);
  const bool equality = cond == Cond::Eq || cond == Cond::Ne;
  if (equality && y.is_constant() && y.constant == 0 && left != nullptr) {
    if (left->is_comparison()) {
      Node n = unmake(x);
      if (cond == Cond::Eq) n.cond = thumb2::inverse(n.cond);
      return make(result, n);
    }
    if (left->kind == Node::Kind::Alu && left->alu == Alu::And) {
      Node n = unmake(x);
      n.kind = Node::Kind::Compare;
      n.most = 1;
      n.test = true;
      n.cond = cond;
      return make(result, n);
    }
  }
  Node n(Node::Kind::Compare);
  n.most = 1;
  n.cond = cond;
  if (right != nullptr && right->shifted_only()) {
    const Node shifted = unmake(y);
    n.shift = shifted.shift;
    n.amount = shifted.amount;
    n.w[1] = shifted.w[0];
  } else {
    n.w[1] = take(y);
  }
  n.w[0] = Word::in(take_register(x));
  make(result, n);
}

void Thumb2Assembler::equals_zero(Value& result, const Value& x) {
  Value zero;
  zero.kind = Value::Kind::Constant;
  zero.type = wasm::kI32;
  compare(Cond::Eq, result, x, zero);
}

/// Division traps for 0 and for the quotient 2^31; the machine's own quotients for those are 0 and -2^31.
void Thumb2Assembler::divide(Op op, Value& result, const Value& x, const Value& y) {
  const bool is_signed = op == Op::I32DivS || op == Op::I32RemS;
  const bool remainder = op == Op::I32RemS || op == Op::I32RemU;
  uint32_t most = most_of(x);
  if (y.is_constant() && y.constant != 0) {
    const auto constant = static_cast<uint32_t>(y.constant);
    most = remainder ? constant - 1 : most / constant;
  }
  const Word by = take(y);
  const Reg divisor = in_register(by);
  const Reg dividend = take_register(x);
  if (!by.is_constant() || by.constant == 0) {
    a_.cmp_imm(divisor, 0);
    trap_if(Cond::Eq, Trap::IntegerDivideByZero);
  }
  if (op == Op::I32DivS && (!by.is_constant() || by.constant == ~0u)) {
    // -2^31 / -1
    Label fine;
    a_.cmp_imm(divisor, ~0u);
    branch_to(Cond::Ne, fine);
    a_.cmp_imm(dividend, 0x8000'0000);
    trap_if(Cond::Eq, Trap::IntegerOverflow);
    land(fine);
  }
  Node n(Node::Kind::Alu, is_signed ? Alu::Sdiv : Alu::Udiv);
  n.w[0] = Word::in(dividend);
  n.w[1] = Word::in(divisor);
  if (!is_signed) n.most = most;
  if (!remainder) return make(result, n);
  const Reg quotient = allocate();
  emit(n, quotient);
  a_.mls(quotient, quotient, divisor, dividend);
  release(divisor);
  release(dividend);
  make_below(result, quotient, is_signed ? ~0u : most);
}

void Thumb2Assembler::unary(Op op, Value& result, const Value& x) {
  Node n(Node::Kind::Alu, op == Op::I32Clz ? Alu::Clz : Alu::Ctz);
  n.w[0] = Word::in(take_register(x));
  make(result, n);
}

void Thumb2Assembler::extend(Value& result, const Value& x, uint32_t width) {
  Node n(Node::Kind::Alu, Alu::Sbfx);
  n.width = static_cast<uint8_t>(width);
  n.w[0] = Word::in(take_register(x));
  make(result, n);
}

/// Sums of bits in pairs, fours and eights, then of bytes by a multiplication.
void Thumb2Assembler::popcount(Value& result, const Value& x) {
  enum : uint8_t { kFrom, kTo, kMask, kOther };
  struct Step {
    Dp op;
    uint8_t rd, rn, rm, right, mask;  ///< rd = rn op (rm >> right), after the mask is set if there is one
  };
  constexpr Step kSteps[] = {{Dp::And, kOther, kMask, kFrom, 1, 0x55}, {Dp::Sub, kTo, kFrom, kOther, 0, 0},
                             {Dp::And, kOther, kMask, kTo, 2, 0x33},   {Dp::And, kTo, kTo, kMask, 0, 0},
                             {Dp::Add, kTo, kTo, kOther, 0, 0},        {Dp::Add, kTo, kTo, kTo, 4, 0},
                             {Dp::And, kTo, kTo, kMask, 0, 0x0f}};
  const Reg from = take_register(x);
  const Reg rd = allocate(), mask = allocate();
  const Reg at[] = {from, rd, mask, thumb2::kScratch};
  scratch();
  for (const Step& step : kSteps) {
    if (step.mask != 0) a_.mov_imm(mask, step.mask * 0x0101'0101u);
    a_.dp(step.op, at[step.rd], at[step.rn], at[step.rm], step.right == 0 ? Shift::Lsl : Shift::Lsr,
          step.right);
  }
  a_.mov_imm(mask, 0x0101'0101);
  a_.mul(rd, rd, mask);
  a_.shift_imm(Shift::Lsr, rd, rd, 24);
  release(mask);
  release(from);
  make_plain(result, rd);
}

}  // namespace mote::compile
