// SPDX-License-Identifier: Apache-2.0
// Branches, calls, and a function's beginning and end.
#include "compile/isa/vm/assembler.hpp"
#include "vm/helpers.hpp"

namespace mote::compile {

using vm::form_of;
using vm::Kind;
using vm::Offset;

namespace {

/// Slots of the area's middle that every call leaves free: for the links that it or a host function may push.
/// See vm/frame.hpp.
constexpr uint32_t kFrameMargin = 12;

/// Bytes back that a call reaches for sure by displacement.
constexpr uint32_t kCallReach = 65000;

vm::Operation inverse_branch(vm::Operation op) {
  using enum vm::Operation;
  switch (op) {
    case BranchNonZero:
      return BranchZero;
    case BranchZero:
      return BranchNonZero;
    case BranchEq32:
      return BranchNe32;
    case BranchNe32:
      return BranchEq32;
    case BranchLtS32:
      return BranchGeS32;
    case BranchGeS32:
      return BranchLtS32;
    case BranchLtU32:
      return BranchGeU32;
    case BranchGeU32:
      return BranchLtU32;
    case BranchEq64:
      return BranchNe64;
    case BranchNe64:
      return BranchEq64;
    case BranchLtS64:
      return BranchGeS64;
    case BranchGeS64:
      return BranchLtS64;
    case BranchLtU64:
      return BranchGeU64;
    default:
      return BranchLtU64;
  }
}

bool mirrors(vm::Operation op) {
  return op >= vm::Operation::BranchLtS32;
}

}  // namespace

void VmAssembler::begin_function(const FunctionShape& shape) {
  shape_ = shape;
  entry_ = Label{};
  pending_ = Pending{};
  previous_ = Encoded{};
  comparison_.valid = false;
  needs_wide_ = needs_far_ = false;
  scratch_ = shape.param_slots;
  forget();
  start_ = code_.position();
  // The frame's size, and room to clear locals: end_function() knows what is needed.
  code_.u16(0);
  if (shape.local_slots > shape.param_slots) code_.append(wide_ ? 6 : 4);
}

/// The header, and the instruction that clears locals, were left open at the start. Without the latter the
/// function begins behind its room, with the header in it.
uint32_t VmAssembler::end_function(const FunctionFrame& frame) {
  settle();
  flush();
  const bool room = shape_.local_slots > shape_.param_slots;
  const uint32_t zero_size = wide_ ? 6 : 4;
  uint32_t entry = start_ + 2;
  if (room && frame.zero_count == 0) {
    entry += zero_size;
  } else if (room && !wide_) {
    code_.patch<uint8_t>(
        entry,
        static_cast<uint8_t>(vm::token_of<vm::Other<Operation::Zero, Place::S, Place::N, Kind::Byte>>()));
    code_.patch<uint8_t>(entry + 1, static_cast<uint8_t>(frame.zero_first));
    code_.patch<uint8_t>(entry + 2, static_cast<uint8_t>(frame.zero_count));
    if (frame.zero_first + frame.zero_count > 255) needs_wide_ = true;
  } else if (room) {
    code_.patch<uint8_t>(entry, vm::kExtend);
    code_.patch<uint8_t>(
        entry + 1,
        static_cast<uint8_t>(
            vm::token_of<vm::Other<Operation::Zero, Place::A, Place::N, Kind::Half, Kind::Half>>() - 256));
    code_.patch<uint16_t>(entry + 2, frame.zero_first);
    code_.patch<uint16_t>(entry + 4, frame.zero_count);
  }
  const uint32_t slots = frame.slots + kFrameMargin;
  code_.patch<uint16_t>(entry - 2, static_cast<uint16_t>(slots > 0xffff ? 0xffff : slots));
  // Calls of the function to itself.
  for (uint32_t position = entry_.at; position != Label::kNowhere;) {
    const uint16_t next = code_.read<uint16_t>(position);
    const int32_t displacement = (static_cast<int32_t>(entry) - static_cast<int32_t>(position)) / 2;
    code_.patch<int16_t>(position, static_cast<int16_t>(displacement));
    position = next == 0 ? Label::kNowhere : position - 2u * next;
  }
  return entry;
}

/// True when the function did not fit its encodings and must be compiled with longer ones.
bool VmAssembler::again() {
  const bool wider = (needs_wide_ && !wide_) || (needs_far_ && !far_);
  if (!wider) return false;
  wide_ = wide_ || needs_wide_;
  far_ = far_ || needs_far_;
  code_.rewind(start_);
  return true;
}

void VmAssembler::bind(Label& label) {
  settle();
  flush();
  forget();
  uint32_t position = label.at;
  const uint32_t here = code_.position();
  while (position != Label::kNowhere) {
    const uint32_t distance = here - position;
    const uint32_t next = far_ ? code_.read<uint32_t>(position) : 2u * code_.read<uint16_t>(position);
    if (far_) {
      code_.patch<uint32_t>(position, distance);
    } else {
      if (distance / 2 > 32767) needs_far_ = true;
      code_.patch<int16_t>(position, static_cast<int16_t>(distance / 2));
    }
    position = next == 0 ? Label::kNowhere : position - next;
    if (!code_.ok()) break;
  }
  label.bound = true;
  label.at = here;
}

void VmAssembler::jump(Label& label) {
  settle();
  branch_on(Operation::Jump, nullptr, nullptr, label);
}

void VmAssembler::branch_on(Operation op, const Value* x, const Value* y, Label& label) {
  const bool back = label.bound;
  if (far_ && op == Operation::Jump) {
    flush();
    Encoded code;
    code.offset = offset_;
    code.token = back ? vm::token_of<vm::FarJump<true>>() : vm::token_of<vm::FarJump<false>>();
    code.label = &label;
    code.add(Kind::Word, 0);
    return write(code);
  }
  if (far_) op = inverse_branch(op);
  Value left, right;
  Choice choice = choose(op, x, y, Offset::None, true, back && !far_);
  // a < b with only b in the accumulator is not b >= a: both orders exist through lt and ge with operands
  // exchanged only when a constant or an equality is involved.
  if (y != nullptr && !mirrors(op) && in_accumulator(*y) && !in_accumulator(*x) && !x->is_constant()) {
    left = *y;
    right = *x;
    x = &left;
    y = &right;
    choice = choose(op, x, y, Offset::None, true, back && !far_);
  }
  conform(x, choice.x, y, choice.y);
  Pending p = begin(op, nullptr);
  p.sources = static_cast<uint8_t>(form_of(back && !far_ ? Place::S : Place::A, choice.x, choice.y));
  if (x != nullptr) source(p, *x, choice.x, 0);
  if (y != nullptr) source(p, *y, choice.y, 1);
  if (!far_) {
    p.code.add(Kind::Displacement, 0);
    p.code.label = &label;
  } else {
    p.code.add(Kind::Displacement, (2 + 6) / 2);  // over the jump
  }
  p.count_before = p.code.count;
  emit(p);
  flush();
  if (far_) branch_on(Operation::Jump, nullptr, nullptr, label);
}

void VmAssembler::branch_table(const Value& index, uint32_t count) {
  settle();
  Value in_place = index;
  const Operation op = far_ ? Operation::BranchTableFar : Operation::BranchTable;
  const Choice choice = choose(op, &in_place, nullptr, Offset::None, false, false);
  conform(&in_place, choice.x, nullptr, Place::N);
  Pending p = begin(op, nullptr);
  p.sources = form_of(Place::A, choice.x, Place::N);
  source(p, in_place, choice.x, 0);
  p.code.add(Kind::Half, count);
  p.count_before = p.code.count;
  emit(p);
  flush();
}

void VmAssembler::table_entry(Label& label) {
  const uint32_t position = code_.position();
  code_.append(far_ ? 4 : 2);
  if (far_) {
    link(label, position, true);
  } else {
    link(label, position, false);
  }
}

/// A field at `position` that names a label: a displacement when the label is bound, otherwise a link of its
/// chain.
void VmAssembler::link(Label& label, uint32_t position, bool wide_field) {
  const int64_t distance =
      label.at == Label::kNowhere ? 0 : static_cast<int64_t>(label.at) - static_cast<int64_t>(position);
  if (wide_field) {
    const auto field = static_cast<int32_t>(label.bound ? distance : -distance);
    code_.patch<int32_t>(position, field);
  } else {
    const int64_t halves = (label.bound ? distance : -distance) / 2;
    if (label.bound ? halves < -32768 : halves > 65535) needs_far_ = true;
    code_.patch<uint16_t>(position, static_cast<uint16_t>(halves));
  }
  if (!label.bound) label.at = position;
}

void VmAssembler::call_common(Operation near_op, uint32_t callee, uint16_t frame) {
  const bool wide = frame > 255;
  if (wide) near_op = near_op == Operation::CallImport ? Operation::CallImportWide : Operation::CallEntryWide;
  Pending p = begin(near_op, nullptr);
  p.sources = form_of(Place::A, Place::N, Place::N);
  p.code.add(wide ? Kind::Half : Kind::Slot, frame);
  if (near_op == Operation::Call) {
    p.code.add(Kind::Displacement, callee);
  } else {
    p.code.add(Kind::Half, callee);
  }
  p.count_before = p.code.count;
  emit(p);
}

/// By displacement when the callee is compiled already and near, otherwise through the table of entries:
/// nothing is patched later, so that a function's code may leave for flash as soon as it is done.
void VmAssembler::call_defined(uint32_t function, uint16_t frame) {
  const uint32_t index = function - module_.imported_functions;
  const bool self = function == function_;
  const uint32_t to = self ? start_ : function < function_ ? entries_[index] : 0;
  if (function > function_ || frame > 255 || detached_ || code_.position() - to > kCallReach) {
    return call_common(Operation::CallEntry, index, frame);
  }
  call_common(Operation::Call, 0, frame);
  Label callee;
  callee.bound = true;
  callee.at = to;
  pending_.code.label = self ? &entry_ : &callee;
  flush();
}

void VmAssembler::call(uint32_t function, uint16_t frame) {
  settle();
  const uint32_t imports = module_.imported_functions;
  if (function < imports) {
    call_common(Operation::CallImport, function, frame);
  } else {
    call_defined(function, frame);
  }
  flush();
  forget();
  // A single 32-bit result is in the accumulator as well as in its slot.
  const wasm::FuncType& type = module_.type_of(function);
  if (type.result_slots == 1) accumulator_ = frame;
}

void VmAssembler::call_indirect(const Value& index, uint32_t type, uint32_t table, uint16_t frame) {
  settle();
  const uint16_t slot = to_frame(index, 0);
  const bool wide = frame > 255;
  emit_simple(
      wide ? Operation::CallIndirectWide : Operation::CallIndirect, form_of(Place::A, Place::S, Place::N),
      {{Kind::Slot, slot}, {wide ? Kind::Half : Kind::Slot, frame}, {Kind::Half, type}, {Kind::Half, table}});
  flush();
  forget();
  if (module_.types[type].result_slots == 1) accumulator_ = frame;
}

void VmAssembler::tail_call(uint32_t function, uint16_t frame, uint32_t slots) {
  settle();
  const uint32_t imports = module_.imported_functions;
  const bool import = function < imports;
  emit_simple(
      import ? Operation::TailCallImport : Operation::TailCallEntry, form_of(Place::A, Place::N, Place::N),
      {{Kind::Half, frame}, {Kind::Half, import ? function : function - imports}, {Kind::Half, slots}});
  flush();
}

void VmAssembler::tail_call_indirect(const Value& index, uint32_t type, uint32_t table, uint16_t frame,
                                     uint32_t slots) {
  settle();
  const uint16_t slot = to_frame(index, 0);
  emit_simple(Operation::TailCallIndirect, form_of(Place::A, Place::S, Place::N),
              {{Kind::Slot, slot},
               {Kind::Half, frame},
               {Kind::Half, type},
               {Kind::Half, table},
               {Kind::Half, slots}});
  flush();
}

void VmAssembler::ret() {
  settle();
  emit_simple(Operation::Return, form_of(Place::A, Place::N, Place::N), {});
  flush();
}

void VmAssembler::ret(const Value& value) {
  settle();
  const Operation op = value.slots() == 2 ? Operation::Return64 : Operation::Return32;
  const Choice choice = choose(op, &value, nullptr, Offset::None, false, false);
  conform(&value, choice.x, nullptr, Place::N);
  Pending p = begin(op, nullptr);
  p.sources = form_of(Place::A, choice.x, Place::N);
  source(p, value, choice.x, 0);
  p.count_before = p.code.count;
  emit(p);
  flush();
}

void VmAssembler::trap(Trap kind) {
  settle();
  emit_simple(Operation::Raise, form_of(Place::A, Place::N, Place::N),
              {{Kind::Byte, static_cast<uint32_t>(kind)}});
  flush();
}

void VmAssembler::helper(wasm::Op op, uint16_t slot, uint32_t a, uint32_t b) {
  settle();
  emit_simple(Operation::Helper, form_of(Place::A, Place::N, Place::N),
              {{Kind::Byte, vm::helper_of(op)}, {Kind::Half, slot}, {Kind::Half, a}, {Kind::Word, b}});
  flush();
  forget();
}

void VmAssembler::move_slots(uint16_t from, uint16_t to, uint32_t count) {
  settle();
  flush();
  emit_simple(Operation::MoveBlock, form_of(Place::A, Place::N, Place::N),
              {{Kind::Half, from}, {Kind::Half, to}, {Kind::Half, count}});
  flush();
}

}  // namespace mote::compile
