// SPDX-License-Identifier: Apache-2.0
// Double precision on CPUs that compute it (Cortex-M7): values live in d-registers, which are pairs of
// s-registers: dn is s2n and s2n+1 and goes by the number of the first, and each half is a word of its own
// (node.hpp). So whatever treats words one by one (single.cpp, values.cpp) is right for doubles too; here is
// what takes both at once. Loads go through core registers as those of singles do. What is not here is the
// library's, as on other CPUs.
#include "compile/isa/thumb2/assembler.hpp"

namespace mote::compile {

using thumb2::kFirstSavedSingle;
using thumb2::kNoReg;
using wasm::Op;
using Double = thumb2::Encoder::VfpDouble;

namespace {

constexpr uint32_t kLargestVfpOffset = 1020;

}  // namespace

/// As allocate_single(): both halves are in flight.
Thumb2Assembler::Reg Thumb2Assembler::allocate_double() {
  Reg best = kNoReg;
  while (best == kNoReg) {
    for (Reg d = 0; d < kFirstSavedSingle; d += 2) {
      if (!is_free_double(d)) continue;
      best = d;
      if ((single_constants_ >> d & 3) == 0) break;
    }
    if (best == kNoReg) evict_single();
  }
  own_double(best, kInFlight);
  features_ |= thumb2::kFloat64;
  wrote_double(best);
  return best;
}

bool Thumb2Assembler::is_free_double(Reg d) const {
  return (pinned_singles_ >> d & 3) == 0 && single_owner_[d] == kFree && single_owner_[d + 1] == kFree;
}

void Thumb2Assembler::own_double(Reg d, uint8_t owner) {
  single_owner_[d] = single_owner_[d + 1] = owner;
}

void Thumb2Assembler::wrote_double(Reg d) {
  wrote_single(d);
  wrote_single(d + 1);
}

void Thumb2Assembler::release_double(Reg d) {
  release_single(d);
  release_single(d + 1);
}

/// `made`: by the instruction that was emitted last, which may still be given another destination.
void Thumb2Assembler::make_double(Value& result, Reg d, bool made) {
  Node n(Node::Kind::Plain);
  n.pair = true;
  n.w[0] = Word::single(d);
  n.w[1] = Word::single(d + 1);
  make(result, n);
  if (!made) return;
  single_at_ = a_.position();
  single_of_ = d;
}

/// A value comes to a d-register by one instruction, if it can.
bool Thumb2Assembler::load_double(Reg d, const Word& lo, const Word& hi) {
  wrote_double(d);
  if (lo.is_single()) {
    a_.vfp_double(Double::Mov, d, lo.reg);
  } else if (lo.is_register() && hi.is_register()) {
    a_.vmov_to_double(d, lo.reg, hi.reg);
  } else if (lo.kind == Word::Kind::Frame && hi.kind == Word::Kind::Frame &&
             frame_offset(lo.slot) <= kLargestVfpOffset) {
    a_.vldr_double(d, thumb2::sp, frame_offset(lo.slot));
  } else if (lo.is_constant() && hi.is(lo.constant)) {
    const Reg both = operand(lo);
    a_.vmov_to_double(d, both, both);
  } else {
    return lo.is_constant() && hi.is_constant() &&
           a_.vmov_imm_double(d, uint64_t{hi.constant} << 32 | lo.constant);
  }
  return true;
}

/// Consumes a value: in a d-register, which is in flight or a pinned local's.
Thumb2Assembler::Reg Thumb2Assembler::take_double(const Value& value) {
  if (lazy(value) != nullptr) materialise(value.reg);
  Word lo, hi;
  if (value.in_register()) {
    const Node& n = unmake(value);
    lo = n.w[0], hi = n.w[1];
  } else {
    lo = word(value, 0), hi = word(value, 1);
  }
  if (lo.is_single()) return lo.reg;
  const bool constant = lo.is_constant() && hi.is_constant();
  for (Reg d = 0; constant && d < kFirstSavedSingle; d += 2) {
    const bool known = (single_constants_ >> d & 3) == 3 && single_contents_[d].value == lo.constant &&
                       single_contents_[d + 1].value == hi.constant;
    if (!known || !is_free_double(d)) continue;
    own_double(d, kInFlight);
    return d;
  }
  const Reg d = allocate_double();
  const Word low = lo, high = hi;
  if (!load_double(d, lo, hi)) {
    lo = Word::in(in_register(low));
    hi = Word::in(in_register(high));
    a_.vmov_to_double(d, lo.reg, hi.reg);
  }
  release(lo);
  release(hi);
  if (constant) {
    single_constants_ = static_cast<uint16_t>(single_constants_ | 3u << d);
    single_contents_[d] = {low.constant, a_.position()};
    single_contents_[d + 1] = {high.constant, a_.position()};
  }
  return d;
}

void Thumb2Assembler::store_double(Reg d, uint16_t slot) {
  if (const uint32_t offset = frame_offset(slot); offset <= kLargestVfpOffset)
    return a_.vstr_double(d, thumb2::sp, offset);
  store_single(d, slot);
  store_single(d + 1, static_cast<uint16_t>(slot + 1));
}

/// As move_single().
void Thumb2Assembler::move_double(uint16_t slot, const Value& value) {
  const bool local = slot < shape_.local_slots;
  const auto upper = static_cast<uint16_t>(slot + 1);
  const Word to = local ? local_word(slot) : Word::at(slot);
  if (lazy(value) != nullptr) materialise(value.reg);
  if (to.is_single()) before_write_single(to.reg);
  const Word lo = word(value, 0), hi = word(value, 1);
  if (!to.is_single() && !lo.is_single()) {
    store_word(lo, slot);
    return store_word(hi, upper);
  }
  if (!to.is_single()) {
    store_double(lo.reg, slot);
    if (local) forget_slot(slot);
    if (local) forget_slot(upper);
    return;
  }
  if (lo.is_single() && !is_pinned_single(lo.reg) && single_of_ == lo.reg && single_at_ == a_.position()) {
    a_.retarget(a_.position() - 4, to.reg);
    wrote_double(to.reg);
    single_at_ = kNowhere;
    return;
  }
  if (load_double(to.reg, lo, hi)) return;
  load_single(to.reg, lo);  // half by half, which takes no register
  load_single(static_cast<Reg>(to.reg + 1), hi);
}

/// A value leaves a d-register that a call destroys: for one that it saves, or for its home.
void Thumb2Assembler::save_double(uint8_t id) {
  Node& n = nodes_[id];
  Reg spare = kFirstSavedSingle;
  while (spare < 32 && !is_free_double(spare)) spare = static_cast<Reg>(spare + 2);
  if (spare >= 32) return to_home(id);
  a_.vfp_double(Double::Mov, spare, n.w[0].reg);
  own_double(n.w[0].reg, kFree);
  own_double(spare, id);
  n.w[0].reg = spare;
  n.w[1].reg = static_cast<Reg>(spare + 1);
  const uint32_t saved = spare + 2u - kFirstSavedSingle;
  if (singles_saved_ < saved) singles_saved_ = static_cast<uint8_t>(saved);
}

/// As result_single().
Thumb2Assembler::Reg Thumb2Assembler::result_double(Reg x, Reg y) {
  release_double(x);
  release_double(y);
  for (const Reg d : {x, y}) {
    if (!is_free_double(d)) continue;
    own_double(d, kInFlight);
    wrote_double(d);
    return d;
  }
  return allocate_double();
}

/// As to_home().
void Thumb2Assembler::double_to_home(Node& n) {
  store_double(n.w[0].reg, n.home);
  own_double(n.w[0].reg, kFree);
  n.w[0] = Word::at(n.home);
  n.w[1] = Word::at(static_cast<uint16_t>(n.home + 1));
}

/// A copy of a pinned local.
void Thumb2Assembler::hold_double(Value& value, Reg pinned) {
  const Reg copy = allocate_double();
  a_.vfp_double(Double::Mov, copy, pinned);
  make_double(value, copy, false);
}

/// Both words of a double to core registers. Consumes it.
Thumb2Assembler::Pair Thumb2Assembler::from_double(Reg d) {
  const Reg lo = allocate(), hi = allocate();
  a_.vmov_from_double(lo, hi, d);
  release_double(d);
  return {Word::in(lo), Word::in(hi)};
}

/// Conditions as for singles.
void Thumb2Assembler::double_compare(Op op, Value& result, std::span<const Value> operands) {
  constexpr Cond kConds[] = {Cond::Eq, Cond::Ne, Cond::Mi, Cond::Gt, Cond::Ls, Cond::Ge};
  Node n(Node::Kind::CompareDouble);
  n.most = 1;
  n.cond = kConds[static_cast<uint32_t>(op) - static_cast<uint32_t>(Op::F64Eq)];
  const bool zero = operands[1].is_constant() && operands[1].constant << 1 == 0;
  const Reg y = zero ? kNoReg : take_double(operands[1]);
  const Reg x = take_double(operands[0]);
  n.w[0] = Word::single(x);
  n.w[1] = Word::single(x + 1);
  if (!zero) n.w[2] = Word::single(y);
  if (!zero) n.w[3] = Word::single(y + 1);
  make(result, n);
}

void Thumb2Assembler::double_unary(Double op, Value& result, const Value& operand) {
  const Reg x = take_double(operand);
  const Reg rd = result_double(x, x);
  a_.vfp_double(op, rd, x);
  make_double(result, rd, true);
}

void Thumb2Assembler::select_double(Value& result, const Value& first, const Value& second,
                                    const Value& condition) {
  const Value test = comparison(condition);
  const Reg no = take_double(second), yes = take_double(first);
  Reg to = yes;
  if (is_pinned_single(yes)) {
    to = allocate_double();
    a_.vfp_double(Double::Mov, to, yes);
  }
  wrote_double(to);
  const Cond cond = flags_for(test);
  if (no != to) {
    a_.it(thumb2::inverse(cond), "");
    a_.vfp_double(Double::Mov, to, no);
  }
  release_double(no);
  make_double(result, to, false);
}

/// Between doubles and singles or 32 bits.
bool Thumb2Assembler::convert_double(Op op, Value& result, const Value& operand) {
  switch (op) {
    case Op::F64ConvertI32S:
    case Op::F64ConvertI32U: {
      const Reg x = take_register(operand), rd = allocate_double();
      a_.vmov_to(rd, x);
      release(x);
      a_.vfp_double(op == Op::F64ConvertI32S ? Double::FromSigned : Double::FromUnsigned, rd, rd);
      make_double(result, rd, true);
      return true;
    }
    case Op::F64PromoteF32: {
      const Reg x = take_single(operand), rd = allocate_double();
      a_.vfp_double(Double::FromSingle, rd, x);
      release_single(x);
      make_double(result, rd, true);
      return true;
    }
    case Op::F32DemoteF64: {
      const Reg x = take_double(operand), rd = allocate_single();
      a_.vfp_double(Double::ToSingle, rd, x);
      release_double(x);
      make_single(result, rd);
      single_at_ = a_.position();
      single_of_ = rd;
      return true;
    }
    case Op::I32TruncSatF64S:
    case Op::I32TruncSatF64U: {
      const Reg x = take_double(operand), half = allocate_single(), rd = allocate();
      a_.vfp_double(op == Op::I32TruncSatF64S ? Double::ToSigned : Double::ToUnsigned, half, x);
      a_.vmov_from(rd, half);
      release_double(x);
      release_single(half);
      make_plain(result, rd);
      return true;
    }
    default:
      return false;
  }
}

/// False if the library does it.
bool Thumb2Assembler::operate_double(Op op, Value& result, std::span<const Value> operands) {
  if (op >= Op::F64Eq && op <= Op::F64Ge) {
    double_compare(op, result, operands);
    return true;
  }
  if (op >= Op::F64Add && op <= Op::F64Div) {
    using Vfp = thumb2::Encoder::Vfp;
    constexpr Vfp kOps[] = {Vfp::Add, Vfp::Sub, Vfp::Mul, Vfp::Div};
    const Reg y = take_double(operands[1]), x = take_double(operands[0]);
    const Reg rd = result_double(x, y);
    a_.vfp_double(kOps[static_cast<uint32_t>(op) - static_cast<uint32_t>(Op::F64Add)], rd, x, y);
    make_double(result, rd, true);
    return true;
  }
  if (op == Op::F64Sqrt) {
    double_unary(Double::Sqrt, result, operands[0]);
    return true;
  }
  return convert_double(op, result, operands[0]);
}

}  // namespace mote::compile
