// SPDX-License-Identifier: Apache-2.0
#include "errors.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "command.hpp"

namespace mote::tool {

namespace {

bool as_json = false;

}  // namespace

void errors_as_json() {
  as_json = true;
}

void complain(const std::string& sentence, const char* kind) {
  if (as_json) return print_json({{"error", kind}, {"message", sentence}});
  const char* no_colour = std::getenv("NO_COLOR");
  const bool colour = isatty(STDERR_FILENO) != 0 && (no_colour == nullptr || *no_colour == '\0');
  std::fflush(stdout);
  std::fprintf(stderr, "mote: %s%s%s%s\n", colour ? "\x1b[1;31m" : "", "error: ", colour ? "\x1b[0m" : "",
               sentence.c_str());
}

void print_json(const nlohmann::json& object) {
  std::printf("%s\n", object.dump(2, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
}

namespace {

std::string advice(const Error& error) {
  switch (error.code) {
    case ErrorCode::OutOfMemory:
      return "give it a larger pool with --pool (" + std::to_string(error.detail) + " more bytes at least)";
    case ErrorCode::Unsupported:
      return "compile the module without this feature, e.g. with clang's -mcpu=mvp";
    case ErrorCode::Malformed:
      return "the file is damaged or not a module; `wasm-validate FILE` of wabt may say more";
    case ErrorCode::Suspended:
      return "give it more with --fuel";
    default:
      return "";
  }
}

std::string place(const Error& error) {
  std::string text;
  if (error.function != Error::kNoOffset) text = "function " + std::to_string(error.function);
  if (error.offset != Error::kNoOffset)
    text += (text.empty() ? "byte " : ", byte ") + std::to_string(error.offset);
  return text.empty() ? text : " (" + text + ")";
}

}  // namespace

std::string explain(const std::string& file, const Error& error) {
  std::string text = file + ": " + (error.message[0] != '\0' ? error.message : to_string(error.code));
  if (error.code == ErrorCode::Unlinkable) {
    text += " \"" + std::string(error.module) + "\".\"" + std::string(error.name) + '"';
  } else if (!error.name.empty()) {
    text += " \"" + std::string(error.name) + '"';
  }
  text += place(error);
  if (const std::string more = advice(error); !more.empty()) text += "\n  " + more;
  return text;
}

int exit_code(const Error& error) {
  switch (error.code) {
    case ErrorCode::Trapped:
      return kTrap;
    case ErrorCode::Suspended:
      return kOutOfFuel;
    case ErrorCode::NotFound:
    case ErrorCode::Signature:
      return kUsage;
    default:
      return kRefused;
  }
}

nlohmann::json to_json(const std::string& file, const Error& error) {
  nlohmann::json object = {{"file", file}, {"error", to_string(error.code)}, {"message", error.message}};
  if (error.offset != Error::kNoOffset) object["offset"] = error.offset;
  if (error.function != Error::kNoOffset) object["function"] = error.function;
  if (error.code == ErrorCode::OutOfMemory) object["missing_bytes"] = error.detail;
  if (!error.name.empty()) object["name"] = error.name;
  if (error.code == ErrorCode::Unlinkable) object["module"] = error.module;
  return object;
}

int report(const std::string& file, const Error& error, bool json) {
  if (json) {
    print_json(to_json(file, error));
  } else {
    complain(explain(file, error));
  }
  return exit_code(error);
}

std::string closest(const std::string& word, const std::vector<std::string>& candidates) {
  std::string best;
  size_t least = word.size() / 2 + 2;
  for (const std::string& candidate : candidates) {
    std::vector<size_t> row(candidate.size() + 1);
    for (size_t i = 0; i < row.size(); ++i) row[i] = i;
    for (size_t i = 1; i <= word.size(); ++i) {
      size_t diagonal = row[0];
      row[0] = i;
      for (size_t j = 1; j < row.size(); ++j) {
        const size_t above = row[j];
        row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (word[i - 1] == candidate[j - 1] ? 0 : 1)});
        diagonal = above;
      }
    }
    if (row.back() >= least) continue;
    least = row.back();
    best = candidate;
  }
  return best;
}

}  // namespace mote::tool
