// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace mote::config {

/// The text of a number: `texts` are all of them, one behind the other, each with its zero: pointers to them
/// would take flash as well. Empty for a number beyond them.
template <unsigned kBytes>
constexpr unsigned count_texts(const char (&texts)[kBytes]) {
  unsigned count = 0;
  for (unsigned i = 0; i + 1 < kBytes; ++i) count += texts[i] == 0;
  return count;
}
const char* find_text(const char* texts, unsigned number);

template <unsigned kBytes>
const char* text_at(const char (&texts)[kBytes], unsigned number) {
  return find_text(texts, number < count_texts(texts) ? number : count_texts(texts));
}

}  // namespace mote::config
