// SPDX-License-Identifier: Apache-2.0
// What the public classes say of references beyond functions' and host's own: see mote.hpp, Engine.
#include <cstring>

#include "config/limits.hpp"
#include "runtime/aggregates.hpp"
#include "runtime/exception.hpp"
#include "runtime/thrown.hpp"

namespace mote::runtime {

namespace {

bool is_internal(ValueType type) {
  switch (type) {
    case ValueType::AnyRef:
    case ValueType::EqRef:
    case ValueType::I31Ref:
    case ValueType::StructRef:
    case ValueType::ArrayRef:
    case ValueType::NullRef:
    case ValueType::Ref:
    case ValueType::RefNull:
      return true;
    default:
      return false;
  }
}

/// A function of one of the engine's instances: handles come from outside and are not believed.
const Function* find_function(const Engine& engine, uint32_t reference) {
  const auto* function = engine.pool.at<const Function>(reference);
  for (const Instance* instance = engine.instances; instance != nullptr; instance = instance->next) {
    const auto* begin = reinterpret_cast<const std::byte*>(instance->attached);
    const auto* at = reinterpret_cast<const std::byte*>(function);
    if (begin == nullptr) continue;
    if (at >= begin && at < begin + engine.pool.size_of(begin)) return function;
    for (uint32_t i = 0; i < instance->module->wasm.imported_functions; ++i) {
      if (instance->imported_functions[i] == function) return function;
    }
  }
  return nullptr;
}

bool is_object_of(const Engine& engine, const Object& object, wasm::ValType type) {
  // A continuation does not say what it is of.
  if (object.type() == kContinuation) return type.with_null() == wasm::kContRef;
  if (object.type() < kFirstType) return type.with_null() == wasm::kAnyRef && object.type() != kGuestStack;
  const RuntimeType& known = engine.types[object.type()];
  if (known.kind == wasm::TypeKind::Function) return type.with_null() == wasm::kExnRef;
  return engine_matches(engine.types, wasm::ValType::defined(object.type()).non_null(), type);
}

}  // namespace

bool is_engine_value_of(const Engine& engine, wasm::ValType type, const Value& value) {
  if (!is_reference(value.type)) return false;
  const uint32_t reference = value.ref();
  const auto top = [&](ValueType of) {
    return engine_matches(engine.types, type.with_null(), wasm_type(of));
  };
  if (top(ValueType::ExternRef)) {
    if (value.type != ValueType::ExternRef && value.type != ValueType::NullExternRef) return false;
    if (reference == 0) return type.nullable();
    return type.with_null() == wasm::kExternRef &&
           (!is_external_object(reference) ||
            engine.heap.find(engine.pool, handle_of_external(reference)) != nullptr);
  }
  const bool function = top(ValueType::FuncRef), exception = top(ValueType::ExnRef),
             continuation = top(ValueType::ContRef);
  const bool generic = value.type == ValueType::Ref || value.type == ValueType::RefNull;
  if (function && !generic && value.type != ValueType::FuncRef && value.type != ValueType::NullFuncRef)
    return false;
  if (exception && value.type != ValueType::ExnRef && value.type != ValueType::NullExnRef) return false;
  if (continuation && !generic && value.type != ValueType::ContRef && value.type != ValueType::NullContRef)
    return false;
  if (!function && !exception && !continuation && !is_internal(value.type)) return false;
  if (reference == 0) return type.nullable();
  if (function && type.with_null() == wasm::kFuncRef) return true;
  if (function) {
    const Function* found = find_function(engine, reference);
    if (found == nullptr || found->type == nullptr) return false;
    return engine_matches(engine.types, wasm::ValType::defined(found->type->more.id).non_null(), type);
  }
  if ((reference & 1) != 0 && !exception && !continuation)
    return engine_matches(engine.types, wasm::non_null(wasm::kI31Ref), type);
  const Object* object = engine.heap.find(engine.pool, reference);
  return object != nullptr && is_object_of(engine, *object, type);
}

bool is_value_of(const Instance& instance, wasm::ValType type, const Value& value) {
  return is_engine_value_of(*instance.engine, engine_type(instance.module->wasm, type), value);
}

}  // namespace mote::runtime

