// SPDX-License-Identifier: Apache-2.0
#include "ram.hpp"

#include <deque>
#include <nlohmann/json.hpp>
#include <vector>

#include "runtime/engine.hpp"
#include "workspace.hpp"

namespace mote::tool {

namespace {

/// Sizes of the engine's structures.
struct Layout {
#define MOTE_LAYOUT(name, type) size_t name;
#include "layout.inc"
};

constexpr Layout kHere = {
#define MOTE_LAYOUT(name, type) sizeof(type),
#include "layout.inc"
};

#ifdef MOTE_LAYOUT32
constexpr std::optional<Layout> kBoard = Layout{
#include "layout32.inc"
};
#else
constexpr std::optional<Layout> kBoard;
#endif

/// Host functions that stand in for imports, so that a module can be instantiated: they are never called.
struct StandIns {
  std::deque<std::string> texts;  ///< what the rows point to
  std::vector<HostFunction> functions;
  std::vector<NamedExtern> externs;
};

uint8_t never(mote_context* context, uint32_t*) {
  return static_cast<uint8_t>(Context::of(context).trap(Trap::Host, "a stand-in was called"));
}

char letter(ValueType type) {
  constexpr std::pair<ValueType, char> kLetters[] = {{ValueType::I32, 'i'},     {ValueType::I64, 'l'},
                                                     {ValueType::F32, 'f'},     {ValueType::F64, 'd'},
                                                     {ValueType::FuncRef, 'r'}, {ValueType::ExternRef, 'e'}};
  for (const auto& [t, l] : kLetters) {
    if (t == type) return l;
  }
  return '?';
}

std::string letters(const ExternType& type) {
  std::string text;
  for (uint32_t i = 0; i < type.param_count(); ++i) text += letter(type.param(i));
  text += ':';
  for (uint32_t i = 0; i < type.result_count(); ++i) text += letter(type.result(i));
  return text;
}

void stand_in(Engine& engine, const Module& module, StandIns& all) {
  const auto keep = [&](std::string text) { return all.texts.emplace_back(std::move(text)).c_str(); };
  module.imports([&](const ImportInfo& import) {
    if (import.type.kind == ExternKind::Function) {
      all.functions.push_back({keep(std::string(import.module)), keep(std::string(import.name)),
                               keep(letters(import.type)), never});
      return;
    }
    auto made = import.type.kind == ExternKind::Memory ? engine.new_memory(import.type.limits)
                : import.type.kind == ExternKind::Table
                    ? engine.new_table(import.type.value, import.type.limits)
                    : engine.new_global(Value(import.type.value, 0), import.type.mutable_);
    if (made) all.externs.push_back({import.module, import.name, *made});
  });
}

/// Bytes that a block of so many takes of a pool.
size_t block(size_t bytes) {
  return (bytes + Pool::kHeader + Pool::kAlign - 1) & ~(Pool::kAlign - 1);
}

uint32_t count_declared(const wasm::Module& module) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < module.functions.count; ++i) count += module.is_declared(i) ? 1 : 0;
  return count;
}

/// What the rows that depend on the machine take.
size_t module_rows(const wasm::Module& m, const Layout& l) {
  return l.row_of_type * m.types.count + l.row_of_table * m.tables.count +
         l.row_of_memory * m.memories.count + l.row_of_global * m.globals.count +
         l.row_of_elements * m.elements.count + l.row_of_data * m.data.count;
}

size_t instance_rows(const wasm::Module& m, const Layout& l) {
  return l.pointer * (m.memories.count + m.tables.count + m.imported_functions) +
         l.global * m.imported_globals + l.function * (count_declared(m) + m.imported_functions) +
         l.memory * (m.memories.count - m.imported_memories) + l.table * (m.tables.count - m.imported_tables);
}

/// As measured here, with what differs exchanged. Blocks are rounded up, so a few bytes may be missed.
Ram on_board(const Ram& here, const wasm::Module& m, const Layout& there) {
  const auto round = [](size_t bytes) { return (bytes + 7) & ~size_t{7}; };
  Ram ram = here;
  ram.engine = round(there.engine);
  ram.module = round(here.module - kHere.loaded_module - module_rows(m, kHere) + there.loaded_module +
                     module_rows(m, there));
  if (here.instance > 0) {
    ram.instance = round(here.instance - kHere.instance - instance_rows(m, kHere) + there.instance +
                         instance_rows(m, there));
  }
  return ram;
}

void add_memories(const wasm::Module& module, RamReport& report) {
  for (uint32_t i = module.imported_memories; i < module.memories.count; ++i) {
    const wasm::MemoryType& type = module.memories[i];
    report.memory_declared += type.limits.min << type.page_log2;
    const uint64_t address_space = uint64_t{1} << 32;
    const uint64_t most = address_space >> type.page_log2;
    report.memory_most += std::min(type.limits.max, most) << type.page_log2;
  }
}

}  // namespace

RamReport measure_ram(std::span<const uint8_t> bytes, const LoadOptions& options, uint32_t stack_bytes) {
  RamReport report;
  Workspace workspace(size_t{1} << 30);
  Engine engine(workspace.memory());
  const auto module = engine.load(bytes, options);
  if (!module) {
    report.problem = module.error().message;
    return report;
  }
  const runtime::LoadedModule& loaded = *module->state();
  Ram& ram = report.here;
  ram.engine = (sizeof(runtime::Engine) + 7) & ~size_t{7};
  const size_t storage =
      loaded.wasm.storage == nullptr ? 0 : block(engine.state()->pool.size_of(loaded.wasm.storage));
  ram.module = block(sizeof(runtime::LoadedModule)) + storage;
  ram.code = engine.usage().used - ram.module;
  const size_t load_peak = engine.usage().peak;
  StandIns all;
  stand_in(engine, *module, all);
  const size_t before = engine.usage().used;
  InstanceOptions settings;
  settings.run_start = false;
  settings.stack_bytes = stack_bytes;
  const auto instance =
      engine.instantiate(*module, {.functions = all.functions, .externs = all.externs}, settings);
  add_memories(loaded.wasm, report);
  if (instance) {
    const InstanceUsage usage = instance->usage();
    ram.stack = block(usage.stack);
    ram.tables = usage.tables + Pool::kHeader * (loaded.wasm.tables.count - loaded.wasm.imported_tables);
    ram.linear_memory =
        usage.memories + Pool::kHeader * (loaded.wasm.memories.count - loaded.wasm.imported_memories);
    ram.instance = engine.usage().used - before - ram.stack - ram.tables - ram.linear_memory;
  } else {
    report.problem = instance.error().message;
  }
  const size_t lasting = ram.total() - ram.engine;
  ram.loading = load_peak > lasting ? load_peak - lasting : 0;
  if (kBoard) report.board = on_board(ram, loaded.wasm, *kBoard);
  return report;
}

nlohmann::json to_json(const Ram& ram) {
  return {{"engine", ram.engine},
          {"module", ram.module},
          {"code", ram.code},
          {"instance", ram.instance},
          {"stack", ram.stack},
          {"tables", ram.tables},
          {"linear_memory", ram.linear_memory},
          {"total", ram.total()},
          {"pool", ram.pool()}};
}

}  // namespace mote::tool
