// SPDX-License-Identifier: Apache-2.0
// The rows of a module's tables in an image, field by field, in one place for both directions: an archive has
// number(T&) for fields of fixed width, type(ValType&), wide() and place(const uint8_t*&) for pointers, which
// images keep as offsets.
#pragma once
#include "wasm/module.hpp"

namespace mote::image {

template <class Archive>
void row(Archive& archive, wasm::ValType& type) {
  archive.type(type);
}

template <class Archive>
void row(Archive& archive, wasm::FuncType& type) {
  archive.place(type.params);
  archive.number(type.results_at);
  archive.number(type.param_count);
  archive.number(type.result_count);
  archive.number(type.param_slots);
  archive.number(type.result_slots);
  archive.number(type.canonical);
  if constexpr (wasm::kTypedReferences) {
    if (!archive.wide()) return;
    archive.number(type.more.id);
    archive.number(type.more.super_plus_1);
    archive.number(type.more.group);
    archive.number(type.more.group_size);
    archive.number(type.more.kind);
    archive.number(type.more.open);
  }
}

template <class Archive>
void row(Archive& archive, wasm::Limits& limits) {
  archive.number(limits.min);
  archive.number(limits.max);
  archive.number(limits.is_64);
  archive.number(limits.shared);
}

template <class Archive>
void row(Archive& archive, wasm::Table& table) {
  archive.place(table.init.at);
  row(archive, table.type.element);
  row(archive, table.type.limits);
}

template <class Archive>
void row(Archive& archive, wasm::MemoryType& memory) {
  row(archive, memory.limits);
  archive.number(memory.page_log2);
}

template <class Archive>
void row(Archive& archive, wasm::Global& global) {
  archive.place(global.init.at);
  row(archive, global.type.type);
  archive.number(global.type.mutable_);
}

template <class Archive>
void row(Archive& archive, wasm::ElementSegment& segment) {
  archive.place(segment.items);
  archive.place(segment.offset.at);
  archive.number(segment.count);
  row(archive, segment.type);
  archive.number(segment.table);
  archive.number(segment.mode);
  archive.number(segment.expressions);
}

template <class Archive>
void row(Archive& archive, wasm::DataSegment& segment) {
  archive.place(segment.bytes);
  archive.place(segment.offset.at);
  archive.number(segment.size);
  archive.number(segment.memory);
  archive.number(segment.mode);
}

/// All tables, in the order of the format.
template <class Archive>
void rows(Archive& archive, wasm::Module& module) {
  const auto each = [&](auto& table) {
    for (auto& one : table) row(archive, one);
  };
  each(module.types);
  each(module.tables);
  each(module.memories);
  each(module.globals);
  each(module.elements);
  each(module.data);
}

}  // namespace mote::image
