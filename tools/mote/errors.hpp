// SPDX-License-Identifier: Apache-2.0
// From the engine's errors to sentences: what, where, and what to do about it.
#pragma once
#include <mote/mote.hpp>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace mote::tool {

/// Prints "mote: error: ..." to standard error, in colour on a terminal unless NO_COLOR is set; after
/// errors_as_json() an object {"error": kind, "message": sentence} to standard output.
void complain(const std::string& sentence, const char* kind = "usage");
/// From now on errors are JSON: the command line has --json.
void errors_as_json();

/// A sentence, e.g. "app.wasm: type mismatch (function 3, byte 214)", and a line of advice where there is
/// any.
std::string explain(const std::string& file, const Error& error);

/// Explains, on standard error or as JSON on standard output; the exit code that belongs to the error.
int report(const std::string& file, const Error& error, bool json);
/// The exit code that belongs to an error.
int exit_code(const Error& error);
/// The error as an object: "file", "error" (its code's meaning), "message", and "offset", "function",
/// "missing_bytes", "module", "name" as far as it has them.
nlohmann::json to_json(const std::string& file, const Error& error);
/// Prints an object on standard output; bytes that are not UTF-8 are replaced.
void print_json(const nlohmann::json& object);

/// The candidate that is nearest to a misspelt word, or "".
std::string closest(const std::string& word, const std::vector<std::string>& candidates);

}  // namespace mote::tool
