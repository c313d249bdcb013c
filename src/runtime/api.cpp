// SPDX-License-Identifier: Apache-2.0
// The public classes: handles over the runtime's structures.
#include <cstring>

#include "config/limits.hpp"
#include "runtime/backtrace.hpp"
#include "runtime/engine.hpp"
#include "runtime/values.hpp"

namespace mote {

namespace runtime {

ValueType public_type(wasm::ValType type) {
  if (wasm::kTypedReferences && type.is_defined())
    return type.nullable() ? ValueType::RefNull : ValueType::Ref;
  return static_cast<ValueType>(type.code());
}
wasm::ValType wasm_type(ValueType type) {
  return {static_cast<uint32_t>(type)};
}

}  // namespace runtime

namespace {

using runtime::refusal;

Error not_found(Error error, std::string_view name) {
  error.name = name;
  return error;
}

const wasm::FuncType& func_type(const void* type) {
  return *static_cast<const wasm::FuncType*>(type);
}

ValueType nth_type(const uint8_t* types, uint32_t index) {
  wasm::ValType type = wasm::next_type(types);
  while (index-- > 0) type = wasm::next_type(types);
  return runtime::public_type(type);
}

ExternType describe(const wasm::Module& module, wasm::ExternKind kind, uint32_t index) {
  ExternType type;
  type.kind = static_cast<ExternKind>(kind);
  if (kind == wasm::ExternKind::Function) type.function = &module.type_of(index);
  if constexpr (wasm::kExceptions) {
    if (kind == wasm::ExternKind::Tag) type.function = &module.type_of_tag(index);
  }
  if (kind == wasm::ExternKind::Memory)
    type.limits = runtime::limits_of(module.memories[index].limits, module.memories[index].page_log2);
  if (kind == wasm::ExternKind::Table) {
    type.limits = runtime::limits_of(module.tables[index].type.limits, 0);
    type.value = runtime::public_type(module.tables[index].type.element);
  }
  if (kind == wasm::ExternKind::Global) {
    type.value = runtime::public_type(module.globals[index].type.type);
    type.mutable_ = module.globals[index].type.mutable_;
  }
  return type;
}

/// Whether a value may be passed where `type`, of the function's module, is wanted.
bool accepts([[maybe_unused]] const runtime::Function& function, wasm::ValType type, const Value& value) {
  if constexpr (wasm::kTypedReferences) {
    if (type.is_ref() && function.instance != nullptr)
      return runtime::is_value_of(*function.instance, type, value);
  }
  return value.type == runtime::public_type(type);
}

}  // namespace

uint32_t ExternType::param_count() const {
  return func_type(function).param_count;
}
uint32_t ExternType::result_count() const {
  return func_type(function).result_count;
}
ValueType ExternType::param(uint32_t index) const {
  return nth_type(func_type(function).params, index);
}
ValueType ExternType::result(uint32_t index) const {
  return nth_type(func_type(function).results(), index);
}

// --- Engine.

Engine::Engine(std::span<std::byte> pool) {
  const auto start = reinterpret_cast<uintptr_t>(pool.data());
  const size_t pad = (8 - start % 8) % 8;
  const size_t need = pad + (sizeof(runtime::Engine) + 7) / 8 * 8;
  if (pool.size() >= need + 16) state_ = new (pool.data() + pad) runtime::Engine(pool.subspan(need));
}

Result<Instance> Engine::instantiate(const Module& module, const Imports& imports,
                                     const InstanceOptions& options) {
  Result<Instance> result;
  Error& error = result.refusal();
  runtime::Instance* instance = nullptr;
  if (module.state() == nullptr) {
    Message("the module is empty").write(error);
  } else {
    instance = runtime::instantiate(*state_, *module.state(), imports, options, error);
  }
  if (instance != nullptr) result.set(Instance(instance));
  return result;
}

PoolUsage Engine::usage() const {
  if (state_ == nullptr) return {};
  const Pool& pool = state_->pool;
  return {pool.capacity(), pool.used(), pool.peak(), pool.largest_free(), pool.missing()};
}

// --- Module.

Module::~Module() {
  if (state_ != nullptr) runtime::release(*state_);
}

namespace {

ImportInfo describe(const wasm::Module& module, const wasm::Import& import) {
  return {import.module, import.name, describe(module, import.kind, import.index)};
}
ExportInfo describe(const wasm::Module& module, const wasm::Export& item) {
  return {item.name, describe(module, item.kind, item.index)};
}

}  // namespace

bool Module::import(uint32_t index, ImportInfo& info) const {
  wasm::Imports all(state_->wasm);
  wasm::Import import;
  do {
    if (!all.next(import)) return false;
  } while (index-- > 0);
  info = describe(state_->wasm, import);
  return true;
}

bool Module::export_(uint32_t index, ExportInfo& info) const {
  wasm::Exports all(state_->wasm);
  wasm::Export item;
  do {
    if (!all.next(item)) return false;
  } while (index-- > 0);
  info = describe(state_->wasm, item);
  return true;
}

void Module::each_import(void (*visit)(void*, const ImportInfo&), void* context) const {
  wasm::Imports all(state_->wasm);
  for (wasm::Import import; all.next(import);) visit(context, describe(state_->wasm, import));
}

void Module::each_export(void (*visit)(void*, const ExportInfo&), void* context) const {
  wasm::Exports all(state_->wasm);
  for (wasm::Export item; all.next(item);) visit(context, describe(state_->wasm, item));
}

ModuleUsage Module::usage() const {
  const Pool& pool = state_->engine->pool;
  const auto size = [&](const void* block) { return block == nullptr ? 0 : pool.size_of(block); };
  const size_t tables = size(state_) + size(state_->wasm.storage);
  if (state_->in_image) return {tables, 0};
  return {tables, size(state_->code) + size(state_->entries)};
}

bool Module::in_image() const {
  return state_->in_image;
}

// --- Function.

ExternType Function::type() const {
  ExternType type;
  type.function = state_->type;
  return type;
}

Result<void> Function::call(std::span<const Value> arguments, std::span<Value> results) const {
  if (state_ == nullptr) return refusal("the function is empty");
  const wasm::FuncType& type = *state_->type;
  if (arguments.size() != type.param_count) return refusal(ErrorCode::Signature, "wrong number of arguments");
  if (results.size() < type.result_count) return refusal(ErrorCode::Signature, "no room for the results");
  uint32_t slots[limits::kParamSlots > limits::kResultSlots ? limits::kParamSlots : limits::kResultSlots];
  uint32_t* at = slots;
  const uint8_t* types = type.params;
  for (const Value& argument : arguments) {
    if (!accepts(*state_, wasm::next_type(types), argument))
      return refusal(ErrorCode::Signature, "an argument has another type");
    runtime::write_value(at, argument);
    at += slots_of(argument.type);
  }
  Error error;
  runtime::call(*state_, slots, slots, error);
  if (error) return error;
  at = slots;
  types = type.results();
  for (uint32_t i = 0; i < type.result_count; ++i) {
    const ValueType result = runtime::public_type(wasm::next_type(types));
    results[i] = runtime::read_value(result, at);
    at += slots_of(result);
  }
  return {};
}

Result<void> Function::call_slots(const char* signature, const uint32_t* arguments, uint32_t* results) const {
  Result<void> result;
  if (state_ == nullptr) {
    Message("the function is empty").write(result.error_);
  } else if (!runtime::matches(signature, *state_->type)) {
    Message("the function has another signature").write(result.error_);
  } else {
    runtime::call(*state_, arguments, results, result.error_);
  }
  return result;
}

// --- Instance.

Instance::~Instance() {
  if (state_ != nullptr) runtime::release(*state_);
}

Result<Function> Instance::function(std::string_view name) const {
  wasm::Export item;
  Message message = "no such export";
  if (wasm::find_export(state_->module->wasm, name, item)) {
    if (item.kind == wasm::ExternKind::Function)
      return Function(runtime::function_object(*state_, item.index));
    message = "the export is not a function";
  }
  return not_found(refusal(message), name);
}

Result<void> Instance::start() const {
  Result<void> result;
  runtime::start(*state_, result.error_);
  return result;
}
Status Instance::status() const {
  return static_cast<Status>(state_->run.status);
}

Result<void> Instance::resume(std::span<Value> results) const {
  uint32_t slots[limits::kResultSlots];
  if (state_->run.callee == nullptr) return refusal(ErrorCode::Busy, "the instance is not suspended");
  const wasm::FuncType& type = *state_->run.callee->type;
  Error error;
  runtime::resume(*state_, slots, error);
  if (error) return error;
  const uint32_t* at = slots;
  const uint8_t* types = type.results();
  for (uint32_t i = 0; i < type.result_count && i < results.size(); ++i) {
    const ValueType result = runtime::public_type(wasm::next_type(types));
    results[i] = runtime::read_value(result, at);
    at += slots_of(result);
  }
  return {};
}

void Instance::kill() const {
  if (state_->run.status != runtime::Status::Suspended) return;
  state_->run.status = runtime::Status::Trapped;
  state_->run.trap = Trap::Killed;
}

void Instance::interrupt() const {
  state_->run.interrupt.made = 1;
}

void Instance::set_fuel(uint64_t fuel) const {
  state_->fuel_left = fuel;
}
uint64_t Instance::fuel() const {
  return state_->fuel_left;
}
uint32_t Instance::backtrace(std::span<Frame> frames) const {
  return runtime::backtrace(*state_, frames);
}
const char* Instance::trap_message() const {
  return state_->run.message;
}

Result<Extern> Instance::export_(std::string_view name) const {
  wasm::Export item;
  if (!wasm::find_export(state_->module->wasm, name, item)) return not_found(refusal("no such export"), name);
  const runtime::Extern found = runtime::export_of(*state_, item);
  return Extern{static_cast<ExternKind>(item.kind), found.function, state_, item.index};
}

std::span<uint8_t> Instance::memory(std::string_view name) const {
  uint32_t index = 0;
  if (!name.empty()) {
    wasm::Export item;
    if (!wasm::find_export(state_->module->wasm, name, item) || item.kind != wasm::ExternKind::Memory)
      return {};
    index = item.index;
  }
  if (index >= state_->module->wasm.memories.count) return {};
  const runtime::Memory& memory = *state_->memories[index];
  return {memory.data, memory.bytes};
}

Result<Value> Instance::global(std::string_view name) const {
  wasm::Export item;
  if (!wasm::find_export(state_->module->wasm, name, item) || item.kind != wasm::ExternKind::Global) {
    return not_found(refusal(ErrorCode::NotFound, "no such global"), name);
  }
  return runtime::read_global(runtime::global_of(*state_, item.index));
}

Result<void> Instance::set_global(std::string_view name, const Value& value) const {
  wasm::Export item;
  if (!wasm::find_export(state_->module->wasm, name, item) || item.kind != wasm::ExternKind::Global) {
    return not_found(refusal(ErrorCode::NotFound, "no such global"), name);
  }
  const runtime::Global global = runtime::global_of(*state_, item.index);
  if constexpr (wasm::kTypedReferences) {
    if (global.type.mutable_ && global.type.type.is_ref() &&
        runtime::is_engine_value_of(*state_->engine, global.type.type, value)) {
      runtime::write_value(global.slots, value);
      return {};
    }
  }
  Error error = runtime::write_global(global, value);
  error.name = name;
  return error;
}

InstanceUsage Instance::usage() const {
  const Pool& pool = *state_->pool;
  const wasm::Module& module = state_->module->wasm;
  InstanceUsage usage;
  usage.descriptor = pool.size_of(state_) + pool.size_of(state_->attached);
  usage.stack = static_cast<size_t>(state_->stack_end - state_->stack) * sizeof(uint32_t);
  for (uint32_t i = module.imported_memories; i < module.memories.count; ++i)
    usage.memories += pool.size_of(state_->memories[i]->data);
  for (uint32_t i = module.imported_tables; i < module.tables.count; ++i)
    usage.tables += pool.size_of(state_->tables[i]->elements);
  return usage;
}

Function function_of(const Extern& item) {
  return Function(static_cast<runtime::Function*>(item.item));
}
Function function_of(const Engine& engine, FuncRef reference) {
  return Function(engine.state()->pool.at<runtime::Function>(reference.id));
}
FuncRef reference_to(const Engine& engine, const Function& function) {
  return {engine.state()->pool.handle(function.state())};
}

}  // namespace mote
