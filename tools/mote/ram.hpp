// SPDX-License-Identifier: Apache-2.0
// What a loaded module and an instance of it take of a pool: measured on this machine, and on a 32-bit board
// computed from the sizes that its structures have there.
#pragma once
#include <mote/mote.hpp>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

namespace mote::tool {

/// Bytes, block headers included.
struct Ram {
  size_t engine = 0;
  size_t module = 0;    ///< decoded tables and descriptor
  size_t code = 0;      ///< code and its table of entries; none when it lies in flash
  size_t instance = 0;  ///< descriptor, globals, functions, links
  size_t stack = 0;
  size_t tables = 0;
  size_t linear_memory = 0;
  size_t loading = 0;  ///< what loading and instantiating takes for a while, at most, beyond all these

  size_t total() const { return engine + module + code + instance + stack + tables + linear_memory; }
  /// The smallest pool in which the module can be loaded and run.
  size_t pool() const { return total() + loading; }
};

struct RamReport {
  Ram here;
  std::optional<Ram>
      board;  ///< vm tier on a 32-bit Arm; nothing when the tool was built without its compiler
  uint64_t memory_declared = 0;  ///< bytes of the linear memories as declared
  uint64_t memory_most = 0;      ///< bytes that they may grow to
  std::string problem;           ///< why it could not be instantiated; then instances' bytes are 0
};

/// Loads and instantiates the module, with stand-ins for what it imports, and looks.
RamReport measure_ram(std::span<const uint8_t> bytes, const LoadOptions& options, uint32_t stack_bytes);
nlohmann::json to_json(const Ram& ram);

}  // namespace mote::tool
