// SPDX-License-Identifier: Apache-2.0
// Choosing forms: where operands are, what it costs to bring them elsewhere, and what becomes of results.
#include "compile/isa/vm/assembler.hpp"

#include "vm/access.hpp"
#include "vm/frame.hpp"
#include "vm/helpers.hpp"

namespace mote::compile {

using vm::form_of;
using vm::FormRow;
using vm::Kind;
using vm::Offset;
using vm::Operation;

namespace {

constexpr int kImpossible = 1000;
constexpr int kLoad = 6;  // an instruction more

bool is_wide(const Value& value) {
  return value.slots() == 2;
}

bool fits_half(const Value& value) {
  const auto bits =
      is_wide(value) ? static_cast<int64_t>(value.constant) : static_cast<int32_t>(value.constant);
  return bits >= -32768 && bits <= 32767;
}

}  // namespace

bool VmAssembler::in_accumulator(const Value& value) const {
  if (value.in_register()) return true;
  return value.in_frame() && !is_wide(value) && value.frame_slot() == accumulator_;
}

VmAssembler::Costs VmAssembler::costs(const Value* value, Operation op) const {
  static_assert(static_cast<int>(Place::A) == 0 && static_cast<int>(Place::S) == 1 &&
                static_cast<int>(Place::K) == 2 && static_cast<int>(Place::N) == 3);
  if (value == nullptr) return {{kImpossible, kImpossible, kImpossible, 0}};
  Costs costs{{kLoad, 1, kImpossible, kImpossible}};
  if (wide_ && is_wide(*value)) {
    costs.at[0] = kImpossible;  // scratch moves in between do not keep 64 bits
  } else if (in_accumulator(*value)) {
    costs.at[0] = 0;
  } else if (is_wide(*value)) {
    costs.at[0] = kImpossible;
  }
  if (value->in_register()) costs.at[1] = 2;
  if (value->is_constant()) {
    costs.at[1] = kLoad;
    if (vm::is_shift(op) || fits_half(*value)) costs.at[2] = 1;
  }
  return costs;
}

/// The cheapest form. Branches: only forms that go back, or only those that don't.
VmAssembler::Choice VmAssembler::choose(Operation op, const Value* x, const Value* y, Offset least,
                                        bool branch, bool back) const {
  Choice best;
  int least_cost = kImpossible;
  const Costs x_costs = costs(x, op), y_costs = costs(y, op);
  // Bringing one operand to its place would overwrite the other in the accumulator.
  const bool x_constant = x != nullptr && x->is_constant(), y_constant = y != nullptr && y->is_constant();
  const int bound = x_costs.least() + y_costs.least();
  for (const FormRow& row : vm::forms_of(op)) {
    if (branch && row.stores_result() != back) continue;
    const Place px = row.x(), py = row.y();
    const Offset offset = row.offset();
    if ((offset == Offset::Constant) != (least == Offset::Constant) || offset < least) continue;
    int total = x_costs[px] + y_costs[py] + static_cast<int>(offset) - static_cast<int>(least);
    if (row.token >= 256) total += 4;
    if (total >= least_cost) continue;
    if (py == Place::A && x_constant && (px == Place::A || px == Place::S)) continue;
    if (px == Place::A && y_constant && (py == Place::A || py == Place::S) && !x_constant) continue;
    least_cost = total;
    best = {&row, px, py, offset};
    if (total <= bound) break;
  }
  return best;
}

/// Gives the held-back instruction's result a slot; the accumulator has it as well.
void VmAssembler::store_result(uint16_t slot) {
  pending_.stored = true;
  pending_.slot = slot;
  accumulator_ = pending_.wide ? kNoSlot : slot;
}

/// A held-back comparison becomes a value after all.
void VmAssembler::settle() {
  if (!comparison_.valid) return;
  comparison_.valid = false;
  const Comparison c = comparison_;
  numeric(c.op, c.result, &c.x, &c.y);
}

void VmAssembler::wide_move(uint32_t from, uint32_t to, uint32_t slots) {
  flush();
  const auto op = slots == 2 ? Operation::MoveWide64 : Operation::MoveWide32;
  emit_simple(op, form_of(Place::A, Place::N, Place::N), {{Kind::Half, from}, {Kind::Half, to}});
}

/// A slot that a byte can name: itself, or a scratch slot that receives its value.
uint32_t VmAssembler::near_slot(uint32_t slot, uint32_t slots, unsigned scratch) {
  if (slot <= 255) return slot;
  needs_wide_ = true;
  const uint32_t near = scratch_ + 2 * scratch;
  wide_move(slot, near, slots);
  return near;
}

/// Brings operands into the places of the chosen form: first what the accumulator holds leaves it, then
/// constants come.
void VmAssembler::conform(const Value* x, Place px, const Value* y, Place py) {
  if (x != nullptr && x->in_register() && px == Place::S) move(x->home, *x);
  if (y != nullptr && y->in_register() && py == Place::S) move(y->home, *y);
  for (const auto& [value, place] : {std::pair{x, px}, std::pair{y, py}}) {
    if (value == nullptr) continue;
    if (place == Place::S && value->is_constant()) move(value->home, *value);
    if (place != Place::A || in_accumulator(*value)) continue;
    Value result = *value;
    result.kind = Value::Kind::Register;
    if (value->is_constant()) {
      const bool half = fits_half(*value);
      Pending p = begin(Operation::Const32, &result);
      if (half) p.sources = form_of(Place::A, Place::K, Place::N);
      if (half) p.code.add(Kind::Half, static_cast<uint32_t>(value->constant));
      p.count_before = p.code.count;
      if (!half) p.code.add(Kind::Word, static_cast<uint32_t>(value->constant));
      if (!half) p.sources = form_of(Place::A, Place::N, Place::N);
      emit(p);
    } else {
      numeric(Operation::Move32, result, value, nullptr);
    }
  }
}

VmAssembler::Pending VmAssembler::begin(Operation op, const Value* result) {
  Pending p;
  p.valid = true;
  p.op = op;
  p.code.offset = offset_;
  if (result != nullptr) {
    p.result = true;
    p.wide = is_wide(*result);
    p.slot = result->home;
  }
  return p;
}

/// Adds a source operand's field.
void VmAssembler::source(Pending& p, const Value& value, Place place, unsigned scratch) {
  if (place == Place::S) {
    const uint32_t slot = value.in_frame() ? value.frame_slot() : value.home;
    p.code.add(Kind::Slot, near_slot(slot, value.slots(), scratch));
  } else if (place == Place::K) {
    const bool shift = vm::is_shift(p.op);
    const uint32_t bits = is_wide(value) ? 63 : 31;
    p.code.add(shift ? Kind::Byte : Kind::Half,
               static_cast<uint32_t>(value.constant) & (shift ? bits : 0xffff));
  }
}

/// Holds an instruction back, and lets the one before go.
void VmAssembler::emit(Pending& p) {
  flush_pending();
  pending_ = p;
  if (p.result) accumulator_ = kNoSlot;
}

/// An instruction without a result, with all its operands.
void VmAssembler::emit_simple(Operation op, uint8_t form, std::initializer_list<Field> fields) {
  Pending p = begin(op, nullptr);
  p.sources = form;
  for (const Field& field : fields) p.code.add(field.kind, field.value);
  p.count_before = p.code.count;
  emit(p);
}

void VmAssembler::numeric(Operation op, const Value& result, const Value* x, const Value* y) {
  const Choice choice = choose(op, x, y, Offset::None, false, false);
  conform(x, choice.x, y, choice.y);
  Pending p = begin(op, &result);
  p.sources = form_of(Place::A, choice.x, choice.y);
  source(p, *x, choice.x, 0);
  if (y != nullptr) source(p, *y, choice.y, 1);
  p.count_before = p.code.count;
  emit(p);
}

void VmAssembler::move(uint16_t slot, const Value& value) {
  settle();
  if (slot > 255) needs_wide_ = true;
  if (value.in_register() && pending_.valid && pending_.result && !pending_.stored) return store_result(slot);
  if (value.in_frame() && value.frame_slot() == slot) return;
  Value result = value;
  result.home = slot;
  if (!value.is_constant()) {
    numeric(is_wide(value) ? Operation::Move64 : Operation::Move32, result, &value, nullptr);
    return store_result(slot);
  }
  Pending p = begin(is_wide(value) ? Operation::Const64 : Operation::Const32, &result);
  if (!is_wide(value) && fits_half(value)) {
    p.sources = form_of(Place::A, Place::K, Place::N);
    p.code.add(Kind::Half, static_cast<uint32_t>(value.constant) & 0xffff);
    p.count_before = 1;
  } else {
    p.sources = form_of(Place::A, Place::N, Place::N);
    p.code.add(Kind::Word, static_cast<uint32_t>(value.constant));
    if (is_wide(value)) p.code.add(Kind::Word, static_cast<uint32_t>(value.constant >> 32));
  }
  emit(p);
  store_result(slot);
}

/// The value's slot, after it was brought there.
uint16_t VmAssembler::to_frame(const Value& value, unsigned scratch) {
  if (!value.in_frame()) move(value.home, value);
  return static_cast<uint16_t>(
      near_slot(value.in_frame() ? value.frame_slot() : value.home, value.slots(), scratch));
}

void VmAssembler::select(const Value& result, const Value& first, const Value& second,
                         const Value& condition) {
  settle();
  const bool wide = is_wide(result);
  const bool constants = first.is_constant() || second.is_constant();
  Value x = first, y = second, z = condition;
  // Whatever is in the accumulator must leave before constants come.
  for (Value* value : {&x, &y, &z}) {
    const bool stays = value == &z && !wide && !constants;
    if (!value->in_register() || stays) continue;
    move(value->home, *value);
    value->kind = Value::Kind::Stack;
  }
  const uint16_t x_slot = to_frame(x, 0);
  const uint16_t y_slot = to_frame(y, 1);
  const bool in_a = z.in_register() && x_slot <= 255 && y_slot <= 255 && !needs_wide_;
  Pending p = begin(wide ? Operation::Select64 : Operation::Select32, &result);
  p.code.add(Kind::Slot, x_slot);
  p.code.add(Kind::Slot, y_slot);
  if (!in_a) p.code.add(Kind::Slot, to_frame(z, 2));
  p.sources = form_of(Place::A, Place::S, Place::S, in_a ? Offset::Byte : Offset::None);
  p.count_before = p.code.count;
  emit(p);
}

void VmAssembler::global_get(const Value& result, const wasm::Global& global, uint32_t index) {
  settle();
  const bool wide = is_wide(result);
  const bool imported = index < module_.imported_globals;
  const Operation ops[] = {Operation::GlobalGet32, Operation::GlobalGet64, Operation::ImportedGlobalGet32,
                           Operation::ImportedGlobalGet64};
  Pending p = begin(ops[(imported ? 2 : 0) + (wide ? 1 : 0)], &result);
  p.sources = form_of(Place::A, Place::N, Place::N);
  p.code.add(Kind::Half, imported ? index : global.slot);
  emit(p);
}

void VmAssembler::global_set(const Value& value, const wasm::Global& global, uint32_t index) {
  settle();
  const bool wide = is_wide(value);
  const bool imported = index < module_.imported_globals;
  const Operation ops[] = {Operation::GlobalSet32, Operation::GlobalSet64, Operation::ImportedGlobalSet32,
                           Operation::ImportedGlobalSet64};
  const Operation op = ops[(imported ? 2 : 0) + (wide ? 1 : 0)];
  const Choice choice = choose(op, &value, nullptr, Offset::None, false, false);
  conform(&value, choice.x, nullptr, Place::N);
  Pending p = begin(op, nullptr);
  p.sources = form_of(Place::A, choice.x, Place::N);
  source(p, value, choice.x, 0);
  p.code.add(Kind::Half, imported ? index : global.slot);
  p.count_before = p.code.count;
  emit(p);
}

namespace {

/// Floats are stored as their bits: the integer access does.
Operation access_operation(wasm::Op op) {
  switch (op) {
    case wasm::Op::F32Load:
      return vm::operation_of(wasm::Op::I32Load);
    case wasm::Op::F64Load:
      return vm::operation_of(wasm::Op::I64Load);
    case wasm::Op::F32Store:
      return vm::operation_of(wasm::Op::I32Store);
    case wasm::Op::F64Store:
      return vm::operation_of(wasm::Op::I64Store);
    default:
      return vm::operation_of(op);
  }
}

Offset offset_kind(uint64_t offset) {
  if (offset == 0) return Offset::None;
  if (offset <= 0xff) return Offset::Byte;
  return offset <= 0xffff ? Offset::Half : Offset::Word;
}

constexpr Kind kOffsetFields[] = {Kind::Byte, Kind::Byte, Kind::Half, Kind::Word, Kind::Half};

/// A constant address that is in bounds whatever the memory's size, and short enough to be encoded.
bool known_good(const Value& address, const MemArg& arg) {
  if (!address.is_constant()) return false;
  const uint64_t at = static_cast<uint32_t>(address.constant) + arg.offset;
  return at <= 0xffff && at + 8 <= arg.minimum;
}

}  // namespace

void VmAssembler::load(wasm::Op wasm_op, const Value& result, const Value& address, const MemArg& arg) {
  settle();
  const Operation op = access_operation(wasm_op);
  uint64_t offset = arg.offset;
  Choice choice;
  if (known_good(address, arg)) choice = choose(op, nullptr, nullptr, Offset::Constant, false, false);
  if (choice.row != nullptr) {
    offset += static_cast<uint32_t>(address.constant);
  } else {
    choice = choose(op, &address, nullptr, offset_kind(offset), false, false);
    conform(&address, choice.x, nullptr, Place::N);
  }
  Pending p = begin(op, &result);
  p.sources = form_of(Place::A, choice.x, Place::N, choice.offset);
  source(p, address, choice.x, 0);
  p.count_before = p.code.count;
  if (choice.offset != Offset::None)
    p.code.add(kOffsetFields[static_cast<int>(choice.offset)], static_cast<uint32_t>(offset));
  emit(p);
}

void VmAssembler::store(wasm::Op wasm_op, const Value& address, const Value& value, const MemArg& arg) {
  settle();
  const Operation op = access_operation(wasm_op);
  uint64_t offset = arg.offset;
  Choice choice;
  if (known_good(address, arg)) choice = choose(op, nullptr, &value, Offset::Constant, false, false);
  if (choice.row != nullptr) {
    offset += static_cast<uint32_t>(address.constant);
    conform(nullptr, Place::N, &value, choice.y);
  } else {
    choice = choose(op, &address, &value, offset_kind(offset), false, false);
    conform(&address, choice.x, &value, choice.y);
  }
  Pending p = begin(op, nullptr);
  p.sources = form_of(Place::A, choice.x, choice.y, choice.offset);
  source(p, address, choice.x, 0);
  source(p, value, choice.y, 1);
  if (choice.offset != Offset::None)
    p.code.add(kOffsetFields[static_cast<int>(choice.offset)], static_cast<uint32_t>(offset));
  p.count_before = p.code.count;
  emit(p);
}

}  // namespace mote::compile
