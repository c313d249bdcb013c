// SPDX-License-Identifier: Apache-2.0
#include "runtime/exception.hpp"

#include <cstring>
#include <span>

#include "runtime/inner_run.hpp"
#include "runtime/thrown.hpp"

namespace mote::runtime {

namespace {

/// An object of the heap.
[[maybe_unused]] Exception* make_object(Engine& engine, Tag& tag, const uint32_t* payload) {
  const RuntimeType& type = engine.types[tag.type];
  const uint32_t bytes = 4 * type.bytes;
  RootScope keep(engine.heap, payload, type.bytes);
  engine.frames_end = payload + type.bytes;
  auto* made = static_cast<Exception*>(engine.heap.allocate(engine, tag.type, 4 + bytes));
  engine.frames_end = nullptr;
  if (made == nullptr) return nullptr;
  made->tag = engine.pool.handle(&tag);
  if (bytes > 0) std::memcpy(made->payload(), payload, bytes);
  return made;
}

/// Likewise without a heap. Nobody asked for the one before.
[[maybe_unused]] Thrown* make_block(Engine& engine, Tag& tag, const uint32_t* payload) {
  free_thrown(engine, engine.pool.at<Thrown>(engine.exception));
  engine.exception = 0;
  return make_thrown(engine, tag, payload);
}

/// Whether the exception that is on its way is of the tag. A tag may lie where one lay that is gone: what the
/// handler expects must be there.
bool is_of(const Engine& engine, const Tag& tag) {
  if constexpr (wasm::kTypedReferences) {
    const auto& object = *engine.pool.at<Exception>(engine.exception);
    return engine.pool.handle(&tag) == object.tag && tag.type == object.type();
  }
  const auto& thrown = *engine.pool.at<Thrown>(engine.exception);
  return &tag == thrown.tag && tag.function->param_slots == thrown.slots;
}

/// The payload of the exception that is on its way.
std::span<const uint32_t> payload_of(const Engine& engine) {
  if constexpr (wasm::kTypedReferences) {
    auto* object = engine.pool.at<Exception>(engine.exception);
    return {object->payload(), engine.types[object->type()].bytes};
  }
  auto* thrown = engine.pool.at<Thrown>(engine.exception);
  return {thrown->payload(), thrown->slots};
}

}  // namespace

Trap throw_exception(Engine& engine, Tag& tag, const uint32_t* payload) {
  void* made = nullptr;
  if constexpr (wasm::kTypedReferences) {
    made = make_object(engine, tag, payload);
  } else {
    made = make_block(engine, tag, payload);
  }
  if (made == nullptr) return Trap::HeapExhausted;
  engine.exception = engine.pool.handle(made);
  return Trap::Exception;
}

Trap throw_reference(Engine& engine, uint32_t reference) {
  if (reference == 0) return Trap::NullExceptionReference;
  if constexpr (!wasm::kTypedReferences) {
    if (!is_thrown(engine, reference)) return Trap::NullExceptionReference;  // a number of the host's
    free_thrown(engine, engine.pool.at<Thrown>(engine.exception));
  }
  engine.exception = reference;
  return Trap::Exception;
}

uint32_t first_handler(const LoadedModule& module, uint32_t at) {
  uint32_t low = 0, high = module.handlers.count;
  while (low < high) {
    const uint32_t middle = (low + high) / 2;
    if (module.handlers.rows[middle].end <= at) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

const Handler* find_handler(const Instance& inside, const uint8_t* ip) {
  const LoadedModule& module = *inside.module;
  // Where a stack begins is in no module.
  if (kStackSwitching && (ip < module.code || ip >= module.code + module.code_bytes)) return nullptr;
  const auto at = static_cast<uint32_t>(ip - module.code);
  for (uint32_t i = first_handler(module, at); i < module.handlers.count; ++i) {
    const Handler& row = module.handlers.rows[i];
    if (row.begin > at || (kStackSwitching && row.kind != Handler::Kind::Catch)) continue;
    if (row.target == Handler::kHole) return nullptr;
    if (row.tag == Handler::kAnyTag) return &row;
    if (is_of(*inside.engine, *inside.tags()[row.tag])) return &row;
  }
  return nullptr;
}

void catch_exception(Instance& inside, const Handler& handler, void* frame) {
  Engine& engine = *inside.engine;
  if constexpr (config::kNative) forget_inner(*inside.active);
  auto* to = static_cast<uint8_t*>(frame) + handler.place;
  if (handler.tag != Handler::kAnyTag) {
    const std::span<const uint32_t> payload = payload_of(engine);
    std::memcpy(to, payload.data(), payload.size_bytes());
    to += payload.size_bytes();
  }
  if (handler.with_reference) std::memcpy(to, &engine.exception, sizeof(uint32_t));
  if constexpr (!wasm::kTypedReferences) {
    auto* thrown = engine.pool.at<Thrown>(engine.exception);
    if (handler.with_reference) keep_thrown(engine, *thrown);
    free_thrown(engine, thrown);
  }
  engine.exception = 0;
}

}  // namespace mote::runtime
