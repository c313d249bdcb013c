// SPDX-License-Identifier: Apache-2.0
// Any bytes through load, instantiation and calls, whatever they import; what was seen, to compare tiers by.
// Shared by the fuzzers and by tests/bad_input. Aborts with a sentence when a promise is broken: an error
// that says nothing, a pool that is not as it was, a call that does not end.
#pragma once
#include <mote/mote.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace mote::fuzz {

/// The tiers of this build.
struct TierOptions {
  const char* name;
  LoadOptions load;
};
std::span<const TierOptions> tiers();

struct Limits {
  size_t pool_bytes = size_t{16} << 20;
  uint32_t stack_bytes = 16 * 1024;
  uint32_t memory_bytes = 1 << 20;  ///< that each linear memory may have
  uint64_t fuel = 20'000;           ///< of the start function and of each call
};

struct Outcome {
  bool loaded = false, instantiated = false;
  /// A line for every step: errors, calls of host functions, results, traps, fuel, a hash of each memory.
  std::string log;
  /// False where tiers may differ and be right: out of memory or of stack, tables that grow, results that
  /// depend on which NaN an operation gives (core spec, 4.3.3 "NaN Propagation").
  bool comparable = true;
};

Outcome exercise(std::span<const uint8_t> bytes, const LoadOptions& load, const Limits& limits = {});

/// Loads an image, which is trusted, and instantiates it with something for each import; runs nothing of it.
/// Whether it loads.
bool instantiate_image(std::span<const uint8_t> image, const Limits& limits = {});

/// exercise() on every tier; aborts, with both logs, when two that can be compared differ. Whether the module
/// is valid.
bool compare_tiers(std::span<const uint8_t> bytes, const Limits& limits = {});

[[noreturn]] void fail(const std::string& sentence);

}  // namespace mote::fuzz
