// SPDX-License-Identifier: Apache-2.0
#include "command.hpp"
#include "errors.hpp"
#include "spec_command.hpp"

namespace {

/// CLI11 says that a word is unknown; this adds the subcommand that was probably meant.
int report_usage(const CLI::App& app, const CLI::ParseError& error, int argc, char** argv) {
  if (error.get_exit_code() == 0) return app.exit(error);
  mote::tool::complain(error.what());
  if (argc > 1 && argv[1][0] != '-') {
    std::vector<std::string> names;
    for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
    const std::string meant = mote::tool::closest(argv[1], names);
    if (!meant.empty() && meant != argv[1]) std::fprintf(stderr, "did you mean `mote %s`?\n", meant.c_str());
  }
  std::fprintf(stderr, "try `mote --help`\n");
  return mote::tool::kUsage;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Mote runs WebAssembly on microcontrollers and on the desk.", "mote"};
  app.set_version_flag("--version", "mote " MOTE_VERSION);
  app.require_subcommand(1);
  app.footer(
      "Exit codes: 0 success, 1 trap or out of fuel, 2 usage, 3 module refused, 4 file.\n"
      "A FILE is a .wasm module, `-` for standard input, or a .wat text when wabt is installed.");
  int status = mote::tool::kSuccess;
  mote::tool::add_run(app, status);
  mote::tool::add_validate(app, status);
  mote::tool::add_inspect(app, status);
  mote::tool::add_disasm(app, status);
  mote::tool::add_embed(app, status);
  mote::spec::add_spec_commands(app, status);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return report_usage(app, error, argc, argv);
  }
  return status;
}
