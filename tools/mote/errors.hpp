// SPDX-License-Identifier: Apache-2.0
// From the engine's errors to sentences: what, where, and what to do about it.
#pragma once
#include <mote/mote.hpp>
#include <string>
#include <vector>

namespace mote::tool {

/// Prints "mote: error: ..." to standard error, in colour on a terminal unless NO_COLOR is set.
void complain(const std::string& sentence);

/// A sentence, e.g. "app.wasm: type mismatch (function 3, byte 214)", and a line of advice where there is
/// any.
std::string explain(const std::string& file, const Error& error);

/// Explains, on standard error or as JSON on standard output; the exit code that belongs to the error.
int report(const std::string& file, const Error& error, bool json);

/// The candidate that is nearest to a misspelt word, or "".
std::string closest(const std::string& word, const std::vector<std::string>& candidates);

}  // namespace mote::tool
