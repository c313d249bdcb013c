// SPDX-License-Identifier: Apache-2.0
// Stack switching (proposal "stack-switching"). All of it is helpers on operands in their homes. A resume
// comes back in the same place whatever ends it, and a slot above its operands says what did: 0, the function
// has returned; otherwise the number of the clause whose label takes the payload and the continuation. So no
// register is lost.

namespace mote::compile {

/// The function's type of a continuation's.
template <Isa I>
const wasm::FuncType* SinglePass<I>::function_of(uint32_t continuation) {
  return &module_.types[wasm::function_reference(module_.types[continuation]).index()];
}

template <Isa I>
const wasm::FuncType* SinglePass<I>::read_continuation(uint32_t& type) {
  type = reader_.u32();
  if (!reader_.ok()) return nullptr;
  if (type >= module_.types.count) return fail("unknown type"), nullptr;
  if (module_.types[type].more.kind != wasm::TypeKind::Continuation)
    return fail("non-continuation type"), nullptr;
  return function_of(type);
}

template <Isa I>
bool SinglePass<I>::read_tag(uint32_t& tag) {
  tag = reader_.u32();
  if (reader_.ok() && tag >= module_.tags.count) fail("unknown tag");
  return reader_.ok();
}

/// Brings the topmost values home, where helpers find them.
template <Isa I>
void SinglePass<I>::flush_operands(uint32_t count) {
  if (live() && values_.size() - controls_.top().height >= count) flush(count);
}

/// Pops values of a type's first parameters.
template <Isa I>
bool SinglePass<I>::pop_prefix(const wasm::FuncType& type, uint32_t count) {
  wasm::FuncType first = type;
  first.param_count = static_cast<uint16_t>(count);
  Control operands;
  operands.type = &first;
  pop_types(operands, true);
  return reader_.ok();
}

/// Whether a function of `type` whose first `bound` parameters are there is one of `as`.
template <Isa I>
bool SinglePass<I>::continues(const wasm::FuncType& type, uint32_t bound, const wasm::FuncType& as) const {
  if (type.param_count - bound != as.param_count || type.result_count != as.result_count) return false;
  const uint8_t* rest = type.params;
  for (; bound > 0; --bound) wasm::next_type(rest);
  return match_types(as.params, rest, as.param_count) &&
         match_types(type.results(), as.results(), as.result_count);
}

template <Isa I>
void SinglePass<I>::new_continuation() {
  uint32_t type = 0;
  if (read_continuation(type) == nullptr) return;
  const uint32_t function = wasm::function_reference(module_.types[type]).index();
  help(Op::ContNew, {ValType::defined(function)}, ValType::defined(type).non_null(), 0, 0);
}

/// Slots of a type's first parameters.
inline uint32_t prefix_slots(const wasm::FuncType& type, uint32_t count) {
  uint32_t slots = 0;
  for (const uint8_t* at = type.params; count > 0; --count) slots += wasm::slots_of(wasm::next_type(at));
  return slots;
}

template <Isa I>
void SinglePass<I>::bind_continuation() {
  uint32_t from = 0, to = 0;
  const wasm::FuncType* type = read_continuation(from);
  const wasm::FuncType* rest = type == nullptr ? nullptr : read_continuation(to);
  if (rest == nullptr) return;
  if (type->param_count < rest->param_count) return mismatch();
  const uint32_t bound = type->param_count - uint32_t{rest->param_count};
  if (!continues(*type, bound, *rest)) return mismatch();
  flush_operands(bound + 1);
  pop(ValType::defined(from));
  if (!pop_prefix(*type, bound)) return;
  const uint32_t slots = prefix_slots(*type, bound);
  if (live()) isa_.helper(Op::ContBind, top_home_, slots, 0);
  push_type(ValType::defined(to).non_null());
}

template <Isa I>
void SinglePass<I>::suspend() {
  uint32_t tag = 0;
  if (!read_tag(tag)) return;
  const wasm::FuncType& type = module_.type_of_tag(tag);
  flush_operands(type.param_count);
  if (!pop_prefix(type, type.param_count)) return;
  if (live()) {
    need_slots(top_home_ +
               uint32_t{type.param_slots > type.result_slots ? type.param_slots : type.result_slots});
    isa_.helper(Op::Suspend, top_home_, tag, type.param_slots);
  }
  push_results(type);
}

template <Isa I>
void SinglePass<I>::switch_() {
  uint32_t from = 0, tag = 0;
  const wasm::FuncType* type = read_continuation(from);
  if (type == nullptr || !read_tag(tag)) return;
  // The last parameter is the continuation of this code, whose parameters are what comes back.
  if (type->param_count == 0) return mismatch();
  ValType last;
  const uint8_t* at = type->params;
  for (uint32_t i = 0; i < type->param_count; ++i) last = wasm::next_type(at);
  if (!last.is_defined() || module_.types[last.index()].more.kind != wasm::TypeKind::Continuation)
    return mismatch();
  const wasm::FuncType& back = *function_of(last.index());
  const wasm::FuncType& results = module_.type_of_tag(tag);
  if (results.param_count != 0 || results.result_count != type->result_count ||
      results.result_count != back.result_count ||
      !match_types(type->results(), results.results(), results.result_count) ||
      !match_types(results.results(), back.results(), results.result_count))
    return mismatch();
  const uint32_t count = type->param_count - 1u;
  flush_operands(count + 1);
  pop(ValType::defined(from));
  if (!pop_prefix(*type, count)) return;
  const uint32_t slots = prefix_slots(*type, count);
  if (live()) {
    need_slots(top_home_ + uint32_t{back.param_slots});
    isa_.helper(Op::Switch, top_home_, tag, slots);
  }
  Control resumed;
  resumed.type = &back;
  push_types(resumed, true);
}

/// Pops what a resume takes besides the continuation, after it. `tag`: of resume_throw; `slots`: of what is
/// popped.
template <Isa I>
bool SinglePass<I>::pop_resumed(Op op, uint32_t continuation, const wasm::FuncType& type, uint32_t& tag,
                                uint32_t& slots) {
  if (op == Op::ResumeThrow && !read_tag(tag)) return false;
  const wasm::FuncType& given = op == Op::ResumeThrow ? module_.type_of_tag(tag) : type;
  if (op == Op::ResumeThrow && given.result_count > 0) return mismatch(), false;
  const uint32_t count = op == Op::ResumeThrowRef ? 1 : given.param_count;
  flush_operands(count + 1);
  pop(ValType::defined(continuation));
  slots = op == Op::ResumeThrowRef ? 1 : given.param_slots;
  if (op != Op::ResumeThrowRef) return pop_prefix(given, count);
  pop(wasm::kExnRef);
  return reader_.ok();
}

template <Isa I>
void SinglePass<I>::resume(Op op) {
  uint32_t continuation = 0, slots = 0;
  const wasm::FuncType* type = read_continuation(continuation);
  if (type == nullptr) return;
  uint32_t tag = 0;
  if (!pop_resumed(op, continuation, *type, tag, slots)) return;
  const uint8_t* clauses = reader_.position();
  uint32_t most = read_clauses(*type);
  if (!reader_.ok()) return;
  if (most < slots + 1) most = slots + 1;
  if (most < type->result_slots) most = type->result_slots;
  if (live()) {
    need_slots(top_home_ + most + 1);
    const uint32_t begin = here();
    isa_.helper(op, top_home_, most << 8 | slots, tag);
    take_clauses(clauses, begin, static_cast<uint16_t>(top_home_ + most));
  }
  if (reader_.ok()) push_results(*type);
}

/// Checks the clauses. How many slots the largest payload takes, with its continuation.
template <Isa I>
uint32_t SinglePass<I>::read_clauses(const wasm::FuncType& type) {
  uint32_t most = 0;
  for (uint32_t left = reader_.u32(); left > 0 && reader_.ok(); --left) {
    const uint32_t at = reader_.offset();
    const uint32_t kind = reader_.u8();
    if (kind > 1) return reader_.fail_at("malformed handler", at, kind), 0;
    uint32_t tag = 0;
    if (!read_tag(tag)) return 0;
    if (kind == 1) {
      check_switch_clause(tag, type);
      continue;
    }
    const uint32_t depth = reader_.u32();
    if (!reader_.ok()) return 0;
    check_clause(tag, depth, type);
    const uint32_t slots = module_.type_of_tag(tag).param_slots + 1u;
    if (most < slots) most = slots;
  }
  return most;
}

/// The label takes the tag's parameters, and a continuation that takes its results.
template <Isa I>
void SinglePass<I>::check_clause(uint32_t tag, uint32_t depth, const wasm::FuncType& resumed) {
  const Control* target = label_target(depth);
  if (target == nullptr) return;
  const Control label = *target;
  ValType last;
  each_type(label, label.kind == Control::Kind::Loop, [&](ValType type) { last = type; });
  if (!last.is_defined() || module_.types[last.index()].more.kind != wasm::TypeKind::Continuation)
    return mismatch();
  const wasm::FuncType& type = module_.type_of_tag(tag);
  const wasm::FuncType& rest = *function_of(last.index());
  if (rest.param_count != type.result_count || rest.result_count != resumed.result_count ||
      !match_types(rest.params, type.results(), rest.param_count) ||
      !match_types(resumed.results(), rest.results(), rest.result_count))
    return mismatch();
  // The values are checked as if they were on the stack of a block of their own.
  Control scope;
  scope.height = values_.size();
  scope.dead = true;
  push_control(scope);
  if (!reader_.ok()) return;
  Control payload;
  payload.type = &type;
  push_types(payload, true);
  push_type(last.non_null());
  if (reader_.ok() && values_.size() - scope.height != label_count(label)) mismatch();
  if (reader_.ok()) check_types(label, label.kind == Control::Kind::Loop);
  drop_values(scope.height);
  controls_.pop();
}

/// Whoever switches comes back with the results of the resume.
template <Isa I>
void SinglePass<I>::check_switch_clause(uint32_t tag, const wasm::FuncType& resumed) {
  const wasm::FuncType& type = module_.type_of_tag(tag);
  if (type.param_count != 0 || type.result_count != resumed.result_count ||
      !match_types(resumed.results(), type.results(), type.result_count))
    fail("type mismatch in switch tag");
}

/// Behind a resume, which `begin`s there: a row for each of its clauses, and code that goes where its outcome
/// says.
template <Isa I>
void SinglePass<I>::take_clauses(const uint8_t* clauses, uint32_t begin, uint16_t outcome) {
  using Kind = runtime::Handler::Kind;
  const uint32_t end = here();
  // They were checked when they were read.
  wasm::Reader reader(clauses, reader_.position(), module_.bytes.data(), error_);
  const uint32_t count = reader.u32();
  for (uint32_t i = 1; i <= count && reader_.ok(); ++i) {
    runtime::Handler row{.begin = begin, .end = end, .place = i};
    row.kind = reader.u8() == 1 ? Kind::Switch : Kind::On;
    row.tag = static_cast<uint16_t>(reader.u32());
    add_handler(row);
    if (row.kind == Kind::On) take_clause(i, count == 1, row.tag, reader.u32(), outcome);
  }
}

template <Isa I>
void SinglePass<I>::take_clause(uint32_t number, bool only, uint32_t tag, uint32_t depth, uint16_t outcome) {
  const uint32_t height = values_.size();
  const uint16_t home = top_home_;
  Control& target = controls_.from_top(depth);
  Control payload;
  payload.type = &module_.type_of_tag(tag);
  push_types(payload, true);
  ValType last;
  each_type(target, target.kind == Control::Kind::Loop, [&](ValType type) { last = type; });
  push_type(last.non_null());
  Value how = in_home(wasm::kI32);
  how.home = outcome;
  push(how);
  if (!only) arithmetic_with(Op::I32Eq, wasm::kI32, number, wasm::kI32);
  const Value taken = pop(wasm::kI32);
  if (reader_.ok()) branch_on(taken, true, target);
  drop_values(height);
  top_home_ = home;
}

template <Isa I>
bool SinglePass<I>::continuation(Op op) {
  switch (op) {
    case Op::ContNew:
      return new_continuation(), true;
    case Op::ContBind:
      return bind_continuation(), true;
    case Op::Suspend:
      return suspend(), true;
    case Op::Switch:
      return switch_(), true;
    default:
      return resume(op), true;
  }
}

}  // namespace mote::compile
