// SPDX-License-Identifier: Apache-2.0
#include "compile/compile.hpp"

#include "compile/isa/target.hpp"
#include "compile/single_pass.inl"

namespace mote::compile {

namespace {

/// Defined globals get their slots in the instance, in order.
bool place_globals(wasm::Module& module, Error& error) {
  uint32_t slot = 0;
  for (uint32_t i = module.imported_globals; i < module.globals.count; ++i) {
    if (slot > 0xfff0) {
      error = {.code = ErrorCode::Limit, .message = "too many globals"};
      return false;
    }
    module.globals[i].slot = static_cast<uint16_t>(slot);
    slot += wasm::slots_of(module.globals[i].type.type);
  }
  return true;
}

bool out_of_memory(const Pool& pool, Error& error) {
  error = {.code = ErrorCode::OutOfMemory,
           .detail = static_cast<uint32_t>(pool.missing()),
           .message = "no memory for the module's code"};
  return false;
}

/// Code is about as long as the Wasm code it comes from; starting there saves moving it.
constexpr uint32_t first_guess(uint32_t wasm_bytes) {
  return wasm_bytes - wasm_bytes / 8;
}

}  // namespace

bool compile_module(Pool& pool, runtime::LoadedModule& loaded, Error& error) {
  const wasm::Module& module = loaded.wasm;
  if (!place_globals(loaded.wasm, error)) return false;
  pool.clear_missing();
  auto* entries = pool.array<uint32_t>(module.defined_functions());
  if (entries == nullptr) return out_of_memory(pool, error);
  CodeBuffer code(pool);
  (void)code.reserve(first_guess(module.code_size));
  TargetIsa isa(module, code, entries);
  SinglePass<TargetIsa> pass(module, pool, isa, error);

  wasm::Bodies bodies(module);
  wasm::Body body;
  bool ok = true;
  for (uint32_t i = 0; ok && bodies.next(body); ++i) {
    isa.select_function(module.imported_functions + i);
    ok = pass.compile(module.imported_functions + i, body, entries[i]);
    if (ok && !code.ok()) ok = out_of_memory(pool, error);
  }
  if (!ok) {
    pool.free(entries);
    return false;
  }
  loaded.entries = entries;
  loaded.touches_memory = pass.touches_memory();
  loaded.code_bytes = code.position();
  loaded.code = code.release();
  return true;
}

Location locate(const runtime::LoadedModule& loaded, Pool& pool, uint32_t code_offset) {
  const wasm::Module& module = loaded.wasm;
  Location location;
  const uint32_t count = module.defined_functions();
  uint32_t index = count;
  while (index > 0 && loaded.entries[index - 1] > code_offset) --index;
  if (index == 0) return location;
  --index;
  location.function = module.imported_functions + index;

  wasm::Bodies bodies(module);
  wasm::Body body;
  for (uint32_t i = 0; i <= index; ++i) {
    if (!bodies.next(body)) return location;
  }
  Error error;
  CodeBuffer code(pool);
  TargetIsa isa(module, code, loaded.entries);
  SinglePass<TargetIsa> pass(module, pool, isa, error);
  isa.select_function(location.function);
  isa.detach();
  uint32_t entry = 0;
  if (!pass.compile(location.function, body, entry)) return location;
  // Now it is known where the entry lies in this copy, and so the wanted place.
  isa.watch(entry + (code_offset - loaded.entries[index]));
  isa.select_function(location.function);
  code.rewind(0);
  if (pass.compile(location.function, body, entry)) location.offset = isa.watched_offset();
  return location;
}

}  // namespace mote::compile
