// SPDX-License-Identifier: Apache-2.0
// Accesses to memory 0, with software checks: a comparison with the largest immediate that is certainly
// inside, and out of line the exact one. Checks that must succeed are left out: of constant addresses below
// the memory's minimum, and of a local that was checked and not written since.
#include <cstddef>

#include "compile/isa/thumb2/assembler.hpp"
#include "native/layout.hpp"
#include "runtime/instance.hpp"

namespace mote::compile {

using thumb2::kMemory;
using thumb2::kNoReg;
using thumb2::kScratch;
using wasm::Op;

namespace {

constexpr uint32_t kLargestOffset = 4095;

struct AccessRow {
  thumb2::Access access;
  uint8_t bytes;
  bool is_wide;    ///< the value has 64 bits
  bool is_signed;  ///< a narrow load into 64 bits extends the sign
};

AccessRow access_row(Op op) {
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

}  // namespace

void Thumb2Assembler::load(Op op, Value& result, const Value& address_value, const MemArg& arg) {
  const AccessRow row = access_row(op);
  const bool pair = row.bytes == 8;
  const Place place = address(address_value, arg, row.bytes, pair);
  release(place);
  const Reg lo = allocate();
  if (!row.is_wide) {
    access_load(row.access, lo, place, 0);
    return make_plain(result, lo);
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
    last_load_.position = kNowhere;
    return make_plain(result, lo, hi);
  }
  access_load(row.access, lo, place, 0);
  last_load_.position = kNowhere;
  Node n;
  n.pair = true;
  n.kind = row.is_signed ? Node::Kind::Wide : Node::Kind::Plain;
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
  const Place place = address(address_value, arg, row.bytes, pair);
  access_store(row.access, lo, place, 0);
  if (pair) access_store(row.access, hi, place, 4);
  release(place);
  release(lo);
  if (pair && hi != lo) release(hi);
}

void Thumb2Assembler::release(const Place& p) {
  if (p.base != kNoReg) release(p.base);
  if (p.index != kNoReg) release(p.index);
}

void Thumb2Assembler::access_load(Access access, Reg rt, const Place& p, uint32_t more) {
  const uint32_t start = a_.position();
  if (p.index != kNoReg) {
    a_.load(access, rt, p.base, p.index, 0);
  } else {
    a_.load(access, rt, p.base, p.offset + more);
  }
  last_load_ = {a_.position(), start, access, p, more, rt};
}

void Thumb2Assembler::access_store(Access access, Reg rt, const Place& p, uint32_t more) {
  if (p.index != kNoReg) return a_.store(access, rt, p.base, p.index, 0);
  a_.store(access, rt, p.base, p.offset + more);
}

/// Where an access of `bytes` goes; checked, unless the check is known to succeed. `pair`: the next word too.
Thumb2Assembler::Place Thumb2Assembler::address(const Value& value, const MemArg& arg, uint32_t bytes,
                                                bool pair) {
  const auto offset = static_cast<uint32_t>(arg.offset);
  const uint64_t reach = arg.offset + bytes;
  if (value.is_constant()) {
    const uint64_t constant = static_cast<uint32_t>(value.constant);
    if (constant + reach <= arg.minimum)
      return constant_address(static_cast<uint32_t>(constant) + offset, pair);
  }
  if (reach > 0xffff'ffff) {
    // Beyond any memory.
    release(take(value));
    raise(Trap::MemoryOutOfBounds);
    return {kMemory, kNoReg, 0};
  }
  // A local, or a local and a constant.
  Reg local = kNoReg;
  uint32_t constant = 0;
  if (value.kind == Value::Kind::Local) {
    const Word w = local_word(value.slot);
    if (w.is_register()) local = w.reg;
  } else if (const Node* n = lazy(value); n != nullptr && n->kind == Node::Kind::Alu && n->alu == Alu::Add &&
                                          n->w[1].is_constant() && !is_temporary(n->w[0].reg)) {
    local = n->w[0].reg;
    constant = n->w[1].constant;
  }
  const auto short_reach = static_cast<uint32_t>(reach);
  if (local != kNoReg && proven(local, constant, short_reach)) {
    if (value.in_register()) drop(value);
    const uint32_t total = constant + offset;
    // local + constant did not wrap, or the fact would not hold: the sum may be an offset, also below the
    // local.
    if (constant <= 0x7fff'ffff && total + 4 <= kLargestOffset) return based(local, total, pair);
    scratch();
    emit_dp(Dp::Add, kScratch, Word::in(local), Word::of(constant), Shift::Lsl, 0, false);
    return checked(kScratch, offset, pair);
  }
  Reg u;
  if (lazy(value) != nullptr) {
    const Node n = unmake(value);
    emit(n, kScratch);
    for (const Word& w : n.w) release(w);
    u = kScratch;
  } else {
    u = take_register(value);
  }
  check(u, short_reach, arg.minimum);
  if (local != kNoReg) learn(local, constant, short_reach);
  if (u == local) return based(local, offset, pair);
  return checked(u, offset, pair);
}

/// memory + local + offset: the sum of the first two may be in the scratch register from before.
Thumb2Assembler::Place Thumb2Assembler::based(Reg local, uint32_t offset, bool pair) {
  if (base_ == local && offset + 4 <= kLargestOffset) return {kScratch, kNoReg, offset};
  if (offset == 0 && !pair) return {kMemory, local, 0};
  const Place place = checked(local, offset, pair);
  if (place.offset == offset) base_ = local;
  return place;
}

/// memory + u + offset.
Thumb2Assembler::Place Thumb2Assembler::checked(Reg u, uint32_t offset, bool pair) {
  if (offset == 0 && !pair) return {kMemory, u, 0};
  scratch();
  if (offset + 4 <= kLargestOffset) {
    a_.dp(Dp::Add, kScratch, kMemory, u);
    release(u);
    return {kScratch, kNoReg, offset};
  }
  const uint32_t high = offset & ~0xfffu;
  Reg sum = u;
  if (u == kScratch || !is_temporary(u)) {
    sum = allocate();
    a_.mov(sum, u);
  }
  emit_dp(Dp::Add, sum, Word::in(sum), Word::of(high), Shift::Lsl, 0, false);
  a_.dp(Dp::Add, kScratch, kMemory, sum);
  release(sum);
  const uint32_t low = offset & 0xfff;
  if (low + 4 <= kLargestOffset) return {kScratch, kNoReg, low};
  a_.dp_imm(Dp::Add, kScratch, kScratch, low);
  return {kScratch, kNoReg, 0};
}

Thumb2Assembler::Place Thumb2Assembler::constant_address(uint32_t address, bool) {
  if (address + 4 <= kLargestOffset) return {kMemory, kNoReg, address};
  // The page's address stays in the scratch register for the next access to it.
  const uint32_t page = address & ~0x7ffu;
  if (base_ != kMemory || base_constant_ != page) {
    scratch();
    if (!a_.dp_imm(Dp::Add, kScratch, kMemory, page)) {
      a_.mov_imm(kScratch, page);
      a_.dp(Dp::Add, kScratch, kScratch, kMemory);
    }
    base_ = kMemory;
    base_constant_ = page;
  }
  return {kScratch, kNoReg, address & 0x7ff};
}

void Thumb2Assembler::check(Reg u, uint32_t reach, uint64_t minimum) {
  Stub stub{0, 0, reach, offset_, u, Stub::Kind::Check};
  if (minimum >= reach) {
    const uint64_t limit = minimum - reach;
    const uint32_t most = limit > 0xffff'ffff ? 0xffff'ffff : static_cast<uint32_t>(limit);
    a_.cmp_imm(u, thumb2::modified_immediate_below(most));
  } else {
    // No immediate is certainly inside: always exact. The flags say "higher".
    a_.cmp_imm(thumb2::sp, 0);
  }
  stub.branch = a_.position();
  a_.u32(0);
  stub.back = a_.position();
  if (!stubs_.push(stub)) buffer_.fail();
  if (u != kScratch) scratch();
}

bool Thumb2Assembler::proven(Reg local, uint32_t constant, uint32_t reach) const {
  for (const Fact& fact : facts_) {
    if (fact.local != local) continue;
    const uint32_t ahead = constant - fact.constant;
    if (ahead <= 0x7fff'ffff && uint64_t{ahead} + reach <= fact.reach) return true;
  }
  return false;
}

/// One fact for a local and constant; the oldest makes room.
void Thumb2Assembler::learn(Reg local, uint32_t constant, uint32_t reach) {
  for (Fact& fact : facts_) {
    if (fact.local != local || fact.constant != constant) continue;
    if (reach > fact.reach) fact.reach = reach;
    return;
  }
  facts_[next_fact_] = {local, constant, reach};
  next_fact_ = static_cast<uint8_t>((next_fact_ + 1) % (sizeof(facts_) / sizeof(facts_[0])));
}

/// Nothing is known where ways join.
void Thumb2Assembler::forget() {
  for (Fact& fact : facts_) fact.local = kNoReg;
  a_.lose(0xffff);
  scratch();
  flags_at_ = last_load_.position = kNowhere;
}

/// What lies out of line. Stubs may add others.
void Thumb2Assembler::emit_stubs() {
  uint32_t common = kNowhere;  // the trap of all checks: lr says where
  for (uint32_t i = 0; i < stubs_.size(); ++i) {
    const Stub stub = stubs_[i];
    mark(stub.offset);
    if (stub.kind == Stub::Kind::Check) {
      emit_check_stub(stub, common);
    } else {
      emit_fuel_stub(stub);
    }
  }
  mark(offset_);
  stubs_.truncate(0);
}

/// Each access asks the exact routine for its reach, which leaves the flags.
void Thumb2Assembler::emit_check_stub(const Stub& stub, uint32_t& common) {
  a_.patch32(stub.branch,
             thumb2::Encoder::wide_branch(Cond::Hi, static_cast<int32_t>(a_.position() - stub.branch - 4)));
  // lr may hold a value, or the only copy of the return address.
  a_.push(thumb2::set_of(thumb2::lr));
  if (stub.address != kScratch) a_.mov(kScratch, stub.address);
  exact_check(stub.reach);
  a_.u32(0xf85d'eb04);  // POP {lr}
  a_.b(Cond::Ls, stub.back);
  if (!thumb2::has(used_, thumb2::lr)) a_.push(thumb2::set_of(thumb2::lr));
  if (common != kNowhere) return a_.bl(common);
  common = a_.position() + 4;
  a_.bl(common);
  jump_to_trap(Trap::MemoryOutOfBounds);
}

/// Compares the address in the scratch register with what the memory's size leaves of it: higher is outside.
void Thumb2Assembler::exact_check(uint32_t reach) {
  const uint32_t from = a_.position();
  for (uint32_t i = 0; i < kExact; ++i) {
    if (exact_[i].at != kNowhere && exact_[i].reach == reach) return a_.bl(exact_[i].at);
  }
  // The routine is laid where it is first needed, jumped over.
  a_.u32(0);  // BL to it
  const uint32_t over = a_.position();
  a_.u16(0);
  exact_[next_exact_] = {reach, a_.position()};
  next_exact_ = static_cast<uint8_t>((next_exact_ + 1) % kExact);
  a_.patch32(from, thumb2::Encoder::branch_link(static_cast<int32_t>(a_.position() - from - 4)));
  a_.push(thumb2::set_of(thumb2::r0));
  a_.load(Access::Word, 0, thumb2::kInstance, MOTE_INSTANCE_MEMORY_BYTES);
  Label outside;
  for (uint32_t shift = 0; shift < 32; shift += 8) {
    const uint32_t part = reach & (0xffu << shift);
    if (part == 0) continue;
    a_.dp_imm(Dp::Sub, 0, 0, part, true);
    branch_to(Cond::Lo, outside);
  }
  a_.cmp(kScratch, 0);
  a_.pop(thumb2::set_of(thumb2::r0));
  a_.bx(thumb2::lr);
  land(outside);
  a_.pop(thumb2::set_of(thumb2::r0));
  a_.cmp_imm(thumb2::sp, 0);
  a_.bx(thumb2::lr);
  buffer_.patch(over, static_cast<uint16_t>(0xe000 | ((a_.position() - over - 4) >> 1 & 0x7ff)));
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
    const auto offset = static_cast<uint32_t>(sizeof(runtime::Instance) + 4u * global.slot);
    if (offset + 4 <= kLargestOffset) return {thumb2::kInstance, kNoReg, offset};
    scratch();
    a_.mov_imm(kScratch, offset);
    a_.dp(Dp::Add, kScratch, kScratch, thumb2::kInstance);
    return {kScratch, kNoReg, 0};
  }
  scratch();
  const auto offset =
      static_cast<uint32_t>(index * sizeof(runtime::Global) + offsetof(runtime::Global, slots));
  a_.load(Access::Word, kScratch, thumb2::kInstance, offsetof(runtime::Instance, imported_globals));
  if (offset > kLargestOffset) a_.dp_imm(Dp::Add, kScratch, kScratch, offset & ~0xfffu);
  a_.load(Access::Word, kScratch, kScratch, offset & 0xfff);
  return {kScratch, kNoReg, 0};
}

}  // namespace mote::compile
