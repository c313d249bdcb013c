// SPDX-License-Identifier: Apache-2.0
#include "compile/compile.hpp"

#include <cstring>

#include "compile/isa/target.hpp"
#include "native/executable.hpp"
#include "runtime/engine.hpp"

namespace mote::compile {

using runtime::Tier;

bool place_globals(wasm::Module& module, Error& error) {
  uint32_t slot = 0;
  for (uint32_t i = module.imported_globals; i < module.globals.count; ++i) {
    if (slot > 0xfff0) return runtime::refuse(error, "too many globals");
    module.globals[i].slot = static_cast<uint16_t>(slot);
    slot += wasm::slots_of(module.globals[i].type.type);
  }
  return true;
}

namespace {

bool out_of_memory(const Pool& pool, Error& error) {
  return runtime::refuse_memory(error, pool, "no memory for the module");
}

bool is_native(const runtime::LoadedModule& loaded) {
  return config::kNative && loaded.options.tier == Tier::Native && loaded.options.isa == config::kNativeIsa;
}

/// Leaves the code where it can run.
bool publish(runtime::LoadedModule& loaded, CodeBuffer& code) {
  loaded.code_bytes = code.position();
  if constexpr (config::kNative) {
    if (is_native(loaded)) return native::publish(loaded, code);
  }
  loaded.code = code.release();
  return true;
}

}  // namespace

bool compile_module(Pool& pool, runtime::LoadedModule& loaded, Error& error) {
  if (!place_globals(loaded.wasm, error)) return false;
  pool.clear_missing();
  auto* entries = pool.array<uint32_t>(loaded.wasm.defined_functions());
  if (entries == nullptr) return out_of_memory(pool, error);
  CodeBuffer code(pool);
  bool ok = for_isa(loaded.options.isa, [&]<IsaId I>() {
    return PerIsa<I>::compile_functions(pool, loaded, code, entries, error);
  });
  if (ok) ok = publish(loaded, code);
  if (ok) {
    size_memories(loaded.wasm, loaded.touches_memory);
    loaded.entries = entries;
    return true;
  }
  if (!error) out_of_memory(pool, error);
  if constexpr (wasm::kExceptions) pool.free(loaded.handlers.rows);
  pool.free(entries);
  return false;
}

void release_code(runtime::LoadedModule& loaded, Pool& pool) {
  if constexpr (config::kNative) {
    if (is_native(loaded)) return native::unpublish(loaded, pool);
  }
  if (!loaded.in_image) pool.free(loaded.code);
}

Location locate(const runtime::LoadedModule& loaded, Pool& pool, uint32_t code_offset) {
  const wasm::Module& module = loaded.wasm;
  Location location;
  uint32_t index = module.defined_functions();
  while (index > 0 && loaded.entries[index - 1] > code_offset) --index;
  if (index == 0) return location;
  --index;
  location.function = module.imported_functions + index;
  wasm::Bodies bodies(module);
  wasm::Body body;
  for (uint32_t i = 0; i <= index; ++i) {
    if (!bodies.next(body)) return location;
  }
  location.offset = for_isa(loaded.options.isa, [&]<IsaId I>() {
    return PerIsa<I>::locate_offset(loaded, pool, index, body, code_offset);
  });
  return location;
}

}  // namespace mote::compile
