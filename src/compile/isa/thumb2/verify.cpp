// SPDX-License-Identifier: Apache-2.0
// What must hold between two instructions of a function, checked in builds that test the compiler.
#include <bit>

#include "compile/isa/thumb2/assembler.hpp"

namespace mote::compile {

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
  constexpr RegSet kKeeping = thumb2::kCallerSaved | thumb2::kCalleeSaved | thumb2::set_of(thumb2::kScratch);
  require((a_.kept() & ~kKeeping) == 0 && (a_.kept() & pinned_) == 0);
}

}  // namespace mote::compile
