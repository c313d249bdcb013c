// SPDX-License-Identifier: Apache-2.0
// The defined types of all modules of an engine, each once: equal types of different modules have the same
// number (core spec, 3.3.6), so that comparing them at run time is comparing numbers, and objects of the heap
// do not depend on the module that made them.
#pragma once
#include <cstdint>

#include "runtime/pool.hpp"
#include "wasm/module.hpp"

namespace mote::runtime {

struct TypeGroup;

/// A defined type, in the pool. References in `fields` name types by their numbers.
struct RuntimeType {
  uint32_t super = 0;  ///< number of its supertype; 0: none
  TypeGroup* group = nullptr;
  wasm::TypeKind kind = wasm::TypeKind::Function;
  bool open = false;
  bool traced = false;  ///< objects of it hold references that the collector follows
  uint32_t bytes = 0;   ///< of a structure's fields, or of an array's element
  uint32_t count = 0;   ///< fields, or parameters
  uint32_t result_count = 0;
  const wasm::Field* fields = nullptr;  ///< of all components: fields, or parameters and results
};

/// A recursion group; the number of its first type.
struct TypeGroup {
  TypeGroup* next = nullptr;  ///< in its bucket
  uint32_t hash = 0;
  uint32_t first = 0;
  uint32_t size = 0;
  uint32_t users = 0;  ///< modules that have it
  RuntimeType* types = nullptr;
};

/// Numbers below stand for what the heap has besides instances of defined types.
inline constexpr uint32_t kFirstType = 6;

class TypeRegistry {
 public:
  /// Gives each type of the module its number (TypeExtension::id). False: no memory, and nothing is
  /// registered.
  /// For `unused` see below.
  bool add(Pool& pool, wasm::Module& module, bool unused);
  /// Takes a module's use of its types back. What nobody uses is freed when `unused` says that no objects are
  /// left.
  void remove(Pool& pool, const wasm::Module& module, bool unused);
  void release(Pool& pool);
  /// Likewise a function type of the host's, which names no defined types; and takes its use back.
  bool add(Pool& pool, wasm::FuncType& type, bool unused);
  void remove(Pool& pool, uint32_t number, bool unused);

  const RuntimeType& operator[](uint32_t number) const { return *types_[number - kFirstType]; }
  /// Whether the type of one number is the other or its subtype.
  bool is_subtype(uint32_t type, uint32_t of) const {
    while (type != of && type != 0) type = (*this)[type].super;
    return type == of;
  }

 private:
  const TypeGroup* find(const wasm::Module& module, uint32_t first, uint32_t hash) const;
  TypeGroup* make(Pool& pool, const wasm::Module& module, uint32_t first, uint32_t hash);
  bool reserve(Pool& pool, uint32_t size);
  void release_unused(Pool& pool, bool unused);

  TypeGroup*& bucket(uint32_t hash) const { return buckets_[hash & (capacity_ - 1)]; }

  RuntimeType** types_ = nullptr;  ///< by number
  TypeGroup** buckets_ = nullptr;  ///< groups by hash
  uint32_t count_ = 0;
  uint32_t capacity_ = 0;  ///< of both tables: a power of two
};

/// A module's type as all modules see it: defined types by number.
inline wasm::ValType engine_type([[maybe_unused]] const wasm::Module& module, wasm::ValType type) {
  if constexpr (wasm::kTypedReferences) {
    if (type.is_defined())
      return {wasm::ValType::defined(module.types[type.index()].more.id).bits |
              (type.bits & wasm::ValType::kNonNull)};
  }
  return type;
}

/// Matching of such types.
bool engine_matches(const TypeRegistry& registry, wasm::ValType type, wasm::ValType of);

/// Whether functions of `type` may be called as `expected`, by numbers.
inline bool is_callable_as(const TypeRegistry& registry, const wasm::FuncType& type,
                           const wasm::FuncType& expected) {
  return registry.is_subtype(type.more.id, expected.more.id);
}

}  // namespace mote::runtime
