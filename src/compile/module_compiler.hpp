// SPDX-License-Identifier: Apache-2.0
// A module's functions through one ISA. Instantiated once for each ISA, in isa/<isa>/compile.cpp.
#pragma once
#include <new>

#include "compile/any_isa.hpp"
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

template <class I>
using PassOf = SinglePass<std::conditional_t<std::is_base_of_v<AnyIsa, I>, AnyIsa, I>>;

/// The assembler of an ISA and the pass that drives it.
template <class I>
struct Compilation {
  Compilation(Pool& pool, const runtime::LoadedModule& loaded, CodeBuffer& code, uint32_t* entries,
              Error& error)
      : isa(loaded.wasm, code, entries, loaded.options), pass(loaded.wasm, pool, isa, error) {}

  I isa;
  PassOf<I> pass;
};

/// Bytes of a Compilation that may lie on the caller's stack, which is a small thread's on an RTOS.
constexpr size_t kMostOnStack = 512;

/// `work` on a Compilation, which is in the pool when it is large. False: it was, or the pool lacks the room.
template <class I, class Work>
bool with_compilation(Pool& pool, const runtime::LoadedModule& loaded, CodeBuffer& code, uint32_t* entries,
                      Error& error, Work work) {
  using Made = Compilation<I>;
  if constexpr (sizeof(Made) <= kMostOnStack) {
    Made compilation(pool, loaded, code, entries, error);
    return work(compilation);
  } else {
    void* place = pool.allocate_high(sizeof(Made));
    if (place == nullptr) return false;
    auto* compilation = new (place) Made(pool, loaded, code, entries, error);
    const bool done = work(*compilation);
    compilation->~Made();
    pool.free(place);
    return done;
  }
}

/// Compiles every function. `entries` (one for each defined function, in the pool) is filled; the code is
/// left in `code`. False: `error` says why, or `code` is not ok().
template <class I>
bool compile_functions(Pool& pool, runtime::LoadedModule& loaded, CodeBuffer& code, uint32_t* entries,
                       Error& error) {
  const wasm::Module& module = loaded.wasm;
  (void)code.reserve(first_guess(module.code_size));
  return with_compilation<I>(pool, loaded, code, entries, error, [&](Compilation<I>& compilation) {
    wasm::Bodies bodies(module);
    wasm::Body body;
    for (uint32_t i = 0; bodies.next(body); ++i) {
      compilation.isa.select_function(module.imported_functions + i);
      uint32_t entry = 0;
      if (!compilation.pass.compile(module.imported_functions + i, body, entry) || !code.ok()) return false;
      entries[i] = entry;
    }
    loaded.touches_memory = compilation.pass.touches_memory();
    if constexpr (wasm::kExceptions) return keep_handlers(pool, loaded, compilation.pass.handlers());
    return true;
  });
}

/// Finds what the code at `code_offset`, in the index-th defined function, was compiled from: compiles that
/// function again, twice, the second time watching the place.
template <class I>
uint32_t locate_offset(const runtime::LoadedModule& loaded, Pool& pool, uint32_t index,
                       const wasm::Body& body, uint32_t code_offset) {
  const uint32_t function = loaded.wasm.imported_functions + index;
  Error error;
  CodeBuffer code(pool);
  uint32_t offset = Error::kNoOffset;
  (void)with_compilation<I>(pool, loaded, code, loaded.entries, error, [&](Compilation<I>& compilation) {
    I& isa = compilation.isa;
    isa.select_function(function);
    isa.detach();
    uint32_t entry = 0;
    if (!compilation.pass.compile(function, body, entry)) return false;
    // Now it is known where the entry lies in this copy, and so the wanted place.
    isa.watch(entry + (code_offset - loaded.entries[index]));
    isa.select_function(function);
    code.rewind(0);
    if (compilation.pass.compile(function, body, entry)) offset = isa.watched_offset();
    return true;
  });
  return offset;
}

/// See function_compiler.hpp. Lies in the pool.
template <class I>
class FunctionCompilerOf final : public FunctionCompiler {
 public:
  FunctionCompilerOf(Pool& pool, runtime::LoadedModule& loaded, CodeBuffer& code, uint32_t* entries,
                     const Notes& notes, Error& error)
      : pool_(pool),
        module_(loaded.wasm),
        code_(code),
        entries_(entries),
        notes_(notes),
        compilation_(pool, loaded, code, entries, error) {
    if constexpr (config::kMakesOffsetMaps) compilation_.isa.note_in(notes);
  }

  bool compile(const wasm::Body& body) override {
    const uint32_t function = module_.imported_functions + done_;
    compilation_.isa.select_function(function);
    uint32_t entry = 0;
    notes_.begin();
    if (!compilation_.pass.compile(function, body, entry) || !code_.ok()) return false;
    notes_.move_down(compilation_.isa.moved());
    entries_[done_++] = entry;
    return true;
  }
  bool touches_memory() const override { return compilation_.pass.touches_memory(); }
  std::span<const runtime::Handler> handlers() const override {
    if constexpr (wasm::kExceptions) {
      const auto& rows = compilation_.pass.handlers();
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
  uint32_t features() const override { return compilation_.isa.features(); }
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
  [[no_unique_address]] Notes notes_;
  Compilation<I> compilation_;
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
                                           uint32_t* entries, const Notes& notes, Error& error) {
  using Made = FunctionCompilerOf<typename AssemblerOf<I>::Type>;
  void* place = pool.allocate_high(sizeof(Made));
  return place == nullptr ? nullptr : new (place) Made(pool, loaded, code, entries, notes, error);
}

}  // namespace mote::compile
