// SPDX-License-Identifier: Apache-2.0
// Loads, stores and globals.
#include "compile/isa/vm/assembler.hpp"
#include "vm/access.hpp"

namespace mote::compile {

using vm::Kind;
using vm::Offset;
using vm::Operation;
using vm::Other;
using vm::token_of;

namespace {

/// Floats are stored as their bits: the integer access does.
Operation access_operation(wasm::Op op) {
  switch (op) {
    case wasm::Op::F32Load:
    case wasm::Op::F64Load:
    case wasm::Op::F32Store:
    case wasm::Op::F64Store:
      return static_cast<Operation>(static_cast<unsigned>(op) - 2);
    default:
      return vm::operation_of(op);
  }
}

Offset offset_kind(uint64_t offset) {
  if (offset == 0) return Offset::None;
  return offset <= 0xff ? Offset::Byte : Offset::Half;
}

/// A constant address that is in bounds whatever the memory's size, and short enough to be encoded.
bool known_good(const Value& address, const MemArg& arg) {
  if (!address.is_constant()) return false;
  const uint64_t at = static_cast<uint32_t>(address.constant) + arg.offset;
  return at <= 0xffff && at + 8 <= arg.minimum;
}

}  // namespace

void VmAssembler::narrow(const Value& result, const Value& value, Trap kind) {
  settle();
  conform(&value, Place::S);
  Instruction& next = begin_extended(Operation::Narrow, &result);
  next.byte(near_[0]);
  next.byte(static_cast<uint32_t>(kind));
}

void VmAssembler::load(wasm::Op wasm_op, const Value& result, const Value& address, const MemArg& arg) {
  settle();
  const Operation op = access_operation(wasm_op);
  if (known_good(address, arg) &&
      begin_form(op, nullptr, nullptr, &result, Offset::Constant, address.constant + arg.offset))
    return;
  if (arg.offset > 0xffff || !begin_form(op, &address, nullptr, &result, offset_kind(arg.offset), arg.offset))
    any_load(op, result, address, arg.offset);
}

void VmAssembler::store(wasm::Op wasm_op, const Value& address, const Value& value, const MemArg& arg) {
  settle();
  const Operation op = access_operation(wasm_op);
  if (known_good(address, arg) &&
      begin_form(op, nullptr, &value, nullptr, Offset::Constant, address.constant + arg.offset))
    return;
  if (arg.offset > 0xffff || !begin_form(op, &address, &value, nullptr, offset_kind(arg.offset), arg.offset))
    any_store(op, address, value, arg.offset);
}

/// Accesses without a form of their own: operands in slots, the offset a word.
void VmAssembler::any_load(Operation op, const Value& result, const Value& address, uint64_t offset) {
  conform(&address, Place::S);
  Instruction& next =
      begin(vm::kNoToken,
            token_of<Other<Operation::AnyAccess, Place::S, Place::N, Kind::Byte, Kind::Slot, Kind::Word>>(),
            &result);
  next.byte(static_cast<uint8_t>(op));
  next.byte(near_[0]);
  next.word(offset);
}

void VmAssembler::any_store(Operation op, const Value& address, const Value& value, uint64_t offset) {
  conform(&address, Place::S, &value, Place::S);
  Instruction& next = begin(
      token_of<
          Other<Operation::AnyAccess, Place::A, Place::N, Kind::Byte, Kind::Slot, Kind::Slot, Kind::Word>>(),
      vm::kNoToken, nullptr);
  next.byte(static_cast<uint8_t>(op));
  next.byte(near_[0]);
  next.byte(near_[1]);
  next.word(offset);
}

void VmAssembler::global_get(const Value& result, const wasm::Global& global, uint32_t index) {
  settle();
  if (result.slots() == 1 && index >= module_.imported_globals)
    return begin_form(Operation::GlobalGet32, nullptr, nullptr, &result)->half(global.slot);
  any_global(begin_extended(Operation::AnyGlobalGet, &result), result, global, index);
}

void VmAssembler::global_set(const Value& value, const wasm::Global& global, uint32_t index) {
  settle();
  if (value.slots() == 1 && index >= module_.imported_globals)
    return begin_form(Operation::GlobalSet32, &value, nullptr, nullptr)->half(global.slot);
  conform(&value, Place::S);
  Instruction& next = begin_extended(Operation::AnyGlobalSet, nullptr);
  next.byte(near_[0]);
  any_global(next, value, global, index);
}

/// Which global: defined ones by their first slot, imported ones by their index.
void VmAssembler::any_global(Instruction& to, const Value& value, const wasm::Global& global,
                             uint32_t index) {
  const bool imported = index < module_.imported_globals;
  to.byte((value.slots() == 2 ? vm::kGlobalWide : 0u) | (imported ? vm::kGlobalImported : 0u));
  to.half(imported ? index : global.slot);
}

}  // namespace mote::compile
