// SPDX-License-Identifier: Apache-2.0
#include "vm/encoding.hpp"

#include <algorithm>

namespace mote::vm {

namespace {

constexpr size_t kRows = Primary::kSize + Extended::kSize;

template <class... Ps, class... Xs>
constexpr auto make_rows(List<Ps...>, List<Xs...>) {
  std::array<FormRow, kRows> rows{};
  size_t i = 0;
  ((rows[i] = {Ps::kOperation, Ps::kForm, static_cast<Token>(i)}, ++i), ...);
  size_t extended = 256;
  ((rows[i] = {Xs::kOperation, Xs::kForm, static_cast<Token>(extended)}, ++i, ++extended), ...);
  std::sort(rows.begin(), rows.end(), [](const FormRow& a, const FormRow& b) {
    return a.op != b.op ? a.op < b.op : a.token < b.token;
  });
  return rows;
}

constexpr std::array<FormRow, kRows> kFormRows = make_rows(Primary{}, Extended{});

/// Index of the first row of each operation; operations without rows have an empty range.
constexpr auto kFirstRow = [] {
  std::array<uint16_t, 257> first{};
  size_t row = 0;
  for (size_t op = 0; op < 257; ++op) {
    while (row < kRows && static_cast<size_t>(kFormRows[row].op) < op) ++row;
    first[op] = static_cast<uint16_t>(row);
  }
  return first;
}();

template <class A, class B>
consteval FusionRow fusion_row(Fused<A, B>*) {
  return {token_of<A>(), token_of<B>(), token_of<Fused<A, B>>()};
}
template <class I>
consteval FusionRow fusion_row(I*) {
  return {kNoToken, 0, 0};
}

template <class... Ps, class... Xs>
constexpr size_t count_fusions(List<Ps...>, List<Xs...>) {
  return ((Ps::kOperation == Operation::Pair ? size_t{1} : 0) + ... + size_t{0}) +
         ((Xs::kOperation == Operation::Pair ? size_t{1} : 0) + ... + size_t{0});
}

template <class... Ps, class... Xs>
constexpr auto make_fusions(List<Ps...>, List<Xs...>) {
  std::array<FusionRow, count_fusions(Primary{}, Extended{})> rows{};
  size_t i = 0;
  const auto add = [&](FusionRow row) {
    if (row.first != kNoToken) rows[i++] = row;
  };
  (add(fusion_row(static_cast<Ps*>(nullptr))), ...);
  (add(fusion_row(static_cast<Xs*>(nullptr))), ...);
  std::sort(rows.begin(), rows.end(), [](const FusionRow& a, const FusionRow& b) {
    return a.first != b.first ? a.first < b.first : a.second < b.second;
  });
  return rows;
}

constexpr auto kFusions = make_fusions(Primary{}, Extended{});

/// Tokens that begin a pair: most do not, and are done at once.
constexpr auto kBeginsPair = [] {
  std::array<uint32_t, 16> bits{};
  for (const FusionRow& row : kFusions) bits[row.first / 32] |= uint32_t{1} << row.first % 32;
  return bits;
}();

}  // namespace

FormRange forms_of(Operation op) {
  const auto index = static_cast<size_t>(op);
  return {kFormRows.data() + kFirstRow[index], kFormRows.data() + kFirstRow[index + 1]};
}

Token fused(Token first, Token second) {
  if (!(kBeginsPair[first / 32] >> (first % 32) & 1)) return kNoToken;
  const FusionRow wanted{first, second, 0};
  const auto* row = std::lower_bound(kFusions.data(), kFusions.data() + kFusions.size(), wanted,
                                     [](const FusionRow& a, const FusionRow& b) {
                                       return a.first != b.first ? a.first < b.first : a.second < b.second;
                                     });
  if (row == kFusions.data() + kFusions.size() || row->first != first || row->second != second)
    return kNoToken;
  return row->fused;
}

}  // namespace mote::vm
