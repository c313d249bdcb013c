// SPDX-License-Identifier: Apache-2.0
// Numbers of instructions, computed from the lists in instruction_set.hpp: tokens are in the order of
// operation and form, so that one byte for each token and one for each operation serve encoder, slow path and
// disassembler.
#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "vm/instruction_set.hpp"

namespace mote::vm {

using Token = uint8_t;

/// The first byte of a rare instruction; the second is its number in Extended. Behind the other tokens.
inline constexpr Token kExtend = static_cast<Token>(Primary::kSize);
inline constexpr Token kNoToken = 0xff;

namespace detail {
struct Row {
  Operation op = Operation::Raise;
  uint8_t form = 0;
  uint8_t index = 0;  ///< in Primary
};
using Rows = std::array<Row, Primary::kSize>;

template <class... Is>
constexpr Rows sorted_rows(List<Is...>) {
  Rows rows{};
  size_t i = 0;
  ((rows[i] = {Is::kOperation, Is::kForm, static_cast<uint8_t>(i)}, ++i), ...);
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
    if (a.op != b.op) return a.op < b.op;
    return a.form != b.form ? a.form < b.form : a.index < b.index;
  });
  return rows;
}
inline constexpr Rows kUnpaired = sorted_rows(Primary{});

/// Token of each index in Primary.
consteval std::array<Token, Primary::kSize> tokens_of(const Rows& rows) {
  std::array<Token, Primary::kSize> tokens{};
  for (size_t token = 0; token < rows.size(); ++token) tokens[rows[token].index] = static_cast<Token>(token);
  return tokens;
}

template <class T, class... Is>
constexpr size_t find_type(List<Is...>) {
  size_t index = 0, found = sizeof...(Is);
  ((std::is_same_v<T, Is> ? void(found = index) : void(), ++index), ...);
  return found;
}

template <class... Is>
constexpr bool in_order(List<Is...>) {
  auto op = static_cast<unsigned>(Operation::Raise);
  return ((static_cast<unsigned>(Is::kOperation) == op++) && ...);
}
static_assert(in_order(Extended{}), "an extended instruction's number is its operation's");

// Pairs come last, in the order of their parts' tokens, so that they are found by halving.
inline constexpr size_t kFirstPair = Primary::kSize - Pairs::kSize;
template <class A, class B>
consteval unsigned pair_key(Fused<A, B>*) {
  constexpr auto kTokens = tokens_of(kUnpaired);
  return kTokens[find_type<A>(Primary{})] * 256u + kTokens[find_type<B>(Primary{})];
}
template <class... Is>
consteval Rows sort_pairs(List<Is...>) {
  Rows rows = kUnpaired;
  if constexpr (sizeof...(Is) == 0) return rows;
  const unsigned keys[] = {pair_key(static_cast<Is*>(nullptr))..., 0};
  const size_t first_index = rows[kFirstPair].index;  // the list Pairs is in one piece in Primary
  std::sort(rows.begin() + kFirstPair, rows.end(), [&](const Row& a, const Row& b) {
    return keys[a.index - first_index] < keys[b.index - first_index];
  });
  return rows;
}
inline constexpr Rows kRows = sort_pairs(Pairs{});
static_assert((!kHasPairs || kUnpaired[kFirstPair].op == Operation::Pair) &&
              kUnpaired[kFirstPair - 1].op != Operation::Pair);
inline constexpr auto kTokens = tokens_of(kRows);
}  // namespace detail

/// Second byte of an extended instruction.
constexpr uint8_t extended_number(Operation op) {
  return static_cast<uint8_t>(static_cast<unsigned>(op) - static_cast<unsigned>(Operation::Raise));
}
constexpr bool is_extended(Operation op) {
  return op >= Operation::Raise;
}

/// The token of an instruction type, which must be in the set.
template <class I>
consteval Token token_of() {
  constexpr size_t kIndex = detail::find_type<I>(Primary{});
  static_assert(kIndex < Primary::kSize, "this instruction is not in the set");
  return detail::kTokens[kIndex];
}

}  // namespace mote::vm
