// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <mote/mote.hpp>

#include "runtime/heap.hpp"
#include "runtime/instance.hpp"
#include "runtime/pool.hpp"
#include "runtime/type_registry.hpp"

namespace mote::runtime {

struct Thrown;

/// What typed references add to an engine.
struct EngineReferences {
  TypeRegistry types;
  Heap heap;
  const uint32_t* frames_end = nullptr;  ///< while an operation of vm code allocates: behind its operands
  uint32_t* held = nullptr;              ///< references that the host holds, in the pool
  uint32_t held_count = 0, held_capacity = 0;
  uint32_t modules = 0;
};
/// What exceptions add.
struct EngineExceptions {
  uint32_t exception = 0;  ///< that is on its way, or that nobody has caught
};
/// What they add where there is no heap (runtime/thrown.hpp).
struct EngineThrown {
  Thrown* kept = nullptr;  ///< those that guests may refer to
  uint32_t kept_count = 0;
  uint32_t kept_most = 0;  ///< with more than these it is looked which of them are needed
};
/// What stack switching adds.
struct EngineStacks {
  uint32_t stack_bytes = 2048;   ///< of each continuation
  uint32_t spare_stack = 0;      ///< handle of a stack that has ended
  const Run* running = nullptr;  ///< of the innermost call from C++ that has not returned
};
// In builds without: no code that is kept refers to it.
struct NoEngineReferences {
  static inline TypeRegistry types;
  static inline Heap heap;
  static inline const uint32_t* frames_end = nullptr;
  static inline uint32_t* held = nullptr;
  static inline uint32_t held_count = 0, held_capacity = 0;
  static inline uint32_t modules = 0;
};
struct NoEngineExceptions {
  static inline uint32_t exception = 0;
};
struct NoEngineThrown {
  static inline Thrown* kept = nullptr;
  static inline uint32_t kept_count = 0, kept_most = 0;
};
struct NoEngineStacks {
  static inline uint32_t stack_bytes = 0, spare_stack = 0;
  static inline const Run* running = nullptr;
};

/// What lies at the start of the embedder's memory; the rest is the pool.
struct Engine
    : std::conditional_t<wasm::kTypedReferences, EngineReferences, NoEngineReferences>,
      std::conditional_t<wasm::kExceptions, EngineExceptions, NoEngineExceptions>,
      std::conditional_t<wasm::kExceptions && !wasm::kTypedReferences, EngineThrown, NoEngineThrown>,
      std::conditional_t<kStackSwitching, EngineStacks, NoEngineStacks> {
  explicit Engine(std::span<std::byte> memory) : pool(memory) {}

  Pool pool;
  Instance* instances = nullptr;  ///< all that live
};

/// An Error is large: what may fail writes into its caller's, which is fresh.
Error refusal(Message message);
/// Words of a part that a firmware may leave out.
Error refusal(ErrorCode code, const char* words);
Error no_room(const Pool& pool, const char* words);
void trapped(Trap trap, Error& error);
/// For those who answer false.
bool refuse(Error& error, Message message, uint32_t detail = 0);
/// Likewise of a request that the pool refused.
bool refuse_memory(Error& error, const Pool& pool, Message message);

/// link.cpp: finds what an import names, and checks its type (core spec, 4.5.3 "Matching").
bool resolve(Instance& instance, const mote::Imports& imports, Error& error);
/// Whether the signature of a host function is that type.
bool matches(const char* signature, const wasm::FuncType& type);
/// The type of a letter in a signature; kBottom: none has it.
wasm::ValType type_of_letter(char letter);

/// Whether a function of `type` may be called where `expected` is wanted; they may belong to different
/// modules.
inline bool has_type(const Engine& engine, const wasm::FuncType& type, const wasm::FuncType& expected) {
  if constexpr (wasm::kTypedReferences) return is_callable_as(engine.types, type, expected);
  return wasm::equal(type, expected);
}

inline void set_type(Tag& tag, const wasm::FuncType& type) {
  if constexpr (wasm::kTypedReferences) {
    tag.type = type.more.id;
  } else {
    tag.function = &type;
  }
}
/// Whether the tag's exceptions have payloads of that type.
inline bool has_type(const Tag& tag, const wasm::FuncType& type) {
  if constexpr (wasm::kTypedReferences) return tag.type == type.more.id;
  return wasm::equal(*tag.function, type);
}

/// instantiate.cpp
Instance* instantiate(Engine& engine, LoadedModule& module, const mote::Imports& imports,
                      const InstanceOptions& options, Error& error);
/// Gives up the handle; frees the ring when it was the last.
void release(Instance& instance);
void release(LoadedModule& module);
/// With typed references, a module's types join the engine's.
inline bool register_types([[maybe_unused]] Engine& engine, [[maybe_unused]] wasm::Module& module,
                           [[maybe_unused]] Error& error) {
  if constexpr (wasm::kTypedReferences) {
    if (!engine.types.add(engine.pool, module, engine.heap.empty()))
      return refuse_memory(error, engine.pool, "no memory for the module's types");
    ++engine.modules;
  }
  return true;
}
/// Frees the module's tables, which nobody may use any more.
inline void release_tables(LoadedModule& loaded, Pool& pool) {
  if constexpr (wasm::kTypedReferences) pool.free(loaded.image_data.rows);
  pool.free(loaded.wasm.storage);
}
/// Takes back what register_types() registered of the module's types.
void forget_types(Engine& engine, const wasm::Module& module);
/// Frees an instance and what it owns, whoever refers to it.
void destroy(Instance& instance);
/// Makes two instances share their fate.
void join(Instance& a, Instance& b);
/// Whether memories and tables may be moved: not while a guest is stopped between any two instructions of
/// native code, whose registers may hold addresses in them.
bool can_move(const Engine& engine);
/// A memory that was given less than its pages gets them all: someone else will use it.
bool complete(Memory& memory, Engine& engine);
/// memory.grow of a shared memory.
int32_t grow_shared(Memory& memory, uint32_t pages);

/// call.cpp: calls `function` with arguments in slots, and copies the results to `results`.
void call(const Function& function, const uint32_t* arguments, uint32_t* results, Error& error);
void resume(Instance& instance, uint32_t* results, Error& error);
/// Runs the start function, if there is one.
void start(Instance& instance, Error& error);

/// What an export names.
Extern export_of(Instance& instance, const wasm::Export& item);
Global global_of(Instance& instance, uint32_t index);
/// The cell of a global, whoever owns it.
Global global_of(const mote::Extern& item);

/// reference_api.cpp: whether a value from outside is one of a reference type, of an instance's module or in
/// the engine's numbering. Its bits may be anything.
bool is_value_of(const Instance& instance, wasm::ValType type, const Value& value);
bool is_engine_value_of(const Engine& engine, wasm::ValType type, const Value& value);

ValueType public_type(wasm::ValType type);
wasm::ValType wasm_type(ValueType type);
/// Whether only a module can say which type it is: the host makes nothing of such a type.
constexpr bool is_module_defined(ValueType type) {
  return wasm::kTypedReferences && (type == ValueType::Ref || type == ValueType::RefNull);
}
inline constexpr const char* kModuleDefined =
    "the type names one that a module defines; use FuncRef, AnyRef or the like";

}  // namespace mote::runtime
