// SPDX-License-Identifier: Apache-2.0
// From a decoded module to code: one pass over each function that validates, tracks values and emits.
#pragma once
#include <mote/error.hpp>

#include <cstdint>

#include "runtime/instance.hpp"
#include "runtime/pool.hpp"

namespace mote::compile {

/// Validates and compiles every function of `loaded.wasm` as `loaded.options` says; fills code, code_bytes,
/// entries and touches_memory, the `slot` of each defined global and `at_first` of each memory. On failure
/// the pool is as it was and `error` names the function and byte offset.
bool compile_module(Pool& pool, runtime::LoadedModule& loaded, Error& error);

/// Gives defined globals their slots in the instance, in order. False: there are too many.
bool place_globals(wasm::Module& module, Error& error);

/// Says how large the module's own memories are at first: wasm::MemoryType::at_first.
void size_memories(wasm::Module& module, bool touches_memory);

/// Gives a module's code back.
void release_code(runtime::LoadedModule& loaded, Pool& pool);

/// A place in the module: where code came from.
struct Location {
  uint32_t function = Error::kNoOffset;  ///< function index, imports counted
  uint32_t offset =
      Error::kNoOffset;  ///< byte offset in the module; kNoOffset when memory did not suffice to find it
};

/// Finds what the code at `code_offset` was compiled from. Keeps no table for it: compiles that one function
/// again and watches, so it needs the module's bytes and a few hundred bytes of the pool for the moment.
Location locate(const runtime::LoadedModule& loaded, Pool& pool, uint32_t code_offset);

}  // namespace mote::compile
