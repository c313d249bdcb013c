// SPDX-License-Identifier: Apache-2.0
// What the subcommands share: exit codes, and how each is added to the command line.
#pragma once
#include <CLI/CLI.hpp>

namespace mote::tool {

/// Exit codes, as `mote --help` documents them.
enum ExitCode : int {
  kSuccess = 0,
  kTrap = 1,       ///< the program ended in a trap
  kUsage = 2,      ///< the command line is wrong: option, function name, arguments
  kRefused = 3,    ///< the module was refused: malformed, invalid, unsupported, too large, an import missing
  kFile = 4,       ///< a file cannot be read or written, or this machine is out of memory
  kOutOfFuel = 5,  ///< the program was stopped: its fuel is used up
};

/// Adds --json, which makes errors JSON as well.
void add_json(CLI::App& command, bool& json, const std::string& what);

/// Each adds its subcommand; when it has run, `status` is the exit code.
void add_run(CLI::App& app, int& status);
void add_validate(CLI::App& app, int& status);
void add_inspect(CLI::App& app, int& status);
void add_disasm(CLI::App& app, int& status);
void add_embed(CLI::App& app, int& status);
void add_compile(CLI::App& app, int& status);
void add_new(CLI::App& app, int& status);
void add_build(CLI::App& app, int& status);
void add_shrink(CLI::App& app, int& status);
void add_fit(CLI::App& app, int& status);

}  // namespace mote::tool
