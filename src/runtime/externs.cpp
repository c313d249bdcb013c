// SPDX-License-Identifier: Apache-2.0
// What instances can import that is not an instance's: made by the host; and the host's access to externs of
// either kind.
#include <algorithm>
#include <cstring>

#include "config/limits.hpp"
#include "runtime/engine.hpp"
#include "runtime/values.hpp"

namespace mote {

namespace {

/// What new_global() made: an extern names a global by its slots.
runtime::Global* host_global(const Extern& item) {
  return static_cast<runtime::Global*>(item.item) - 1;
}

/// References to objects are believed only where the engine is at hand: Instance::set_global().
bool is_plain([[maybe_unused]] wasm::ValType type, [[maybe_unused]] uint32_t reference) {
  if constexpr (wasm::kTypedReferences) {
    if (type.is_ref() && reference == 0) return type.nullable();
    const wasm::ValType heap = type.with_null();
    if (heap == wasm::kExternRef) return !runtime::is_external_object(reference);
    return !type.is_ref() || heap == wasm::kFuncRef;
  }
  return true;
}

}  // namespace

runtime::Global runtime::global_of(const mote::Extern& item) {
  return item.owner != nullptr ? global_of(*item.owner, item.index) : *host_global(item);
}

Error runtime::write_global(const Global& global, const Value& value) {
  if (!global.type.mutable_) return refusal(ErrorCode::Signature, "the global is immutable");
  if (public_type(global.type.type) != value.type || !is_plain(global.type.type, value.ref()))
    return refusal(ErrorCode::Signature, "the global has another type");
  write_value(global.slots, value);
  return {};
}

namespace {

Error no_engine() {
  return runtime::refusal(ErrorCode::OutOfMemory, "the pool is too small for an engine");
}

/// The types that letters up to `end` stand for, each a byte of the binary format; false when one is unknown
/// or they take more slots than a call has. At nullptr they are only counted.
bool read_letters(const char*& letters, char end, uint8_t* types, uint32_t& count, uint32_t& slots) {
  for (count = slots = 0; *letters != end; ++letters, ++count) {
    const wasm::ValType type = runtime::type_of_letter(*letters);
    if (type == wasm::kBottom) return false;
    if (types != nullptr) types[count] = type.code();
    slots += wasm::slots_of(type);
  }
  return slots <= limits::kParamSlots;
}

/// A function object and the type that its signature says, in one block.
Result<Extern> make_function(runtime::Engine& engine, const HostFunction& function, void* data) {
  Pool& pool = engine.pool;
  static_assert(limits::kParamSlots == limits::kResultSlots);
  const char* letters = function.signature;
  uint32_t params, results, param_slots, result_slots;
  if (!read_letters(letters, ':', nullptr, params, param_slots) ||
      !read_letters(++letters, '\0', nullptr, results, result_slots))
    return runtime::refusal(ErrorCode::Signature, "the host function's signature is malformed");
  constexpr size_t kHead = sizeof(runtime::Function) + sizeof(wasm::FuncType);
  auto* block = pool.array<std::byte>(kHead + params + results);
  if (block == nullptr) return runtime::no_room(pool, "no memory for a function");
  auto* object = new (block) runtime::Function;
  auto* type = new (block + sizeof(runtime::Function)) wasm::FuncType;
  auto* types = reinterpret_cast<uint8_t*>(block + kHead);
  letters = function.signature;
  read_letters(letters, ':', types, params, param_slots);
  read_letters(++letters, '\0', types + params, results, result_slots);
  *type = {.params = types,
           .results_at = static_cast<uint16_t>(params),
           .param_count = static_cast<uint16_t>(params),
           .result_count = static_cast<uint16_t>(results),
           .param_slots = static_cast<uint16_t>(param_slots),
           .result_slots = static_cast<uint16_t>(result_slots),
           .more = {}};
  if constexpr (wasm::kTypedReferences) {
    if (!engine.types.add(pool, *type, engine.heap.empty())) {
      pool.free(block);
      return runtime::no_room(pool, "no memory for a function's type");
    }
  }
  object->type = type;
  object->host = &function;
  object->data = data;
  return Extern{ExternKind::Function, object};
}

wasm::Limits wasm_limits(const ExternLimits& limits) {
  const auto size = [](uint64_t given) {
    return given > wasm::Limits::kNoMax ? wasm::Limits::kNoMax : static_cast<wasm::Limits::Size>(given);
  };
  return {.min = size(limits.min), .max = size(limits.max), .is_64 = limits.is_64, .shared = limits.shared};
}

}  // namespace

Result<Extern> Engine::new_memory(const ExternLimits& limits, std::span<uint8_t> storage) {
  if (state_ == nullptr) return no_engine();
  Pool& pool = state_->pool;
  const uint64_t bytes = limits.min << limits.page_log2;
  const bool owned = !storage.empty();
  // A shared memory cannot move: its storage has room for all that it may become.
  const uint64_t room = limits.shared ? limits.max << limits.page_log2 : bytes;
  if (owned && storage.size() != room)
    return runtime::refusal(ErrorCode::Signature,
                            "the storage must be as large as the memory's minimum, a shared one's maximum");
  if (limits.shared && (limits.max == ExternLimits{}.max || !enabled(Proposal::Threads)))
    return runtime::refusal(ErrorCode::Signature, "a shared memory must have a maximum, and threads");
  auto* memory = pool.array<runtime::Memory>(1);
  if (memory == nullptr || bytes > 0xffff'ffff)
    return runtime::no_room(pool, "no memory for a linear memory");
  memory->type.limits = wasm_limits(limits);
  memory->type.page_log2 = limits.page_log2;
  memory->bytes = static_cast<uint32_t>(bytes);
  memory->pages = static_cast<uint32_t>(limits.min);
  const uint64_t most = uint64_t{0xffff'ffff} >> limits.page_log2;
  memory->max_pages = static_cast<uint32_t>(limits.max < most ? limits.max : most);
  memory->host_owned = owned;
  if (owned) {
    memory->data = storage.data();
  } else if (memory->is_shared()) {
    runtime::allocate_shared(*memory, pool);
  } else {
    memory->data = pool.array<uint8_t>(static_cast<size_t>(bytes));
  }
  if (memory->data == nullptr) {
    pool.free(memory);
    return runtime::no_room(pool, "no memory for a linear memory");
  }
  return Extern{ExternKind::Memory, memory};
}

Result<Extern> Engine::new_table(ValueType element, const ExternLimits& limits, uint32_t initial_reference) {
  if (state_ == nullptr) return no_engine();
  if (runtime::is_module_defined(element))
    return runtime::refusal(ErrorCode::Signature, runtime::kModuleDefined);
  Pool& pool = state_->pool;
  auto* table = pool.array<runtime::Table>(1);
  auto* elements =
      table == nullptr
          ? nullptr
          : pool.array<uint32_t>(static_cast<size_t>(std::min(limits.min, uint64_t{0xffff'ffff})));
  if (elements == nullptr) {
    pool.free(table);
    return runtime::no_room(pool, "no memory for a table");
  }
  table->type.element = runtime::wasm_type(element);
  table->type.limits = wasm_limits(limits);
  table->elements = elements;
  table->size = static_cast<uint32_t>(limits.min);
  table->max = limits.max > 0xffff'fffe ? 0xffff'fffe : static_cast<uint32_t>(limits.max);
  for (uint32_t i = 0; i < table->size; ++i) elements[i] = initial_reference;
  return Extern{ExternKind::Table, table};
}

Result<Extern> Engine::new_global(const Value& value, bool is_mutable) {
  if (state_ == nullptr) return no_engine();
  if (runtime::is_module_defined(value.type))
    return runtime::refusal(ErrorCode::Signature, runtime::kModuleDefined);
  auto* block = state_->pool.array<std::byte>(sizeof(runtime::Global) + 16);
  if (block == nullptr) return runtime::no_room(state_->pool, "no memory for a global");
  auto* global = new (block) runtime::Global;
  global->slots = reinterpret_cast<uint32_t*>(global + 1);
  global->type = {.type = runtime::wasm_type(value.type), .mutable_ = is_mutable};
  runtime::write_value(global->slots, value);
  return Extern{ExternKind::Global, global->slots};
}

Result<Extern> Engine::new_function(const HostFunction& function, void* data) {
  if (state_ == nullptr) return no_engine();
  return make_function(*state_, function, data);
}

void Engine::release(const Extern& item) {
  Pool& pool = state_->pool;
  if (item.kind == ExternKind::Memory) {
    auto* memory = static_cast<runtime::Memory*>(item.item);
    if (!memory->host_owned) pool.free(memory->data);
  }
  if (item.kind == ExternKind::Table) pool.free(static_cast<runtime::Table*>(item.item)->elements);
  if constexpr (wasm::kTypedReferences) {
    if (item.kind == ExternKind::Function)
      state_->types.remove(pool, static_cast<runtime::Function*>(item.item)->type->more.id,
                           state_->heap.empty());
    if (item.kind == ExternKind::Tag)
      state_->types.remove(pool, static_cast<runtime::Tag*>(item.item)->type, state_->heap.empty());
  }
  pool.free(item.kind == ExternKind::Global ? host_global(item) : item.item);
}

Value get_global(const Extern& global) {
  return runtime::read_global(runtime::global_of(global));
}

Result<void> set_global(const Extern& item, const Value& value) {
  return runtime::write_global(runtime::global_of(item), value);
}

std::span<uint8_t> memory_bytes(const Extern& item) {
  const auto& memory = *static_cast<const runtime::Memory*>(item.item);
  return {memory.data, memory.bytes};
}
uint32_t memory_pages(const Extern& item) {
  return static_cast<const runtime::Memory*>(item.item)->pages;
}

uint32_t table_size(const Extern& item) {
  return static_cast<const runtime::Table*>(item.item)->size;
}
bool table_get(const Extern& item, uint32_t index, uint32_t& reference) {
  const auto& table = *static_cast<const runtime::Table*>(item.item);
  if (index >= table.size) return false;
  reference = table.elements[index];
  return true;
}
bool table_set(const Extern& item, uint32_t index, uint32_t reference) {
  auto& table = *static_cast<runtime::Table*>(item.item);
  if (index >= table.size || !is_plain(table.type.element, reference)) return false;
  table.elements[index] = reference;
  return true;
}
int32_t memory_grow(Engine& engine, const Extern& item, uint32_t pages) {
  return runtime::grow(*engine.state(), *static_cast<runtime::Memory*>(item.item), pages);
}
int32_t table_grow(Engine& engine, const Extern& item, uint32_t elements, uint32_t reference) {
  return runtime::grow(*engine.state(), *static_cast<runtime::Table*>(item.item), elements, reference);
}

ExternType type_of(const Extern& item) {
  ExternType type;
  type.kind = item.kind;
  if (item.kind == ExternKind::Function)
    type.function = static_cast<const runtime::Function*>(item.item)->type;
  if (item.kind == ExternKind::Memory) {
    const auto& memory = *static_cast<const runtime::Memory*>(item.item);
    type.limits = runtime::limits_of(memory.type.limits, memory.type.page_log2);
    type.limits.min = memory.pages;
  }
  if (item.kind == ExternKind::Table) {
    const auto& table = *static_cast<const runtime::Table*>(item.item);
    type.limits = runtime::limits_of(table.type.limits, 0);
    type.limits.min = table.size;
    type.value = runtime::public_type(table.type.element);
  }
  if (item.kind == ExternKind::Global) {
    const runtime::Global global = runtime::global_of(item);
    type.value = runtime::public_type(global.type.type);
    type.mutable_ = global.type.mutable_;
  }
  return type;
}

}  // namespace mote
