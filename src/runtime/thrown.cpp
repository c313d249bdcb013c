// SPDX-License-Identifier: Apache-2.0
#include "runtime/thrown.hpp"

#include <cstring>

#include "runtime/engine.hpp"

namespace mote::runtime {

namespace {

/// So many are kept before it is first looked which of them are needed.
constexpr uint32_t kFew = 8;

/// Marks what the words refer to; true if that is anything new.
bool mark(const Engine& engine, const uint32_t* words, const uint32_t* end) {
  bool found = false;
  for (; words < end; ++words) {
    if (*words == 0) continue;
    for (Thrown* thrown = engine.kept; thrown != nullptr; thrown = thrown->next) {
      if (thrown->marked || engine.pool.handle(thrown) != *words) continue;
      thrown->marked = found = true;
    }
  }
  return found;
}

void mark_instance(const Engine& engine, Instance& instance) {
  const wasm::Module& module = instance.module->wasm;
  mark(engine, instance.stack, instance.stack_end);
  if (instance.attached == nullptr) return;  // it is being made
  for (uint32_t i = 0; i < module.globals.count; ++i) {
    const Global global = global_of(instance, i);
    if (global.slots != nullptr) mark(engine, global.slots, global.slots + 1);
  }
  for (uint32_t i = 0; i < module.tables.count; ++i) {
    const Table* table = instance.tables[i];
    if (table != nullptr && table->elements != nullptr)
      mark(engine, table->elements, table->elements + table->size);
  }
}

}  // namespace

void collect_thrown(Engine& engine) {
  for (Instance* instance = engine.instances; instance != nullptr; instance = instance->next)
    mark_instance(engine, *instance);
  mark(engine, &engine.exception, &engine.exception + 1);
  // Payloads may refer to others.
  bool more = true;
  while (more) {
    more = false;
    for (Thrown* thrown = engine.kept; thrown != nullptr; thrown = thrown->next)
      more |= thrown->marked && mark(engine, thrown->payload(), thrown->payload() + thrown->slots);
  }
  engine.kept_count = 0;
  for (Thrown** link = &engine.kept; *link != nullptr;) {
    Thrown* thrown = *link;
    if (thrown->marked) {
      thrown->marked = false;
      ++engine.kept_count;
      link = &thrown->next;
    } else {
      *link = thrown->next;
      engine.pool.free(thrown);
    }
  }
  engine.kept_most = 2 * engine.kept_count + kFew;
}

Thrown* make_thrown(Engine& engine, const Tag& tag, const uint32_t* payload) {
  const uint32_t bytes = 4u * tag.function->param_slots;
  void* block = engine.pool.allocate(sizeof(Thrown) + bytes);
  if (block == nullptr) {
    collect_thrown(engine);
    block = engine.pool.allocate(sizeof(Thrown) + bytes);
    if (block == nullptr) return nullptr;
  }
  auto* thrown = new (block) Thrown;
  thrown->tag = &tag;
  thrown->slots = tag.function->param_slots;
  if (bytes > 0) std::memcpy(thrown->payload(), payload, bytes);
  return thrown;
}

void keep_thrown(Engine& engine, Thrown& thrown) {
  if (thrown.kept) return;
  if (engine.kept_count >= engine.kept_most) collect_thrown(engine);
  thrown.kept = true;
  thrown.next = engine.kept;
  engine.kept = &thrown;
  ++engine.kept_count;
}

void free_thrown(Engine& engine, Thrown* thrown) {
  if (thrown != nullptr && !thrown->kept) engine.pool.free(thrown);
}

void forget_thrown(Engine& engine) {
  if (engine.instances != nullptr) return;
  free_thrown(engine, engine.pool.at<Thrown>(engine.exception));
  engine.exception = 0;
  collect_thrown(engine);
}

bool is_thrown(const Engine& engine, uint32_t reference) {
  for (const Thrown* thrown = engine.kept; thrown != nullptr; thrown = thrown->next) {
    if (engine.pool.handle(thrown) == reference) return true;
  }
  return false;
}

}  // namespace mote::runtime
