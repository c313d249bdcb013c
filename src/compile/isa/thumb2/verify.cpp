// SPDX-License-Identifier: Apache-2.0
// What must hold between two instructions of a function, checked in builds that test the compiler.
#include <bit>

#include "compile/isa/thumb2/assembler.hpp"

namespace mote::compile {

namespace {

constexpr size_t kVerified = 64;  ///< locals; more would take long

/// What is in s-registers and not of single precision is in d-registers: both halves, side by side.
bool holds_doubles(const thumb2::Node& n) {
  using Kind = thumb2::Node::Kind;
  const bool pairs = n.pair || n.kind == Kind::CompareDouble;
  for (uint32_t i = 0; pairs && i < 4; i += 2) {
    const thumb2::Word &lo = n.w[i], &hi = n.w[i + 1];
    if (lo.is_single() != hi.is_single()) return false;
    if (lo.is_single() && (lo.reg % 2 != 0 || hi.reg != lo.reg + 1)) return false;
  }
  return n.kind != Kind::CompareDouble || n.w[0].is_single();
}

}  // namespace

/// Stops the process if the picture of registers is wrong: a value's registers are its own, each register's
/// owner is a value that is there, and nothing is in flight.
void Thumb2Assembler::verify(std::span<const Value> values) const {
  if (!buffer_.ok()) return;
  const auto require = [](bool holds) {
    if (!holds) __builtin_trap();
  };
  uint32_t seen = 0;
  for (const Value& value : values) {
    if (!value.in_register()) continue;
    require(value.reg < kNodes && (taken_ >> value.reg & 1) != 0 && (seen >> value.reg & 1) == 0);
    seen |= 1u << value.reg;
    require(nodes_[value.reg].home == value.home);
  }
  require(seen == taken_);
  RegSet owned = 0;
  uint32_t owned_singles = 0;
  for (uint32_t left = taken_; left != 0; left &= left - 1) {
    const auto id = static_cast<uint8_t>(std::countr_zero(left));
    require(holds_doubles(nodes_[id]));
    for (const Word& w : nodes_[id].w) {
      if (w.is_register() && is_temporary(w.reg)) {
        require(owner_[w.reg] == id);
        owned = static_cast<RegSet>(owned | thumb2::set_of(w.reg));
      }
      if (w.is_single() && !is_pinned_single(w.reg)) {
        require(single_owner_[w.reg] == id);
        owned_singles |= 1u << w.reg;
      }
      require(!w.is_register() || w.reg == thumb2::lr || w.reg < thumb2::kInstance);
      require(w.kind <= Word::Kind::Single);
    }
  }
  for (Reg r = 0; r <= thumb2::lr; ++r)
    require(!is_temporary(r) || thumb2::has(owned, r) || owner_[r] == kFree);
  for (Reg s = 0; s < 32; ++s)
    require(is_pinned_single(s) || (owned_singles >> s & 1) != 0 || single_owner_[s] == kFree);
  require((single_constants_ & pinned_singles_) == 0);
  for (const Local& local :
       shape_.locals.first(shape_.locals.size() < kVerified ? shape_.locals.size() : kVerified)) {
    if (local.type != wasm::kF64) continue;
    const Word lo = local_word(local.slot), hi = local_word(static_cast<uint16_t>(local.slot + 1));
    require(lo.is_single() == hi.is_single());
    require(!lo.is_single() || (doubles() && lo.reg % 2 == 0 && hi.reg == lo.reg + 1));
  }
  constexpr RegSet kKeeping = thumb2::kCallerSaved | thumb2::kCalleeSaved | thumb2::set_of(thumb2::kScratch);
  require((a_.kept() & ~kKeeping) == 0 && (a_.kept() & pinned_) == 0);
}

}  // namespace mote::compile
