// SPDX-License-Identifier: Apache-2.0
// Where the collector begins: globals, tables, segments, the stacks of calls that are under way, what the
// host holds.
#include "runtime/continuation.hpp"
#include "runtime/engine.hpp"

namespace mote::runtime {

namespace {

void mark_global(Engine& engine, const Global& global) {
  if (global.type.type.is_ref()) engine.heap.mark_typed(engine, global.type.type, global.slots[0]);
}

void mark_table(Engine& engine, const Table& table) {
  if (table.elements == nullptr) return;
  engine.heap.visit_roots(table.size);
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
    if (items != nullptr) engine.heap.visit_roots(module.elements[i].count);
    for (uint32_t k = 0; items != nullptr && k < module.elements[i].count; ++k)
      engine.heap.mark_typed(engine, type, items[k]);
  }
}

/// First word of the upper part of a stack: links, or frames of native code.
template <class R>
const uint32_t* upper_part(const Area& area, const R& run) {
  const auto* links = reinterpret_cast<const uint32_t*>(run.links);
  if constexpr (config::kNative) {
    const auto* sp = reinterpret_cast<const uint32_t*>(run.native.sp);
    if (sp >= area.begin && sp < links) return sp;
  }
  return links;
}

/// One past the last slot of the lower part: frames of vm code.
template <class R>
const uint32_t* lower_part(const Engine& engine, const Area& area, const R& run) {
  const uint32_t* top = engine.frames_end;
  if (!area.has(top)) return run.top;  // the run waits for a host function
  if constexpr (config::kNative) {
    const auto* sp = reinterpret_cast<const uint32_t*>(run.native.sp);
    if (sp >= area.begin && top >= sp) return run.native.frame;  // native code is at work
  }
  return top;
}

void mark_stack(Engine& engine, Instance& instance) {
  const Run& run = instance.run;
  if (instance.stack == nullptr || run.status == Status::Idle) return;
  if constexpr (kStackSwitching) mark_stacks(engine, run);
  if (run.status == Status::Trapped) return;
  const Area area = area_of(run);
  const uint32_t* low = lower_part(engine, area, run);
  const uint32_t* high = upper_part(area, run);
  const bool known = run.status == Status::Running && low >= area.begin && low <= high && high <= area.end;
  if (!known) low = high = area.end;
  engine.heap.mark_words(engine, area.begin, static_cast<size_t>(low - area.begin));
  engine.heap.mark_words(engine, high, static_cast<size_t>(area.end - high));
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
