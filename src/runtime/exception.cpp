// SPDX-License-Identifier: Apache-2.0
#include "runtime/exception.hpp"

#include <cstring>

namespace mote::runtime {

Trap throw_exception(Engine& engine, Tag& tag, const uint32_t* payload) {
  const RuntimeType& type = engine.types[tag.type];
  const uint32_t bytes = 4 * type.bytes;
  RootScope keep(engine.heap, payload, type.bytes);
  engine.frames_end = payload + type.bytes;
  auto* made = static_cast<Exception*>(engine.heap.allocate(engine, tag.type, 4 + bytes));
  engine.frames_end = nullptr;
  if (made == nullptr) return Trap::HeapExhausted;
  made->tag = engine.pool.handle(&tag);
  if (bytes > 0) std::memcpy(made->payload(), payload, bytes);
  engine.exception = engine.pool.handle(made);
  return Trap::Exception;
}

Trap throw_reference(Engine& engine, uint32_t reference) {
  if (reference == 0) return Trap::NullExceptionReference;
  engine.exception = reference;
  return Trap::Exception;
}

const Handler* find_handler(const Instance& inside, const uint8_t* ip) {
  const LoadedModule& module = *inside.module;
  const auto at = static_cast<uint32_t>(ip - module.code);
  // Rows are in order of their ends: first the one that ends behind the place, then those around it. None of
  // another function lies around it.
  uint32_t low = 0, high = module.handlers.count;
  while (low < high) {
    const uint32_t middle = (low + high) / 2;
    if (module.handlers.rows[middle].end <= at) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  const auto& thrown = *inside.engine->pool.at<Exception>(inside.engine->exception);
  for (; low < module.handlers.count; ++low) {
    const Handler& row = module.handlers.rows[low];
    if (row.begin > at) continue;
    if (row.target == Handler::kHole) return nullptr;
    if (row.tag == Handler::kAnyTag) return &row;
    // A tag may lie where one lay that is gone: what the handler expects must be there.
    const Tag& tag = *inside.references.tags[row.tag];
    if (inside.engine->pool.handle(&tag) == thrown.tag && tag.type == thrown.type()) return &row;
  }
  return nullptr;
}

void catch_exception(Instance& inside, const Handler& handler, void* frame) {
  Engine& engine = *inside.engine;
  auto* exception = engine.pool.at<Exception>(engine.exception);
  auto* to = static_cast<uint8_t*>(frame) + handler.place;
  if (handler.tag != Handler::kAnyTag) {
    const uint32_t bytes = 4 * engine.types[exception->type()].bytes;
    std::memcpy(to, exception->payload(), bytes);
    to += bytes;
  }
  if (handler.with_reference) std::memcpy(to, &engine.exception, sizeof(uint32_t));
  engine.exception = 0;
}

}  // namespace mote::runtime
