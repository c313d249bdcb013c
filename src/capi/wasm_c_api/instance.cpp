// SPDX-License-Identifier: Apache-2.0
// wasm.h: instances.
#include "capi/wasm_c_api/store.hpp"
#include "capi/wasm_c_api/vector.hpp"
#include "runtime/engine.hpp"

using namespace mote::wasm_c;

namespace {

/// Other instances may come to hold references into one that shares something with them.
bool is_alone(const wasm_extern_vec_t& imports) {
  for (size_t i = 0; i < imports.size; ++i) {
    const wasm_extern_t* item = imports.data[i];
    if (item->kind != Kind::Func || item->owner != nullptr) return false;
  }
  return true;
}

/// Whether the imports are there and of this store; a trap otherwise.
wasm_trap_t* check_imports(wasm_store_t* store, const wasm_extern_vec_t& imports) {
  for (size_t i = 0; i < imports.size; ++i) {
    if (imports.data[i] == nullptr) return make_trap(store, "import " + std::to_string(i) + " is NULL");
    if (imports.data[i]->store != store)
      return make_trap(store, "import " + std::to_string(i) + " belongs to another store");
  }
  return nullptr;
}

/// A program sees memories through the API: all their pages must be there.
bool complete_memories(wasm_store_t* store, mote::runtime::Instance& instance) {
  for (uint32_t i = 0; i < instance.module->wasm.memories.count; ++i) {
    if (!mote::runtime::complete(*instance.memories[i], *store->engine.state())) return false;
  }
  return true;
}

/// Linked but not started.
mote::Result<mote::Instance> link(wasm_store_t* store, const wasm_module_t* module,
                                  const wasm_extern_vec_t& imports) {
  std::vector<mote::Extern> externs;
  for (size_t i = 0; i < imports.size; ++i) externs.push_back(imports.data[i]->item);
  mote::InstanceOptions options;
  options.stack_bytes = store->config.stack_bytes;
  options.run_start = false;
  auto made = store->engine.instantiate(module->module, {.in_order = externs}, options);
  if (made && !complete_memories(store, *made->state()))
    return mote::runtime::no_room(store->engine.state()->pool, "no memory for a linear memory");
  return made;
}

wasm_instance_t* make_instance(wasm_store_t* store, const wasm_module_t* module,
                               const wasm_extern_vec_t& imports, wasm_trap_t*& trap) {
  trap = check_imports(store, imports);
  if (trap != nullptr) return nullptr;
  mote::Result<mote::Instance> made = link(store, module, imports);
  const bool alone = is_alone(imports);
  if (!made) {
    if (!alone) store->bytes.push_back(module->bytes);
    trap = make_trap(store, made.error(), nullptr);
    return nullptr;
  }
  auto* instance = new wasm_instance_t(Kind::Instance, store);
  instance->bytes = module->bytes;
  instance->instance = std::move(*made);
  store->objects.emplace(instance->instance.state(), instance);
  if (!alone) pin(instance);
  for (size_t i = 0; i < imports.size; ++i) {
    if (imports.data[i]->owner != nullptr) pin(imports.data[i]->owner);
  }
  const mote::Result<void> started = instance->instance.start();
  if (started) return instance;
  trap = make_trap(store, started.error(), instance->instance.state());
  for (wasm_frame_t& frame : trap->frames) frame.instance = alone ? nullptr : frame.instance;
  let_go(instance);
  return nullptr;
}

}  // namespace

wasm_instance_t* wasm_instance_new(wasm_store_t* store, const wasm_module_t* module,
                                   const wasm_extern_vec_t* imports, wasm_trap_t** trap) {
  const wasm_extern_vec_t none = WASM_EMPTY_VEC;
  wasm_trap_t* why = nullptr;
  wasm_instance_t* instance = make_instance(store, module, imports != nullptr ? *imports : none, why);
  if (trap != nullptr) {
    *trap = why;
  } else {
    let_go(why);
  }
  return instance;
}

void wasm_instance_exports(const wasm_instance_t* instance, wasm_extern_vec_t* out) {
  mote::runtime::Instance& state = *instance->instance.state();
  std::vector<wasm_extern_t*> items;
  mote::wasm::Exports exports(state.module->wasm);
  mote::wasm::Export item;
  while (exports.next(item)) {
    const mote::runtime::Extern found = mote::runtime::export_of(state, item);
    items.push_back(handle_of(
        instance->store, {static_cast<mote::ExternKind>(item.kind), found.function, &state, item.index}));
  }
  wasm_extern_vec_new(out, items.size(), items.data());
}
