// SPDX-License-Identifier: Apache-2.0
// A module's functions through one ISA. Instantiated once for each ISA, in isa/<isa>/compile.cpp.
#pragma once
#include <new>

#include "compile/per_isa.hpp"
#include "compile/single_pass.inl"

namespace mote::compile {

/// Code is about as long as the Wasm code it comes from; starting there saves moving it.
constexpr uint32_t first_guess(uint32_t wasm_bytes) {
  return wasm_bytes - wasm_bytes / 8;
}

/// Leaves the handlers of all functions with the module.
template <class Rows>
bool keep_handlers(Pool& pool, runtime::LoadedModule& loaded, const Rows& handlers) {
  loaded.handlers.count = handlers.size();
  if (handlers.empty()) return true;
  loaded.handlers.rows = pool.array<runtime::Handler>(handlers.size());
  for (uint32_t i = 0; loaded.handlers.rows != nullptr && i < handlers.size(); ++i)
    loaded.handlers.rows[i] = handlers[i];
  return loaded.handlers.rows != nullptr;
}

/// Compiles every function. `entries` (one for each defined function, in the pool) is filled; the code is
/// left in `code`. False: `error` says why, or `code` is not ok().
template <class I>
bool compile_functions(Pool& pool, runtime::LoadedModule& loaded, CodeBuffer& code, uint32_t* entries,
                       Error& error) {
  const wasm::Module& module = loaded.wasm;
  (void)code.reserve(first_guess(module.code_size));
  I isa(module, code, entries, loaded.options);
  SinglePass<I> pass(module, pool, isa, error);
  wasm::Bodies bodies(module);
  wasm::Body body;
  for (uint32_t i = 0; bodies.next(body); ++i) {
    isa.select_function(module.imported_functions + i);
    uint32_t entry = 0;
    if (!pass.compile(module.imported_functions + i, body, entry) || !code.ok()) return false;
    entries[i] = entry;
  }
  loaded.touches_memory = pass.touches_memory();
  if constexpr (wasm::kExceptions) return keep_handlers(pool, loaded, pass.handlers());
  return true;
}

/// Finds what the code at `code_offset`, in the index-th defined function, was compiled from: compiles that
/// function again, twice, the second time watching the place.
template <class I>
uint32_t locate_offset(const runtime::LoadedModule& loaded, Pool& pool, uint32_t index,
                       const wasm::Body& body, uint32_t code_offset) {
  const wasm::Module& module = loaded.wasm;
  const uint32_t function = module.imported_functions + index;
  Error error;
  CodeBuffer code(pool);
  I isa(module, code, loaded.entries, loaded.options);
  SinglePass<I> pass(module, pool, isa, error);
  isa.select_function(function);
  isa.detach();
  uint32_t entry = 0;
  if (!pass.compile(function, body, entry)) return Error::kNoOffset;
  // Now it is known where the entry lies in this copy, and so the wanted place.
  isa.watch(entry + (code_offset - loaded.entries[index]));
  isa.select_function(function);
  code.rewind(0);
  return pass.compile(function, body, entry) ? isa.watched_offset() : Error::kNoOffset;
}

/// See function_compiler.hpp. Lies in the pool.
template <class I>
class FunctionCompilerOf final : public FunctionCompiler {
 public:
  FunctionCompilerOf(Pool& pool, runtime::LoadedModule& loaded, CodeBuffer& code, uint32_t* entries,
                     Error& error)
      : pool_(pool),
        module_(loaded.wasm),
        code_(code),
        entries_(entries),
        isa_(loaded.wasm, code, entries, loaded.options),
        pass_(loaded.wasm, pool, isa_, error) {}

  bool compile(const wasm::Body& body) override {
    const uint32_t function = module_.imported_functions + done_;
    isa_.select_function(function);
    uint32_t entry = 0;
    if (!pass_.compile(function, body, entry) || !code_.ok()) return false;
    entries_[done_++] = entry;
    return true;
  }
  bool touches_memory() const override { return pass_.touches_memory(); }
  std::span<const runtime::Handler> handlers() const override {
    if constexpr (wasm::kExceptions) {
      const auto& rows = pass_.handlers();
      return {rows.data(), rows.size()};
    }
    return {};
  }
  bool leaves() const override { return I::kLeaves; }
  uint32_t reserved_bytes() const override { return I::reserved_bytes(module_.defined_functions()); }
  void write_reserved(uint32_t at, uint8_t* to, uint32_t bytes) const override {
    I::write_reserved(entries_, at, to, bytes);
  }
  uint32_t frame_bytes(const uint8_t* code) const override { return I::frame_bytes(code); }
  uint32_t features() const override { return isa_.features(); }
  void end() override {
    Pool& pool = pool_;
    this->~FunctionCompilerOf();
    pool.free(this);
  }

 private:
  ~FunctionCompilerOf() = default;

  Pool& pool_;
  const wasm::Module& module_;
  CodeBuffer& code_;
  uint32_t* entries_;
  I isa_;
  SinglePass<I> pass_;
  uint32_t done_ = 0;
};

template <IsaId I>
bool PerIsa<I>::compile_functions(Pool& pool, runtime::LoadedModule& loaded, CodeBuffer& code,
                                  uint32_t* entries, Error& error) {
  return compile::compile_functions<typename AssemblerOf<I>::Type>(pool, loaded, code, entries, error);
}

template <IsaId I>
uint32_t PerIsa<I>::locate_offset(const runtime::LoadedModule& loaded, Pool& pool, uint32_t index,
                                  const wasm::Body& body, uint32_t code_offset) {
  return compile::locate_offset<typename AssemblerOf<I>::Type>(loaded, pool, index, body, code_offset);
}

template <IsaId I>
FunctionCompiler* PerIsa<I>::make_compiler(Pool& pool, runtime::LoadedModule& loaded, CodeBuffer& code,
                                           uint32_t* entries, Error& error) {
  using Made = FunctionCompilerOf<typename AssemblerOf<I>::Type>;
  void* place = pool.allocate_high(sizeof(Made));
  return place == nullptr ? nullptr : new (place) Made(pool, loaded, code, entries, error);
}

}  // namespace mote::compile
