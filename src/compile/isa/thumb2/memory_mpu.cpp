// SPDX-License-Identifier: Apache-2.0
// Accesses to memory 0 that the MPU checks: unprivileged loads and stores, to which it grants the linear
// memory alone. The hardware sees memory + address + offset modulo 2^32, so a sum that wraps could come back
// inside: what an offset is added to must be known to lie inside, or to be small. It is when a fact says so;
// otherwise a byte is read there first, which traps if the access must.
#include <bit>

#include "compile/isa/thumb2/assembler.hpp"

namespace mote::compile {

using thumb2::kMemory;
using thumb2::kNoReg;
using thumb2::kScratch;

namespace {

/// Of unprivileged accesses (Armv7-M manual, A7.7.68: imm8).
constexpr uint32_t kLargestOffset = 255;
/// Two numbers up to this one can be added, and then neither wraps nor comes around to the memory.
constexpr uint32_t kSmall = 0x3fff'ffff;

}  // namespace

/// Whether local + constant is known to be at or behind a place in memory.
bool Thumb2Assembler::begins_inside(Reg local, uint32_t constant) const {
  for (uint32_t left = facts_held_; left != 0; left &= left - 1) {
    const Fact& fact = facts_[std::countr_zero(left)];
    if (fact.local == local && constant - fact.constant <= kSmall) return true;
  }
  return false;
}

/// The place of an access to value + offset. `p` is the value taken apart.
Thumb2Assembler::Place Thumb2Assembler::fenced(const Value& value, const Parts& p, uint32_t offset,
                                               const Reach& access) {
  const uint32_t most = access.pair ? kLargestOffset - 4 : kLargestOffset;
  const bool local = p.reg != kNoReg && !is_temporary(p.reg) && p.shift == 0;
  const bool small = p.most <= kSmall && offset <= kSmall;
  const bool inside = local && offset <= kSmall && begins_inside(p.reg, p.constant);
  // Of two words that are written the upper is the first: the lower must not lie before the memory.
  const bool probes = !small && !inside && (offset > 0 || (access.pair && access.writes));
  const Reg probe = probes ? allocate() : kNoReg;
  Place place;
  if (local) {
    consume(value);
    if (probes) {
      place = fenced_at(p.reg, p.constant, most);
      a_.load_unprivileged(Access::Byte, probe, place.base, place.offset);
    }
    place = fenced_at(p.reg, p.constant + offset, most);
    place.local = p.reg;
    place.constant = p.constant;
    place.reach = offset + access.bytes;
  } else {
    uint32_t distance = p.constant;
    place.base = memory_plus(value, p, distance, most);
    if (probes) a_.load_unprivileged(Access::Byte, probe, place.base, distance);
    place.offset = distance + offset;
    if (place.offset > most) {
      place.offset &= 0x7f;
      add_to(place.base, distance + offset - place.offset);
    }
  }
  place.fenced = true;
  if (probes) release(probe);
  return place;
}

/// memory + local + distance: from a register that holds such a sum already, if there is one near.
Thumb2Assembler::Place Thumb2Assembler::fenced_at(Reg local, uint32_t distance, uint32_t most) {
  for (uint32_t left = a_.kept(); left != 0; left &= left - 1) {
    const auto r = static_cast<Reg>(std::countr_zero(left));
    const Word& has = contents_[r].word;
    if (has.kind == Word::Kind::Base && has.reg == local && distance - has.constant <= most)
      return {r, kNoReg, distance - has.constant};
  }
  // From the local itself, if that is near; else from close before the place.
  const uint32_t low = distance <= most ? distance : distance & 0x1f;
  return {base_register(local, distance - low), kNoReg, low};
}

/// The scratch register with memory + value, less a `distance` that is at most `most`. Consumes the value.
Thumb2Assembler::Reg Thumb2Assembler::memory_plus(const Value& value, const Parts& p, uint32_t& distance,
                                                  uint32_t most) {
  if (p.reg == kNoReg) distance = 0;
  if (p.reg != kNoReg) {
    consume(value);
    scratch();
    a_.dp(Dp::Add, kScratch, kMemory, p.reg, Shift::Lsl, p.shift);
    release(p.reg);
    if (distance <= most) return kScratch;
    add_to(kScratch, distance);
    distance = 0;
    return kScratch;
  }
  if (lazy(value) == nullptr) {
    const Reg u = take_register(value);
    scratch();
    a_.dp(Dp::Add, kScratch, kMemory, u);
    release(u);
    return kScratch;
  }
  const Node n = unmake(value);
  emit(n, kScratch);
  a_.dp(Dp::Add, kScratch, kScratch, kMemory);
  for (const Word& w : n.w) release(w);
  return kScratch;
}

}  // namespace mote::compile
