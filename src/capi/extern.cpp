// SPDX-License-Identifier: Apache-2.0
// mote.h: externs.
#include "capi/handles.hpp"

using namespace mote::capi;

namespace {

mote::ExternLimits limits_of(const mote_limits& limits) {
  return {limits.min, limits.max, limits.page_log2, limits.is_64, limits.is_shared};
}

bool deliver(const mote::Result<mote::Extern>& made, mote_extern* item, mote_error* error) {
  if (!made) return fail(made.error(), error);
  *item = to_c(*made);
  return true;
}

}  // namespace

bool mote_extern_new_memory(mote_engine* engine, const mote_limits* limits, void* storage, mote_extern* item,
                            mote_error* error) {
  std::span<uint8_t> bytes;
  const uint64_t pages = limits->is_shared ? limits->max : limits->min;
  if (storage != nullptr)
    bytes = {static_cast<uint8_t*>(storage), static_cast<size_t>(pages << limits->page_log2)};
  return deliver(borrow(engine)->new_memory(limits_of(*limits), bytes), item, error);
}

bool mote_extern_new_table(mote_engine* engine, mote_value_type element, const mote_limits* limits,
                           uint32_t initial_reference, mote_extern* item, mote_error* error) {
  return deliver(
      borrow(engine)->new_table(static_cast<mote::ValueType>(element), limits_of(*limits), initial_reference),
      item, error);
}

bool mote_extern_new_global(mote_engine* engine, const mote_value* value, bool is_mutable, mote_extern* item,
                            mote_error* error) {
  return deliver(borrow(engine)->new_global(to_cpp(*value), is_mutable), item, error);
}

bool mote_extern_new_function(mote_engine* engine, const mote_host_function* function, void* data,
                              mote_extern* item, mote_error* error) {
  const auto& row = *reinterpret_cast<const mote::HostFunction*>(function);
  return deliver(borrow(engine)->new_function(row, data), item, error);
}

void mote_extern_release(mote_engine* engine, const mote_extern* item) {
  borrow(engine)->release(to_cpp(*item));
}

mote_extern_type mote_extern_type_of(const mote_extern* item) {
  return to_c(mote::type_of(to_cpp(*item)));
}

mote_function* mote_extern_function(const mote_extern* item) {
  return item->kind == MOTE_FUNCTION ? reinterpret_cast<mote_function*>(item->item) : nullptr;
}

mote_value mote_global_get(const mote_extern* global) {
  return to_c(mote::get_global(to_cpp(*global)));
}

bool mote_global_set(const mote_extern* global, const mote_value* value, mote_error* error) {
  const mote::Result<void> done = mote::set_global(to_cpp(*global), to_cpp(*value));
  return done ? true : fail(done.error(), error);
}

uint8_t* mote_memory_bytes(const mote_extern* memory, size_t* bytes) {
  const std::span<uint8_t> all = mote::memory_bytes(to_cpp(*memory));
  *bytes = all.size();
  return all.data();
}

uint32_t mote_memory_pages(const mote_extern* memory) {
  return mote::memory_pages(to_cpp(*memory));
}

int32_t mote_memory_grow(mote_engine* engine, const mote_extern* memory, uint32_t pages) {
  return mote::memory_grow(*borrow(engine), to_cpp(*memory), pages);
}

uint32_t mote_table_size(const mote_extern* table) {
  return mote::table_size(to_cpp(*table));
}

bool mote_table_get(const mote_extern* table, uint32_t index, uint32_t* reference) {
  return mote::table_get(to_cpp(*table), index, *reference);
}

bool mote_table_set(const mote_extern* table, uint32_t index, uint32_t reference) {
  return mote::table_set(to_cpp(*table), index, reference);
}

int32_t mote_table_grow(mote_engine* engine, const mote_extern* table, uint32_t elements,
                        uint32_t reference) {
  return mote::table_grow(*borrow(engine), to_cpp(*table), elements, reference);
}
