// SPDX-License-Identifier: Apache-2.0
// A module's linear memory made as small as what it needs.
#pragma once
#include <cstdint>
#include <mote/mote.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace mote::tool {

struct ShrinkOptions {
  std::optional<uint64_t> needed;    ///< bytes of data and stack, where that is known from elsewhere
  std::optional<uint64_t> heap;      ///< bytes behind data and stack; nothing: none is known of
  bool drop_linker_exports = false;  ///< __heap_base and the like, which only tools read
};

struct Shrunk {
  std::vector<uint8_t> bytes;  ///< the module with pages of a byte; empty: `why` says why it cannot be
  uint64_t before = 0, after = 0;
  std::string why;  ///< what the size rests on
};

/// `loaded` is the module of these bytes.
Shrunk shrink(std::span<const uint8_t> bytes, const runtime::LoadedModule& loaded,
              const ShrinkOptions& options);

}  // namespace mote::tool
