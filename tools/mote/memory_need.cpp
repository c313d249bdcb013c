// SPDX-License-Identifier: Apache-2.0
#include "memory_need.hpp"

#include <algorithm>

#include "instructions.hpp"

namespace mote::tool {

namespace {

constexpr uint8_t kGlobalNames = 7;  // subsection of the name section (extended-name-section proposal)

/// The value of an expression that is one i32.const.
std::optional<uint32_t> constant_of(const wasm::Module& module, const wasm::ConstExpr& expression) {
  if (expression.at == nullptr || *expression.at != 0x41) return std::nullopt;
  Error error;
  wasm::Reader reader(expression.at + 1, module.bytes.data() + module.bytes.size(), module.bytes.data(),
                      error);
  const auto value = static_cast<uint32_t>(reader.s32());
  if (reader.u8() != 0x0b || !reader.ok()) return std::nullopt;
  return value;
}

/// The end of all active data of memory 0; nothing when a place is not constant.
std::optional<uint64_t> data_end(const wasm::Module& module) {
  uint64_t end = 0;
  for (const wasm::DataSegment& segment : module.data) {
    if (segment.mode != wasm::SegmentMode::Active || segment.memory != 0) continue;
    const auto at = constant_of(module, segment.offset);
    if (!at) return std::nullopt;
    end = std::max(end, uint64_t{*at} + segment.size);
  }
  return end;
}

std::optional<uint32_t> exported_constant(const wasm::Module& module, std::string_view name) {
  wasm::Export item;
  if (!wasm::find_export(module, name, item) || item.kind != wasm::ExternKind::Global) return std::nullopt;
  const wasm::Global& global = module.globals[item.index];
  return global.type.mutable_ ? std::nullopt : constant_of(module, global.init);
}

/// The index of the global that the name section calls so.
std::optional<uint32_t> named_global(const wasm::Module& module, std::string_view name) {
  if (module.name_section == nullptr) return std::nullopt;
  Error error;
  wasm::Reader reader(module.name_section, module.name_section + module.name_section_size,
                      module.bytes.data(), error);
  while (reader.ok() && !reader.at_end()) {
    const uint8_t id = reader.u8();
    wasm::Reader map = reader.sub(reader.u32());
    if (id != kGlobalNames) continue;
    for (uint32_t left = map.u32(); left > 0 && map.ok(); --left) {
      const uint32_t index = map.u32();
      if (map.name() == name && map.ok() && index < module.globals.count) return index;
    }
  }
  return std::nullopt;
}

std::optional<uint32_t> named_constant(const wasm::Module& module, std::string_view name) {
  const auto index = named_global(module, name);
  if (!index || module.globals[*index].type.mutable_) return std::nullopt;
  return constant_of(module, module.globals[*index].init);
}

/// Where the stack begins, which grows down.
std::optional<uint32_t> stack_top(const wasm::Module& module) {
  const auto index = named_global(module, "__stack_pointer");
  if (!index || !module.globals[*index].type.mutable_) return std::nullopt;
  return constant_of(module, module.globals[*index].init);
}

void look_at_code(const wasm::Module& module, MemoryNeed& need) {
  for_each_instruction(module, [&](Instruction instruction) {
    if (instruction.op == wasm::Op::MemorySize || instruction.op == wasm::Op::MemoryGrow)
      need.asks_for_memory = true;
    if (instruction.op == wasm::Op::I32Const)
      need.end_in_code |= static_cast<uint32_t>(instruction.immediates.s32()) == need.declared;
  });
}

}  // namespace

MemoryNeed memory_need(const wasm::Module& module, bool touches_memory) {
  MemoryNeed need;
  if (module.memories.count != 1 || module.imported_memories != 0) {
    need.why = module.memories.count == 0      ? "it has no memory"
               : module.imported_memories != 0 ? "its memory is imported"
                                               : "it has several memories";
    return need;
  }
  need.declared = module.memories[0].limits.min << module.memories[0].page_log2;
  look_at_code(module, need);
  const auto data = data_end(module);
  need.data_end = data.value_or(0);
  auto heap_base = exported_constant(module, "__heap_base");
  if (!heap_base) heap_base = named_constant(module, "~lib/memory/__heap_base");
  const auto stack = stack_top(module);
  if (!data) {
    need.why = "a data segment's place is not a constant";
  } else if (!touches_memory) {
    need.needed = *data;
    need.why = "no instruction touches the memory: only data segments fill it";
  } else if (heap_base && *heap_base >= *data) {
    need.needed = *heap_base;
    need.why = "its __heap_base: data, zeroed data and stack lie below";
  } else if (stack && *stack >= *data && *data > 0) {
    need.needed = *stack;
    need.why = "its stack pointer: data and zeroed data lie below the stack";
  } else {
    need.why = "it does not say where its data ends: link it with --export=__heap_base";
  }
  if (need.needed && *need.needed > need.declared) need.needed = need.declared;
  return need;
}

}  // namespace mote::tool
