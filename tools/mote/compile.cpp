// SPDX-License-Identifier: Apache-2.0
// `mote compile`: a module as an image for a machine, as a file, a C header or an object file.
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "command.hpp"
#include "embed.hpp"
#include "errors.hpp"
#include "input.hpp"
#include "instructions.hpp"
#include "output.hpp"
#include "targets.hpp"

extern char** environ;

namespace mote::tool {

namespace {

struct Options {
  std::string file, output, header, object, name, section;
  std::string target = "native", bounds, profile;
  bool fuel = false, names = false, map = false;
};

bool run(const std::vector<std::string>& words) {
  std::vector<char*> argv;
  for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  pid_t child = 0;
  int status = 0;
  return posix_spawnp(&child, argv[0], nullptr, nullptr, argv.data(), environ) == 0 &&
         waitpid(child, &status, 0) == child && status == 0;
}

/// An object file with the image between the symbols NAME_begin and NAME_end, as mote_embed_module() has it.
bool write_object(const Options& options, const CompileTarget& target, const std::vector<uint8_t>& image) {
  const std::string binary = options.object + ".image", source = options.object + ".S";
  const std::string section = options.section.empty() ? ".rodata." + options.name : options.section;
  if (!write_file(binary, image)) return false;
  std::ofstream text(source);
  text << "  .section " << section << ", \"a\"\n  .balign 8\n  .global " << options.name
       << "_begin\n  .global " << options.name << "_end\n"
       << options.name << "_begin:\n  .incbin \"" << binary << "\"\n"
       << options.name << "_end:\n  .section .note.GNU-stack, \"\", %progbits\n";
  text.close();
  std::istringstream words(target.assembler);
  std::vector<std::string> command;
  for (std::string word; words >> word;) command.push_back(word);
  command.insert(command.end(), {"-c", source, "-o", options.object});
  const bool ok = text && run(command);
  std::error_code ignored;
  std::filesystem::remove(binary, ignored);
  std::filesystem::remove(source, ignored);
  if (!ok) complain(options.object + " cannot be made: is " + command[0] + " installed?");
  return ok;
}

bool write_header(const Options& options, const std::vector<uint8_t>& image) {
  std::ofstream out(options.header, std::ios::trunc);
  write_array(out,
              {.command = "compile", .file = options.file, .name = options.name, .section = options.section},
              image);
  out.close();
  if (out) return true;
  complain(options.header + " cannot be written");
  return false;
}

/// The proposal of an instruction that builds with the profile do not run; empty if there is none.
std::string beyond(unsigned profile, const std::vector<uint8_t>& bytes) {
  std::vector<std::byte> memory(16 << 20);
  Pool pool(memory);
  wasm::Module module;
  Error error;
  std::string found;
  if (!wasm::decode(bytes, pool, module, error)) return found;  // the builder says so as well
  for_each_instruction(module, [&](const Instruction& instruction) {
    const Proposal proposal = wasm::proposal_of(instruction.op);
    if ((kProfiles[profile] >> static_cast<unsigned>(proposal) & 1) == 0) found = to_string(proposal);
  });
  return found;
}

int compile(Options options) {
  const CompileTarget* target = find_target(options.target);
  if (target == nullptr) return kUsage;
  const auto bytes = read_module(options.file);
  if (!bytes) return kFile;
  if (is_image(*bytes)) {
    complain(options.file + " is an image already; `mote compile` wants the module it was made from");
    return kUsage;
  }
  image::BuildOptions build{.isa = target->isa,
                            .fuel = options.fuel,
                            .features = target->features,
                            .names = options.names,
                            .map = options.map};
  build.wide_types = options.profile.empty() ? target->wide_types : options.profile == "full";
  if (!find_bounds(options.bounds, *target, build.bounds)) return kUsage;
  if (!build.wide_types) {
    const bool tiny = options.profile == "tiny";
    const std::string missing = beyond(tiny ? MOTE_PROFILE_TINY : MOTE_PROFILE_MCU, *bytes);
    if (!missing.empty()) {
      complain(options.file + ": needs the " + missing + " proposal, which builds with the profile " +
               (tiny ? "tiny" : "mcu") + " lack");
      return kRefused;
    }
  }
  Error error;
  const std::vector<uint8_t> image = build_image(*bytes, build, error);
  if (image.empty()) return report(options.file, error, false);
  if (reinterpret_cast<const image::Header*>(image.data())->bounds != static_cast<uint8_t>(build.bounds))
    complain(options.file + ": --bounds " + options.bounds +
             " does not suit its memory, so code compares addresses");
  if (options.name.empty()) options.name = array_name(options.file);
  if (options.output.empty() && options.header.empty() && options.object.empty())
    options.output = std::filesystem::path(options.file).filename().replace_extension(".mote").string();
  const bool written = (options.output.empty() || write_file(options.output, image)) &&
                       (options.header.empty() || write_header(options, image)) &&
                       (options.object.empty() || write_object(options, *target, image));
  return written ? kSuccess : kFile;
}

}  // namespace

void add_compile(CLI::App& app, int& status) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("compile", "Compile a module to an image that runs in place");
  command->add_option("FILE", options->file, "Module")->required();
  command->add_option("--target", options->target, "Machine: " + target_names())->capture_default_str();
  command->add_option("--bounds", options->bounds, bounds_help())->check(CLI::IsMember(bounds_names()));
  command
      ->add_option("--profile", options->profile,
                   "Of the build that will run it: mcu (as boards have it) or full (as hosts)")
      ->check(CLI::IsMember({"tiny", "mcu", "full"}));
  command->add_flag("--fuel", options->fuel, "Native code counts fuel, so that it can be stopped");
  command->add_flag("--names", options->names, "Keep functions' names for backtraces");
  command->add_flag("--map", options->map, "Add byte offsets of the module for backtraces");
  command->add_option("-o,--output", options->output, "Image (default: FILE's name with .mote)");
  command->add_option("--header", options->header, "A C/C++ header with the image as an array");
  command->add_option("--object", options->object, "An object file with NAME_begin and NAME_end around it");
  command->add_option("--name", options->name, "Name of the array or the symbols (default: from FILE's)");
  command->add_option("--section", options->section, "Linker section to put it in");
  command->callback([options, &status] { status = compile(*options); });
}

}  // namespace mote::tool
