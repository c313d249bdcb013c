// SPDX-License-Identifier: Apache-2.0
// Floats in xmm registers (SSE2; rounding by SSE4.1), and operations that the CPU does not have.
#include "compile/isa/x64/assembler.hpp"
#include "compile/isa/x64/opcodes.hpp"
#include "native/layout.hpp"

namespace mote::compile {

using namespace x64;

namespace {

constexpr uint8_t scalar_prefix(bool wide) {
  return wide ? 0xf2 : 0xf3;
}
constexpr uint64_t sign_bit(bool wide) {
  return wide ? uint64_t{1} << 63 : uint64_t{1} << 31;
}

}  // namespace

/// Operations that a function of the run time does.
bool X64Assembler::needs_helper(Op op) const {
  switch (op) {
    case Op::I32Clz:
    case Op::I64Clz:
      return !cpu_.lzcnt;
    case Op::I32Ctz:
    case Op::I64Ctz:
      return !cpu_.bmi1;
    case Op::I32Popcnt:
    case Op::I64Popcnt:
      return !cpu_.popcnt;
    case Op::F32Ceil:
    case Op::F32Floor:
    case Op::F32Trunc:
    case Op::F32Nearest:
    case Op::F64Ceil:
    case Op::F64Floor:
    case Op::F64Trunc:
    case Op::F64Nearest:
      return !cpu_.sse41;
    case Op::F32ConvertI64U:
    case Op::F64ConvertI64U:
      return true;
    default:
      return (op >= Op::I32TruncF32S && op <= Op::I32TruncF64U) ||
             (op >= Op::I64TruncF32S && op <= Op::I64TruncF64U) || static_cast<uint32_t>(op) > 0xff;
  }
}

void X64Assembler::by_helper(Op op, uint8_t target) {
  const Value x = pending_.node.x;
  if (op == Op::Select || op == Op::GlobalGet) return;
  if (!dying(x)) store_to(slot(x.home), x);
  spill_caller_saved();
  save_pins();
  e_.lea(true, kRdx, slot(x.home));
  e_.constant(kRsi, false, static_cast<uint32_t>(op));
  call_table(MOTE_TABLE_NUMERIC);
  reload_pins();
  locked_ = locked_floats_ = 0;
  const wasm::ValType type = held_[pending_.held].type;
  Value result;
  result.type = type;
  result.home = x.home;
  if (is_float(type)) {
    const uint8_t to = target != kNone ? target : allocate_float();
    load_float(to, result);
    return finish(to);
  }
  const uint8_t to = target != kNone ? target : allocate();
  load_integer(to, result);
  finish(to);
}

/// add 58, mul 59, sub 5c, min 5d, div 5e, max 5f
void X64Assembler::float_binary(Opcode opcode, uint8_t target) {
  const Value &x = pending_.node.x, &y = pending_.node.y;
  const bool wide = opcode.prefix == 0xf2;
  const Rm source = pending_.child_at == 2 ? operand(y, 2) : y.is_constant() ? Rm(in_float(y)) : place(y);
  uint8_t to = target;
  if (to == kNone) to = dying(x) ? held_[x.reg].reg : allocate_float();
  const bool there = !x.is_constant() && place(x).is_register && place(x).reg == to;
  if (!there && source.is_register && source.reg == to) to = allocate_float();
  (void)wide;
  load_float(to, x);
  e_.op(opcode, k32, to, source);
  if (target != kNone && to != target) {
    e_.op({0, 1, 0x28}, k32, target, to);
    to = target;
  }
  finish(to);
}

/// min and max (core spec, 4.3.3): a NaN operand gives a quiet NaN, and -0 is below +0; minss knows neither.
void X64Assembler::float_min_max(bool wide, bool max, uint8_t target) {
  const Value &x = pending_.node.x, &y = pending_.node.y;
  const uint8_t other = in_float(y);
  uint8_t to = target;
  if (to == kNone || to == other) to = dying(x) ? held_[x.reg].reg : allocate_float();
  load_float(to, x);
  e_.op({static_cast<uint8_t>(wide ? 0x66 : 0), 1, 0x2e}, k32, to, other);
  const uint32_t nan = e_.jump8(Cc::P), differ = e_.jump8(Cc::Ne);
  e_.op({0, 1, static_cast<uint8_t>(max ? 0x54 : 0x56)}, k32, to, other);
  const uint32_t equal = e_.jump8();
  e_.here8(nan);
  e_.op({scalar_prefix(wide), 1, 0x58}, k32, to, other);
  const uint32_t quiet = e_.jump8();
  e_.here8(differ);
  e_.op({scalar_prefix(wide), 1, static_cast<uint8_t>(max ? 0x5f : 0x5d)}, k32, to, other);
  e_.here8(equal);
  e_.here8(quiet);
  if (target != kNone && to != target) {
    e_.op({0, 1, 0x28}, k32, target, to);
    to = target;
  }
  finish(to);
}

/// abs, neg, copysign: bits.
void X64Assembler::float_sign(Op op, uint8_t target) {
  const Value& x = pending_.node.x;
  const bool wide = op >= Op::F64Abs;
  const uint64_t sign = sign_bit(wide);
  if (op == Op::F32Copysign || op == Op::F64Copysign) {
    const uint8_t magnitude = in_float(x), work = allocate_float();
    load_float(work, pending_.node.y);
    load_float_constant(kFloatScratch, wide, sign);
    e_.op({0, 1, 0x54}, k32, work, kFloatScratch);
    e_.op({0, 1, 0x55}, k32, kFloatScratch, magnitude);  // andnps
    e_.op({0, 1, 0x56}, k32, work, kFloatScratch);
    if (target != kNone) e_.op({0, 1, 0x28}, k32, target, work);
    return finish(target != kNone ? target : work);
  }
  const bool negate = op == Op::F32Neg || op == Op::F64Neg;
  uint8_t to = target;
  if (to == kNone) to = dying(x) ? held_[x.reg].reg : allocate_float();
  load_float(to, x);
  load_float_constant(kFloatScratch, wide, negate ? sign : sign - 1);
  e_.op({0, 1, static_cast<uint8_t>(negate ? 0x57 : 0x54)}, k32, to, kFloatScratch);
  finish(to);
}

/// Between integers and floats, and between floats.
void X64Assembler::convert(Op op, uint8_t target) {
  Value x = pending_.node.x;
  const bool to_float = is_float(held_[pending_.held].type);
  if (op == Op::I32ReinterpretF32 || op == Op::I64ReinterpretF64) {
    const uint8_t to = target != kNone ? target : allocate();
    const bool wide = op == Op::I64ReinterpretF64;
    if (!x.is_constant() && place(x).is_register) {
      e_.op({0x66, 1, 0x7e}, width(wide), place(x).reg, to);
    } else {
      x.type = held_[pending_.held].type;
      load_integer(to, x);
    }
    return finish(to);
  }
  const uint8_t to = target != kNone ? target : allocate_float();
  if (op == Op::F32ReinterpretI32 || op == Op::F64ReinterpretI64) {
    if (!x.is_constant() && place(x).is_register) {
      e_.op({0x66, 1, 0x6e}, width(op == Op::F64ReinterpretI64), to, place(x).reg);
    } else {
      x.type = held_[pending_.held].type;
      load_float(to, x);
    }
    return finish(to);
  }
  (void)to_float;
  const auto code = static_cast<uint32_t>(op);
  if (op == Op::F32DemoteF64 || op == Op::F64PromoteF32) {
    const Rm source = x.is_constant() ? Rm(in_float(x)) : place(x);
    e_.op({static_cast<uint8_t>(op == Op::F32DemoteF64 ? 0xf2 : 0xf3), 1, 0x5a}, k32, to, source);
    return finish(to);
  }
  // cvtsi2ss, cvtsi2sd; an unsigned 32-bit number is a signed one of 64 bits.
  const bool is_unsigned = op == Op::F32ConvertI32U || op == Op::F64ConvertI32U;
  const uint8_t source = in_register(x);
  e_.op({0, 1, 0x57}, k32, to, to);
  e_.op({scalar_prefix(code >= static_cast<uint32_t>(Op::F64ConvertI32S)), 1, 0x2a},
        width(is_unsigned || is_wide(x.type)), to, source);
  finish(to);
}

void X64Assembler::write_float(Op op, uint8_t target) {
  const bool wide = op >= Op::F64Abs && op <= Op::F64Copysign;
  const auto code = static_cast<uint32_t>(op);
  if (code >= 0xa7) return convert(op, target);
  const uint32_t which = code - static_cast<uint32_t>(wide ? Op::F64Abs : Op::F32Abs);
  const uint8_t prefix = scalar_prefix(wide);
  switch (which) {
    case 0:
    case 1:
    case 13:
      return float_sign(op, target);
    case 2:
    case 3:
    case 4:
    case 5: {
      constexpr uint8_t kModes[] = {10, 9, 11, 8};  // ceil, floor, trunc, nearest; no precision exception
      const Value& x = pending_.node.x;
      const Rm source = x.is_constant() ? Rm(in_float(x)) : place(x);
      const uint8_t to = target != kNone ? target : allocate_float();
      e_.op({0x66, 3, static_cast<uint8_t>(wide ? 0x0b : 0x0a)}, k32, to, source, 1, kModes[which - 2]);
      return finish(to);
    }
    case 6: {
      const Value& x = pending_.node.x;
      const Rm source = x.is_constant() ? Rm(in_float(x)) : place(x);
      const uint8_t to = target != kNone ? target : allocate_float();
      e_.op({prefix, 1, 0x51}, k32, to, source);
      return finish(to);
    }
    case 7:
      return float_binary({prefix, 1, 0x58}, target);
    case 8:
      return float_binary({prefix, 1, 0x5c}, target);
    case 9:
      return float_binary({prefix, 1, 0x59}, target);
    case 10:
      return float_binary({prefix, 1, 0x5e}, target);
    default:
      return float_min_max(wide, which == 12, target);
  }
}

X64Assembler::Condition X64Assembler::compare_floats(const Node& node) {
  using Parity = Condition::Parity;
  const bool wide = node.op >= Op::F64Eq;
  const auto which = static_cast<uint32_t>(node.op) - static_cast<uint32_t>(wide ? Op::F64Eq : Op::F32Eq);
  const bool swap = which == 2 || which == 4;  // lt, le: the carry flag says greater or unordered
  const bool has_child = pending_.child_at == 2;
  const Value &a = swap ? node.y : node.x, &b = swap ? node.x : node.y;
  uint8_t left;
  if (has_child && swap) {
    left = allocate_float();
    e_.op({scalar_prefix(wide), 1, 0x10}, k32, left, operand(node.y, 2));
  } else {
    left = in_float(a);
  }
  const Rm right = has_child && !swap ? operand(node.y, 2) : b.is_constant() ? Rm(in_float(b)) : place(b);
  e_.op({static_cast<uint8_t>(wide ? 0x66 : 0), 1, 0x2e}, k32, left, right);
  if (which == 0) return {Cc::E, Parity::AndNot};
  if (which == 1) return {Cc::Ne, Parity::Or};
  return {which <= 3 ? Cc::A : Cc::Ae};
}

}  // namespace mote::compile
