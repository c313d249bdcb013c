// SPDX-License-Identifier: Apache-2.0
#include "vm/encoding.hpp"

#include <algorithm>

namespace mote::vm {

namespace {

using detail::kRows;

constexpr auto kForms = [] {
  std::array<uint8_t, Primary::kSize> forms{};
  for (size_t i = 0; i < forms.size(); ++i) forms[i] = kRows[i].form;
  return forms;
}();

constexpr size_t kOperations = static_cast<size_t>(Operation::Pair) + 1;

/// First token of each operation; those without tokens have an empty range.
constexpr auto kFirst = [] {
  std::array<Token, kOperations + 1> first{};
  size_t token = 0;
  for (size_t op = 0; op <= kOperations; ++op) {
    while (token < kRows.size() && static_cast<size_t>(kRows[token].op) < op) ++token;
    first[op] = static_cast<Token>(token);
  }
  return first;
}();

constexpr Token kFirstPair = kFirst[static_cast<size_t>(Operation::Pair)];

constexpr bool forms_are_unique() {
  for (size_t i = 1; i < kFirstPair; ++i) {
    if (kRows[i - 1].op == kRows[i].op && kRows[i - 1].form == kRows[i].form) return false;
  }
  return true;
}
static_assert(forms_are_unique(), "a row is there twice");

template <class A, class B>
consteval PairParts pair_parts(Fused<A, B>*) {
  return {token_of<A>(), token_of<B>()};
}
template <class... Is>
constexpr auto make_pairs(List<Is...>) {
  std::array<PairParts, sizeof...(Is)> pairs{};
  ((pairs[token_of<Is>() - kFirstPair] = pair_parts(static_cast<Is*>(nullptr))), ...);
  return pairs;
}
constexpr auto kPairs = make_pairs(Pairs{});

constexpr auto kBeginsPair = [] {
  std::array<uint8_t, 32> bits{};
  for (const PairParts& pair : kPairs) bits[pair.first / 8] |= static_cast<uint8_t>(1u << pair.first % 8);
  return bits;
}();

// The slow path of accesses finds operands by widths_of().
template <class I>
constexpr bool widths_are_right() {
  Widths counted;
  for (size_t i = 0; i < I::kOperands.count; ++i)
    ++(width_of(I::kOperands.kinds[i]) == 1 ? counted.bytes : counted.halves);
  const Widths widths = widths_of(I::kOperation, Form{I::kForm});
  return widths.bytes == counted.bytes && widths.halves == counted.halves;
}
template <class I>
constexpr bool check(I*) {
  return true;
}
template <Operation Op, Place D, Place X, Place Y>
constexpr bool check(Numeric<Op, D, X, Y>*) {
  return widths_are_right<Numeric<Op, D, X, Y>>();
}
template <Operation Op, Place D, Place X, Offset O>
constexpr bool check(Load<Op, D, X, O>*) {
  return widths_are_right<Load<Op, D, X, O>>();
}
template <Operation Op, Place X, Place Y, Offset O>
constexpr bool check(Store<Op, X, Y, O>*) {
  return widths_are_right<Store<Op, X, Y, O>>();
}
template <class... Is>
constexpr bool check_all(List<Is...>) {
  return (check(static_cast<Is*>(nullptr)) && ...);
}
static_assert(check_all(Primary{}));

}  // namespace

TokenRange tokens_of(Operation op) {
  const auto index = static_cast<size_t>(op);
  return {kFirst[index], kFirst[index + 1]};
}

Form form_of(Token token) {
  return {kForms[token]};
}

Operation operation_of(Token token) {
  return static_cast<Operation>(std::upper_bound(kFirst.begin(), kFirst.end(), token) - kFirst.begin() - 1);
}

bool begins_pair(Token token) {
  return kBeginsPair[token / 8] >> (token % 8) & 1;
}

Token pair_of(Token first, Token second) {
  for (size_t i = 0; i < kPairs.size(); ++i) {
    if (kPairs[i].first == first && kPairs[i].second == second) return static_cast<Token>(kFirstPair + i);
  }
  return kNoToken;
}

PairParts parts_of(Token pair) {
  return kPairs[pair - kFirstPair];
}

}  // namespace mote::vm
