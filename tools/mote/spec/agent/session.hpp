// SPDX-License-Identifier: Apache-2.0
// The modules and instances of a session, in fixed tables over one engine.
#pragma once
#include <cstddef>
#include <cstdint>
#include <mote/mote.hpp>
#include <optional>
#include <span>
#include <string_view>

#include "agent/byte_store.hpp"
#include "agent/spectest.hpp"

namespace mote::spec {

/// What an agent works in; all of it must outlive the agent.
struct AgentMemory {
  std::span<std::byte> pool;    ///< the engine's
  std::span<uint8_t> store;     ///< for the modules' own bytes
  uint32_t stack_bytes = 4096;  ///< of each instance
  /// Of one call, in function entries and turns of loops: far beyond what the suite needs, so that nothing
  /// hangs for ever.
  uint64_t fuel = 100'000'000;
  LoadOptions load{};  ///< the tier, and what it is told
  /// Loads a module in another way than Engine::load().
  Result<Module> (*load_module)(Engine& engine, std::span<const uint8_t> module,
                                const LoadOptions& options) = nullptr;
  bool collect_always = false;  ///< see Engine::collect_always()
};

class Session {
 public:
  static constexpr uint32_t kModules = 48;
  static constexpr uint32_t kInstances = 48;
  static constexpr uint32_t kNames = 48;
  static constexpr uint32_t kAdopted = 2;      ///< instances of another session
  static constexpr uint32_t kShared = 4;       ///< memories of each
  static constexpr size_t kNamesBytes = 1024;  ///< of all registered names together

  explicit Session(const AgentMemory& memory);

  const AgentMemory& memory() const { return memory_; }
  Engine& engine() { return *engine_; }
  /// Drops everything. Bytes that the pool holds more than when it was new.
  size_t reset();

  Result<void> begin(uint32_t size);
  /// Where the upload goes on; empty when it is complete.
  std::span<uint8_t> expected() const { return upload_.subspan(received_); }
  void received(size_t size) { received_ += size; }
  std::span<const uint8_t> upload() const { return upload_; }

  Result<uint32_t> load();
  Result<uint32_t> instantiate(uint32_t module);
  Result<void> register_as(uint32_t instance, std::string_view name);
  /// The number of results.
  Result<size_t> invoke(uint32_t instance, std::string_view name, std::span<const mote::Value> args,
                        std::span<mote::Value> results, uint64_t& lacked);
  Result<mote::Value> get(uint32_t instance, std::string_view name);
  void drop_instance(uint32_t instance);
  void drop_module(uint32_t module);
  /// Takes the shared memories that an instance of another session exports (in another thread), which must
  /// outlive this one's use. They have the number `as`, which can be registered.
  bool adopt(const Session& from, uint32_t instance, uint32_t& as);

 private:
  uint64_t fuel() const;
  /// The instance of that number, or nullptr.
  Instance* find(uint32_t instance);
  bool keep_name(std::string_view name, std::string_view& kept);
  Result<void> register_adopted(uint32_t index, std::string_view name);

  AgentMemory memory_;
  std::optional<Engine> engine_;
  size_t empty_used_ = 0;  ///< of a pool without modules
  ByteStore store_;
  Spectest spectest_;
  Module modules_[kModules];
  Instance instances_[kInstances];
  uint32_t module_of_[kInstances] = {};
  NamedInstance registered_[kNames];
  uint32_t registered_count_ = 0;
  struct Adopted {
    NamedExtern externs[kShared];
    uint32_t count = 0;
  };
  Adopted adopted_[kAdopted];
  uint32_t adopted_count_ = 0;
  NamedExtern shared_[kAdopted * kShared];  ///< those of adopted_ that are registered
  uint32_t shared_count_ = 0;
  char names_[kNamesBytes];
  size_t names_size_ = 0;
  std::span<uint8_t> upload_;
  size_t received_ = 0;
};

}  // namespace mote::spec
