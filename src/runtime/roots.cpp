// SPDX-License-Identifier: Apache-2.0
// Where the collector begins: globals, tables, segments, the stacks of calls that are under way, what the
// host holds.
#include "runtime/engine.hpp"

namespace mote::runtime {

namespace {

void mark_global(Engine& engine, const Global& global) {
  if (global.type.type.is_ref()) engine.heap.mark_typed(engine, global.type.type, global.slots[0]);
}

void mark_table(Engine& engine, const Table& table) {
  if (table.elements == nullptr) return;
  for (uint32_t i = 0; i < table.size; ++i)
    engine.heap.mark_typed(engine, table.type.element, table.elements[i]);
}

void mark_instance(Engine& engine, Instance& instance) {
  const wasm::Module& module = instance.module->wasm;
  if (instance.attached == nullptr) return;  // it is being made
  for (uint32_t i = 0; i < module.globals.count; ++i) {
    const Global global = global_of(instance, i);
    if (global.slots != nullptr) mark_global(engine, global);
  }
  for (uint32_t i = 0; i < module.tables.count; ++i) {
    if (instance.tables[i] != nullptr) mark_table(engine, *instance.tables[i]);
  }
  for (uint32_t i = 0; i < module.elements.count; ++i) {
    const uint32_t* items = instance.references.items == nullptr ? nullptr : instance.references.items[i];
    const wasm::ValType type = engine_type(module, module.elements[i].type);
    for (uint32_t k = 0; items != nullptr && k < module.elements[i].count; ++k)
      engine.heap.mark_typed(engine, type, items[k]);
  }
}

/// First word of the upper part of a stack: links, or frames of native code.
template <class R>
const uint32_t* upper_part(const Instance& instance, const R& run) {
  const auto* links = reinterpret_cast<const uint32_t*>(run.links);
  if constexpr (config::kNative) {
    const auto* sp = reinterpret_cast<const uint32_t*>(run.native.sp);
    if (sp >= instance.stack && sp < links) return sp;
  }
  return links;
}

/// One past the last slot of the lower part: frames of vm code.
template <class R>
const uint32_t* lower_part(const Engine& engine, const Instance& instance, const R& run) {
  const uint32_t* top = engine.frames_end;
  if (top < instance.stack || top > instance.stack_end) return run.top;  // the run waits for a host function
  if constexpr (config::kNative) {
    const auto* sp = reinterpret_cast<const uint32_t*>(run.native.sp);
    if (sp >= instance.stack && top >= sp) return run.native.frame;  // native code is at work
  }
  return top;
}

void mark_stack(Engine& engine, Instance& instance) {
  const Run& run = instance.run;
  if (instance.stack == nullptr || (run.status != Status::Running && run.status != Status::Suspended)) return;
  const uint32_t* low = lower_part(engine, instance, run);
  const uint32_t* high = upper_part(instance, run);
  const bool known =
      run.status == Status::Running && low >= instance.stack && low <= high && high <= instance.stack_end;
  if (!known) low = high = instance.stack_end;
  engine.heap.mark_words(engine, instance.stack, static_cast<size_t>(low - instance.stack));
  engine.heap.mark_words(engine, high, static_cast<size_t>(instance.stack_end - high));
}

}  // namespace

void mark_roots(Engine& engine) {
  for (Instance* instance = engine.instances; instance != nullptr; instance = instance->next) {
    mark_instance(engine, *instance);
    mark_stack(engine, *instance);
  }
  for (const Roots* roots = engine.heap.roots; roots != nullptr; roots = roots->outer)
    engine.heap.mark_words(engine, roots->begin, roots->count);
  engine.heap.mark_words(engine, engine.held, engine.held_count);
  engine.heap.mark_internal(engine, engine.exception);
}

}  // namespace mote::runtime
