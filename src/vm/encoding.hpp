// SPDX-License-Identifier: Apache-2.0
// The instruction set as tables for the encoder: for an operation the forms that it has, for a pair of tokens
// the one that does both.
#pragma once
#include <array>
#include <cstdint>

#include "vm/tokens.hpp"

namespace mote::vm {

/// One form of an operation.
struct FormRow {
  Operation op = Operation::Pair;
  uint8_t form = 0;
  Token token = 0;

  constexpr bool stores_result() const {
    return form & 1;
  }  ///< destination in a slot; of branches: back to a loop
  constexpr Place x() const { return static_cast<Place>(form >> 1 & 3); }
  constexpr Place y() const { return static_cast<Place>(form >> 3 & 3); }
  constexpr Offset offset() const { return static_cast<Offset>(form >> 5); }
};

struct FusionRow {
  Token first = 0, second = 0, fused = 0;
};

/// All forms of an operation: rows [first, last).
struct FormRange {
  const FormRow* first;
  const FormRow* last;
  const FormRow* begin() const { return first; }
  const FormRow* end() const { return last; }
};

FormRange forms_of(Operation op);

/// The token that does `first` and then `second`, or 0xffff.
inline constexpr Token kNoToken = 0xffff;
Token fused(Token first, Token second);

}  // namespace mote::vm
