// SPDX-License-Identifier: Apache-2.0
// Single precision values in s-registers: s0 to s15 are temporaries, s16 to s31 pinned locals and values that
// outlive calls. What is loaded from memory or comes from a call is in a core register until it is computed
// with: vldr faults where a Wasm load does not, at addresses that are no multiple of 4. Moves never quieten
// NaNs.
#include <bit>

#include "compile/isa/thumb2/assembler.hpp"

namespace mote::compile {

using thumb2::kFirstSavedSingle;
using thumb2::kNoReg;
using wasm::Op;
using Unary = thumb2::Encoder::VfpUnary;

namespace {

constexpr uint32_t kLargestVfpOffset = 1020;

}  // namespace

/// As allocate(): a temporary in flight, one without a constant if there is.
Thumb2Assembler::Reg Thumb2Assembler::allocate_single() {
  Reg best = kNoReg;
  for (Reg s = 0; s < kFirstSavedSingle; ++s) {
    if (is_pinned_single(s) || single_owner_[s] != kFree) continue;
    best = s;
    if ((single_constants_ >> s & 1) == 0) break;
  }
  if (best == kNoReg) {
    evict_single();
    return allocate_single();
  }
  single_owner_[best] = kInFlight;
  features_ |= thumb2::kFloat32;
  wrote_single(best);
  return best;
}

void Thumb2Assembler::wrote_single(Reg s) {
  if (s < kFirstSavedSingle) single_constants_ = static_cast<uint16_t>(single_constants_ & ~(1u << s));
}

/// Makes an s-register free: of the node that lies deepest on the stack.
void Thumb2Assembler::evict_single() {
  uint32_t victim = kNodes;
  for (uint32_t left = taken_; left != 0; left &= left - 1) {
    const auto id = static_cast<uint32_t>(std::countr_zero(left));
    bool holds = false;
    for (const Word& w : nodes_[id].w)
      holds = holds || (w.is_single() && w.reg < kFirstSavedSingle && !is_pinned_single(w.reg));
    if (holds && (victim == kNodes || nodes_[id].home < nodes_[victim].home)) victim = id;
  }
  if (victim == kNodes) {
    buffer_.fail();  // as in evict()
    for (uint8_t& owner : single_owner_) owner = kFree;
    return;
  }
  if (nodes_[victim].lazy()) return materialise(static_cast<uint8_t>(victim));
  to_home(static_cast<uint8_t>(victim));
}

void Thumb2Assembler::release_single(Reg s) {
  if (!is_pinned_single(s) && single_owner_[s] == kInFlight) single_owner_[s] = kFree;
}

void Thumb2Assembler::make_single(Value& result, Reg s) {
  Node n(Node::Kind::Plain);
  n.w[0] = Word::single(s);
  make(result, n);
}

bool Thumb2Assembler::in_single(const Value& value) const {
  if (lazy(value) != nullptr) return false;
  return word(value, 0).is_single();
}

/// A value that is not in an s-register comes to one.
void Thumb2Assembler::load_single(Reg s, const Word& w) {
  wrote_single(s);
  if (w.is_single()) return a_.vfp(Unary::Mov, s, w.reg);
  if (w.is_constant() && a_.vmov_imm(s, w.constant)) return;
  if (w.kind == Word::Kind::Frame && find_contents(w) == kNoReg && frame_offset(w.slot) <= kLargestVfpOffset)
    return a_.vldr(s, thumb2::sp, frame_offset(w.slot));
  a_.vmov_to(s, operand(w));
}

/// Consumes a value: in an s-register, which is in flight or a pinned local's.
Thumb2Assembler::Reg Thumb2Assembler::take_single(const Value& value) {
  if (lazy(value) != nullptr) materialise(value.reg);
  const Word w = value.in_register() ? unmake(value).w[0] : word(value, 0);
  if (w.is_single()) return w.reg;
  for (Reg s = 0; w.is_constant() && s < kFirstSavedSingle; ++s) {
    if ((single_constants_ >> s & 1) == 0 || single_contents_[s].value != w.constant ||
        single_owner_[s] != kFree)
      continue;
    single_owner_[s] = kInFlight;
    return s;
  }
  const Reg s = allocate_single();
  load_single(s, w);
  release(w);
  if (w.is_constant()) {
    single_constants_ = static_cast<uint16_t>(single_constants_ | 1u << s);
    single_contents_[s] = {w.constant, a_.position()};
  }
  return s;
}

void Thumb2Assembler::store_single(Reg s, uint16_t slot) {
  const uint32_t offset = frame_offset(slot);
  if (offset <= kLargestVfpOffset) return a_.vstr(s, thumb2::sp, offset);
  scratch();
  a_.vmov_from(thumb2::kScratch, s);
  store_slot(thumb2::kScratch, slot);
}

/// A value to a local or its home. An instruction that has just made it writes straight to the pinned
/// register.
void Thumb2Assembler::move_single(uint16_t slot, const Value& value) {
  const Word to = slot < shape_.local_slots ? local_word(slot) : Word::at(slot);
  if (lazy(value) != nullptr) materialise(value.reg);
  if (!to.is_single()) return store_word(word(value, 0), slot);
  before_write_single(to.reg);
  const Word w = word(value, 0);
  if (w.is_single() && !is_pinned_single(w.reg) && single_of_ == w.reg && single_at_ == a_.position()) {
    a_.retarget(a_.position() - 4, to.reg);
    single_at_ = kNowhere;
    return;
  }
  load_single(to.reg, w);
}

/// Comparisons that still read a pinned register are made before it changes.
void Thumb2Assembler::before_write_single(Reg pinned) {
  for (uint32_t left = taken_; left != 0; left &= left - 1) {
    const auto id = static_cast<uint8_t>(std::countr_zero(left));
    const Node& n = nodes_[id];
    const bool pairs = doubles() && n.kind == Node::Kind::CompareDouble;
    if (n.kind != Node::Kind::CompareSingle && !pairs) continue;
    const Word& y = n.w[pairs ? 2 : 1];
    const bool reads = n.w[0].reg == pinned || (y.is_single() && y.reg == pinned);
    if (reads) materialise(id);
  }
}

/// Values leave the s-registers that a call destroys: for ones that it saves, or for their homes.
void Thumb2Assembler::clear_singles() {
  for (uint32_t left = taken_; left != 0; left &= left - 1) {
    const auto id = static_cast<uint8_t>(std::countr_zero(left));
    bool holds = false;
    for (const Word& w : nodes_[id].w) holds = holds || (w.is_single() && w.reg < kFirstSavedSingle);
    if (!holds) continue;
    if (nodes_[id].lazy()) {
      materialise(id);
      continue;
    }
    if (doubles() && nodes_[id].pair) {
      save_double(id);
      continue;
    }
    Word& w = nodes_[id].w[0];
    Reg spare = kFirstSavedSingle;
    while (spare < 32 && (is_pinned_single(spare) || single_owner_[spare] != kFree)) ++spare;
    if (spare == 32) {
      to_home(id);
      continue;
    }
    a_.vfp(Unary::Mov, spare, w.reg);
    single_owner_[w.reg] = kFree;
    single_owner_[spare] = id;
    w.reg = spare;
    if (singles_saved_ < spare - kFirstSavedSingle + 1)
      singles_saved_ = static_cast<uint8_t>(spare - kFirstSavedSingle + 1);
  }
}

/// Where the result of x and y goes: into the place of one of them, or another.
Thumb2Assembler::Reg Thumb2Assembler::result_single(Reg x, Reg y) {
  release_single(x);
  release_single(y);
  for (const Reg s : {x, y}) {
    if (is_pinned_single(s) || single_owner_[s] != kFree) continue;
    single_owner_[s] = kInFlight;
    wrote_single(s);
    return s;
  }
  return allocate_single();
}

void Thumb2Assembler::single_arithmetic(Op op, Value& result, std::span<const Value> operands) {
  const Reg y = take_single(operands[1]), x = take_single(operands[0]);
  const Reg rd = result_single(x, y);
  constexpr thumb2::Encoder::Vfp kOps[] = {thumb2::Encoder::Vfp::Add, thumb2::Encoder::Vfp::Sub,
                                           thumb2::Encoder::Vfp::Mul, thumb2::Encoder::Vfp::Div};
  a_.vfp(kOps[static_cast<uint32_t>(op) - static_cast<uint32_t>(Op::F32Add)], rd, x, y);
  single_at_ = a_.position();
  single_of_ = rd;
  make_single(result, rd);
}

void Thumb2Assembler::single_unary(Op op, Value& result, const Value& operand) {
  const Reg x = take_single(operand);
  const Reg rd = result_single(x, x);
  a_.vfp(op == Op::F32Sqrt ? Unary::Sqrt : op == Op::F32Abs ? Unary::Abs : Unary::Neg, rd, x);
  single_at_ = a_.position();
  single_of_ = rd;
  make_single(result, rd);
}

void Thumb2Assembler::single_from_integer(Op op, Value& result, const Value& operand) {
  const Reg x = take_register(operand);
  const Reg rd = allocate_single();
  a_.vmov_to(rd, x);
  release(x);
  a_.vfp(op == Op::F32ConvertI32S ? Unary::FromSigned : Unary::FromUnsigned, rd, rd);
  single_at_ = a_.position();
  single_of_ = rd;
  make_single(result, rd);
}

/// The machine's conversion is the saturating one: NaN gives 0 (A7.7.228).
void Thumb2Assembler::single_to_integer(Op op, Value& result, const Value& operand) {
  const Reg x = take_single(operand);
  const Reg rd = result_single(x, x);
  a_.vfp(op == Op::I32TruncSatF32S ? Unary::ToSigned : Unary::ToUnsigned, rd, x);
  release_single(rd);
  const Reg core = allocate();
  a_.vmov_from(core, rd);
  make_plain(result, core);
}

/// Unordered operands make every comparison false but "not equal": the conditions are chosen so (Armv7-M
/// manual, A7.3 with FPSCR's flags), and so are their inverses.
void Thumb2Assembler::single_compare(Op op, Value& result, std::span<const Value> operands) {
  constexpr Cond kConds[] = {Cond::Eq, Cond::Ne, Cond::Mi, Cond::Gt, Cond::Ls, Cond::Ge};
  Node n(Node::Kind::CompareSingle);
  n.most = 1;
  n.cond = kConds[static_cast<uint32_t>(op) - static_cast<uint32_t>(Op::F32Eq)];
  const bool zero = operands[1].is_constant() && (operands[1].constant & 0x7fff'ffff) == 0;
  if (!zero) n.w[1] = Word::single(take_single(operands[1]));
  n.w[0] = Word::single(take_single(operands[0]));
  make(result, n);
}

void Thumb2Assembler::select_single(Value& result, const Value& first, const Value& second,
                                    const Value& condition) {
  const Value test = comparison(condition);
  const Reg no = take_single(second), yes = take_single(first);
  Reg to = yes;
  if (is_pinned_single(yes)) {
    to = allocate_single();
    a_.vfp(Unary::Mov, to, yes);
  }
  wrote_single(to);
  const Cond cond = flags_for(test);
  if (no != to) {
    a_.it(thumb2::inverse(cond), "");
    a_.vfp(Unary::Mov, to, no);
  }
  release_single(no);
  make_single(result, to);
}

}  // namespace mote::compile
