// SPDX-License-Identifier: Apache-2.0
// The instruction set as tables: the forms of an operation, what a token is, the token of a pair.
#pragma once
#include <array>
#include <cstdint>

#include "vm/tokens.hpp"

namespace mote::vm {

/// The form of a token. Bit 0: the destination is a slot; of branches: back to a loop.
struct Form {
  uint8_t bits = 0;

  constexpr bool to_slot() const { return bits & 1; }
  constexpr Place x() const { return static_cast<Place>(bits >> 1 & 3); }
  constexpr Place y() const { return static_cast<Place>(bits >> 3 & 3); }
  constexpr Offset offset() const { return static_cast<Offset>(bits >> 5); }
};

/// Tokens [first, last) have all forms of an operation, in order of their bits.
struct TokenRange {
  Token first;
  Token last;
};

/// The form of each token from bit 1 on, bit 0 if a pair begins with it; the first token of each operation.
extern const std::array<uint8_t, Primary::kSize> kForms;
extern const std::array<Token, static_cast<size_t>(Operation::Pair) + 2> kFirstTokens;

inline TokenRange tokens_of(Operation op) {
  const auto index = static_cast<size_t>(op);
  return {kFirstTokens[index], kFirstTokens[index + 1]};
}
inline Form form_of(Token token) {
  return {static_cast<uint8_t>(kForms[token] >> 1)};
}
inline bool begins_pair(Token token) {
  return kHasPairs && token < Primary::kSize &&
         (kForms[token] & 1);  // those behind Extend have no form, and no pair
}
Operation operation_of(Token token);

/// The token that does `first` and then `second`, or kNoToken.
Token pair_of(Token first, Token second);
/// The two instructions of a pair's token.
struct PairParts {
  Token first;
  Token second;
};
PairParts parts_of(Token pair);

/// How many operands of one and of two bytes a numeric operation or an access of memory has.
struct Widths {
  uint8_t bytes = 0;
  uint8_t halves = 0;
};
constexpr Widths widths_of(Operation op, Form form) {
  Widths widths;
  for (const Place place : {form.x(), form.y()}) {
    const bool short_constant = place == Place::K && is_shift(op);
    if (place == Place::S || short_constant) ++widths.bytes;
    if (place == Place::K && !short_constant) ++widths.halves;
  }
  if (form.offset() == Offset::Byte) ++widths.bytes;
  if (form.offset() == Offset::Half || form.offset() == Offset::Constant) ++widths.halves;
  if (form.to_slot()) ++widths.bytes;
  return widths;
}

}  // namespace mote::vm