namespace mote {

namespace {

RefKind kind_of_object(const runtime::Engine& engine, const runtime::Object& object, uint32_t* number) {
  uint32_t content = 0;
  if (object.type() < runtime::kFirstType) std::memcpy(&content, object.bytes(), sizeof(content));
  if (object.type() == runtime::kHostBox) {
    if (number != nullptr) *number = content;
    return RefKind::Host;
  }
  if (object.type() == runtime::kI31Box) {
    if (number != nullptr) *number = content >> 1;
    return RefKind::I31;
  }
  if (object.type() == runtime::kContinuation || object.type() == runtime::kGuestStack)
    return RefKind::Continuation;
  switch (engine.types[object.type()].kind) {
    case wasm::TypeKind::Struct:
      return RefKind::Struct;
    case wasm::TypeKind::Array:
      return RefKind::Array;
    default:
      return RefKind::Exception;
  }
}

}  // namespace

RefKind Engine::kind_of(const Value& reference, uint32_t* number) const {
  const uint32_t id = reference.ref();
  if (id == 0) return RefKind::Null;
  const bool is_external =
      reference.type == ValueType::ExternRef || reference.type == ValueType::NullExternRef;
  if constexpr (wasm::kTypedReferences) {
    const uint32_t handle = is_external ? runtime::handle_of_external(id) : id;
    if (!is_external && reference.type != ValueType::FuncRef && (id & 1) != 0) {
      if (number != nullptr) *number = id >> 1;
      return RefKind::I31;
    }
    if (const runtime::Object* object = state_->heap.find(state_->pool, handle); object != nullptr)
      return kind_of_object(*state_, *object, number);
  }
  if (!is_external) return RefKind::Function;
  if (number != nullptr) *number = id;
  return RefKind::Host;
}

void Engine::collect() {
  if constexpr (wasm::kTypedReferences) {
    if (state_ != nullptr) state_->heap.collect_all(*state_);
  }
}

void Engine::collect_always(bool always) {
  if constexpr (wasm::kTypedReferences) {
    if (state_ != nullptr) state_->heap.stress = always;
  }
}

void Engine::set_continuation_stack(uint32_t bytes) {
  constexpr uint32_t kMost = 1 << 24;
  if constexpr (runtime::kStackSwitching) {
    if (state_ != nullptr) state_->stack_bytes = (bytes < kMost ? bytes : kMost) & ~uint32_t{7};
  }
}

bool Engine::hold(const Value& reference) {
  if constexpr (wasm::kTypedReferences) {
    runtime::Engine& engine = *state_;
    if (engine.held_count == engine.held_capacity) {
      const uint32_t capacity = 2 * engine.held_capacity + 8;
      auto* more = engine.pool.array<uint32_t>(capacity);
      if (more == nullptr) return false;
      if (engine.held_count > 0) std::memcpy(more, engine.held, engine.held_count * sizeof(uint32_t));
      engine.pool.free(engine.held);
      engine.held = more;
      engine.held_capacity = capacity;
    }
    engine.held[engine.held_count++] = reference.ref();
  }
  return true;
}

void Engine::unhold(const Value& reference) {
  if constexpr (wasm::kTypedReferences) {
    for (uint32_t i = 0; i < state_->held_count; ++i) {
      if (state_->held[i] != reference.ref()) continue;
      state_->held[i] = state_->held[--state_->held_count];
      return;
    }
  }
}

Result<Value> Engine::as_any(ExternRef reference) {
  if constexpr (wasm::kTypedReferences) {
    Trap why = Trap::None;
    const uint32_t any = runtime::internalize(*state_, reference.id, why);
    if (why != Trap::None) return runtime::no_room(state_->pool, "no memory for a reference");
    return Value{ValueType::AnyRef, any};
  }
  return runtime::refusal(Message(Proposal::Gc));
}

namespace {

/// The types of a payload: where the tag's module is gone, nobody knows them.
[[maybe_unused]] const uint8_t* payload_types(const runtime::Engine& engine, const runtime::Thrown& thrown,
                                              size_t& count) {
  if constexpr (!wasm::kTypedReferences) {
    for (const runtime::Instance* i = engine.instances; i != nullptr; i = i->next) {
      for (uint32_t tag = 0; tag < i->module->wasm.tags.count; ++tag) {
        if (i->tags()[tag] != thrown.tag) continue;
        count = thrown.tag->function->param_count;
        return thrown.tag->function->params;
      }
    }
  }
  return nullptr;
}

Error no_exception() {
  return runtime::refusal(ErrorCode::NotFound, "no exception was thrown");
}

}  // namespace

Result<size_t> Engine::exception(Extern& tag, std::span<Value> payload) const {
  if constexpr (wasm::kExceptions && wasm::kTypedReferences) {
    auto* thrown = state_->pool.at<runtime::Exception>(state_->exception);
    if (thrown == nullptr) return no_exception();
    tag = {ExternKind::Tag, state_->pool.at<runtime::Tag>(thrown->tag)};
    const runtime::RuntimeType& type = state_->types[thrown->type()];
    const uint32_t* at = thrown->payload();
    for (uint32_t i = 0; i < type.count; ++i) {
      const ValueType value = runtime::public_type(type.fields[i].type);
      if (i < payload.size()) payload[i] = {value, detail::read_slots(at, slots_of(value))};
      at += wasm::slots_of(type.fields[i].type);
    }
    return static_cast<size_t>(type.count);
  } else if constexpr (wasm::kExceptions) {
    auto* thrown = state_->pool.at<runtime::Thrown>(state_->exception);
    size_t count = 0;
    const uint8_t* types = thrown == nullptr ? nullptr : payload_types(*state_, *thrown, count);
    if (types == nullptr) return no_exception();
    tag = {ExternKind::Tag, const_cast<runtime::Tag*>(thrown->tag)};
    const uint32_t* at = thrown->payload();
    for (size_t i = 0; i < count; ++i) {
      const ValueType value = runtime::public_type(wasm::next_type(types));
      if (i < payload.size()) payload[i] = {value, detail::read_slots(at, slots_of(value))};
      at += slots_of(value);
    }
    return count;
  }
  return runtime::refusal(Message(Proposal::ExceptionHandling));
}

Result<Extern> Engine::new_tag(std::span<const ValueType> payload) {
  if constexpr (wasm::kExceptions) {
    if (payload.size() > limits::kParamSlots)
      return runtime::refusal(ErrorCode::Limit, "a tag with more than 240 values");
    for (const ValueType type : payload) {
      if (runtime::is_module_defined(type))
        return runtime::refusal(ErrorCode::Signature, runtime::kModuleDefined);
    }
    // The type stays with the tag where types have no numbers.
    const size_t kept = wasm::kTypedReferences ? 0 : sizeof(wasm::FuncType) + payload.size();
    auto* block = state_->pool.array<std::byte>(sizeof(runtime::Tag) + kept);
    if (block == nullptr) return runtime::no_room(state_->pool, "no memory for a tag");
    auto* tag = new (block) runtime::Tag;
    uint8_t described[limits::kParamSlots];
    wasm::FuncType type;
    uint8_t* types =
        kept == 0 ? described : reinterpret_cast<uint8_t*>(block) + sizeof(runtime::Tag) + sizeof type;
    type.params = types;
    type.results_at = type.param_count = static_cast<uint16_t>(payload.size());
    for (size_t i = 0; i < payload.size(); ++i) {
      types[i] = static_cast<uint8_t>(payload[i]);
      type.param_slots = static_cast<uint16_t>(type.param_slots + slots_of(payload[i]));
    }
    if constexpr (wasm::kTypedReferences) {
      if (!state_->types.add(state_->pool, type, state_->heap.empty())) {
        state_->pool.free(block);
        return runtime::no_room(state_->pool, "no memory for a tag");
      }
      set_type(*tag, type);
    } else {
      set_type(*tag, *new (block + sizeof(runtime::Tag)) wasm::FuncType(type));
    }
    return Extern{ExternKind::Tag, tag};
  }
  return runtime::refusal(Message(Proposal::ExceptionHandling));
}

HeapUsage Engine::heap_usage() const {
  if constexpr (wasm::kTypedReferences) {
    if (state_ == nullptr) return {};
    const runtime::HeapStatistics& statistics = state_->heap.statistics;
    return {statistics.arena_bytes, statistics.live_bytes, statistics.live_objects, statistics.collections,
            statistics.longest_pause};
  }
  return {};
}

}  // namespace mote
