// SPDX-License-Identifier: Apache-2.0
// Changes of modules that keep most of them whole: sections and function bodies keep sizes that fit, so that
// a change inside one is met by the part that reads it and not by the first check of sizes. Shared by the
// fuzzers (as libFuzzer's own mutator) and by tests/bad_input.
#pragma once
#include <cstdint>
#include <random>
#include <span>
#include <vector>

namespace mote::fuzz {

using Bytes = std::vector<uint8_t>;
using Random = std::mt19937;

/// One change, of a kind that is drawn. Bytes that are no module are changed as such.
Bytes mutate(std::span<const uint8_t> module, Random& random);

/// Some bits flipped anywhere.
Bytes flip_bits(std::span<const uint8_t> module, Random& random);

}  // namespace mote::fuzz
