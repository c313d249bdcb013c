// SPDX-License-Identifier: Apache-2.0
// The module `spectest` that the suite's modules import from, as in the specification's reference
// interpreter.
#pragma once
#include <cstddef>
#include <mote/mote.hpp>
#include <span>

namespace mote::spec {

/// Its functions are host functions that do nothing; its globals, table and memory are made when a module
/// first asks.
class Spectest {
 public:
  Spectest() = default;

  /// Makes what `module` imports from spectest and is not there yet.
  Result<void> provide(Engine& engine, const Module& module);
  std::span<const HostFunction> functions() const;
  std::span<const NamedExtern> externs() const { return {externs_, count_}; }
  /// Gives everything back; to be called when no instance is left.
  void release(Engine& engine);

 private:
  static constexpr size_t kExterns = 7;

  NamedExtern externs_[kExterns];
  size_t count_ = 0;
};

}  // namespace mote::spec
