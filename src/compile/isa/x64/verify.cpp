// SPDX-License-Identifier: Apache-2.0
// What must hold between two instructions of a function, in builds that check the compiler.
#include <iterator>

#include "compile/isa/x64/assembler.hpp"

namespace mote::compile {

/// Stops the process if the picture of registers is wrong: every entry belongs to one value or to one operand
/// of the operation that is held back, and every register is either free or one entry's.
void X64Assembler::verify(std::span<const Value> values) const {
  if (!code_.ok()) return;
  const auto require = [](bool holds) {
    if (!holds) __builtin_trap();
  };
  uint32_t seen = 0;
  const auto see = [&](const Value& value) {
    if (!value.in_register()) return;
    require(value.reg < kHeld && (seen >> value.reg & 1) == 0 && held_[value.reg].state != Held::State::Free);
    seen |= 1u << value.reg;
  };
  for (const Value& value : values) {
    see(value);
    require(!value.in_register() || held_[value.reg].home == value.home);
  }
  if (pending_.valid) {
    require((seen >> pending_.held & 1) != 0 && held_[pending_.held].state == Held::State::Pending);
    const auto see_operands = [&](const Node& node, uint32_t but) {
      const Value* operands[] = {&node.x, &node.y, &node.z};
      for (uint32_t i = 0; i < node.count && i < std::size(operands); ++i) {
        if (i + 1 != but) see(*operands[i]);
      }
    };
    see_operands(pending_.node, pending_.child_at);
    if (pending_.child_at != 0) see_operands(pending_.child, 0);
  }
  uint32_t owned = 0, owned_floats = 0;
  for (uint32_t i = 0; i < kHeld; ++i) {
    const Held& held = held_[i];
    require((held.state != Held::State::Free) == ((seen >> i & 1) != 0));
    require(held.state != Held::State::Pending || (pending_.valid && pending_.held == i));
    const bool in_float = held.state == Held::State::Float;
    if (!held.owned || (held.state != Held::State::Integer && !in_float)) continue;
    uint32_t& of_kind = in_float ? owned_floats : owned;
    require((of_kind >> held.reg & 1) == 0);
    of_kind |= 1u << held.reg;
  }
  require((free_ & owned) == 0 && (free_floats_ & owned_floats) == 0);
  require((free_ | owned) == pool_ && (free_floats_ | owned_floats) == float_pool_);
}

}  // namespace mote::compile
