// SPDX-License-Identifier: Apache-2.0
// Mote's C++ API. Three steps: an Engine over a pool of memory, a Module loaded from bytes, an Instance to call.
//
//   alignas(8) static std::byte pool[32 * 1024];
//   mote::Engine engine(pool);
//   auto module = engine.load(wasm_bytes);
//   auto instance = engine.instantiate(*module, kHostFunctions);
//   auto sum = instance->call<int32_t>("add", 2, 3);
#pragma once
#include <mote/bind.hpp>
#include <mote/error.hpp>
#include <mote/host.hpp>
#include <mote/value.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace mote {

namespace runtime {
struct Engine;
struct Instance;
struct LoadedModule;
struct Memory;
struct Table;
struct Global;
struct Function;
}  // namespace runtime

class Instance;
class Module;

/// Bytes of the pool.
struct PoolUsage {
  size_t capacity, used, peak, largest_free;
};

struct InstanceOptions {
  static constexpr uint64_t kUnlimited = ~uint64_t{0};
  uint32_t stack_bytes = 1024;       ///< the guest's frames and links; deep recursion traps when it is full
  uint64_t fuel = kUnlimited;        ///< function entries and loop back-edges before the call suspends
  uint32_t memory_limit = ~uint32_t{0};  ///< bytes that each linear memory may grow to
  void* data = nullptr;              ///< what Context::data() gives to host functions
  bool run_start = true;             ///< false: leave the start function to the caller (Instance::start)
};

/// What an instance may be linked with, beyond host functions.
struct Extern;  // see extern.hpp below

/// One pool, and what is loaded into it. Not thread-safe: one engine per thread, or a lock of the caller's.
class Engine {
 public:
  /// Works in `pool` alone, from its first to its last byte. `pool` must outlive the engine.
  explicit Engine(std::span<std::byte> pool);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// Decodes, validates and compiles. `wasm` must stay where it is (flash is fine) until the module is gone.
  Result<Module> load(std::span<const uint8_t> wasm);
  PoolUsage usage() const;
};

}  // namespace mote
