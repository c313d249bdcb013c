// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <mote/mote.hpp>

#include "runtime/instance.hpp"
#include "runtime/pool.hpp"

namespace mote::runtime {

/// What lies at the start of the embedder's memory; the rest is the pool.
struct Engine {
  explicit Engine(std::span<std::byte> memory) : pool(memory) {}

  Pool pool;
  Instance* instances = nullptr;  ///< all that live
};

/// Errors, made out of line: an Error is large.
Error refusal(ErrorCode code, const char* message);
Error trapped(Trap trap);
/// The error of a request that the pool refused.
Error out_of_memory(const Pool& pool, const char* message);

/// link.cpp: finds what an import names, and checks its type (core spec, 4.5.3 "Matching").
bool resolve(Instance& instance, const mote::Imports& imports, Error& error);
/// Whether the signature of a host function is that type.
bool matches(const char* signature, const wasm::FuncType& type);
/// The type of a letter in a signature; kBottom: none has it.
wasm::ValType type_of_letter(char letter);

/// instantiate.cpp
Instance* instantiate(Engine& engine, LoadedModule& module, const mote::Imports& imports,
                      const InstanceOptions& options, Error& error);
/// Gives up the handle; frees the ring when it was the last.
void release(Instance& instance);
void release(LoadedModule& module);
/// Frees an instance and what it owns, whoever refers to it.
void destroy(Instance& instance);
/// Makes two instances share their fate.
void join(Instance& a, Instance& b);
/// A memory that was given less than its pages gets them all: someone else will use it.
bool complete(Memory& memory, Engine& engine);

/// call.cpp: calls `function` with arguments in slots, and copies the results to `results`.
Error call(const Function& function, const uint32_t* arguments, uint32_t* results);
Error resume(Instance& instance, uint32_t* results);
/// Runs the start function, if there is one.
Error start(Instance& instance);

/// What an export names.
Extern export_of(Instance& instance, const wasm::Export& item);
Global global_of(Instance& instance, uint32_t index);
/// The cell of a global, whoever owns it.
Global global_of(const mote::Extern& item);

ValueType public_type(wasm::ValType type);
wasm::ValType wasm_type(ValueType type);

}  // namespace mote::runtime
