// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cctype>
#include <new>
#include <nlohmann/json.hpp>

#include "command.hpp"
#include "errors.hpp"
#include "spec_command.hpp"

namespace {

using Words = std::vector<std::string>;

bool is_negative_number(const std::string& word) {
  if (word.size() < 2 || word[0] != '-') return false;
  const std::string rest = word.substr(1);
  return std::isdigit(static_cast<unsigned char>(rest[0])) != 0 || rest[0] == '.' ||
         rest.starts_with("inf") || rest.starts_with("nan");
}

/// The library takes "-5" for an option; with a space in front it is an argument. No command has options that
/// look like numbers.
void protect_negative_numbers(Words& words) {
  for (std::string& word : words) {
    if (word == "--") return;
    if (is_negative_number(word)) word.insert(0, " ");
  }
}

/// The option of `command` that a word was probably meant to be, or "".
std::string option_meant(const CLI::App& command, const std::string& word) {
  std::string written = word.substr(0, word.find('='));
  const bool one_dash = !written.starts_with("--");
  if (one_dash) written.insert(0, "-");
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  if (std::find(names.begin(), names.end(), written) != names.end()) return one_dash ? written : "";
  return mote::tool::closest(written, names);
}

const CLI::App* find_command(const CLI::App& app, const std::string& name) {
  for (const CLI::App* command : app.get_subcommands({})) {
    if (command->get_name() == name) return command;
  }
  return nullptr;
}

/// What the user probably meant: a subcommand's name, or an option of the one that was given.
std::string suggestion(const CLI::App& app, const Words& words) {
  if (words.empty()) return "";
  const CLI::App* command = find_command(app, words[0]);
  if (command == nullptr && words[0][0] != '-') {
    Words names;
    for (const CLI::App* known : app.get_subcommands({})) names.push_back(known->get_name());
    const std::string meant = mote::tool::closest(words[0], names);
    return meant.empty() ? "" : "\n  did you mean `mote " + meant + "`?";
  }
  for (const std::string& word : words) {
    if (word == "--") break;
    if (word[0] != '-') continue;
    const std::string meant = option_meant(command != nullptr ? *command : app, word);
    if (!meant.empty()) return "\n  did you mean `" + meant + "`?";
  }
  return "";
}

int report_usage(CLI::App& app, const CLI::ParseError& error, const Words& words) {
  if (error.get_exit_code() == 0) return app.exit(error);
  const bool wants_json = std::find(words.begin(), words.end(), "--json") != words.end();
  if (wants_json) mote::tool::errors_as_json();
  const bool known = !words.empty() && find_command(app, words[0]) != nullptr;
  const std::string help = known ? "mote " + words[0] + " --help" : "mote --help";
  std::string sentence = error.what();
  if (!known && !words.empty() && words[0][0] != '-') sentence = "there is no command \"" + words[0] + '"';
  const bool guess = !known || dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr;
  mote::tool::complain(sentence + (guess ? suggestion(app, words) : "") + "\n  try `" + help + '`');
  return mote::tool::kUsage;
}

int out_of_memory() {
  mote::tool::complain("this machine does not have the memory that was asked for", "memory");
  return mote::tool::kFile;
}

}  // namespace

namespace mote::tool {

void add_json(CLI::App& command, bool& json, const std::string& what) {
  command.add_flag_callback(
      "--json",
      [&json] {
        json = true;
        errors_as_json();
      },
      what);
}

}  // namespace mote::tool

int main(int argc, char** argv) {
  CLI::App app{"Mote runs WebAssembly on microcontrollers and on the desk.", "mote"};
  app.set_version_flag("--version", "mote " MOTE_VERSION);
  app.require_subcommand(1);
  app.footer(
      "Exit codes: 0 success, 1 trap, 2 usage, 3 module refused, 4 file, 5 out of fuel or time.\n"
      "A FILE is a .wasm module, `-` for standard input, or WebAssembly text when wabt is installed; where "
      "code\n"
      "is run or inspected also an image (.mote) that `mote compile` made.");
  int status = mote::tool::kSuccess;
  mote::tool::add_run(app, status);
  mote::tool::add_validate(app, status);
  mote::tool::add_inspect(app, status);
  mote::tool::add_disasm(app, status);
  mote::tool::add_embed(app, status);
  mote::tool::add_compile(app, status);
  mote::tool::add_new(app, status);
  mote::tool::add_build(app, status);
  mote::tool::add_shrink(app, status);
  mote::tool::add_fit(app, status);
  mote::spec::add_spec_commands(app, status);
  Words words(argv + 1, argv + argc);
  protect_negative_numbers(words);
  try {
    app.parse(Words(words.rbegin(), words.rend()));
  } catch (const CLI::ParseError& error) {
    return report_usage(app, error, words);
  } catch (const std::bad_alloc&) {
    return out_of_memory();
  }
  return status;
}
