// SPDX-License-Identifier: Apache-2.0
// Blocks and branches. Values that live across a join are in their homes there; a block that nothing branches
// to has no join.

namespace mote::compile {

template <Isa I>
template <class Visit>
void SinglePass<I>::each_type(const Control& c, bool params, Visit visit) {
  if (c.type == nullptr) {
    if (!params && c.result != wasm::kBottom) visit(c.result);
    return;
  }
  const uint8_t* at = params ? c.type->params : c.type->results();
  for (uint32_t left = params ? c.type->param_count : c.type->result_count; left > 0; --left)
    visit(wasm::next_type(at));
}

/// Checks that the topmost values have the types of a block's parameters or results. The index of the first.
template <Isa I>
uint32_t SinglePass<I>::check_types(const Control& c, bool params) {
  const uint32_t count = params ? param_count(c) : result_count(c);
  const uint32_t there = values_.size() - controls_.top().height;
  if (there < count && !controls_.top().unreachable) return mismatch(), 0;
  uint32_t index = 0;
  const uint32_t absent = count > there ? count - there : 0;
  const uint32_t base = values_.size() - (count - absent);
  each_type(c, params, [&](ValType type) {
    const uint32_t i = index++;
    if (i < absent) return;
    const ValType found = values_[base + i - absent].type;
    if (!wasm::matches(module_, found, type)) mismatch();
  });
  return base;
}

template <Isa I>
void SinglePass<I>::pop_types(const Control& c, bool params) {
  const uint32_t base = check_types(c, params);
  if (reader_.ok()) drop_values(base);
}

/// Pushes the types of a block's parameters or results, all in their homes.
template <Isa I>
void SinglePass<I>::push_types(const Control& c, bool params) {
  each_type(c, params, [&](ValType type) { push_type(type); });
}

/// Reads a block type (core spec, 5.4.1).
template <Isa I>
bool SinglePass<I>::block_type(Control& control) {
  const int64_t code = reader_.s33();
  if (code >= 0) {
    if (code >= module_.types.count || !is_function(static_cast<uint32_t>(code)))
      return fail("unknown type"), false;
    control.type = &module_.types[static_cast<uint32_t>(code)];
    return true;
  }
  if (code == -64) return true;
  control.result = wasm::value_type(reader_, static_cast<uint8_t>(code & 0x7f), module_.types.count);
  return reader_.ok();
}

template <Isa I>
void SinglePass<I>::push_control(const Control& control) {
  if (!controls_.push(control)) return out_of_memory();
  controls_.top().serial = ++serial_;
}

template <Isa I>
void SinglePass<I>::begin_block(Control::Kind kind) {
  Control control;
  control.kind = kind;
  if (!block_type(control)) return;
  const bool guards = wasm::kExceptions && kind == Control::Kind::Try;
  if constexpr (wasm::kExceptions) {
    if (guards && !read_catches(control)) return;
  }
  Value condition;
  if (kind == Control::Kind::If) condition = pop(wasm::kI32);
  if (!reader_.ok()) return;
  const bool alive = live();
  const uint32_t params = param_count(control);
  if (alive) {
    if (flushed_ < values_.size() || params > 0) {
      if (kind == Control::Kind::If && needs_flush(params)) keep(condition);
      flush_all();
      flush(params < values_.size() ? params : values_.size());
    }
    if (kind == Control::Kind::If) isa_.branch(condition, false, control.else_label);
    if constexpr (wasm::kExceptions) {
      if (guards) begin_guard(control);
    }
  }
  pop_types(control, true);
  if (!reader_.ok()) return;
  control.height = values_.size();
  control.dead = control.entered_dead = !alive;
  if (alive && kind == Control::Kind::Loop) isa_.bind(control.label);
  push_control(control);
  push_types(control, true);
  if (alive) flushed_ = values_.size();
}

/// Would flushing emit anything? Then a condition in a register must get out of its way.
template <Isa I>
bool SinglePass<I>::needs_flush(uint32_t params) {
  for (uint32_t i = flushed_; i < values_.size(); ++i) {
    if (values_[i].kind != Value::Kind::Stack && !values_[i].is_constant()) return true;
  }
  for (uint32_t i = 0; i < params && i < values_.size(); ++i) {
    if (values_.from_top(i).kind != Value::Kind::Stack) return true;
  }
  return false;
}

template <Isa I>
void SinglePass<I>::begin_else() {
  Control& control = controls_.top();
  if (control.kind != Control::Kind::If) return fail("else without if");
  if (live()) move_results(control);
  pop_types(control, false);
  if (values_.size() != control.height) return mismatch();
  if (!reader_.ok()) return;
  if (live()) isa_.jump(control.label);
  control.kind = Control::Kind::Else;
  control.unreachable = false;
  control.dead = control.entered_dead;
  control.serial = ++serial_;
  if (live()) isa_.bind(control.else_label);
  push_types(control, true);
  if (live()) flushed_ = values_.size();
}

template <Isa I>
void SinglePass<I>::end_block() {
  Control& control = controls_.top();
  if (control.kind == Control::Kind::Function) return end_function_block();
  if constexpr (wasm::kExceptions) {
    if (control.kind == Control::Kind::Try) return end_try();
  }
  const bool alive = live();
  if (control.kind == Control::Kind::If) {
    // No else: it would leave the parameters as results.
    if (param_count(control) != result_count(control)) return mismatch();
    if (control.type != nullptr &&
        !match_types(control.type->params, control.type->results(), control.type->param_count))
      return mismatch();
  }
  const bool joined =
      control.kind == Control::Kind::If || (control.kind != Control::Kind::Loop && control.label.used());
  if (alive && !joined) return end_without_join();
  if (alive) move_results(control);
  pop_types(control, false);
  if (values_.size() != control.height) return mismatch();
  if (!reader_.ok()) return;
  Control done = controls_.pop();
  if (!done.entered_dead) {
    if (done.kind == Control::Kind::If) isa_.bind(done.else_label);
    if (done.kind != Control::Kind::Loop && done.label.used()) isa_.bind(done.label);
    // The code behind can run if this end was reached, or if something branches here.
    if (!alive && !joined) controls_.top().dead = true;
  }
  push_types(done, false);
  if (live()) flushed_ = values_.size();
}

/// The end of a block that control can only fall through: its results stay where they are.
template <Isa I>
void SinglePass<I>::end_without_join() {
  const Control control = controls_.top();
  const uint32_t count = result_count(control);
  if (values_.size() != control.height + count) return mismatch();
  uint32_t index = control.height;
  each_type(control, false, [&](ValType type) {
    Value& value = values_[index++];
    if (!wasm::matches(module_, value.type, type)) mismatch();
    value.type = type;
  });
  controls_.pop();
}

template <Isa I>
void SinglePass<I>::end_function_block() {
  Control& control = controls_.top();
  if (live()) emit_return(result_count(control));
  pop_types(control, false);
  if (values_.size() != control.height) return mismatch();
  controls_.pop();
}

template <Isa I>
void SinglePass<I>::set_unreachable() {
  Control& control = controls_.top();
  drop_values(control.height);
  control.unreachable = control.dead = true;
}

template <Isa I>
Control* SinglePass<I>::label_target(uint32_t depth) {
  if (depth >= controls_.size()) {
    fail("unknown label");
    return nullptr;
  }
  return &controls_.from_top(depth);
}

/// The values that a branch carries must be on the stack, and stay there.
template <Isa I>
void SinglePass<I>::check_label(const Control& target) {
  check_types(target, target.kind == Control::Kind::Loop);
}

/// First slot of the place where a block's label finds its values.
template <Isa I>
uint16_t SinglePass<I>::result_home(const Control& target) {
  if (target.height == 0) return local_slots_;
  const Value& below = values_[target.height - 1];
  return static_cast<uint16_t>(below.home + below.slots());
}

template <Isa I>
bool SinglePass<I>::in_place(const Control& target) {
  const uint32_t count = label_count(target);
  if (count == 0) return true;
  const Value& first = values_[values_.size() - count];
  if (first.home != result_home(target)) return false;
  for (uint32_t i = 0; i < count; ++i) {
    if (values_.from_top(i).kind != Value::Kind::Stack) return false;
  }
  return true;
}

/// Moves the topmost values to where the target's label finds them. The stack's own picture stays as it is:
/// this code may be on one of two ways.
template <Isa I>
void SinglePass<I>::move_results(const Control& target) {
  if (!reader_.ok()) return;
  const uint32_t count = label_count(target);
  if (values_.size() < controls_.top().height + count) return;
  spill();
  uint16_t to = result_home(target);
  need_slots(to);
  for (uint32_t i = values_.size() - count; i < values_.size(); ++i) {
    const Value& value = values_[i];
    need_slots(to + value.slots());
    if (!(value.kind == Value::Kind::Stack && value.home == to)) isa_.move(to, value);
    to = static_cast<uint16_t>(to + value.slots());
  }
}

/// Returns the topmost `count` values, which stay on the stack's picture.
template <Isa I>
void SinglePass<I>::emit_return(uint32_t count) {
  if (!reader_.ok() || values_.size() < count) return;
  if constexpr (kMayKeep) {
    if (keeps()) return isa_.ret({values_.data() + values_.size() - count, count});
  }
  if constexpr (kMayNotKeep) emit_return_in_frame(count);
}

template <Isa I>
void SinglePass<I>::emit_return_in_frame(uint32_t count) {
  if (count == 0) return isa_.ret();
  const bool vector = enabled(Proposal::Simd) && type_->results_in_slots();
  if (count == 1 && !vector) {
    Value value = values_.top();
    if (!value.in_register()) spill();
    return isa_.ret(value);
  }
  flush(count);
  const Value& first = values_[values_.size() - count];
  isa_.move_slots(first.home, 0, type_->result_slots);
  need_slots(type_->result_slots);
  isa_.ret();
}

/// Carries the values to the target and goes there.
template <Isa I>
void SinglePass<I>::go(Control& target) {
  if (target.kind == Control::Kind::Function) return emit_return(result_count(target));
  move_results(target);
  isa_.jump(target.label);
}

template <Isa I>
void SinglePass<I>::br() {
  Control* target = label_target(reader_.u32());
  if (target == nullptr) return;
  check_label(*target);
  if (!reader_.ok()) return;
  if (live()) go(*target);
  set_unreachable();
}

template <Isa I>
void SinglePass<I>::br_if() {
  Control* target = label_target(reader_.u32());
  if (target == nullptr) return;
  Value condition = pop(wasm::kI32);
  check_label(*target);
  if (!reader_.ok()) return;
  if (live()) {
    const bool returns = target->kind == Control::Kind::Function;
    const uint32_t count = label_count(*target);
    if (!keeps() && returns && count > 1) {
      keep(condition);
      flush(count);
    }
    spill();
    if (!returns && in_place(*target)) {
      isa_.branch(condition, true, target->label);
    } else {
      if constexpr (kMayKeep) isa_.before_detour({values_.data() + values_.size() - count, count});
      Label skip;
      isa_.branch(condition, false, skip);
      go(*target);
      isa_.bind(skip);
    }
  }
  retype(*target);
}

/// A conditional branch's values have the label's types behind it (core spec, 3.4.8), which were checked; in
/// unreachable code there may be fewer of them.
template <Isa I>
void SinglePass<I>::retype(const Control& target) {
  if (!controls_.top().unreachable) {
    if constexpr (wasm::kTypedReferences) {
      uint32_t index = values_.size() - label_count(target);
      each_type(target, target.kind == Control::Kind::Loop,
                [&](ValType type) { values_[index++].type = type; });
    }
    return;
  }
  const Control copy = target;
  pop_types(copy, copy.kind == Control::Kind::Loop);
  push_types(copy, copy.kind == Control::Kind::Loop);
}

template <Isa I>
void SinglePass<I>::br_table() {
  const uint32_t count = reader_.u32();
  if (count > reader_.remaining()) return reader_.fail("unexpected end");
  const uint8_t* targets = reader_.position();
  Value index = pop(wasm::kI32);
  uint32_t arity = 0;
  for (uint32_t i = 0; i <= count && reader_.ok(); ++i) {
    const Control* target = label_target(reader_.u32());
    if (target == nullptr) return;
    if (i == 0) arity = label_count(*target);
    if (label_count(*target) != arity) return mismatch();
    check_label(*target);
  }
  if (!reader_.ok()) return;
  if (live()) {
    if (count > limits::kBranchTable) return reader_.fail_at("br_table with more than 65535 labels", at_);
    if (arity > 0) keep(index);
    flush(arity);
    spill();
    isa_.branch_table(index, count);
    table_stubs(targets, count);
  }
  set_unreachable();
}

/// The entries of a br_table, then a stub for each target that needs code before it: to carry values or to
/// return.
template <Isa I>
void SinglePass<I>::table_stubs(const uint8_t* targets, uint32_t count) {
  for (int stubs = 0; stubs < 2; ++stubs) {
    wasm::Walk walk({targets, reader_.position()}, targets);
    for (uint32_t i = 0; i <= count; ++i) {
      Control& target = controls_.from_top(walk.u32());
      const bool plain = target.kind != Control::Kind::Function && in_place(target);
      if (stubs == 0) isa_.table_entry(plain ? target.label : target.stub);
      if (stubs == 0 || plain || target.stub.bound) continue;
      isa_.bind(target.stub);
      go(target);
    }
  }
  wasm::Walk walk({targets, reader_.position()}, targets);
  for (uint32_t i = 0; i <= count; ++i) controls_.from_top(walk.u32()).stub = Label{};
}

template <Isa I>
void SinglePass<I>::return_() {
  check_label(controls_[0]);
  if (!reader_.ok()) return;
  if (live()) emit_return(result_count(controls_[0]));
  set_unreachable();
}

}  // namespace mote::compile
