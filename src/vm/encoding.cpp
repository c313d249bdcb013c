// SPDX-License-Identifier: Apache-2.0
#include "vm/encoding.hpp"

#include <algorithm>

namespace mote::vm {

namespace {

using detail::kRows;

using detail::kFirstPair;

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

constexpr std::array<uint8_t, Primary::kSize> kForms = [] {
  std::array<uint8_t, Primary::kSize> forms{};
  for (size_t i = 0; i < forms.size(); ++i) forms[i] = static_cast<uint8_t>(kRows[i].form << 1);
  for (const PairParts& pair : kPairs) forms[pair.first] |= 1;
  return forms;
}();

constexpr std::array<Token, static_cast<size_t>(Operation::Pair) + 2> kFirstTokens = [] {
  std::array<Token, static_cast<size_t>(Operation::Pair) + 2> first{};
  size_t token = 0;
  for (size_t op = 0; op < first.size(); ++op) {
    while (token < kRows.size() && static_cast<size_t>(kRows[token].op) < op) ++token;
    first[op] = static_cast<Token>(token);
  }
  return first;
}();

Operation operation_of(Token token) {
  return static_cast<Operation>(std::upper_bound(kFirstTokens.begin(), kFirstTokens.end(), token) -
                                kFirstTokens.begin() - 1);
}

Token pair_of(Token first, Token second) {
  const unsigned wanted = first * 256u + second;
  size_t low = 0, high = kPairs.size();
  while (low < high) {
    const size_t middle = (low + high) / 2;
    const unsigned found = kPairs[middle].first * 256u + kPairs[middle].second;
    if (found == wanted) return static_cast<Token>(kFirstPair + middle);
    if (found < wanted) low = middle + 1;
    if (found > wanted) high = middle;
  }
  return kNoToken;
}

PairParts parts_of(Token pair) {
  return kPairs[pair - kFirstPair];
}

}  // namespace mote::vm
