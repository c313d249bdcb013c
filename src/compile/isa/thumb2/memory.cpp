// SPDX-License-Identifier: Apache-2.0
// Accesses to memory 0: their addresses, taken apart so that the machine adds what it can, and whether they
// need a check (checks.cpp; with an MPU: memory_mpu.cpp). None do constant addresses below the memory's
// minimum, values that are known to be small, and locals that were checked and have only moved by constants
// since.
#include <array>
#include <bit>
#include <cstddef>

#include "compile/isa/thumb2/assembler.hpp"
#include "native/layout_thumb2.hpp"
#include "runtime/instance.hpp"

namespace mote::compile {

using thumb2::kMemory;
using thumb2::kNoReg;
using thumb2::kScratch;
using wasm::Op;

namespace {

constexpr uint32_t kLargestOffset = 4095;

struct AccessRow {
  thumb2::Access access = thumb2::Access::Word;
  uint8_t bytes : 4 = 0;
  bool is_wide : 1 = false;    ///< the value has 64 bits
  bool is_signed : 1 = false;  ///< a narrow load into 64 bits extends the sign
};

constexpr AccessRow access_of(Op op) {
  using thumb2::Access;
  switch (op) {
    case Op::I32Load8S:
      return {Access::SignedByte, 1, false, true};
    case Op::I32Load8U:
    case Op::I32Store8:
      return {Access::Byte, 1, false, false};
    case Op::I32Load16S:
      return {Access::SignedHalf, 2, false, true};
    case Op::I32Load16U:
    case Op::I32Store16:
      return {Access::Half, 2, false, false};
    case Op::I64Load8S:
      return {Access::SignedByte, 1, true, true};
    case Op::I64Load8U:
    case Op::I64Store8:
      return {Access::Byte, 1, true, false};
    case Op::I64Load16S:
      return {Access::SignedHalf, 2, true, true};
    case Op::I64Load16U:
    case Op::I64Store16:
      return {Access::Half, 2, true, false};
    case Op::I64Load32S:
      return {Access::Word, 4, true, true};
    case Op::I64Load32U:
    case Op::I64Store32:
      return {Access::Word, 4, true, false};
    case Op::I64Load:
    case Op::F64Load:
    case Op::I64Store:
    case Op::F64Store:
      return {Access::Word, 8, true, false};
    default:
      return {Access::Word, 4, false, false};
  }
}

constexpr uint32_t kFirstAccess = static_cast<uint32_t>(Op::I32Load);
constexpr auto kAccesses = [] {
  std::array<AccessRow, static_cast<uint32_t>(Op::I64Store32) - kFirstAccess + 1> rows{};
  for (uint32_t i = 0; i < rows.size(); ++i) rows[i] = access_of(static_cast<Op>(kFirstAccess + i));
  return rows;
}();

AccessRow access_row(Op op) {
  return kAccesses[static_cast<uint32_t>(op) - kFirstAccess];
}

}  // namespace

void Thumb2Assembler::load(Op op, Value& result, const Value& address_value, const MemArg& arg) {
  const AccessRow row = access_row(op);
  const bool pair = row.bytes == 8;
  reserve(pair ? 2 : 1);  // making room later could change the scratch register
  const Place place = address(address_value, arg, {row.bytes, pair, false});
  release(place);
  const Reg lo = allocate();
  if (!row.is_wide) {
    access_load(row.access, lo, place, 0);
    prove(place);
    const bool byte = row.access == Access::Byte;
    return make_below(result, lo, byte ? 0xff : row.access == Access::Half ? 0xffff : ~0u);
  }
  if (pair) {
    const Reg hi = allocate();
    if (lo == place.base) {
      access_load(row.access, hi, place, 4);
      access_load(row.access, lo, place, 0);
    } else {
      access_load(row.access, lo, place, 0);
      access_load(row.access, hi, place, 4);
    }
    prove(place);
    last_load_.position = kNowhere;
    return make_plain(result, lo, hi);
  }
  access_load(row.access, lo, place, 0);
  prove(place);
  last_load_.position = kNowhere;
  Node n(row.is_signed ? Node::Kind::Wide : Node::Kind::Plain);
  n.pair = true;
  n.wide = Wide::Extend;
  n.w[0] = Word::in(lo);
  if (!row.is_signed) n.w[1] = Word::of(0);
  make(result, n);
}

void Thumb2Assembler::store(Op op, const Value& address_value, const Value& value, const MemArg& arg) {
  const AccessRow row = access_row(op);
  const bool pair = row.bytes == 8;
  Reg lo, hi = kNoReg;
  if (value.slots() == 2) {
    const Pair words = take_pair(value);
    lo = in_register(words.lo);
    const bool same = words.lo.is_constant() && words.hi.is(words.lo.constant);
    if (pair) hi = same ? lo : in_register(words.hi);
    if (!pair) release(words.hi);
  } else {
    lo = take_register(value);
  }
  const Place place = address(address_value, arg, {row.bytes, pair, true});
  // The upper word first: of the two only it may lie outside, and then nothing has been written.
  if (pair) access_store(row.access, hi, place, 4);
  access_store(row.access, lo, place, 0);
  prove(place);
  release(place);
  release(lo);
  if (pair && hi != lo) release(hi);
}

void Thumb2Assembler::release(const Place& p) {
  if (p.base != kNoReg) release(p.base);
  if (p.index != kNoReg) release(p.index);
}

/// What an access that did not trap proves of its address.
void Thumb2Assembler::prove(const Place& p) {
  if (p.fenced && p.local != kNoReg) learn(p.local, p.constant, p.reach);
}

void Thumb2Assembler::access_load(Access access, Reg rt, const Place& p, uint32_t more) {
  const uint32_t start = a_.position();
  if (p.fenced) {
    a_.load_unprivileged(access, rt, p.base, p.offset + more);
  } else if (p.index != kNoReg) {
    a_.load(access, rt, p.base, p.index, p.shift);
  } else {
    a_.load(access, rt, p.base, p.offset + more);
  }
  last_load_ = {a_.position(), start, access, p, more, rt};
}

void Thumb2Assembler::access_store(Access access, Reg rt, const Place& p, uint32_t more) {
  if (p.fenced) {
    a_.store_unprivileged(access, rt, p.base, p.offset + more);
  } else if (p.index != kNoReg) {
    a_.store(access, rt, p.base, p.index, p.shift);
  } else {
    a_.store(access, rt, p.base, p.offset + more);
  }
  end_line();
}

/// What instructions can add by themselves of a 32-bit value.
Thumb2Assembler::Parts Thumb2Assembler::parts(const Value& value) const {
  Parts p;
  p.most = most_of(value);
  if (value.kind == Value::Kind::Local) {
    const Word w = local_word(value.slot);
    if (w.is_register()) p.reg = w.reg;
    return p;
  }
  if (!value.in_register()) return p;
  const Node& n = nodes_[value.reg];
  if (n.kind == Node::Kind::Plain && !n.pair && n.w[0].is_register()) p.reg = n.w[0].reg;
  if (n.kind != Node::Kind::Alu) return p;
  const bool shifts = n.shift == Shift::Lsl && n.amount <= 3;
  if (n.alu == Alu::ShiftBy && shifts) {
    p.reg = n.w[0].reg;
    p.shift = n.amount;
  } else if (n.alu == Alu::Add && n.w[1].is_constant()) {
    p.reg = n.w[0].reg;
    p.constant = n.w[1].constant;
  } else if (n.alu == Alu::Add && n.w[0].is_constant() && shifts) {
    p.reg = n.w[1].reg;
    p.shift = n.amount;
    p.constant = n.w[0].constant;
  }
  return p;
}

/// The value's register, if parts() named one, is in flight.
void Thumb2Assembler::consume(const Value& value) {
  if (value.in_register()) unmake(value);
}

/// Where an access goes; checked, unless the check is known to succeed.
Thumb2Assembler::Place Thumb2Assembler::address(const Value& value, const MemArg& arg, const Reach& access) {
  const auto offset = static_cast<uint32_t>(arg.offset);
  const uint64_t reach = arg.offset + access.bytes;
  const bool pair = access.pair;
  if (value.is_constant()) {
    const uint64_t constant = static_cast<uint32_t>(value.constant);
    if (constant + reach <= arg.minimum)
      return constant_address(static_cast<uint32_t>(constant) + offset, pair);
  }
  if (reach > (fences() ? 0x7fff'ffff : 0xffff'ffff)) {
    // Beyond any memory.
    release(take(value));
    trap_if(Cond::Al, Trap::MemoryOutOfBounds);
    return {kMemory, kNoReg, 0};
  }
  const auto short_reach = static_cast<uint32_t>(reach);
  if (fences() && access.writes) reserve(1);
  const Parts p = parts(value);
  const bool local = p.reg != kNoReg && !is_temporary(p.reg) && p.shift == 0;
  if (p.reg != kNoReg && p.most + reach <= arg.minimum) {
    consume(value);
    return placed(p, offset, pair);
  }
  const bool known = local && proven(p.reg, p.constant, short_reach);
  if (known || (local && widened(p.reg, p.constant, short_reach))) {
    if (!known) learn(p.reg, p.constant, short_reach);
    consume(value);
    return based(p.reg, p.constant + offset, pair);
  }
  if (fences()) return fenced(value, p, offset, access);
  return check_parts(value, p, offset, short_reach, arg.minimum, pair);
}

/// A checked access. What is compared is the register where that decides, else the sum.
Thumb2Assembler::Place Thumb2Assembler::check_parts(const Value& value, const Parts& p, uint32_t offset,
                                                    uint32_t reach, uint64_t minimum, bool pair) {
  const bool local = p.reg != kNoReg && !is_temporary(p.reg) && p.shift == 0;
  const bool near = p.reg != kNoReg && (p.shift != 0 || (local && p.constant < kNear));
  if (near && minimum >= uint64_t{p.constant} + reach) {
    consume(value);
    check(p, p.reg, reach, minimum);
    if (local) learn(p.reg, p.constant, reach);
    return placed(p, offset, pair);
  }
  if (lazy(value) == nullptr) {
    const Reg u = take_register(value);
    Parts whole;
    whole.reg = u;
    check(whole, u, reach, minimum);
    if (!is_temporary(u)) learn(u, 0, reach);
    return placed(whole, offset, pair);
  }
  Node n = unmake(value);
  // Elements of an array are often read from the last to the first: the sum begins where an array may.
  const uint32_t ahead = local ? p.constant & (kAligned - 1) : 0;
  if (ahead != 0) n.w[1].constant -= ahead;
  emit(n, kScratch);
  for (const Word& w : n.w) release(w);
  check(local ? p : Parts{}, kScratch, reach, minimum, ahead);
  if (local) {
    learn(p.reg, p.constant, reach);
    note_contents(kScratch, Word::sum(p.reg, p.constant - ahead));
    return based(p.reg, p.constant + offset, pair);
  }
  if (offset == 0 && !pair) return {kMemory, kScratch, 0};
  a_.dp(Dp::Add, kScratch, kScratch, kMemory);
  if (offset + 4 <= kLargestOffset) return {kScratch, kNoReg, offset};
  add_to(kScratch, offset);
  return {kScratch, kNoReg, 0};
}

/// r += constant, without another register.
void Thumb2Assembler::add_to(Reg r, uint32_t constant) {
  if (a_.dp_imm(Dp::Add, r, r, constant)) return;
  for (uint32_t shift = 0; shift < 32; shift += 8) {
    if (const uint32_t part = constant & (0xffu << shift); part != 0) a_.dp_imm(Dp::Add, r, r, part);
  }
}

/// memory + (reg << shift) + constant + offset, which is inside. The register is free afterwards, or the
/// place's.
Thumb2Assembler::Place Thumb2Assembler::placed(const Parts& p, uint32_t offset, bool pair) {
  if (p.shift == 0 && !is_temporary(p.reg)) return based(p.reg, p.constant + offset, pair);
  const uint32_t total = p.constant + offset;
  if (total == 0 && !pair) return {kMemory, p.reg, 0, p.shift};
  const Reg known = find_contents(Word::base(kNoReg, total));
  if (known != kNoReg && !pair) return {known, p.reg, 0, p.shift};
  if (pair || total < kNear || !a_.can_imm(Dp::Add, total) || free_registers() < 2) {
    // The sum goes to the scratch register, as far as an offset does the rest.
    const uint32_t rest = total + 4 <= kLargestOffset ? 0 : total & ~0xfffu;
    Reg base = kMemory;
    if (rest != 0) {
      scratch();
      if (!a_.dp_imm(Dp::Add, kScratch, kMemory, rest)) {
        a_.mov_imm(kScratch, rest);
        a_.dp(Dp::Add, kScratch, kScratch, kMemory);
      }
      base = kScratch;
    }
    a_.dp(Dp::Add, kScratch, base, p.reg, Shift::Lsl, p.shift);
    release(p.reg);
    const uint32_t low = total - rest;
    if (low + 4 <= kLargestOffset) return {kScratch, kNoReg, low};
    a_.dp_imm(Dp::Add, kScratch, kScratch, low);
    return {kScratch, kNoReg, 0};
  }
  const Reg base = base_register(kNoReg, total);
  return {base, p.reg, 0, p.shift};
}

uint32_t Thumb2Assembler::free_registers() const {
  uint32_t count = 0;
  for (RegSet left = static_cast<RegSet>(temporaries_ & (thumb2::kArguments | used_)); left != 0;
       left = static_cast<RegSet>(left & (left - 1)))
    count += owner_[std::countr_zero(left)] == kFree ? 1 : 0;
  return count;
}

/// Makes sure that allocate() will find so many without moving values.
void Thumb2Assembler::reserve(uint32_t registers) {
  for (uint32_t tries = 0; tries < kNodes; ++tries) {
    uint32_t count = 0;
    for (RegSet left = temporaries_; left != 0; left = static_cast<RegSet>(left & (left - 1)))
      count += owner_[std::countr_zero(left)] == kFree ? 1 : 0;
    if (count >= registers) return;
    evict();
  }
}

/// A register for an address that may serve again: one that nothing needs, or the scratch one.
Thumb2Assembler::Reg Thumb2Assembler::room_for_base() {
  if (!thumb2::has(a_.kept(), kScratch) || free_registers() < 3) return kScratch;
  constexpr Reg kOrder[] = {3, 2, 1, 0, 14};
  Reg best = kScratch;
  for (const Reg r : kOrder) {
    if (!is_temporary(r) || owner_[r] != kFree || (r == thumb2::lr && !thumb2::has(used_, r))) continue;
    if (!thumb2::has(a_.kept(), r)) return r;
    if (best == kScratch || contents_[r].since < contents_[best].since) best = r;
  }
  return contents_[kScratch].since < contents_[best].since ? kScratch : best;
}

/// A register with memory + local + constant.
Thumb2Assembler::Reg Thumb2Assembler::base_register(Reg local, uint32_t constant) {
  const Word wanted = Word::base(local, constant);
  Reg r = find_contents(wanted);
  if (r != kNoReg) return r;
  r = room_for_base();
  if (local != kNoReg) {
    a_.dp(Dp::Add, r, kMemory, local);
    if (constant != 0) add_to(r, constant);
  } else if (!a_.dp_imm(Dp::Add, r, kMemory, constant)) {
    a_.mov_imm(r, constant);
    a_.dp(Dp::Add, r, r, kMemory);
  }
  note_contents(r, wanted);
  return r;
}

/// memory + local + offset: the sum of the first two, or one near it, may be in a register from before.
Thumb2Assembler::Place Thumb2Assembler::based(Reg local, uint32_t offset, bool pair) {
  for (uint32_t left = a_.kept(); left != 0; left &= left - 1) {
    const auto r = static_cast<Reg>(std::countr_zero(left));
    const Word has = contents_[r].word;
    const uint32_t ahead = offset - has.constant;
    if (has.reg != local || ahead + 4 > kLargestOffset) continue;
    if (has.kind == Word::Kind::Sum) {
      if (ahead == 0 && !pair) return {kMemory, r, 0};
      a_.dp(Dp::Add, r, r, kMemory);
      note_contents(r, Word::base(local, has.constant));
    } else if (has.kind != Word::Kind::Base) {
      continue;
    }
    return {r, kNoReg, ahead};
  }
  if (offset == 0 && !pair) return {kMemory, local, 0};
  const bool far = offset >= kNear && !pair && a_.can_imm(Dp::Add, offset) && free_registers() >= 2;
  if (far || (!pair && find_contents(Word::base(kNoReg, offset)) != kNoReg))
    return {base_register(kNoReg, offset), local, 0};
  if (offset + 4 <= kLargestOffset) return {base_register(local, 0), kNoReg, offset};
  return {base_register(local, offset), kNoReg, 0};
}

Thumb2Assembler::Place Thumb2Assembler::constant_address(uint32_t address, bool) {
  if (address + 4 <= kLargestOffset) return {kMemory, kNoReg, address};
  // The page's address stays in a register for the next access to it.
  for (uint32_t left = a_.kept(); left != 0; left &= left - 1) {
    const auto r = static_cast<Reg>(std::countr_zero(left));
    const Word& has = contents_[r].word;
    if (has.kind == Word::Kind::Base && has.reg == kNoReg && address - has.constant + 4 <= kLargestOffset)
      return {r, kNoReg, address - has.constant};
  }
  const uint32_t page = address & ~0x7ffu;
  return {base_register(kNoReg, page), kNoReg, address & 0x7ff};
}

void Thumb2Assembler::global_get(Value& result, const wasm::Global& global, uint32_t index) {
  const Place place = global_place(global, index);
  const Reg lo = allocate();
  access_load(Access::Word, lo, place, 0);
  if (result.slots() == 1) return make_plain(result, lo);
  const Reg hi = allocate();
  access_load(Access::Word, hi, place, 4);
  last_load_.position = kNowhere;
  make_plain(result, lo, hi);
}

void Thumb2Assembler::global_set(const Value& value, const wasm::Global& global, uint32_t index) {
  const Pair words = value.slots() == 2 ? take_pair(value) : Pair{take(value), {}};
  const Reg lo = in_register(words.lo);
  const Reg hi = value.slots() == 2 ? in_register(words.hi) : kNoReg;
  const Place place = global_place(global, index);
  access_store(Access::Word, lo, place, 0);
  release(lo);
  if (hi == kNoReg) return;
  access_store(Access::Word, hi, place, 4);
  release(hi);
}

Thumb2Assembler::Place Thumb2Assembler::global_place(const wasm::Global& global, uint32_t index) {
  if (index >= module_.imported_globals) {
    const auto offset = static_cast<uint32_t>(MOTE_INSTANCE_BYTES(options_.wide_types) + 4u * global.slot);
    if (offset + 4 <= kLargestOffset) return {thumb2::kInstance, kNoReg, offset};
    scratch();
    a_.mov_imm(kScratch, offset);
    a_.dp(Dp::Add, kScratch, kScratch, thumb2::kInstance);
    return {kScratch, kNoReg, 0};
  }
  scratch();
  const auto offset = static_cast<uint32_t>(index * MOTE_GLOBAL_BYTES + MOTE_GLOBAL_SLOTS);
  a_.load(Access::Word, kScratch, thumb2::kInstance, MOTE_INSTANCE_IMPORTED_GLOBALS);
  if (offset > kLargestOffset) a_.dp_imm(Dp::Add, kScratch, kScratch, offset & ~0xfffu);
  a_.load(Access::Word, kScratch, kScratch, offset & 0xfff);
  return {kScratch, kNoReg, 0};
}

}  // namespace mote::compile
