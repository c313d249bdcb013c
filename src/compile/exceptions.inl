// SPDX-License-Identifier: Apache-2.0
// Exceptions (core spec, 3.4.9). A try_table is a block; behind its end lies a landing pad for each catch
// clause, which finds payload and exception in the homes above the block's operands and branches to the
// clause's label. A row in the module's table of handlers leads there: code that throws nothing pays one jump
// at the block's end.

namespace mote::compile {

/// The present position, with nothing held back.
template <Isa I>
uint32_t SinglePass<I>::here() {
  Label label;
  isa_.bind(label);
  return label.at;
}

template <Isa I>
void SinglePass<I>::add_handler(const runtime::Handler& handler) {
  if (!tries_.handlers.push(handler)) out_of_memory();
}

/// The function's code has its final place.
template <Isa I>
void SinglePass<I>::finish_handlers() {
  for (uint32_t i = tries_.first; i < tries_.handlers.size(); ++i) {
    runtime::Handler& handler = tries_.handlers[i];
    handler.begin -= isa_.moved();
    handler.end -= isa_.moved();
    if (handler.target != runtime::Handler::kHole) handler.target -= isa_.moved();
  }
}

/// Exceptions of a call in tail position pass by the handlers around it, also where it keeps this frame.
template <Isa I>
void SinglePass<I>::begin_hole() {
  if constexpr (wasm::kExceptions) {
    if (live() && tries_.open > 0) tries_.hole = here();
  }
}

template <Isa I>
void SinglePass<I>::end_hole() {
  if constexpr (wasm::kExceptions) {
    if (live() && tries_.open > 0) add_handler({.begin = tries_.hole, .end = here()});
  }
}

/// Reads the clauses: their labels are those of the block around.
template <Isa I>
bool SinglePass<I>::read_catches(Control& control) {
  control.guard.catches = reader_.position();
  for (uint32_t left = reader_.u32(); left > 0 && reader_.ok(); --left) {
    const uint32_t at = reader_.offset();
    const uint32_t kind = reader_.u8();
    if (kind > 3) {
      reader_.fail_at("malformed catch clause", at, kind);
      return false;
    }
    const uint32_t tag = kind < 2 ? reader_.u32() : 0;
    const uint32_t depth = reader_.u32();
    if (reader_.ok()) check_catch(kind, tag, depth);
  }
  return reader_.ok();
}

/// The clause's label takes the tag's parameters, and the exception if the clause passes it on.
template <Isa I>
void SinglePass<I>::check_catch(uint32_t kind, uint32_t tag, uint32_t depth) {
  if (kind < 2 && tag >= module_.tags.count) return fail("unknown tag");
  const Control* target = label_target(depth);
  if (target == nullptr) return;
  // The values are checked as if they were on the stack of a block of their own.
  Control scope;
  scope.height = values_.size();
  scope.dead = true;
  const Control label = *target;
  push_control(scope);
  if (!reader_.ok()) return;
  push_payload(kind, tag);
  if (reader_.ok() && values_.size() - scope.height != label_count(label)) return mismatch();
  check_types(label, label.kind == Control::Kind::Loop);
  drop_values(scope.height);
  controls_.pop();
}

template <Isa I>
void SinglePass<I>::push_payload(uint32_t kind, uint32_t tag) {
  if (kind < 2) {
    Control payload;
    payload.type = &module_.type_of_tag(tag);
    push_types(payload, true);
  }
  if ((kind & 1) != 0) push_type(wasm::non_null(wasm::kExnRef));
}

/// What begin_block() does besides for a try_table whose code can run: all that it guards comes from here on.
template <Isa I>
void SinglePass<I>::begin_guard(Control& control) {
  control.guard.begin = here();
  ++tries_.open;
}

template <Isa I>
void SinglePass<I>::end_try() {
  const bool alive = live();
  if (alive) move_results(controls_.top());
  pop_types(controls_.top(), false);
  if (values_.size() != controls_.top().height) return mismatch();
  if (!reader_.ok()) return;
  Control done = controls_.pop();
  if (!done.entered_dead) {
    --tries_.open;
    const uint32_t end = here();
    if (alive) isa_.jump(done.label);
    flushed_ = values_.size();
    landing_pads(done, end);
    if (done.label.used()) isa_.bind(done.label);
    if (!done.label.used()) controls_.top().dead = true;
  }
  push_types(done, false);
  if (live()) flushed_ = values_.size();
}

template <Isa I>
void SinglePass<I>::landing_pads(const Control& done, uint32_t end) {
  // They were checked when they were read.
  wasm::Reader reader(done.guard.catches, reader_.position(), module_.bytes.data(), error_);
  for (uint32_t left = reader.u32(); left > 0 && reader_.ok(); --left) {
    const uint32_t kind = reader.u8();
    const uint32_t tag = kind < 2 ? reader.u32() : 0;
    landing_pad(done, end, kind, tag, reader.u32());
  }
}

template <Isa I>
void SinglePass<I>::landing_pad(const Control& done, uint32_t end, uint32_t kind, uint32_t tag,
                                uint32_t depth) {
  const uint32_t target = here();
  const uint32_t height = values_.size();
  runtime::Handler handler{.begin = done.guard.begin, .end = end, .target = target};
  handler.place = isa_.frame_place(top_home_);
  handler.with_reference = (kind & 1) != 0;
  if (kind < 2) handler.tag = static_cast<uint16_t>(tag);
  add_handler(handler);
  push_payload(kind, tag);
  if (!reader_.ok()) return;
  go(controls_.from_top(depth));
  drop_values(height);
}

/// Its operands go home; it does not come back.
template <Isa I>
void SinglePass<I>::throw_() {
  const uint32_t tag = reader_.u32();
  if (!reader_.ok()) return;
  if (tag >= module_.tags.count) return fail("unknown tag");
  const wasm::FuncType& type = module_.type_of_tag(tag);
  if constexpr (enabled(Proposal::StackSwitching)) {
    if (type.result_count > 0) return fail("type mismatch: exceptions have no results");
  }
  Control payload;
  payload.type = &type;
  const uint32_t there = values_.size() - controls_.top().height;
  if (live() && there >= type.param_count) flush(type.param_count);
  pop_types(payload, true);
  if (!reader_.ok()) return;
  if (live()) isa_.helper(Op::Throw, top_home_, tag, 0);
  set_unreachable();
}

template <Isa I>
void SinglePass<I>::throw_ref() {
  help(Op::ThrowRef, {wasm::kExnRef}, wasm::kBottom, 0, 0);
  if (reader_.ok()) set_unreachable();
}

}  // namespace mote::compile
