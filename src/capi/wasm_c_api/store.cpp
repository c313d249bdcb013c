// SPDX-License-Identifier: Apache-2.0
#include "capi/wasm_c_api/store.hpp"

#include <mote/wasm_config.h>
#include <sys/mman.h>

#include <algorithm>

#include "config/tiers.hpp"

using namespace mote::wasm_c;

namespace mote::wasm_c {

Config::Config() : tier(config::kNative ? Tier::Native : Tier::Vm) {}

Reservation::Reservation(size_t bytes) {
  constexpr size_t kLeast = 64 * 1024;
  for (; start_ == nullptr && bytes >= kLeast; bytes /= 2) {
    void* pages =
        mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (pages == MAP_FAILED) continue;
    start_ = static_cast<std::byte*>(pages);
    size_ = bytes;
  }
}
Reservation::~Reservation() {
  if (start_ != nullptr) munmap(start_, size_);
}

namespace {

void finalize(wasm_ref_t* object) {
  if (object->finalizer != nullptr) object->finalizer(object->host_info);
  object->finalizer = nullptr;
}

/// What the engine knows the object by, or nullptr.
const void* key_of(const wasm_ref_t* object) {
  if (object->kind == Kind::Instance) return static_cast<const wasm_instance_t*>(object)->instance.state();
  if (object->kind >= Kind::Func) return static_cast<const wasm_extern_t*>(object)->item.item;
  return nullptr;
}

void destroy_extern(wasm_extern_t* object) {
  if (object->owner == nullptr && object->item.item != nullptr) object->store->engine.release(object->item);
  if (object->kind == Kind::Func) {
    auto* function = static_cast<wasm_func_t*>(object);
    if (function->env_finalizer != nullptr) function->env_finalizer(function->env);
    wasm_functype_delete(function->type);
    delete function;
  } else if (object->kind == Kind::Global) {
    delete static_cast<wasm_global_t*>(object);
  } else if (object->kind == Kind::Table) {
    delete static_cast<wasm_table_t*>(object);
  } else {
    delete static_cast<wasm_memory_t*>(object);
  }
}

void destroy(wasm_ref_t* object) {
  finalize(object);
  const void* key = key_of(object);
  if (key != nullptr) object->store->objects.erase(key);
  switch (object->kind) {
    case Kind::Foreign:
      return delete static_cast<wasm_foreign_t*>(object);
    case Kind::Module:
      return delete static_cast<wasm_module_t*>(object);
    case Kind::Trap:
      return delete static_cast<wasm_trap_t*>(object);
    case Kind::Instance: {
      auto* instance = static_cast<wasm_instance_t*>(object);
      for (wasm_extern_t* item : instance->kept) destroy(item);
      return delete instance;
    }
    default:
      return destroy_extern(static_cast<wasm_extern_t*>(object));
  }
}

}  // namespace

void pin(wasm_ref_t* object) {
  if (object->pinned) return;
  object->pinned = true;
  object->store->resting.push_back(object);
}

void let_go(wasm_ref_t* object) {
  if (object == nullptr || --object->handles > 0) return;
  wasm_store_t* store = object->store;
  wasm_instance_t* owner = object->kind >= Kind::Func ? static_cast<wasm_extern_t*>(object)->owner : nullptr;
  if (!object->pinned) {
    if (owner != nullptr && object->host_info != nullptr) {
      owner->kept.push_back(static_cast<wasm_extern_t*>(object));
    } else {
      destroy(object);
    }
  }
  let_go(owner);
  --store->holders;
  close_if_unused(store);
}

void close_if_unused(wasm_store_t* store) {
  if (store->holders > 0 || store->closing) return;
  store->closing = true;
  // Instances before what they import; finalizers may not use what they belong to.
  std::stable_sort(store->resting.begin(), store->resting.end(), [](const auto* a, const auto* b) {
    return (a->kind == Kind::Instance) > (b->kind == Kind::Instance);
  });
  for (wasm_ref_t* object : store->resting) {
    // Instances that are linked go with the last of them: until then their modules' bytes are needed.
    if (object->kind == Kind::Instance) store->bytes.push_back(static_cast<wasm_instance_t*>(object)->bytes);
    destroy(object);
  }
  delete store;
}

namespace {

template <class T>
T* make_extern(wasm_store_t* store, Kind kind, const Extern& item) {
  auto* object = new T(kind, store);
  object->item = item;
  return object;
}

wasm_extern_t* make_handle(wasm_store_t* store, const Extern& item) {
  switch (item.kind) {
    case ExternKind::Function:
      return make_extern<wasm_func_t>(store, Kind::Func, item);
    case ExternKind::Global:
      return make_extern<wasm_global_t>(store, Kind::Global, item);
    case ExternKind::Table:
      return make_extern<wasm_table_t>(store, Kind::Table, item);
    default:
      return make_extern<wasm_memory_t>(store, Kind::Memory, item);
  }
}

}  // namespace

wasm_extern_t* handle_of(wasm_store_t* store, const Extern& item) {
  const auto known = store->objects.find(item.item);
  if (known != store->objects.end()) {
    auto* object = static_cast<wasm_extern_t*>(known->second);
    if (object->handles == 0 && object->owner != nullptr) {
      hold(object->owner);
      std::erase(object->owner->kept, object);
    }
    return hold(object);
  }
  wasm_extern_t* object = make_handle(store, item);
  store->objects.emplace(item.item, object);
  const auto owner = store->objects.find(item.owner);
  if (owner != store->objects.end()) object->owner = hold(static_cast<wasm_instance_t*>(owner->second));
  return object;
}

}  // namespace mote::wasm_c

wasm_ref_t::wasm_ref_t(Kind k, wasm_store_t* s) : kind(k), store(s) {
  ++s->holders;
}

wasm_config_t* wasm_config_new(void) {
  return new wasm_config_t;
}
void wasm_config_delete(wasm_config_t* config) {
  delete config;
}
void mote_wasm_config_set_pool(wasm_config_t* config, size_t bytes) {
  config->config.pool_bytes = bytes;
}
void mote_wasm_config_set_stack(wasm_config_t* config, uint32_t bytes) {
  config->config.stack_bytes = bytes;
}
void mote_wasm_config_set_tier(wasm_config_t* config, mote_tier tier) {
  config->config.tier = static_cast<mote::Tier>(tier);
}

wasm_engine_t* wasm_engine_new(void) {
  return new wasm_engine_t;
}
wasm_engine_t* wasm_engine_new_with_config(wasm_config_t* config) {
  auto* engine = new wasm_engine_t{config->config};
  delete config;
  return engine;
}
void wasm_engine_delete(wasm_engine_t* engine) {
  delete engine;
}

wasm_store_t* wasm_store_new(wasm_engine_t* engine) {
  auto* store = new wasm_store_t(engine->config);
  if (store->engine.state() != nullptr) return store;
  delete store;
  return nullptr;
}
void wasm_store_delete(wasm_store_t* store) {
  if (store == nullptr) return;
  --store->holders;
  close_if_unused(store);
}
