// SPDX-License-Identifier: Apache-2.0
// wasm.h: modules. A serialised module is its bytes: compiling them again takes no longer than checking them.
#include "capi/wasm_c_api/store.hpp"
#include "capi/wasm_c_api/types.hpp"
#include "capi/wasm_c_api/vector.hpp"

using namespace mote::wasm_c;

namespace {

using Shared = std::shared_ptr<const Bytes>;

wasm_module_t* load(wasm_store_t* store, const Shared& bytes) {
  mote::Result<mote::Module> loaded = store->engine.load(*bytes, {.tier = store->config.tier});
  if (!loaded) return nullptr;
  auto* module = new wasm_module_t(Kind::Module, store);
  module->bytes = bytes;
  module->module = std::move(*loaded);
  return module;
}

Shared copy_of(const wasm_byte_vec_t* binary) {
  const auto* data = reinterpret_cast<const uint8_t*>(binary->data);
  return std::make_shared<const Bytes>(data, data + binary->size);
}

}  // namespace

wasm_module_t* wasm_module_new(wasm_store_t* store, const wasm_byte_vec_t* binary) {
  return load(store, copy_of(binary));
}

bool wasm_module_validate(wasm_store_t* store, const wasm_byte_vec_t* binary) {
  const auto* data = reinterpret_cast<const uint8_t*>(binary->data);
  return store->engine.load(std::span(data, binary->size)).ok();
}

void wasm_module_imports(const wasm_module_t* module, wasm_importtype_vec_t* out) {
  std::vector<wasm_importtype_t*> types;
  module->module.imports([&](const mote::ImportInfo& import) {
    wasm_name_t from = name_of(import.module), name = name_of(import.name);
    types.push_back(wasm_importtype_new(&from, &name, to_c(import.type)));
  });
  wasm_importtype_vec_new(out, types.size(), types.data());
}

void wasm_module_exports(const wasm_module_t* module, wasm_exporttype_vec_t* out) {
  std::vector<wasm_exporttype_t*> types;
  module->module.exports([&](const mote::ExportInfo& item) {
    wasm_name_t name = name_of(item.name);
    types.push_back(wasm_exporttype_new(&name, to_c(item.type)));
  });
  wasm_exporttype_vec_new(out, types.size(), types.data());
}

void wasm_module_serialize(const wasm_module_t* module, wasm_byte_vec_t* out) {
  wasm_byte_vec_new(out, module->bytes->size(), reinterpret_cast<const char*>(module->bytes->data()));
}
wasm_module_t* wasm_module_deserialize(wasm_store_t* store, const wasm_byte_vec_t* bytes) {
  return load(store, copy_of(bytes));
}

wasm_shared_module_t* wasm_module_share(const wasm_module_t* module) {
  return new wasm_shared_module_t{module->bytes};
}
void wasm_shared_module_delete(wasm_shared_module_t* shared) {
  delete shared;
}
wasm_module_t* wasm_module_obtain(wasm_store_t* store, const wasm_shared_module_t* shared) {
  return load(store, shared->bytes);
}
