// SPDX-License-Identifier: Apache-2.0
// Choosing forms: where operands are, what it costs to bring them elsewhere, and what becomes of results.
#include "compile/isa/vm/assembler.hpp"

#include "vm/compute.hpp"

namespace mote::compile {

using vm::Form;
using vm::kNoToken;
using vm::Offset;
using vm::Place;
using vm::Token;
using vm::token_of;

namespace {

constexpr int kImpossible = 1000;
constexpr int kLoad = 6;  // an instruction more

bool is_wide(const Value& value) {
  return value.slots() == 2;
}

bool fits_half(const Value& value) {
  const auto low = static_cast<int32_t>(value.constant);
  if (is_wide(value) && low != static_cast<int64_t>(value.constant)) return false;
  return low == static_cast<int16_t>(low);
}

}  // namespace

bool VmAssembler::in_accumulator(const Value& value) const {
  if (value.in_register()) return true;
  return value.in_frame() && value.frame_slot() == accumulator_ && !is_wide(value);
}

/// Where a value is used without moving it, if there is a form for it.
Place VmAssembler::natural_place(const Value& value, Operation op) const {
  if (value.is_constant()) return vm::is_shift(op) || fits_half(value) ? Place::K : Place::N;
  return in_accumulator(value) ? Place::A : Place::S;
}

/// The form for operands where they are, or else the cheapest one.
VmAssembler::Choice VmAssembler::choose(Operation op, const Value* x, const Value* y, Offset least,
                                        Rows rows) const {
  // For speed alone: the same form is found by its costs.
  if constexpr (config::kCompactVm) return cheapest(op, x, y, least, rows);
  const Place px = x == nullptr ? Place::N : natural_place(*x, op);
  const Place py = y == nullptr ? Place::N : natural_place(*y, op);
  const uint8_t wanted = vm::form_of(rows == Rows::Back ? Place::S : Place::A, px, py, least);
  auto [token, last] = vm::tokens_of(op);
  while (token < last && vm::kForms[token] < 2 * wanted) ++token;
  if (token < last) {
    const uint8_t bits = vm::form_of(token).bits;
    if (rows != Rows::Any) {
      if (bits == wanted) return {token, kNoToken, true};
    } else if (bits == wanted) {
      const auto next = static_cast<Token>(token + 1);
      const bool stores = next < last && vm::form_of(next).bits == (bits | 1);
      return {token, stores ? next : kNoToken, true};
    } else if (bits == (wanted | 1)) {
      return {kNoToken, token, true};
    }
  }
  return cheapest(op, x, y, least, rows);
}

VmAssembler::Costs VmAssembler::costs(const Value* value, Operation op) const {
  static_assert(static_cast<int>(Place::A) == 0 && static_cast<int>(Place::S) == 1 &&
                static_cast<int>(Place::K) == 2 && static_cast<int>(Place::N) == 3);
  if (value == nullptr) return {{kImpossible, kImpossible, kImpossible, 0}};
  Costs costs{{kLoad, 1, kImpossible, kImpossible}};
  if (in_accumulator(*value)) {
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

VmAssembler::Choice VmAssembler::cheapest(Operation op, const Value* x, const Value* y, Offset least,
                                          Rows rows) const {
  Choice best;
  int least_cost = kImpossible;
  const Costs x_costs = costs(x, op), y_costs = costs(y, op);
  const bool x_constant = x != nullptr && x->is_constant(), y_constant = y != nullptr && y->is_constant();
  const auto [first, last] = vm::tokens_of(op);
  for (Token token = first; token < last; ++token) {
    const Form form = vm::form_of(token);
    if (rows != Rows::Any && form.to_slot() != (rows == Rows::Back)) continue;
    const Place px = form.x(), py = form.y();
    const Offset offset = form.offset();
    if ((offset == Offset::Constant) != (least == Offset::Constant) || offset < least) continue;
    const int total = x_costs[px] + y_costs[py] + static_cast<int>(offset) - static_cast<int>(least);
    // Bringing one operand to its place must not overwrite the other in the accumulator.
    if (py == Place::A && x_constant && (px == Place::A || px == Place::S)) continue;
    if (px == Place::A && y_constant && (py == Place::A || py == Place::S)) continue;
    const bool stores = rows == Rows::Any && form.to_slot();
    if (stores && best.found() && best.token == token - 1 && vm::form_of(best.token).bits == (form.bits ^ 1))
      best.to_slot = token;
    if (total >= least_cost) continue;
    least_cost = total;
    best = {stores ? kNoToken : token, stores ? token : kNoToken};
  }
  return best;
}

/// Gives the held-back instruction's result a slot; the accumulator has it as well.
void VmAssembler::store_result(uint16_t slot) {
  result_.stored = true;
  result_.slot = slot;
  accumulator_ = result_.wide ? kNoSlot : slot;
}

/// A held-back comparison becomes a value after all.
void VmAssembler::settle() {
  if (!comparison_.valid) return;
  comparison_.valid = false;
  const Comparison c = comparison_;
  numeric(c.op, c.result, &c.x, &c.y);
}

/// Moves between slots of which a byte cannot name one.
void VmAssembler::move_far(uint32_t from, uint32_t to, uint32_t slots) {
  Instruction& move = begin_extended(Operation::MoveBlock, nullptr);
  move.half(from);
  move.half(to);
  move.half(slots);
  flush();
}

/// A slot that a byte can name: itself, or a scratch slot that receives its value.
uint16_t VmAssembler::near_slot(uint32_t slot, uint32_t slots, unsigned scratch) {
  if (slot <= 255) return static_cast<uint16_t>(slot);
  needs_wide_ = true;
  const uint32_t near = scratch_ + 2 * scratch;
  move_far(slot, near, slots);
  return static_cast<uint16_t>(near);
}

// An operand whose place is not N exists, which the analyzer does not see.
// NOLINTBEGIN(clang-analyzer-core.CallAndMessage,clang-analyzer-core.NullDereference)

/// Brings operands into the places of the chosen form: first what the accumulator holds leaves it, then
/// constants come. Where there is no operand, its place is N.
void VmAssembler::conform(const Value* x, Place px, const Value* y, Place py) {
  if (px == Place::S && x->in_register()) move(x->home, *x);
  if (py == Place::S && y->in_register()) move(y->home, *y);
  bring(x, px);
  bring(y, py);
  find_near(x, px, y, py);
}

/// Slots that a byte can name, for operands that lie in the frame.
void VmAssembler::find_near(const Value* x, Place px, const Value* y, Place py) {
  if (px == Place::S) near_[0] = near_slot(x->frame_slot(), x->slots(), 0);
  if (py == Place::S) near_[1] = near_slot(y->frame_slot(), y->slots(), 1);
}

/// A constant to its home, anything to the accumulator.
void VmAssembler::bring(const Value* value, Place place) {
  if (place == Place::S && value->is_constant()) move(value->home, *value);
  if (place != Place::A || in_accumulator(*value)) return;
  Value result = *value;
  result.kind = Value::Kind::Register;
  if (value->is_constant()) {
    load_constant(*value, result);
  } else {
    numeric(Operation::Move32, result, value, nullptr);
  }
}

/// Adds a source operand, operand `index` of those that conform() brought to their places.
void VmAssembler::source(Instruction& to, Operation op, const Value* value, Place place, unsigned index) {
  if (place == Place::S) return to.byte(near_[index]);
  if (place != Place::K) return;
  if (!vm::is_shift(op)) return to.half(value->constant);
  to.byte(static_cast<uint32_t>(value->constant) & (is_wide(*value) ? 63 : 31));
}

// NOLINTEND(clang-analyzer-core.CallAndMessage,clang-analyzer-core.NullDereference)

void VmAssembler::load_constant(const Value& value, const Value& result) {
  using vm::Kind;
  using vm::Other;
  if (is_wide(value)) {
    Instruction& load = begin(
        kNoToken, token_of<Other<Operation::Const64, Place::S, Place::N, Kind::Word, Kind::Word>>(), &result);
    load.word(value.constant);
    load.word(value.constant >> 32);
  } else if (fits_half(value)) {
    begin(token_of<vm::Numeric<Operation::Const32, Place::A, Place::K>>(),
          token_of<vm::Numeric<Operation::Const32, Place::S, Place::K>>(), &result)
        .half(value.constant);
  } else {
    begin(token_of<Other<Operation::Const32, Place::A, Place::N, Kind::Word>>(),
          token_of<Other<Operation::Const32, Place::S, Place::N, Kind::Word>>(), &result)
        .word(value.constant);
  }
}

/// Begins an instruction in the form that suits its operands, and adds them and the offset. nullptr: there is
/// none.
VmAssembler::Instruction* VmAssembler::begin_form(Operation op, const Value* x, const Value* y,
                                                  const Value* result, Offset least, uint64_t offset,
                                                  Rows rows) {
  const Choice choice = choose(op, x, y, least, rows);
  if (!choice.found()) return nullptr;
  const Form form = choice.form();
  if (choice.exact) {
    find_near(x, form.x(), y, form.y());
  } else {
    conform(x, form.x(), y, form.y());
  }
  Instruction& next = begin(choice.token, choice.to_slot, result);
  source(next, op, x, form.x(), 0);
  source(next, op, y, form.y(), 1);
  if (form.offset() == Offset::Byte) next.byte(static_cast<uint32_t>(offset));
  if (form.offset() > Offset::Byte) next.half(offset);
  return &next;
}

void VmAssembler::numeric(Operation op, const Value& result, const Value* x, const Value* y) {
  if (begin_form(op, x, y, &result) == nullptr) any_numeric(op, result, *x, y);
}

/// An operation without forms of its own: operands in slots, or the second a constant.
void VmAssembler::any_numeric(Operation op, const Value& result, const Value& x, const Value* y) {
  using vm::Kind;
  using vm::Other;
  const bool constant = y != nullptr && y->is_constant() && fits_half(*y);
  conform(&x, Place::S, y, y == nullptr || constant ? Place::N : Place::S);
  constexpr Token kSlots =
      token_of<Other<Operation::AnyNumeric, Place::S, Place::N, Kind::Byte, Kind::Slot, Kind::Slot>>();
  constexpr Token kConstant = token_of<
      Other<Operation::AnyNumericConstant, Place::S, Place::N, Kind::Byte, Kind::Slot, Kind::Half>>();
  Instruction& next = begin(kNoToken, constant ? kConstant : kSlots, &result);
  next.byte(vm::number_of(op));
  next.byte(near_[0]);
  if (constant) return next.half(y->constant);
  next.byte(near_[y == nullptr ? 0 : 1]);
}

void VmAssembler::move(uint16_t slot, const Value& value) {
  settle();
  if (slot > 255) needs_wide_ = true;
  if (value.in_register() && pending_ && result_.exists && !result_.stored) return store_result(slot);
  if (value.in_frame() && value.frame_slot() == slot) return;
  if constexpr (enabled(Proposal::Simd)) {
    if (value.type == wasm::kV128) {
      move_far(value.frame_slot(), slot, 4);
      if (accumulator_ - slot < 4) forget();
      return;
    }
  }
  Value result = value;
  result.home = slot;
  if (value.is_constant()) {
    load_constant(value, result);
  } else {
    numeric(is_wide(value) ? Operation::Move64 : Operation::Move32, result, &value, nullptr);
  }
  store_result(slot);
}

/// The value's slot, after it was brought there.
uint16_t VmAssembler::to_frame(const Value& value, unsigned scratch) {
  if (!value.in_frame()) move(value.home, value);
  return near_slot(value.frame_slot(), value.slots(), scratch);
}

void VmAssembler::select(const Value& result, const Value& first, const Value& second,
                         const Value& condition) {
  using vm::Select;
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
  const bool in_a = z.in_register() && !needs_wide_;
  const uint16_t z_slot = in_a ? uint16_t{0} : to_frame(z, 2);
  constexpr Token kSlots = token_of<Select<Operation::Select32, Place::S, Place::S, Place::S, Place::S>>();
  constexpr Token kInA = token_of<Select<Operation::Select32, Place::S, Place::S, Place::S, Place::A>>();
  constexpr Token kWide = token_of<Select<Operation::Select64, Place::S, Place::S, Place::S, Place::S>>();
  Instruction& next = begin(kNoToken, wide ? kWide : in_a ? kInA : kSlots, &result);
  next.byte(x_slot);
  next.byte(y_slot);
  if (!in_a) next.byte(z_slot);
}

}  // namespace mote::compile
