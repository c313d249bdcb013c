// SPDX-License-Identifier: Apache-2.0
// Branches. A branch to a place not known yet is written wide; until then it holds its condition and where
// the one before it lies.
#include <algorithm>

#include "compile/isa/thumb2/assembler.hpp"
#include "native/layout_thumb2.hpp"
#include "runtime/instance.hpp"

namespace mote::compile {

using thumb2::Encoder;
using thumb2::kInstance;
using thumb2::kNoReg;
using thumb2::kScratch;

namespace {

constexpr uint32_t kLastInChain = 0x0fff'ffff;

}  // namespace

void Thumb2Assembler::branch_to(Cond c, Label& label) {
  end_line();
  if (label.bound && options_.fuel) {
    Label stay;
    if (c != Cond::Al) branch_to(thumb2::inverse(c), stay);
    charge();
    a_.b(label.at);
    if (c != Cond::Al) land(stay);
    return;
  }
  if (label.bound) {
    if (c == Cond::Al) return a_.b(label.at);
    return a_.b(c, label.at);
  }
  const uint32_t before = label.at == Label::kNowhere ? kLastInChain : label.at;
  label.at = a_.position();
  a_.u32(static_cast<uint32_t>(c) << 28 | before);
}

/// Binds a label that code above jumps to: known stays what was known at the first of the branches, and has
/// held since.
void Thumb2Assembler::land(Label& label) {
  const uint32_t here = a_.position();
  uint32_t first = here;
  for (uint32_t position = label.at; position != Label::kNowhere && buffer_.ok();) {
    const uint32_t link = a_.read32(position);
    first = position;
    a_.patch32(position, Encoder::wide_branch(static_cast<Cond>(link >> 28),
                                              static_cast<int32_t>(here - position - 4)));
    position = (link & kLastInChain) == kLastInChain ? Label::kNowhere : link & kLastInChain;
  }
  label.at = here;
  label.bound = true;
  flags_at_ = last_load_.position = kNowhere;
  forget_since(first);
}

/// Without branches to it, a label is a loop's, and they come from below.
void Thumb2Assembler::bind(Label& label) {
  const bool forward = label.at != Label::kNowhere;
  land(label);
  if (!forward) forget();
}

void Thumb2Assembler::before_detour(std::span<const Value> values) {
  for (const Value& value : values) {
    if (lazy(value) != nullptr) materialise(value.reg);
  }
}

void Thumb2Assembler::jump(Label& label) {
  branch_to(Cond::Al, label);
}

void Thumb2Assembler::branch(const Value& condition, bool when, Label& label) {
  if (condition.is_constant()) {
    if ((static_cast<uint32_t>(condition.constant) != 0) == when) jump(label);
    return;
  }
  const Cond cond = flags_for(comparison(condition));
  branch_to(when ? cond : thumb2::inverse(cond), label);
}

/// Consumes a comparison; one that had to become a number in the meantime is compared with 0.
Thumb2Assembler::Cond Thumb2Assembler::flags_for(const Value& condition) {
  Node n = unmake(condition);
  if (n.kind == Node::Kind::Plain) {
    n.kind = Node::Kind::Compare;
    n.cond = Cond::Ne;
    n.w[0] = Word::in(operand(n.w[0]));
    n.w[1] = Word::of(0);
  }
  const Cond cond = emit_compare(n);
  for (const Word& w : n.w) release(w);
  return cond;
}

/// Branches side by side, found by a table of distances in halfwords if bytes suffice for those, else by a
/// sum.
void Thumb2Assembler::branch_table(const Value& index, uint32_t count) {
  const Reg r = take_register(index);
  if (!a_.cmp_imm(r, count)) {
    scratch();
    a_.mov_imm(kScratch, count);
    a_.cmp(r, kScratch);
  }
  release(r);
  const bool bytes = (count + 1 + 4 * count) / 2 < 256;
  const uint32_t table_bytes = bytes ? (count + 1) & ~1u : 0;
  const uint32_t branch = a_.position();
  const uint32_t table = branch + (bytes ? 8 : 12);
  a_.u32(Encoder::wide_branch(Cond::Hs, static_cast<int32_t>(table + table_bytes + 4 * count - branch - 4)));
  if (count == 0) {
    a_.u32(0xf3af'8000);  // NOP.W: the default's entry follows the branch
    return;
  }
  if (!bytes) {
    a_.shift_imm(Shift::Lsl, kScratch, r, 2);
    a_.u32(0x44e7'bf00);  // ADD pc, r12; NOP, which pc is behind
    return;
  }
  a_.u32(0xe8df'f000 | r);  // TBB [pc, r]
  for (uint32_t i = 0; i < count; i += 2) {
    const auto entry = [&](uint32_t at) { return (table_bytes + 4 * at) / 2; };
    a_.u16(entry(i) | (i + 1 < count ? entry(i + 1) : 0) << 8);
  }
}

void Thumb2Assembler::table_entry(Label& label) {
  if (label.bound && options_.fuel) {
    if (!stubs_.push({a_.position(), label.at, 0, offset_, kNoReg, Stub::Kind::Back})) buffer_.fail();
    return a_.u32(0);
  }
  if (label.bound) return a_.b_wide(label.at);
  branch_to(Cond::Al, label);
}

/// A unit of fuel, by the interpreter's rule: at entries and on the way back to loops. Without any, out of
/// line, the run is suspended.
void Thumb2Assembler::charge() {
  Reg r = kNoReg;
  for (const Reg free : {Reg{3}, Reg{2}, Reg{1}, Reg{0}}) {
    if (owner_[free] == kFree) r = free;
  }
  const bool saves = r == kNoReg;
  if (saves) r = 0;
  scratch();
  a_.load(Access::Word, kScratch, kInstance, MOTE_INSTANCE_ACTIVE);
  if (saves) a_.push(thumb2::set_of(r));
  a_.load(Access::Word, r, kScratch, MOTE_RUN_FUEL);
  a_.dp_imm(Dp::Sub, r, r, 1, true);
  a_.store(Access::Word, r, kScratch, MOTE_RUN_FUEL);
  if (saves) a_.pop(thumb2::set_of(r));
  if (!stubs_.push({a_.position(), a_.position() + 4, 0, offset_, kNoReg, Stub::Kind::Fuel})) buffer_.fail();
  a_.u32(0);
}

/// lr may hold a value: it is on the stack for the time.
void Thumb2Assembler::emit_fuel_stub(const Stub& stub) {
  const bool back = stub.kind == Stub::Kind::Back;
  a_.patch32(stub.branch, Encoder::wide_branch(back ? Cond::Al : Cond::Mi,
                                               static_cast<int32_t>(a_.position() - stub.branch - 4)));
  if (back) {
    for (uint8_t& owner : owner_) owner = kFree;  // all values are at home on the way to a loop
    charge();
    return a_.b(stub.back);
  }
  a_.push(thumb2::set_of(thumb2::lr));
  a_.load(Access::Word, kScratch, kInstance, MOTE_INSTANCE_TABLE);
  a_.load(Access::Word, kScratch, kScratch, 4 * MOTE_TABLE_OUT_OF_FUEL);
  a_.blx(kScratch);
  a_.u32(0xf85d'eb04);  // POP {lr}
  a_.b(stub.back);
}

void Thumb2Assembler::trap(Trap kind) {
  trap_if(Cond::Al, kind);
}

/// Out of line, where it is known whether the function saves lr.
void Thumb2Assembler::trap_if(Cond c, Trap kind) {
  end_line();
  const auto which = static_cast<uint32_t>(kind);
  if (!stubs_.push({a_.position(), 0, which, offset_, kNoReg, Stub::Kind::Trap, static_cast<uint8_t>(c)}))
    return buffer_.fail();
  a_.u32(0);
}

/// lr says where the trap is; what follows is shared by all of a kind, at `common` once that is written.
void Thumb2Assembler::emit_trap(Trap kind, uint32_t& common) {
  // lr may hold the only copy of the return address.
  if (!thumb2::has(used_, thumb2::lr)) a_.push(thumb2::set_of(thumb2::lr));
  if (common != kNowhere) return a_.bl(common);
  common = a_.position() + 4;
  a_.bl(common);
  load_trap(kind);
  a_.bx(kScratch);
}

void Thumb2Assembler::load_trap(Trap kind) {
  a_.mov_imm(0, static_cast<uint32_t>(kind));
  a_.load(Access::Word, kScratch, kInstance, MOTE_INSTANCE_TABLE);
  a_.load(Access::Word, kScratch, kScratch, 4 * MOTE_TABLE_TRAP);
}

/// A condition as an unemitted comparison.
Value Thumb2Assembler::comparison(const Value& condition) {
  const Node* waiting = lazy(condition);
  if (waiting != nullptr && waiting->is_comparison()) return condition;
  Value zero, test = condition;
  zero.type = wasm::kI32;
  zero.kind = Value::Kind::Constant;
  const Value tested = condition.is_constant() ? in_temporary(condition) : condition;
  compare(Cond::Ne, test, tested, zero);
  return test;
}

void Thumb2Assembler::select(Value& result, const Value& first, const Value& second, const Value& condition) {
  const bool pair = result.slots() == 2;
  if (singles() && result.type == wasm::kF32) return select_single(result, first, second, condition);
  if (doubles() && result.type == wasm::kF64) return select_double(result, first, second, condition);
  if (!pair) return select_word(result, first, second, condition);
  if (lazy(condition) != nullptr && lazy(condition)->kind != Node::Kind::Compare) materialise(condition.reg);
  const Value test = comparison(condition);
  Word a[2], b[2];
  Reg to[2];
  const Pair x = take_pair(first), y = take_pair(second);
  a[0] = x.lo, a[1] = x.hi, b[0] = y.lo, b[1] = y.hi;
  for (uint32_t i = 0; i < 2; ++i) {
    // The result takes the place of the first, which then needs no move.
    if (a[i].is_register() && is_temporary(a[i].reg)) {
      to[i] = a[i].reg;
    } else {
      to[i] = allocate();
      to_reg(to[i], a[i]);
    }
    if (b[i].is_constant() && b[i].constant >= 256) b[i] = Word::in(in_register(b[i]));
  }
  const Cond cond = flags_for(test);
  a_.it(thumb2::inverse(cond), "t");
  for (uint32_t i = 0; i < 2; ++i) {
    to_reg(to[i], b[i]);
    release(b[i]);
  }
  make_plain(result, to[0], to[1]);
}

/// Waits for the register that it goes to.
void Thumb2Assembler::select_word(Value& result, const Value& first, const Value& second,
                                  const Value& condition) {
  if (const Node* n = lazy(condition); n != nullptr && n->kind == Node::Kind::CompareWide)
    materialise(condition.reg);
  const Value test = comparison(condition);
  const auto single = [&](const Word& w) {
    return w.is_constant() && w.constant >= 256 ? Word::in(in_register(w)) : w;
  };
  const uint32_t most = std::max(most_of(first), most_of(second));
  const Word yes = single(take(first)), no = single(take(second));
  const Node compared = unmake(test);
  if (compared.kind != Node::Kind::Compare) {
    const Reg to = yes.is_register() && is_temporary(yes.reg) ? yes.reg : allocate();
    to_reg(to, yes);
    make(const_cast<Value&>(test), compared);
    const Cond cond = flags_for(test);
    a_.it(thumb2::inverse(cond), "");
    to_reg(to, no);
    release(no);
    return make_plain(result, to);
  }
  Node n = compared;
  n.kind = Node::Kind::Select;
  n.most = most;
  n.w[2] = compared.w[0];
  n.w[3] = compared.w[1];
  n.w[0] = yes;
  n.w[1] = no;
  make(result, n);
}

Value Thumb2Assembler::in_temporary(const Value& value) {
  Value copy = value;
  const Reg r = take_register(value);
  make_plain(copy, r);
  return copy;
}

}  // namespace mote::compile
