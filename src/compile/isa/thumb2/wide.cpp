// SPDX-License-Identifier: Apache-2.0
// 64-bit integers: pairs of words.
#include "compile/isa/thumb2/assembler.hpp"
#include "native/layout_thumb2.hpp"

namespace mote::compile {

using native::Routine;
using wasm::Op;

void Thumb2Assembler::operate_i64(Op op, Value& result, std::span<const Value> operands) {
  const Value& x = operands[0];
  const Value& y = operands[operands.size() - 1];
  if (op >= Op::I64Eq && op <= Op::I64GeU) {
    // Orders are made of "less" and "not less": for the others the operands change places.
    constexpr Cond kConds[] = {Cond::Eq, Cond::Ne, Cond::Lt, Cond::Lo, Cond::Lt,
                               Cond::Lo, Cond::Ge, Cond::Hs, Cond::Ge, Cond::Hs};
    const uint32_t row = static_cast<uint32_t>(op) - static_cast<uint32_t>(Op::I64Eq);
    const bool swap = row >= 4 && row <= 7;
    return wide_compare(kConds[row], result, swap ? y : x, swap ? x : y);
  }
  switch (op) {
    case Op::I64Eqz: {
      Value zero = x;
      zero.kind = Value::Kind::Constant;
      zero.constant = 0;
      return wide_compare(Cond::Eq, result, x, zero);
    }
    case Op::I64Add:
    case Op::I64Sub:
      return wide_binary(op == Op::I64Add ? Wide::Add : Wide::Sub, result, x, y);
    case Op::I64And:
    case Op::I64Or:
    case Op::I64Xor: {
      constexpr auto kFirst = static_cast<uint32_t>(Wide::And) - static_cast<uint32_t>(Op::I64And);
      return wide_binary(static_cast<Wide>(static_cast<uint32_t>(op) + kFirst), result, x, y);
    }
    case Op::I64Mul:
      return wide_multiply(result, x, y);
    case Op::I64Shl:
    case Op::I64ShrS:
    case Op::I64ShrU:
      return wide_shift(op, result, x, y);
    case Op::I64Clz:
    case Op::I64Ctz:
      return wide_count(op, result, x);
    case Op::I32WrapI64:
      return wrap(result, x);
    case Op::I64ExtendI32S:
    case Op::I64ExtendI32U:
    case Op::I64Extend8S:
    case Op::I64Extend16S:
    case Op::I64Extend32S:
      return wide_extend(result, x,
                         op == Op::I64Extend8S    ? 8
                         : op == Op::I64Extend16S ? 16
                                                  : 32,
                         op != Op::I64ExtendI32U);
    default:
      return numeric_helper(op, result, operands);
  }
}

/// The low word, if the high one is zero.
void Thumb2Assembler::narrow(Value& result, const Value& value, Trap kind) {
  const Pair words = take_pair(value);
  const Reg high = in_register(words.hi);
  a_.cmp_imm(high, 0);
  release(high);
  trap_if(Cond::Ne, kind);
  make_plain(result, in_register(words.lo));
}

/// The low word; the other is dropped.
void Thumb2Assembler::wrap(Value& result, const Value& x) {
  Node n(Node::Kind::Alu);
  if (const Node* wide = lazy(x);
      wide != nullptr && wide->kind == Node::Kind::Wide && wide->wide <= Wide::Eor) {
    // Only the low words of the operands count.
    constexpr Alu kLow[] = {Alu::Add, Alu::Sub, Alu::And, Alu::Orr, Alu::Eor};
    const Node whole = unmake(x);
    release(whole.w[1]);
    release(whole.w[3]);
    n.alu = kLow[static_cast<uint32_t>(whole.wide)];
    n.w[0] = whole.w[0];
    n.w[1] = whole.w[2];
    if (n.w[0].is_register()) return make(result, n);
    n.w[0] = Word::in(in_register(n.w[0]));
    return make(result, n);
  }
  const Pair pair = take_pair(x);
  release(pair.hi);
  n.alu = Alu::ShiftBy;
  n.w[0] = Word::in(in_register(pair.lo));
  make(result, n);
}

void Thumb2Assembler::wide_binary(Wide op, Value& result, const Value& x, const Value& y) {
  if (x.is_constant() && !y.is_constant() && op != Wide::Sub) return wide_binary(op, result, y, x);
  const Pair right = take_pair(y);
  const Pair left = take_pair(x);
  Node n(Node::Kind::Wide);
  n.wide = op;
  n.pair = true;
  n.w[0] = Word::in(in_register(left.lo));
  n.w[1] = Word::in(in_register(left.hi));
  n.w[2] = right.lo;
  n.w[3] = right.hi;
  // The scratch register serves one constant; what the high word needs must be an operand by itself.
  const uint32_t high = right.hi.constant;
  const bool trivial = op >= Wide::And && (high == 0 || high == ~0u);
  if (right.hi.is_constant() && !trivial && thumb2::modified_immediate(high) < 0)
    n.w[3] = Word::in(in_register(right.hi));
  make(result, n);
}

/// Three products; two when a factor's high word is 0, one when both are or both only carry the sign.
void Thumb2Assembler::wide_multiply(Value& result, const Value& x, const Value& y) {
  const auto extends = [&](const Value& v) {
    const Node* n = lazy(v);
    return n != nullptr && n->kind == Node::Kind::Wide && n->wide == Wide::Extend;
  };
  if (extends(x) && extends(y)) {
    const Node a = unmake(x), b = unmake(y);
    const Reg lo = allocate(), hi = allocate();
    a_.smull(lo, hi, a.w[0].reg, b.w[0].reg);
    release(a.w[0]);
    release(b.w[0]);
    return make_plain(result, lo, hi);
  }
  const Pair a = take_pair(x), b = take_pair(y);
  const Reg a_lo = in_register(a.lo), b_lo = in_register(b.lo);
  const bool a_high = !a.hi.is(0), b_high = !b.hi.is(0);
  scratch();
  if (a_high) {
    const Reg r = in_register(a.hi);
    a_.mul(thumb2::kScratch, r, b_lo);
    release(r);
  }
  if (b_high) {
    const Reg r = in_register(b.hi);
    if (a_high) {
      a_.mla(thumb2::kScratch, r, a_lo, thumb2::kScratch);
    } else {
      a_.mul(thumb2::kScratch, r, a_lo);
    }
    release(r);
  }
  const Reg lo = allocate(), hi = allocate();
  a_.umull(lo, hi, a_lo, b_lo);
  if (a_high || b_high) a_.dp(Dp::Add, hi, hi, thumb2::kScratch);
  release(a_lo);
  release(b_lo);
  make_plain(result, lo, hi);
}

void Thumb2Assembler::wide_shift(Op op, Value& result, const Value& x, const Value& y) {
  if (!y.is_constant()) return wide_shift_in(op, result, x, y);
  const Pair pair = take_pair(x);
  Node n(Node::Kind::Wide);
  n.pair = true;
  n.amount = static_cast<uint8_t>(y.constant & 63);
  n.w[0] = Word::in(in_register(pair.lo));
  n.w[1] = Word::in(in_register(pair.hi));
  n.wide = op == Op::I64Shl ? Wide::Shl : op == Op::I64ShrU ? Wide::ShrU : Wide::ShrS;
  if (n.amount == 0) n.kind = Node::Kind::Plain;
  if (n.kind == Node::Kind::Wide) return make(result, n);
  // Nodes that are plain own their registers: pinned ones are copied.
  for (const uint32_t half : {0u, 1u}) n.w[half] = Word::in(own_register(n.w[half]));
  make(result, n);
}

/// Register shifts by 32 to 255 give 0 (signs when arithmetic), and count by the low byte: so the bits that
/// cross between the words need no branch, but for the arithmetic shift.
void Thumb2Assembler::wide_shift_in(Op op, Value& result, const Value& x, const Value& y) {
  const Pair count = take_pair(y);
  release(count.hi);
  const Reg n = in_register(count.lo);
  const Reg by = is_temporary(n) ? n : allocate();
  a_.dp_imm(Dp::And, by, n, 63);
  const Pair pair = take_pair(x);
  const Reg lo = own_register(pair.lo), hi = own_register(pair.hi);
  const bool left = op == Op::I64Shl;
  const Reg to = left ? hi : lo, from = left ? lo : hi;
  const Shift along = left ? Shift::Lsl : Shift::Lsr, across = left ? Shift::Lsr : Shift::Lsl;
  scratch();
  a_.dp_imm(Dp::Rsb, thumb2::kScratch, by, 32);
  a_.shift_reg(across, thumb2::kScratch, from, thumb2::kScratch);
  a_.shift_reg(along, to, to, by);
  a_.dp(Dp::Orr, to, to, thumb2::kScratch);
  a_.dp_imm(Dp::Sub, thumb2::kScratch, by, 32, true);
  const bool is_signed = op == Op::I64ShrS;
  if (is_signed) a_.it(Cond::Pl, "t");
  a_.shift_reg(is_signed ? Shift::Asr : along, thumb2::kScratch, from, thumb2::kScratch);
  a_.dp(Dp::Orr, to, to, thumb2::kScratch);
  a_.shift_reg(is_signed ? Shift::Asr : along, from, from, by);
  release(by);
  make_plain(result, lo, hi);
}

void Thumb2Assembler::wide_compare(Cond cond, Value& result, const Value& x, const Value& y) {
  const Pair left = take_pair(x), right = take_pair(y);
  Node n(Node::Kind::CompareWide);
  n.cond = cond;
  n.w[0] = Word::in(in_register(left.lo));
  const bool equality = cond == Cond::Eq || cond == Cond::Ne;
  const bool zero = equality && right.lo.is(0) && right.hi.is(0);
  n.w[1] = zero && left.hi.is_constant() && thumb2::modified_immediate(left.hi.constant) >= 0
               ? left.hi
               : Word::in(in_register(left.hi));
  n.w[2] = right.lo;
  n.w[3] = right.hi;
  if (equality && !zero && right.hi.is_constant() && !a_.can_cmp_imm(right.hi.constant))
    n.w[3] = Word::in(in_register(right.hi));
  make(result, n);
}

void Thumb2Assembler::wide_count(Op op, Value& result, const Value& x) {
  const Pair pair = take_pair(x);
  const Reg lo = in_register(pair.lo), hi = in_register(pair.hi);
  const Reg rd = allocate();
  const bool leading = op == Op::I64Clz;
  const Reg first = leading ? hi : lo, second = leading ? lo : hi;
  Label done;
  const auto count = [&](Reg from) {
    if (!leading) a_.rbit(rd, from);
    a_.clz(rd, leading ? from : rd);
  };
  count(first);
  a_.cmp_imm(first, 0);
  branch_to(Cond::Ne, done);
  count(second);
  a_.dp_imm(Dp::Add, rd, rd, 32);
  land(done);
  release(lo);
  release(hi);
  const Reg zero = allocate();
  a_.mov_imm(zero, 0);
  make_plain(result, rd, zero);
}

void Thumb2Assembler::wide_extend(Value& result, const Value& x, uint32_t width, bool is_signed) {
  Value low = x;
  if (x.slots() == 2) {
    low.type = wasm::kI32;
    if (x.in_register()) {
      const Pair pair = take_pair(x);
      release(pair.hi);
      return extend_word(result, pair.lo, width, is_signed);
    }
  }
  extend_word(result, take(low), width, is_signed);
}

void Thumb2Assembler::extend_word(Value& result, const Word& w, uint32_t width, bool is_signed) {
  Reg r = in_register(w);
  if (width < 32) {
    const Reg narrow = is_temporary(r) ? r : allocate();
    a_.sbfx(narrow, r, 0, width);
    r = narrow;
  }
  Node n;
  n.pair = true;
  n.w[0] = Word::in(r);
  if (is_signed) {
    n.kind = Node::Kind::Wide;
    n.wide = Wide::Extend;
    n.w[1] = n.w[0].is_register() && !is_temporary(r) ? n.w[0] : Word{};
    return make(result, n);
  }
  n.kind = Node::Kind::Plain;
  n.w[0] = Word::in(own_register(n.w[0]));
  n.w[1] = Word::of(0);
  make(result, n);
}

/// A routine of the run-time library: words of operands in r0 to r3, the result in r0 and r1.
void Thumb2Assembler::library(Routine routine, Value& result, std::span<const Value> operands) {
  pass(operands, 0);
  call_routine(routine);
  owner_[0] = kInFlight;
  const bool pair = result.slots() == 2;
  if (pair) owner_[1] = kInFlight;
  make_plain(result, 0, pair ? Reg{1} : thumb2::kNoReg);
}

/// An operation that the run time does on operands in the frame.
void Thumb2Assembler::numeric_helper(Op op, Value& result, std::span<const Value> operands) {
  uint16_t base = result.home;
  if (!operands.empty()) base = operands[0].home;
  pass_in_frame(operands, base);
  call_out(MOTE_TABLE_NUMERIC, static_cast<uint32_t>(op), base, 0, 0);
  result.kind = Value::Kind::Stack;
}

}  // namespace mote::compile
