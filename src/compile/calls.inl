// SPDX-License-Identifier: Apache-2.0
// Calls: arguments lie in the homes of the stack's topmost values, and results take their place.

namespace mote::compile {

template <Isa I>
const wasm::FuncType* SinglePass<I>::read_callee(uint32_t& function) {
  function = reader_.u32();
  if (function < module_.functions.count) return &module_.type_of(function);
  fail("unknown function");
  return nullptr;
}

template <Isa I>
const wasm::FuncType* SinglePass<I>::read_indirect(uint32_t& type, uint32_t& table) {
  type = reader_.u32();
  table = read_table();
  if (!reader_.ok()) return nullptr;
  if (type >= module_.types.count || !is_function(type)) return fail("unknown type"), nullptr;
  if (!wasm::matches(module_, module_.tables[table].type.element, wasm::kFuncRef)) return mismatch(), nullptr;
  type = module_.types[type].canonical;
  return &module_.types[type];
}

/// Checks and pops the arguments. An ISA that does not keep values finds them in their homes.
template <Isa I>
auto SinglePass<I>::pop_arguments(const wasm::FuncType& type) -> Arguments {
  Control arguments;
  arguments.type = &type;
  const uint32_t there = values_.size() - controls_.top().height;
  if (!keeps() && live() && there >= type.param_count) flush(type.param_count);
  const uint32_t first = check_types(arguments, true);
  if (!reader_.ok()) return {};
  consume_values(first);
  const uint16_t base = top_home_;
  const uint32_t most = type.param_slots > type.result_slots ? type.param_slots : type.result_slots;
  if (live()) need_slots(base + most);
  return {base, {values_.data() + first, live() ? type.param_count : 0u}};
}

template <Isa I>
void SinglePass<I>::push_results(const wasm::FuncType& type) {
  Control results;
  results.type = &type;
  push_types(results, false);
}

/// A call: by an ISA that keeps values a single result is one of them, others are in their homes.
template <Isa I>
template <class Emit>
void SinglePass<I>::call_with(const wasm::FuncType& type, const Arguments& arguments, Emit emit) {
  if (!keeps() || type.result_count == 0 || type.results_in_slots() || !live()) {
    if (live()) emit(nullptr);
    return push_results(type);
  }
  const uint8_t* at = type.results();
  Value result = register_result(wasm::next_type(at));
  result.home = arguments.base;
  emit(&result);
  push(result);
}

template <Isa I>
void SinglePass<I>::call() {
  uint32_t function = 0;
  const wasm::FuncType* type = read_callee(function);
  if (type == nullptr) return;
  const Arguments arguments = pop_arguments(*type);
  if (!reader_.ok()) return;
  call_with(*type, arguments, [&]([[maybe_unused]] Value* result) {
    if constexpr (kMayKeep) return isa_.call(function, arguments.base, arguments.values, result);
    if constexpr (!kMayKeep) isa_.call(function, arguments.base);
  });
}

template <Isa I>
void SinglePass<I>::call_indirect() {
  uint32_t type_index = 0, table = 0;
  const wasm::FuncType* type = read_indirect(type_index, table);
  if (type == nullptr) return;
  Value index = pop(table_address(table));
  if (!reader_.ok()) return;
  if constexpr (enabled(Proposal::Memory64)) index = narrow(index, Trap::UndefinedElement);
  if (needs_flush(type->param_count)) keep(index);
  const Arguments arguments = pop_arguments(*type);
  if (!reader_.ok()) return;
  call_with(*type, arguments, [&]([[maybe_unused]] Value* result) {
    if constexpr (kMayKeep)
      return isa_.call_indirect(index, type_index, table, arguments.base, arguments.values, result);
    if constexpr (!kMayKeep) isa_.call_indirect(index, type_index, table, arguments.base);
  });
}

template <Isa I>
bool SinglePass<I>::match_types(const uint8_t* types, const uint8_t* of, uint32_t count) const {
  for (; count > 0; --count) {
    const ValType type = wasm::next_type(types);
    if (!wasm::matches(module_, type, wasm::next_type(of))) return false;
  }
  return true;
}

template <Isa I>
bool SinglePass<I>::is_function(uint32_t type) const {
  return !wasm::kTypedReferences || module_.types[type].more.kind == wasm::TypeKind::Function;
}

template <Isa I>
bool SinglePass<I>::same_results(const wasm::FuncType& type) {
  if (type.result_count == type_->result_count &&
      match_types(type.results(), type_->results(), type.result_count))
    return true;
  mismatch();
  return false;
}

template <Isa I>
void SinglePass<I>::return_call() {
  uint32_t function = 0;
  const wasm::FuncType* type = read_callee(function);
  if (type == nullptr || !same_results(*type)) return;
  const Arguments arguments = pop_arguments(*type);
  if (!reader_.ok()) return;
  begin_hole();
  if (live()) {
    if constexpr (kOfEitherKind<I>) {
      isa_.tail_call(function, arguments.base, arguments.values, type->param_slots);
    } else if constexpr (kMayKeep) {
      isa_.tail_call(function, arguments.base, arguments.values);
    } else {
      isa_.tail_call(function, arguments.base, type->param_slots);
    }
  }
  end_hole();
  set_unreachable();
}

template <Isa I>
void SinglePass<I>::return_call_indirect() {
  uint32_t type_index = 0, table = 0;
  const wasm::FuncType* type = read_indirect(type_index, table);
  if (type == nullptr || !same_results(*type)) return;
  Value index = pop(table_address(table));
  if (!reader_.ok()) return;
  if constexpr (enabled(Proposal::Memory64)) index = narrow(index, Trap::UndefinedElement);
  if (needs_flush(type->param_count)) keep(index);
  const Arguments arguments = pop_arguments(*type);
  if (!reader_.ok()) return;
  begin_hole();
  if (live()) {
    if constexpr (kOfEitherKind<I>) {
      isa_.tail_call_indirect(index, type_index, table, arguments.base, arguments.values, type->param_slots);
    } else if constexpr (kMayKeep) {
      isa_.tail_call_indirect(index, type_index, table, arguments.base, arguments.values);
    } else {
      isa_.tail_call_indirect(index, type_index, table, arguments.base, type->param_slots);
    }
  }
  end_hole();
  set_unreachable();
}

}  // namespace mote::compile
