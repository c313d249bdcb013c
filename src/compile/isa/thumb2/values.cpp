// SPDX-License-Identifier: Apache-2.0
// Where values are: nodes, the registers they own, and their homes.
#include <bit>

#include "compile/isa/thumb2/assembler.hpp"

namespace mote::compile {

using thumb2::kNoReg;

/// A free temporary, in flight: the caller releases it or gives it to a node. Registers that are saved
/// already come before others, those that hold nothing of use before those that do.
Thumb2Assembler::Reg Thumb2Assembler::allocate() {
  constexpr Reg kOrder[] = {0, 1, 2, 3, 14, 4, 5, 6, 7, 8, 9};
  Reg best = kNoReg;
  uint32_t least = 3;
  for (const Reg r : kOrder) {
    if (!is_temporary(r) || owner_[r] != kFree) continue;
    const RegSet bit = thumb2::set_of(r);
    const bool unsaved = (bit & ~(thumb2::kArguments | used_)) != 0;
    const uint32_t cost = unsaved ? 2 : (a_.kept() & bit) != 0 ? 1 : 0;
    if (cost >= least) continue;
    least = cost;
    best = r;
    if (cost == 0) break;
  }
  if (best == kNoReg) {
    evict();
    return allocate();
  }
  const RegSet bit = thumb2::set_of(best);
  owner_[best] = kInFlight;
  a_.lose(bit);
  used_ = static_cast<RegSet>(used_ | (bit & (thumb2::kCalleeSaved | thumb2::set_of(thumb2::lr))));
  return best;
}

/// Makes a register free: of the node that lies deepest on the stack.
void Thumb2Assembler::evict() {
  uint32_t victim = kNodes;
  for (uint32_t left = taken_; left != 0; left &= left - 1) {
    const auto id = static_cast<uint32_t>(std::countr_zero(left));
    bool holds = false;
    for (const Word& w : nodes_[id].w) holds = holds || (w.is_register() && is_temporary(w.reg));
    if (holds && (victim == kNodes || nodes_[id].home < nodes_[victim].home)) victim = id;
  }
  if (victim == kNodes) {
    // An instruction that keeps too many: the code is refused, not made wrong.
    buffer_.fail();
    for (uint8_t& owner : owner_) owner = kFree;
    return;
  }
  if (nodes_[victim].lazy()) return materialise(static_cast<uint8_t>(victim));
  to_home(static_cast<uint8_t>(victim));
}

void Thumb2Assembler::release(Reg r) {
  if (r < 16 && is_temporary(r) && owner_[r] == kInFlight) owner_[r] = kFree;
}

void Thumb2Assembler::release(const Word& w) {
  if (w.is_register()) release(w.reg);
  if (w.is_single()) release_single(w.reg);
}

void Thumb2Assembler::own(Node& n, uint8_t id) {
  for (const Word& w : n.w) {
    if (w.kind == Word::Kind::None) return;  // nor are there any behind it
    // Of a pinned register nobody asks who owns it.
    if (w.is_register()) owner_[w.reg] = id;
    if (w.is_single()) single_owner_[w.reg] = id;
  }
}

/// Gives a result a number. The node's registers must be in flight.
void Thumb2Assembler::make(Value& result, const Node& n) {
  const auto id = static_cast<uint8_t>(std::countr_one(taken_));
  taken_ |= 1u << id;
  nodes_[id] = n;
  nodes_[id].home = result.home;
  own(nodes_[id], id);
  result.kind = Value::Kind::Register;
  result.reg = id;
}

/// Likewise: a new plain node, to be filled in place.
Thumb2Assembler::Node& Thumb2Assembler::make_room(Value& result) {
  const auto id = static_cast<uint8_t>(std::countr_one(taken_));
  taken_ |= 1u << id;
  Node& n = nodes_[id];
  n.kind = Node::Kind::Plain;
  n.pair = false;
  n.most = ~0u;
  n.home = result.home;
  for (Word& w : n.w) w.kind = Word::Kind::None;
  result.kind = Value::Kind::Register;
  result.reg = id;
  return n;
}

void Thumb2Assembler::make_plain(Value& result, Reg lo, Reg hi) {
  Node& n = make_room(result);
  n.w[0] = Word::in(lo);
  n.pair = hi != kNoReg;
  if (n.pair) n.w[1] = Word::in(hi);
  own(n, result.reg);
}

/// A result that is known not to be above `most`.
void Thumb2Assembler::make_below(Value& result, Reg r, uint32_t most) {
  make_plain(result, r);
  nodes_[result.reg].most = most;
}

/// The largest that a 32-bit value can be.
uint32_t Thumb2Assembler::most_of(const Value& value) const {
  if (value.is_constant()) return static_cast<uint32_t>(value.constant);
  if (value.in_register()) return nodes_[value.reg].most;
  if (value.kind != Value::Kind::Local) return ~0u;
  const Word w = local_word(value.slot);
  return w.is_register() && thumb2::has(ranges_held_, w.reg) ? ranges_[w.reg].value : ~0u;
}

/// Ends a node; its registers are in flight. What is returned stays as it is until another is made.
const Thumb2Assembler::Node& Thumb2Assembler::unmake(const Value& value) {
  Node& n = nodes_[value.reg];
  own(n, kInFlight);
  taken_ &= ~(1u << value.reg);
  return n;
}

/// The node of a value whose instruction is not emitted yet, or nullptr.
const Thumb2Assembler::Node* Thumb2Assembler::lazy(const Value& value) const {
  if (!value.in_register() || !nodes_[value.reg].lazy()) return nullptr;
  return &nodes_[value.reg];
}

void Thumb2Assembler::materialise(uint8_t id) {
  Value value;
  value.reg = id;
  Node n = unmake(value);
  Node plain(Node::Kind::Plain);
  plain.home = n.home;
  plain.pair = n.pair;
  plain.most = n.most;
  Reg mine[2] = {kNoReg, kNoReg};
  uint32_t found = 0;
  const uint32_t wanted = n.pair ? 2 : 1;
  for (const Word& w : n.w) {
    if (found < wanted && w.is_register() && is_temporary(w.reg)) mine[found++] = w.reg;
  }
  while (found < wanted) mine[found++] = allocate();
  if (n.pair) {
    emit_wide(n, mine[0], mine[1]);
    plain.w[1] = Word::in(mine[1]);
  } else {
    emit(n, mine[0]);
  }
  plain.w[0] = Word::in(mine[0]);
  for (const Word& w : n.w) {
    if (!w.is_register() || (w.reg != mine[0] && w.reg != mine[1])) release(w);
  }
  taken_ |= 1u << id;
  nodes_[id] = plain;
  own(nodes_[id], id);
}

/// A plain node's words to its home.
void Thumb2Assembler::to_home(uint8_t id) {
  Node& n = nodes_[id];
  if (doubles() && n.pair && n.w[0].is_single()) return double_to_home(n);
  for (uint32_t half = 0; half < (n.pair ? 2u : 1u); ++half) {
    Word& w = n.w[half];
    const auto slot = static_cast<uint16_t>(n.home + half);
    if (w.is_single()) {
      store_single(w.reg, slot);
      single_owner_[w.reg] = kFree;
    } else if (w.is_register()) {
      store_slot(w.reg, slot);
      owner_[w.reg] = kFree;
    } else {
      continue;
    }
    w = Word::at(slot);
  }
}

Thumb2Assembler::Word Thumb2Assembler::local_word(uint16_t slot) const {
  if (slot >= places_.size()) return Word::at(slot);  // without memory, of which the buffer tells
  const uint16_t place = places_[slot];
  if ((place & kPinned) == 0) return Word::at(slot);
  const auto r = static_cast<Reg>(place & 0xff);
  return r >= kPinnedSingle ? Word::single(r - kPinnedSingle) : Word::in(r);
}

/// One half of a value that is not lazy, where it is.
Thumb2Assembler::Word Thumb2Assembler::word(const Value& value, uint32_t half) const {
  switch (value.kind) {
    case Value::Kind::Constant:
      return Word::of(static_cast<uint32_t>(half ? value.constant >> 32 : value.constant));
    case Value::Kind::Local:
      return local_word(static_cast<uint16_t>(value.slot + half));
    case Value::Kind::Register:
      return nodes_[value.reg].w[half];
    default:
      return Word::at(static_cast<uint16_t>(value.home + half));
  }
}

/// A word in the frame or an s-register comes to a temporary; others stay.
Thumb2Assembler::Word Thumb2Assembler::fetched(Word w) {
  if (w.is_single()) {
    const Reg core = allocate();
    a_.vmov_from(core, w.reg);
    release(w);
    return Word::in(core);
  }
  if (w.kind != Word::Kind::Frame) return w;
  Reg r = find_contents(w);
  if (r != kNoReg && owner_[r] == kFree) {
    owner_[r] = kInFlight;
    return Word::in(r);
  }
  r = allocate();
  load_slot(r, w.slot);
  note_contents(r, w);
  return Word::in(r);
}

/// Consumes a 32-bit operand: in a register or constant.
Thumb2Assembler::Word Thumb2Assembler::take(const Value& value) {
  if (!value.in_register()) return fetched(word(value, 0));
  if (nodes_[value.reg].lazy()) materialise(value.reg);
  return fetched(unmake(value).w[0]);
}

Thumb2Assembler::Pair Thumb2Assembler::take_pair(const Value& value) {
  if (!value.in_register()) {
    if (doubles() && in_single(value)) return from_double(word(value, 0).reg);
    const Word lo = fetched(word(value, 0));
    return {lo, fetched(word(value, 1))};
  }
  if (nodes_[value.reg].lazy()) materialise(value.reg);
  const Node n = unmake(value);
  if (doubles() && n.w[0].is_single()) return from_double(n.w[0].reg);
  const Word lo = fetched(n.w[0]);
  return {lo, fetched(n.w[1])};
}

Thumb2Assembler::Reg Thumb2Assembler::in_register(const Word& w) {
  if (w.is_register()) return w.reg;
  if (w.is_single()) return fetched(w).reg;
  Reg r = find_contents(w);
  if (r != kNoReg && owner_[r] == kFree) {
    owner_[r] = kInFlight;
    return r;
  }
  r = allocate();
  to_reg(r, w);
  note_contents(r, w);
  return r;
}

/// Likewise in a temporary, which may be written.
Thumb2Assembler::Reg Thumb2Assembler::own_register(const Word& w) {
  const Reg r = in_register(w);
  if (is_temporary(r)) return r;
  const Reg copy = allocate();
  a_.mov(copy, r);
  return copy;
}

bool Thumb2Assembler::same_contents(Reg r, const Word& w) const {
  const Word& has = contents_[r].word;
  return has.kind == w.kind && has.constant == w.constant && has.slot == w.slot && has.reg == w.reg;
}

/// A temporary that still holds a constant or a local of the frame.
Thumb2Assembler::Reg Thumb2Assembler::find_contents(const Word& w) const {
  for (uint32_t left = a_.kept(); left != 0; left &= left - 1) {
    const auto r = static_cast<Reg>(std::countr_zero(left));
    if (same_contents(r, w)) return r;
  }
  return kNoReg;
}

void Thumb2Assembler::note_contents(Reg r, const Word& w) {
  // The scratch register only keeps addresses: operands pass through it.
  const bool keeps = is_temporary(r) || (r == thumb2::kScratch && w.kind >= Word::Kind::Base);
  if (!keeps || w.is_register() || w.is_single()) return;
  if (w.kind == Word::Kind::Frame && w.slot >= shape_.local_slots) return;  // homes come and go
  contents_[r] = {w, a_.position()};
  a_.keep(r);
}

/// A local of the frame is written: what registers hold of it is old.
void Thumb2Assembler::forget_slot(uint16_t slot) {
  const Reg r = find_contents(Word::at(slot));
  if (r == kNoReg) return;
  a_.lose(thumb2::set_of(r));
  forget_slot(slot);
}

/// A register with a constant that instructions cannot name: a free temporary, so that it may serve again.
Thumb2Assembler::Reg Thumb2Assembler::constant_register(uint32_t constant) {
  const Reg found = find_contents(Word::of(constant));
  if (found != kNoReg) return found;
  Reg best = kNoReg;
  for (const Reg r : {Reg{3}, Reg{2}, Reg{1}, Reg{0}, Reg{14}}) {
    if (!is_temporary(r) || owner_[r] != kFree || (r == thumb2::lr && !thumb2::has(used_, r))) continue;
    if (best == kNoReg || (thumb2::has(a_.kept(), best) && !thumb2::has(a_.kept(), r))) best = r;
  }
  if (best == kNoReg) {
    scratch();
    a_.mov_imm(thumb2::kScratch, constant);
    return thumb2::kScratch;
  }
  a_.mov_imm(best, constant);
  note_contents(best, Word::of(constant));
  return best;
}

Thumb2Assembler::Reg Thumb2Assembler::take_register(const Value& value) {
  return in_register(take(value));
}

/// Nodes that still read a pinned register are computed before it changes. If it becomes another local plus a
/// constant, what is known of that one holds of it.
void Thumb2Assembler::before_write(Reg pinned, const Parts& value) {
  for (uint32_t left = taken_; left != 0; left &= left - 1) {
    const auto id = static_cast<uint8_t>(std::countr_zero(left));
    const Node& n = nodes_[id];
    if (!n.lazy()) continue;
    for (const Word& w : n.w) {
      if (w.is_register() && w.reg == pinned) {
        materialise(id);
        break;
      }
    }
  }
  become(pinned, value);
  if (flags_of_ == pinned) flags_at_ = kNowhere;
}

/// Empties registers that a call destroys: into registers that it saves, or home.
void Thumb2Assembler::clear_registers(RegSet registers) {
  clear_singles();
  for (uint32_t left = taken_; left != 0; left &= left - 1) {
    const auto id = static_cast<uint8_t>(std::countr_zero(left));
    bool holds = false;
    for (const Word& w : nodes_[id].w)
      holds = holds || (w.is_register() && is_temporary(w.reg) && thumb2::has(registers, w.reg));
    if (!holds) continue;
    if (nodes_[id].lazy()) materialise(id);
    for (Word& w : nodes_[id].w) {
      if (!w.is_register() || !thumb2::has(registers, w.reg)) continue;
      const auto spare = static_cast<RegSet>(temporaries_ & thumb2::kCalleeSaved);
      for (Reg r = thumb2::r4; r <= thumb2::r9; ++r) {
        if (!thumb2::has(spare, r) || owner_[r] != kFree) continue;
        a_.mov(r, w.reg);
        used_ |= thumb2::set_of(r);
        owner_[w.reg] = kFree;
        owner_[r] = id;
        w.reg = r;
        break;
      }
      if (thumb2::has(registers, w.reg)) {
        to_home(id);
        break;
      }
    }
  }
}

void Thumb2Assembler::drop(const Value& value) {
  for (const Word& w : unmake(value).w) release(w);
}

void Thumb2Assembler::hold(Value& value) {
  const uint16_t slot = value.slot;
  if (const Word w = local_word(slot); w.is_single()) {
    if (doubles() && value.slots() == 2) return hold_double(value, w.reg);
    const Reg copy = allocate_single();
    a_.vfp(thumb2::Encoder::VfpUnary::Mov, copy, w.reg);
    return make_single(value, copy);
  }
  Reg r[2] = {kNoReg, kNoReg};
  for (uint32_t half = 0; half < 2 && half < value.slots(); ++half) {
    r[half] = allocate();
    to_reg(r[half], local_word(static_cast<uint16_t>(slot + half)));
  }
  make_plain(value, r[0], r[1]);
}

uint32_t Thumb2Assembler::frame_offset(uint16_t slot) const {
  uses_frame_ = true;
  const uint32_t index = slot < places_.size() ? places_[slot] : slot - shape_.local_slots + frame_locals_;
  return 4 * (index + (indirect_results_ ? 1 : 0));
}

void Thumb2Assembler::load_slot(Reg rd, uint16_t slot) {
  const uint32_t offset = frame_offset(slot);
  if (offset < 4096) return a_.load(Access::Word, rd, thumb2::sp, offset);
  a_.address_of_slot(rd, offset & ~0xfffu);
  a_.load(Access::Word, rd, rd, offset & 0xfff);
}

void Thumb2Assembler::store_slot(Reg rs, uint16_t slot) {
  const uint32_t offset = frame_offset(slot);
  if (offset < 4096) {
    const bool flags = flags_at_ == a_.position();
    a_.store(Access::Word, rs, thumb2::sp, offset);
    if (flags) flags_at_ = a_.position();
    return;
  }
  // A frame this large is rare enough to pay for a second scratch register.
  const Reg base = rs == thumb2::r0 ? thumb2::Reg{1} : thumb2::r0;
  a_.push(thumb2::set_of(base));
  a_.address_of_slot(base, (offset + 4) & ~0xfffu);
  a_.store(Access::Word, rs, base, (offset + 4) & 0xfff);
  a_.pop(thumb2::set_of(base));
}

void Thumb2Assembler::store_word(const Word& w, uint16_t slot) {
  if (w.kind == Word::Kind::Frame && frame_offset(w.slot) == frame_offset(slot)) return;
  if (w.is_single()) {
    store_single(w.reg, slot);
    if (slot < shape_.local_slots) forget_slot(slot);
    return;
  }
  const Reg r = operand(w);
  store_slot(r, slot);
  if (slot >= shape_.local_slots) return;
  forget_slot(slot);
  note_contents(r, Word::at(slot));
}

void Thumb2Assembler::to_reg(Reg rd, const Word& w) {
  if (w.is_register()) return a_.mov(rd, w.reg);
  if (w.is_constant()) return a_.mov_imm(rd, w.constant);
  if (w.is_single()) return a_.vmov_from(rd, w.reg);
  load_slot(rd, w.slot);
}

void Thumb2Assembler::move(uint16_t slot, const Value& value) {
  if (singles() && value.type == wasm::kF32) return move_single(slot, value);
  if (doubles() && value.type == wasm::kF64) return move_double(slot, value);
  if (value.type == wasm::kV128) return move_slots(value.frame_slot(), slot, value.slots());
  const bool local = slot < shape_.local_slots;
  Reg pinned[2] = {kNoReg, kNoReg};
  for (uint32_t half = 0; local && half < 2 && half < value.slots(); ++half) {
    const Word w = local_word(static_cast<uint16_t>(slot + half));
    if (!w.is_register()) continue;
    pinned[half] = w.reg;
    // What else reads the register is computed first; the value itself may read what it replaces.
    const uint32_t mine = value.in_register() ? taken_ & (1u << value.reg) : 0;
    taken_ &= ~mine;
    before_write(w.reg, value.slots() == 1 ? parts(value) : Parts{});
    taken_ |= mine;
  }
  if (value.slots() == 1) {
    if (pinned[0] == kNoReg) {
      if (lazy(value) != nullptr) materialise(value.reg);
      return store_word(word(value, 0), slot);
    }
    if (const Node* n = lazy(value)) return emit(*n, pinned[0]);
    const Word w = word(value, 0);
    if (w.is_register() && last_load_.position == a_.position() && last_load_.rt == w.reg) {
      buffer_.rewind(last_load_.start);
      access_load(last_load_.access, pinned[0], last_load_.place, last_load_.more);
      last_load_.position = kNowhere;  // the local must keep it
      return;
    }
    return to_reg(pinned[0], w);
  }
  if (const Node* n = lazy(value)) {
    if (pinned[0] != kNoReg && pinned[1] != kNoReg) return emit_wide(*n, pinned[0], pinned[1]);
    materialise(value.reg);
  }
  // Halves of a local may change places with halves of another's: the source is read before it is written.
  for (uint32_t half = 0; half < 2; ++half) {
    const auto to = static_cast<uint16_t>(slot + half);
    if (pinned[half] != kNoReg) {
      to_reg(pinned[half], word(value, half));
    } else {
      store_word(word(value, half), to);
    }
  }
}

/// Upwards: the runs may overlap if the target is the lower.
void Thumb2Assembler::move_slots(uint16_t from, uint16_t to, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i)
    store_word(Word::at(static_cast<uint16_t>(from + i)), static_cast<uint16_t>(to + i));
}

}  // namespace mote::compile
