// SPDX-License-Identifier: Apache-2.0
// Bounds checks by software, and what is known of addresses. The short check of an access compares with the
// largest immediate that is certainly inside; what is above goes out of line to an exact one. A check serves
// later accesses beside its own as long as nothing between them can be seen from outside: if one of them must
// trap, nothing is lost by trapping at once. SPEC.md, "Native code".
#include <bit>

#include "compile/isa/thumb2/assembler.hpp"
#include "native/layout_thumb2.hpp"

namespace mote::compile {

using thumb2::kNoReg;
using thumb2::kScratch;

namespace {

/// How many there are.
constexpr uint32_t kTraps =
#define MOTE_TRAP(name, text) 1 +
#include <mote/errors.inc>
    0;

}  // namespace

/// Compares `u`: p's register, or the address less `ahead`, for an access of `reach` bytes from (p.reg <<
/// shift) + constant on.
void Thumb2Assembler::check(const Parts& p, Reg u, uint32_t reach, uint64_t minimum, uint32_t ahead) {
  Stub stub{0, 0, reach, offset_, p.reg, Stub::Kind::Check, p.shift, 0, p.constant};
  const bool sum = u != p.reg;
  const uint64_t above = uint64_t{sum ? ahead : p.constant} + reach;
  uint32_t limit = 0;
  if (minimum >= above) {
    const uint64_t most = (minimum - above) >> (sum ? 0 : p.shift);
    limit = thumb2::modified_immediate_below(most > 0xffff'ffff ? 0xffff'ffff : static_cast<uint32_t>(most));
    a_.cmp_imm(u, limit);
  } else {
    // No immediate is certainly inside: always exact. The flags say "higher".
    a_.cmp_imm(thumb2::sp, 0);
  }
  stub.branch = a_.position();
  a_.u32(0);
  stub.back = a_.position();
  if (!stubs_.push(stub)) return buffer_.fail();
  if (p.reg == kNoReg || is_temporary(p.reg) || p.shift != 0 || minimum < above) return;
  Group& group = groups_[groups_used_ < kGroups ? groups_used_++ : kGroups - 1];
  group = {p.reg, static_cast<uint16_t>(stubs_.size()), sum ? p.constant - ahead : 0, limit, minimum};
}

/// Does a short check just above serve this access too? Then its stub checks it exactly with its own.
bool Thumb2Assembler::widened(Reg local, uint32_t constant, uint32_t reach) {
  for (uint32_t i = 0; i < groups_used_; ++i) {
    Group& group = groups_[i];
    const uint32_t ahead = constant - group.constant;
    if (group.local != local || ahead >= kNear || group.minimum < uint64_t{ahead} + reach) continue;
    const uint64_t most = group.minimum - ahead - reach;
    if (most < group.limit) continue;
    const Stub member{0, 0, reach, offset_, local, Stub::Kind::Member, 0, 0, constant};
    if (group.stub == 0xffff || !stubs_.push(member)) return false;
    const auto last = static_cast<uint16_t>(stubs_.size());
    stubs_[group.stub - 1u].next = last;
    group.stub = last;
    return true;
  }
  return false;
}

bool Thumb2Assembler::proven(Reg local, uint32_t constant, uint32_t reach) const {
  for (uint32_t left = facts_held_; left != 0; left &= left - 1) {
    const Fact& fact = facts_[std::countr_zero(left)];
    if (fact.local != local) continue;
    const uint32_t ahead = constant - fact.constant;
    if (ahead <= 0x7fff'ffff && uint64_t{ahead} + reach <= fact.reach) return true;
  }
  return false;
}

/// Bytes from local + constant on are inside. Those of the same line that touch are one fact; the oldest
/// makes room.
void Thumb2Assembler::learn(Reg local, uint32_t constant, uint32_t reach) {
  for (uint32_t left = facts_held_; left != 0; left &= left - 1) {
    Fact& fact = facts_[std::countr_zero(left)];
    if (fact.local != local || fact.since < line_) continue;
    const uint32_t ahead = constant - fact.constant, behind = fact.constant - constant;
    if (ahead <= fact.reach) {
      if (ahead + reach > fact.reach) fact.reach = ahead + reach;
    } else if (behind <= reach) {
      fact.constant = constant;
      fact.reach = behind + fact.reach > reach ? behind + fact.reach : reach;
    } else {
      continue;
    }
    fact.since = a_.position();
    return;
  }
  auto place = static_cast<uint32_t>(std::countr_one(facts_held_));
  if (place >= kFacts) {
    place = next_fact_;
    next_fact_ = static_cast<uint8_t>(place + 1 == kFacts ? 0 : place + 1);
  }
  facts_[place] = {local, constant, reach, a_.position()};
  facts_held_ |= 1u << place;
}

/// A pinned local is written. If it becomes a pinned local plus a constant, that one's facts are its own.
void Thumb2Assembler::become(Reg local, const Parts& value) {
  const bool follows = value.reg != kNoReg && value.shift == 0 && !is_temporary(value.reg);
  const bool itself = follows && value.reg == local;
  const uint32_t now = a_.position();
  uint32_t sources = 0;
  for (uint32_t left = facts_held_; left != 0; left &= left - 1) {
    Fact& fact = facts_[std::countr_zero(left)];
    if (follows && fact.local == value.reg) sources |= left & (0 - left);
    if (fact.local != local) continue;
    if (!itself) facts_held_ &= ~(left & (0 - left));
    fact.constant -= value.constant;
    fact.since = now;
  }
  for (uint32_t left = a_.kept(); left != 0; left &= left - 1) {
    const auto r = static_cast<Reg>(std::countr_zero(left));
    Word& word = contents_[r].word;
    if (word.kind < Word::Kind::Base || word.reg != local) continue;
    if (!itself) a_.lose(thumb2::set_of(r));
    word.constant -= value.constant;
    contents_[r].since = now;
  }
  for (uint32_t i = 0; i < groups_used_; ++i) {
    if (groups_[i].local == local) groups_[i].local = kNoReg;
  }
  const RegSet bit = thumb2::set_of(local);
  ranges_held_ = static_cast<RegSet>(value.most == ~0u ? ranges_held_ & ~bit : ranges_held_ | bit);
  ranges_[local] = {value.most, now};
  for (uint32_t left = itself ? 0 : sources; left != 0; left &= left - 1) {
    const Fact fact = facts_[std::countr_zero(left)];
    if (fact.local == value.reg) learn(local, fact.constant - value.constant, fact.reach);
  }
}

/// Known stays what was known at `position` already.
void Thumb2Assembler::forget_since(uint32_t position) {
  for (uint32_t left = facts_held_; left != 0; left &= left - 1) {
    if (facts_[std::countr_zero(left)].since > position) facts_held_ &= ~(left & (0 - left));
  }
  for (uint32_t left = ranges_held_; left != 0; left &= left - 1) {
    if (ranges_[std::countr_zero(left)].since > position)
      ranges_held_ = static_cast<RegSet>(ranges_held_ & ~(left & (0 - left)));
  }
  for (uint32_t left = a_.kept(); left != 0; left &= left - 1) {
    if (contents_[std::countr_zero(left)].since > position) a_.lose(static_cast<RegSet>(left & (0 - left)));
  }
  for (uint32_t left = single_constants_; left != 0; left &= left - 1) {
    if (single_contents_[std::countr_zero(left)].since > position)
      single_constants_ = static_cast<uint16_t>(single_constants_ & ~(left & (0 - left)));
  }
  end_line();
}

/// Nothing is known at the head of a loop.
void Thumb2Assembler::forget() {
  facts_held_ = 0;
  ranges_held_ = 0;
  a_.lose(0xffff);
  single_constants_ = 0;
  flags_at_ = last_load_.position = kNowhere;
  end_line();
}

/// What lies out of line. Stubs may add others.
void Thumb2Assembler::emit_stubs() {
  uint32_t common[kTraps];
  for (uint32_t& at : common) at = kNowhere;
  for (uint32_t i = 0; i < stubs_.size(); ++i) {
    const Stub stub = stubs_[i];
    if (stub.kind == Stub::Kind::Member) continue;
    mark(stub.offset);
    if (stub.kind == Stub::Kind::Check) {
      emit_check_stub(stub, common[static_cast<uint32_t>(Trap::MemoryOutOfBounds)]);
    } else if (stub.kind == Stub::Kind::Trap) {
      a_.patch32(stub.branch,
                 thumb2::Encoder::wide_branch(static_cast<Cond>(stub.shift),
                                              static_cast<int32_t>(a_.position() - stub.branch - 4)));
      emit_trap(static_cast<Trap>(stub.reach), common[stub.reach]);
    } else {
      emit_fuel_stub(stub);
    }
  }
  mark(offset_);
  stubs_.truncate(0);
}

/// Each access asks the exact routine for its reach, which leaves the flags. Every register stays as it is.
void Thumb2Assembler::emit_check_stub(const Stub& stub, uint32_t& common) {
  a_.patch32(stub.branch,
             thumb2::Encoder::wide_branch(Cond::Hi, static_cast<int32_t>(a_.position() - stub.branch - 4)));
  constexpr auto kKept = static_cast<RegSet>(thumb2::set_of(kScratch) | thumb2::set_of(thumb2::lr));
  a_.push(kKept);
  Label outside;
  for (Stub member = stub;; member = stubs_[member.next - 1u]) {
    exact_address(member);
    exact_check(member.reach);
    if (member.next == 0) break;
    branch_to(Cond::Hi, outside);
  }
  if (outside.used()) land(outside);
  a_.pop(kKept);
  a_.b(Cond::Ls, stub.back);
  emit_trap(Trap::MemoryOutOfBounds, common);
}

/// The address of an access in the scratch register, where it may be already.
void Thumb2Assembler::exact_address(const Stub& access) {
  if (access.address == kNoReg) return;
  if (access.constant == 0) return a_.shift_imm(Shift::Lsl, kScratch, access.address, access.shift);
  if (access.shift == 0 && a_.dp_imm(Dp::Add, kScratch, access.address, access.constant)) return;
  a_.mov_imm(kScratch, access.constant);
  a_.dp(Dp::Add, kScratch, kScratch, access.address, Shift::Lsl, access.shift);
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

}  // namespace mote::compile
