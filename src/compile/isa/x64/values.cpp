// SPDX-License-Identifier: Apache-2.0
// Where values are, and how they move.
#include <bit>

#include "compile/isa/x64/assembler.hpp"
#include "compile/isa/x64/features.hpp"

namespace mote::compile {

using namespace x64;

Mem X64Assembler::slot(uint32_t index) const {
  return {kRsp, kNoReg, 0, static_cast<int32_t>(outgoing_ + 4 * index)};
}

const X64Assembler::Pin* X64Assembler::pin_of(const Value& value) const {
  if (value.kind != Value::Kind::Local || value.slot >= pin_slots_) return nullptr;
  for (uint32_t i = 0; i < pin_count_; ++i) {
    if (pins_[i].slot == value.slot) return &pins_[i];
  }
  return nullptr;
}

/// Of a value that is not constant and not pending.
Rm X64Assembler::place(const Value& value) {
  if (value.in_register()) {
    const Held& held = held_[value.reg];
    if (held.state == Held::State::Home) return slot(held.home);
    return held.reg;
  }
  if (const Pin* pin = pin_of(value)) return pin->reg;
  return slot(value.frame_slot());
}

/// Whether the value's register may be overwritten by the instruction that consumes it.
bool X64Assembler::dying(const Value& value) const {
  if (!value.in_register()) return false;
  const Held& held = held_[value.reg];
  return held.owned && (held.state == Held::State::Integer || held.state == Held::State::Float);
}

uint8_t X64Assembler::free_entry() {
  for (uint8_t i = 0; i < kHeld; ++i) {
    if (held_[i].state == Held::State::Free) return i;
  }
  return kNone;
}

void X64Assembler::set_result(uint8_t entry, uint8_t reg, bool owned) {
  Held& held = held_[entry];
  held.state = is_float(held.type) ? Held::State::Float : Held::State::Integer;
  held.reg = reg;
  held.owned = owned;
  if (owned) (is_float(held.type) ? free_floats_ : free_) &= ~(1u << reg);
}

/// A value that is in a register of its own already.
void X64Assembler::give_result(Value& result, uint8_t reg) {
  const uint8_t entry = free_entry();  // there is always one: see begin_pending()
  held_[entry] = {Held::State::Free, 0, false, result.home, result.type};
  set_result(entry, reg);
  result.kind = Value::Kind::Register;
  result.reg = entry;
  if (free_entry() != kNone) return;
  spill_held(held_[entry]);
  held_[entry].state = Held::State::Free;
  result.kind = Value::Kind::Stack;
}

void X64Assembler::spill_held(Held& held) {
  if (held.state == Held::State::Integer) {
    e_.store(is_wide(held.type), slot(held.home), held.reg);
    if (held.owned) free_ |= 1u << held.reg;
  } else {
    const bool wide = is_wide(held.type);
    e_.op({static_cast<uint8_t>(wide ? 0xf2 : 0xf3), 1, 0x11}, k32, held.reg, slot(held.home));
    if (held.owned) free_floats_ |= 1u << held.reg;
  }
  held.state = Held::State::Home;
  held.owned = false;
}

uint8_t X64Assembler::allocate() {
  uint32_t choice = free_ & ~locked_;
  if (choice == 0) {
    for (Held& held : held_) {
      if (held.state != Held::State::Integer || !held.owned || (locked_ >> held.reg & 1) != 0) continue;
      spill_held(held);
      break;
    }
    choice = free_ & ~locked_;
  }
  if (choice == 0) {  // no operation needs so many: better no code than wrong code
    code_.fail();
    return kRax;
  }
  // Registers without a part in instructions first: rcx, rax and rdx are last.
  constexpr uint32_t kSpecial = 1u << kRax | 1u << kRcx | 1u << kRdx;
  const uint32_t plain = choice & ~kSpecial;
  const auto reg = static_cast<uint8_t>(plain != 0 ? std::countr_zero(plain) : std::countr_zero(choice));
  lock(reg);
  return reg;
}

uint8_t X64Assembler::allocate_float() {
  uint32_t choice = free_floats_ & ~locked_floats_;
  if (choice == 0) {
    for (Held& held : held_) {
      if (held.state != Held::State::Float || !held.owned || (locked_floats_ >> held.reg & 1) != 0) continue;
      spill_held(held);
      break;
    }
    choice = free_floats_ & ~locked_floats_;
  }
  if (choice == 0) {
    code_.fail();
    return 0;
  }
  const auto reg = static_cast<uint8_t>(std::countr_zero(choice));
  locked_floats_ |= 1u << reg;
  return reg;
}

/// Makes a register free for an instruction that wants just it.
void X64Assembler::evict(uint8_t reg) {
  for (Held& held : held_) {
    if (held.state != Held::State::Integer || held.reg != reg || !held.owned) continue;
    const uint32_t others = free_ & ~locked_ & ~(1u << reg);
    if (others == 0) return spill_held(held);
    const auto to = static_cast<uint8_t>(std::countr_zero(others));
    e_.mov(is_wide(held.type), to, reg);
    held.reg = to;
    free_ = (free_ | 1u << reg) & ~(1u << to);
    return;
  }
}

/// Before a call: what it would destroy goes home. Arguments have been placed by then, or are released.
void X64Assembler::spill_caller_saved() {
  for (Held& held : held_) {
    if (held.owned && (held.state == Held::State::Integer || held.state == Held::State::Float))
      spill_held(held);
  }
}

void X64Assembler::release(const Value& value) {
  if (!value.in_register()) return;
  Held& held = held_[value.reg];
  if (held.owned && held.state == Held::State::Integer) free_ |= 1u << held.reg;
  if (held.owned && held.state == Held::State::Float) free_floats_ |= 1u << held.reg;
  held.state = Held::State::Free;
  held.owned = false;
}

void X64Assembler::load_integer(uint8_t to, const Value& value) {
  const bool wide = is_wide(value.type);
  if (value.is_constant()) return e_.constant(to, wide, wide ? value.constant : value.constant & 0xffff'ffff);
  const Rm from = place(value);
  if (!from.is_register || from.reg != to) e_.mov(wide, to, from);
}

void X64Assembler::load_float_constant(uint8_t to, bool wide, uint64_t bits) {
  if (!wide) bits &= 0xffff'ffff;
  if (bits == 0) return e_.op({0, 1, 0x57}, k32, to, to);  // xorps
  e_.constant(kScratch, wide, bits);
  e_.op({0x66, 1, 0x6e}, width(wide), to, kScratch);  // movd, movq
}

void X64Assembler::load_float(uint8_t to, const Value& value) {
  const bool wide = is_wide(value.type);
  if (value.is_constant()) return load_float_constant(to, wide, value.constant);
  const Rm from = place(value);
  if (from.is_register) {
    if (from.reg != to) e_.op({0, 1, 0x28}, k32, to, from);  // movaps
  } else {
    e_.op({static_cast<uint8_t>(wide ? 0xf2 : 0xf3), 1, 0x10}, k32, to, from);
  }
}

/// The register that holds an integer value, loaded if it is elsewhere; locked until the instruction is done.
uint8_t X64Assembler::in_register(const Value& value) {
  if (!value.is_constant()) {
    const Rm there = place(value);
    if (there.is_register) {
      lock(there.reg);
      return there.reg;
    }
  }
  const uint8_t reg = allocate();
  load_integer(reg, value);
  return reg;
}

uint8_t X64Assembler::in_float(const Value& value) {
  if (!value.is_constant()) {
    const Rm there = place(value);
    if (there.is_register) {
      locked_floats_ |= 1u << there.reg;
      return there.reg;
    }
  }
  const uint8_t reg = allocate_float();
  load_float(reg, value);
  return reg;
}

/// Stores a value that is not pending; changes no register that anyone uses.
void X64Assembler::store_to(const Mem& to, const Value& value) {
  const bool wide = is_wide(value.type);
  if (value.is_constant()) {
    const auto bits = static_cast<int64_t>(value.constant);
    if (!wide || bits == static_cast<int32_t>(bits))
      return e_.op({0, 0, 0xc7}, width(wide), 0, to, 4, value.constant & 0xffff'ffff);
    e_.constant(kScratch, true, value.constant);
    return e_.store(true, to, kScratch);
  }
  const Rm from = place(value);
  if (value.type == wasm::kV128) {
    e_.op({0, 1, 0x10}, k32, kFloatScratch, from);  // movups
    return e_.op({0, 1, 0x11}, k32, kFloatScratch, to);
  }
  if (is_float(value.type) && from.is_register)
    return e_.op({static_cast<uint8_t>(wide ? 0xf2 : 0xf3), 1, 0x11}, k32, from.reg, to);
  if (from.is_register) return e_.store(wide, to, from.reg);
  if (from.mem.base == to.base && from.mem.displacement == to.displacement) return;
  e_.mov(wide, kScratch, from);
  e_.store(wide, to, kScratch);
}

void X64Assembler::move(uint16_t to, const Value& value) {
  Value target;
  target.kind = Value::Kind::Local;
  target.slot = to;
  const Pin* pin = pin_of(target);
  if (pending_.valid && !is_pending(value)) flush();
  if (pin == nullptr) {
    if (is_pending(value)) emit_pending(kNone);
    return store_to(slot(to), value);
  }
  if (is_pending(value)) return emit_pending(pin->reg);
  if (pin->is_float) return load_float(pin->reg, value);
  load_integer(pin->reg, value);
}

void X64Assembler::move_slots(uint16_t from, uint16_t to, uint32_t count) {
  flush();
  for (uint32_t i = 0; i < count; ++i) {
    e_.mov(false, kScratch, slot(from + i));
    e_.store(false, slot(to + i), kScratch);
  }
}

void X64Assembler::drop(const Value& value) {
  if (is_pending(value)) {
    const Op op = pending_.node.op;
    const bool pure = pending_.child_at == 0 && op >= Op::I32Eqz && op <= Op::F64Ge;
    if (pure) {
      pending_.valid = false;
      for (const Value* v : {&pending_.node.x, &pending_.node.y, &pending_.node.z}) release(*v);
    } else {
      flush();  // it may trap
    }
  }
  release(value);
}

bool X64Assembler::reads_homes(const Node& node) const {
  const Value* operands[] = {&node.x, &node.y, &node.z};
  for (uint32_t i = 0; i < Node::kOperands && i < node.count; ++i) {
    const Value& v = *operands[i];
    if (v.kind == Value::Kind::Stack || (v.in_register() && held_[v.reg].state == Held::State::Home))
      return true;
  }
  return false;
}

/// Takes a value out of its local, which is about to be written.
void X64Assembler::hold(Value& value) {
  // The home of a newer value may be that of an operand which is still to be read.
  if (pending_.valid && (reads_homes(pending_.node) || reads_homes(pending_.child))) flush();
  const uint8_t entry = free_entry();
  const uint32_t locked = locked_, locked_floats = locked_floats_;
  if (pending_.valid) lock_operands(pending_.node), lock_operands(pending_.child);
  const bool room = is_float(value.type) ? (free_floats_ & ~locked_floats_) != 0 : (free_ & ~locked_) != 0;
  if (entry == kNone || !room) {
    store_to(slot(value.home), value);
    value.kind = Value::Kind::Stack;
  } else {
    const uint8_t reg = is_float(value.type) ? allocate_float() : allocate();
    if (is_float(value.type)) {
      load_float(reg, value);
    } else {
      load_integer(reg, value);
    }
    held_[entry].type = value.type;
    held_[entry].home = value.home;
    value.kind = Value::Kind::Register;
    value.reg = entry;
    set_result(entry, reg);
  }
  locked_ = locked;
  locked_floats_ = locked_floats;
}

void X64Assembler::before_detour(std::span<const Value> values) {
  for (const Value& value : values) {
    if (is_pending(value)) return flush();
  }
}

void X64Assembler::flush() {
  if (pending_.valid) emit_pending(kNone);
}

/// Locks the registers that operands are in.
void X64Assembler::lock_operands(const Node& node) {
  const Value* operands[] = {&node.x, &node.y, &node.z};
  for (uint32_t i = 0; i < Node::kOperands && i < node.count; ++i) {
    const Value& v = *operands[i];
    if (v.is_constant() || (v.in_register() && held_[v.reg].state == Held::State::Pending)) continue;
    const Rm there = place(v);
    if (!there.is_register) continue;
    (is_float(v.type) ? locked_floats_ : locked_) |= 1u << there.reg;
  }
}

/// Writes the operation that is held back, its result into `target` or a register of its own.
void X64Assembler::emit_pending(uint8_t target) {
  e_.at(pending_.trap_offset());
  locked_ = locked_floats_ = 0;
  lock_operands(pending_.node);
  lock_operands(pending_.child);
  if (target != kNone) (is_float(held_[pending_.held].type) ? locked_floats_ : locked_) |= 1u << target;
  write_node(target);
  pending_.valid = false;
  locked_ = locked_floats_ = 0;
  e_.at(offset_);
}

}  // namespace mote::compile
