// SPDX-License-Identifier: Apache-2.0
// wasm.h: globals, tables and memories.
#include "capi/wasm_c_api/store.hpp"
#include "capi/wasm_c_api/types.hpp"

using namespace mote::wasm_c;

namespace {

/// The object of what the host made for importing: it stays until the store goes.
template <class T>
T* made_by_host(wasm_store_t* store, Kind kind, const mote::Result<mote::Extern>& made) {
  if (!made) return nullptr;
  auto* object = new T(kind, store);
  object->item = *made;
  store->objects.emplace(object->item.item, object);
  pin(object);
  return object;
}

}  // namespace

wasm_externkind_t wasm_extern_kind(const wasm_extern_t* item) {
  switch (item->kind) {
    case Kind::Func:
      return WASM_EXTERN_FUNC;
    case Kind::Global:
      return WASM_EXTERN_GLOBAL;
    case Kind::Table:
      return WASM_EXTERN_TABLE;
    default:
      return WASM_EXTERN_MEMORY;
  }
}
wasm_externtype_t* wasm_extern_type(const wasm_extern_t* item) {
  return to_c(mote::type_of(item->item));
}

// --- Globals.

wasm_global_t* wasm_global_new(wasm_store_t* store, const wasm_globaltype_t* type, const wasm_val_t* value) {
  mote::Value initial;
  if (!to_engine(store, value_type(type->content->kind), *value, initial)) return nullptr;
  return made_by_host<wasm_global_t>(store, Kind::Global,
                                     store->engine.new_global(initial, type->mutability == WASM_VAR));
}
wasm_globaltype_t* wasm_global_type(const wasm_global_t* global) {
  return wasm_externtype_as_globaltype(wasm_extern_type(global));
}
void wasm_global_get(const wasm_global_t* global, wasm_val_t* out) {
  *out = from_engine(global->store, mote::get_global(global->item));
}
void wasm_global_set(wasm_global_t* global, const wasm_val_t* value) {
  mote::Value changed;
  if (to_engine(global->store, mote::type_of(global->item).value, *value, changed))
    (void)mote::set_global(global->item, changed);  // the standard has no way to refuse
}

// --- Tables.

wasm_table_t* wasm_table_new(wasm_store_t* store, const wasm_tabletype_t* type, wasm_ref_t* init) {
  const mote::ValueType element = value_type(type->element->kind);
  uint32_t reference = 0;
  if (!reference_to_engine(store, element, init, reference)) return nullptr;
  return made_by_host<wasm_table_t>(store, Kind::Table,
                                    store->engine.new_table(element, limits_of(type->limits, 0), reference));
}
wasm_tabletype_t* wasm_table_type(const wasm_table_t* table) {
  return wasm_externtype_as_tabletype(wasm_extern_type(table));
}
wasm_ref_t* wasm_table_get(const wasm_table_t* table, wasm_table_size_t index) {
  uint32_t reference = 0;
  if (!mote::table_get(table->item, index, reference)) return nullptr;
  return from_engine(table->store, mote::Value(mote::type_of(table->item).value, reference)).of.ref;
}
bool wasm_table_set(wasm_table_t* table, wasm_table_size_t index, wasm_ref_t* reference) {
  uint32_t id = 0;
  return reference_to_engine(table->store, mote::type_of(table->item).value, reference, id) &&
         mote::table_set(table->item, index, id);
}
wasm_table_size_t wasm_table_size(const wasm_table_t* table) {
  return mote::table_size(table->item);
}
bool wasm_table_grow(wasm_table_t* table, wasm_table_size_t delta, wasm_ref_t* init) {
  uint32_t id = 0;
  return reference_to_engine(table->store, mote::type_of(table->item).value, init, id) &&
         mote::table_grow(table->store->engine, table->item, delta, id) >= 0;
}

// --- Memories.

wasm_memory_t* wasm_memory_new(wasm_store_t* store, const wasm_memorytype_t* type) {
  return made_by_host<wasm_memory_t>(store, Kind::Memory,
                                     store->engine.new_memory(limits_of(type->limits, 16)));
}
wasm_memorytype_t* wasm_memory_type(const wasm_memory_t* memory) {
  return wasm_externtype_as_memorytype(wasm_extern_type(memory));
}
byte_t* wasm_memory_data(wasm_memory_t* memory) {
  return reinterpret_cast<byte_t*>(mote::memory_bytes(memory->item).data());
}
size_t wasm_memory_data_size(const wasm_memory_t* memory) {
  return mote::memory_bytes(memory->item).size();
}
wasm_memory_pages_t wasm_memory_size(const wasm_memory_t* memory) {
  return mote::memory_pages(memory->item);
}
bool wasm_memory_grow(wasm_memory_t* memory, wasm_memory_pages_t delta) {
  return mote::memory_grow(memory->store->engine, memory->item, delta) >= 0;
}
