// SPDX-License-Identifier: Apache-2.0
// Comparisons, which nearly always end in flags that a branch or a select consumes.
#include <utility>

#include "compile/isa/x64/assembler.hpp"
#include "compile/isa/x64/opcodes.hpp"
#include "native/layout.hpp"

namespace mote::compile {

using namespace x64;

/// Emits a test of a value against zero.
X64Assembler::Condition X64Assembler::test_zero(bool wide, const Value& value) {
  if (value.is_constant()) {
    const uint8_t reg = in_register(value);
    e_.test(wide, reg, reg);
    return {Cc::E};
  }
  const Rm there = place(value);
  if (!there.is_register) {
    e_.alu_immediate(7, wide, there, 0);
  } else if (flags_at_ != e_.position() || flags_reg_ != there.reg || flags_wide_ != wide) {
    e_.test(wide, there, there.reg);
  }
  return {Cc::E};
}

X64Assembler::Condition X64Assembler::test_bits(const Node& both) {
  const bool wide = both.op == Op::I64And;
  const Value *x = &both.x, *y = &both.y;
  if (x->is_constant()) std::swap(x, y);
  if (y->is_constant() && fits_immediate(y->constant, wide)) {
    const Rm there = x->is_constant() ? Rm(in_register(*x)) : place(*x);
    e_.op({0, 0, 0xf7}, width(wide), 0, there, 4, y->constant);
  } else {
    const uint8_t reg = in_register(*y);
    e_.test(wide, x->is_constant() ? Rm(in_register(*x)) : place(*x), reg);
  }
  return {Cc::E};
}

X64Assembler::Condition X64Assembler::compare_integers(Cc cc, bool wide, const Node& node, bool with_child) {
  const Value *x = &node.x, *y = &node.y;
  unsigned child = with_child ? pending_.child_at : 0;
  if (child == 2 || (child == 0 && x->is_constant())) {
    std::swap(x, y);
    cc = mirrored(cc);
    if (child != 0) child = 1;
  }
  const auto left = [&]() -> Rm {
    if (child == 1) return address(pending_.child.x, pending_.child.arg, access_width(pending_.child.op));
    return x->is_constant() ? Rm(in_register(*x)) : place(*x);
  };
  if (y->is_constant() && fits_immediate(y->constant, wide)) {
    const Rm there = left();
    const auto value = static_cast<int32_t>(y->constant);
    if (value == 0 && there.is_register) {
      e_.test(wide, there, there.reg);
    } else {
      e_.alu_immediate(7, wide, there, value);
    }
    return {cc};
  }
  const uint8_t right = in_register(*y);
  e_.op({0, 0, 0x39}, width(wide), right, left());
  return {cc};
}

/// Emits what sets the flags for a comparison.
X64Assembler::Condition X64Assembler::condition(const Node& node, bool with_child) {
  Condition result;
  if (is_eqz(node.op)) {
    result = with_child && pending_.child_at == 1 ? test_bits(pending_.child)
                                                  : test_zero(node.op == Op::I64Eqz, node.x);
  } else if (is_integer_comparison(node.op)) {
    const bool wide = node.op >= Op::I64Eq;
    const auto which = static_cast<uint32_t>(node.op) - static_cast<uint32_t>(wide ? Op::I64Eq : Op::I32Eq);
    result = compare_integers(kIntegerConditions[which], wide, node, with_child);
  } else {
    result = compare_floats(node);
  }
  return node.negate ? inverted(result) : result;
}

void X64Assembler::write_comparison(uint8_t target) {
  const Condition c = condition(pending_.node, true);
  const uint8_t to = target != kNone ? target : allocate();
  const auto set = [&](Cc cc, uint8_t reg) {
    e_.op({0, 1, static_cast<uint8_t>(0x90 + static_cast<uint8_t>(cc))}, kByte, 0, reg);
  };
  set(c.cc, to);
  if (c.parity != Condition::Parity::None) {
    const bool both = c.parity == Condition::Parity::AndNot;
    set(both ? Cc::Np : Cc::P, kScratch);
    e_.alu(both ? 4 : 1, false, to, kScratch);
  }
  e_.op({0, 1, 0xb6}, {false, false, true}, to, to);  // movzx
  finish(to);
}

X64Assembler::Condition X64Assembler::inverted(Condition c) {
  using Parity = Condition::Parity;
  c.cc = inverse(c.cc);
  if (c.parity != Parity::None) c.parity = c.parity == Parity::Or ? Parity::AndNot : Parity::Or;
  return c;
}

/// Emits what sets the flags for a select: true means its first operand.
X64Assembler::Condition X64Assembler::select_condition() {
  if (pending_.child_at != 3) return inverted(test_zero(false, pending_.node.z));
  if (pending_.child.op == Op::I32And) return inverted(test_bits(pending_.child));
  return condition(pending_.child, false);
}

/// `to` = the value, if the condition holds. An integer lies at `source`.
void X64Assembler::move_if(Condition c, uint8_t to, const Value& value, const Rm& source) {
  const auto set = [&](Cc cc) {
    if (!is_float(value.type)) {
      const auto code = static_cast<uint8_t>(0x40 + static_cast<uint8_t>(cc));
      return e_.op({0, 1, code}, width(is_wide(value.type)), to, source);  // cmovcc
    }
    const uint32_t skip = e_.jump8(inverse(cc));
    load_float(to, value);
    e_.here8(skip);
  };
  if (c.parity == Condition::Parity::AndNot) {
    const uint32_t skip = e_.jump8(Cc::P);
    set(c.cc);
    e_.here8(skip);
  } else {
    set(c.cc);
    if (c.parity == Condition::Parity::Or) set(Cc::P);
  }
  forget_flags();
}

/// Whether the target's register is read by what decides a select.
bool X64Assembler::condition_reads(uint8_t target, bool floats) {
  const auto reads = [&](const Value& v) {
    if (v.type.bits == 0 || v.is_constant() || is_float(v.type) != floats) return false;
    const Rm there = place(v);
    return there.is_register && there.reg == target;
  };
  if (pending_.child_at != 3) return reads(pending_.node.z);
  return reads(pending_.child.x) || (pending_.child.count > 1 && reads(pending_.child.y));
}

/// T = second; T = first if the condition holds.
void X64Assembler::write_select(uint8_t target) {
  Value first = pending_.node.x, second = pending_.node.y;
  const bool floats = is_float(first.type), wide = is_wide(first.type);
  const auto is_there = [&](const Value& v) {
    return target != kNone && !v.is_constant() && place(v).is_register && place(v).reg == target;
  };
  const bool swapped = is_there(first);  // then only the other one has to be moved
  if (swapped) std::swap(first, second);
  const bool taken = target == kNone || is_there(first) || condition_reads(target, floats);
  // Over the second operand when nobody else needs it: the rest may hold every other register.
  const uint8_t to = !taken ? target : floats ? allocate_float() : integer_target(kNone, second);
  Rm source(kScratch);
  if (floats) {
    load_float(to, second);
  } else {
    source = first.is_constant() ? Rm(in_register(first)) : place(first);
    load_integer(to, second);
  }
  const Condition c = select_condition();
  move_if(swapped ? inverted(c) : c, to, first, source);
  if (!taken || target == kNone) return finish(to);
  if (floats) {
    e_.op({0, 1, 0x28}, k32, target, to);
  } else {
    e_.mov(wide, target, to);
  }
  finish(target);
}

}  // namespace mote::compile
