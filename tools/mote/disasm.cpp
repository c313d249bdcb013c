// SPDX-License-Identifier: Apache-2.0
// `mote disasm`: each function's Wasm code, and the code that Mote makes of it: the vm's, or a CPU's as
// binutils' objdump shows it, of this machine or of one that images are made for.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <sstream>

#include "command.hpp"
#include "errors.hpp"
#include "input.hpp"
#include "runtime/engine.hpp"
#include "targets.hpp"
#include "temporary_file.hpp"
#include "tier_option.hpp"
#include "vm/disassemble.hpp"
#include "wasm/disassemble.hpp"
#include "workspace.hpp"

namespace mote::tool {

namespace {

using Lines = std::vector<std::string>;

wasm::TextSink into(std::string& text) {
  return {[](void* context, std::string_view piece) { static_cast<std::string*>(context)->append(piece); },
          &text};
}

Lines wasm_lines(const wasm::Module& module, uint32_t function) {
  std::string text;
  Error error;
  wasm::disassemble(module, function, into(text), error);
  Lines lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

/// Code of all functions, wherever it was made.
struct Code {
  const wasm::Module& module;
  std::span<const uint8_t> bytes;
  const uint32_t* entries;
  IsaId isa;

  /// A function's code ends where the next one's header begins.
  uint32_t end(uint32_t index) const {
    const uint32_t header = isa == IsaId::Vm ? 2 : 4;
    const auto all = static_cast<uint32_t>(bytes.size());
    return index + 1 < module.defined_functions() ? entries[index + 1] - header : all;
  }
};

/// Whether nothing but zeros is left: room for an instruction that the next function did not need.
bool is_room(const Code& code, uint32_t at, uint32_t end) {
  return std::all_of(code.bytes.begin() + at, code.bytes.begin() + end,
                     [](uint8_t byte) { return byte == 0; });
}

Lines vm_lines(const Code& code, uint32_t index) {
  const uint32_t end = code.end(index);
  Lines lines;
  for (uint32_t at = code.entries[index]; at < end && !is_room(code, at, end);) {
    std::string text;
    const uint32_t size = vm::disassemble(code.bytes, at, into(text));
    char offset[16];
    std::snprintf(offset, sizeof offset, "%6u: ", at);
    if (size == 0) break;
    lines.push_back(offset + text);
    at += size;
  }
  return lines;
}

/// The machine code of all functions, a line each, with its offset: what objdump prints.
std::map<uint32_t, std::string> machine_lines(const Code& code, const std::string& objdump) {
  std::map<uint32_t, std::string> lines;
  const TemporaryFile file;
  std::FILE* out = file ? std::fopen(file.path().c_str(), "wb") : nullptr;
  if (out == nullptr) return lines;
  bool written = std::fwrite(code.bytes.data(), 1, code.bytes.size(), out) == code.bytes.size();
  written &= std::fclose(out) == 0;
  const std::string command = objdump + " " + file.path() + " 2>/dev/null";
  FILE* pipe = written ? popen(command.c_str(), "r") : nullptr;
  char line[256];
  while (pipe != nullptr && std::fgets(line, sizeof line, pipe) != nullptr) {
    char* text = nullptr;
    const unsigned long at = std::strtoul(line, &text, 16);
    if (line[0] != ' ' || *text != ':') continue;
    std::string instruction = text + 1;
    instruction.erase(0, instruction.find_first_not_of(" \t"));
    instruction.erase(instruction.find_last_not_of(" \t\n") + 1);
    lines[static_cast<uint32_t>(at)] = instruction;
  }
  if (pipe != nullptr) pclose(pipe);
  return lines;
}

Lines native_lines(const Code& code, uint32_t index, const std::map<uint32_t, std::string>& all) {
  const uint32_t end = code.end(index);
  Lines lines;
  for (auto at = all.lower_bound(code.entries[index]); at != all.end() && at->first < end; ++at) {
    char offset[16];
    std::snprintf(offset, sizeof offset, "%6x: ", at->first);
    if (at->second != "int3") lines.push_back(offset + at->second);
  }
  return lines;
}

void print_function(const Code& code, uint32_t index, const Lines& right) {
  const uint32_t function = code.module.imported_functions + index;
  const std::string name(wasm::function_name(code.module, function));
  std::printf("function %u %s\n", function, name.c_str());
  const Lines left = wasm_lines(code.module, function);
  for (size_t i = 0; i < left.size() || i < right.size(); ++i) {
    std::printf("  %-52.52s | %s\n", i < left.size() ? left[i].c_str() : "",
                i < right.size() ? right[i].c_str() : "");
  }
}

/// Whose code it is, and the command that shows it: the target's, or another instead of its first word.
struct Shown {
  const char* name;
  std::string objdump;
};

int print(const Code& code, const Shown& shown) {
  const bool native = code.isa != IsaId::Vm;
  std::map<uint32_t, std::string> machine;
  if (native) machine = machine_lines(code, shown.objdump);
  if (native && machine.empty() && !code.bytes.empty()) {
    const std::string command = shown.objdump.substr(0, shown.objdump.find(' '));
    const bool arm = code.isa == IsaId::Thumb2;
    complain("cannot disassemble: is " + command + " (binutils) installed? Debian has it in " +
             (arm ? "binutils-arm-none-eabi" : "binutils") + "; --objdump names another");
    return kFile;
  }
  for (uint32_t i = 0; i < code.module.defined_functions(); ++i)
    print_function(code, i, native ? native_lines(code, i, machine) : vm_lines(code, i));
  std::printf("%u bytes of %s code from %u bytes of Wasm code\n", static_cast<uint32_t>(code.bytes.size()),
              shown.name, code.module.code_size);
  return kSuccess;
}

struct Options {
  std::string file, objdump, target, bounds;
  LoadOptions load;
};

Shown shown_as(const char* name, const std::string& words, const std::string& instead) {
  return {name, instead.empty() ? words : instead + words.substr(words.find(' '))};
}

/// As a tier of this build has it in memory.
int disasm_loaded(const Options& options, const std::vector<uint8_t>& bytes) {
  Workspace workspace;
  Engine engine(workspace.memory());
  const auto module = engine.load(bytes, options.load);
  if (!module) return report(options.file, module.error(), false);
  const runtime::LoadedModule& loaded = *module->state();
  const bool native = options.load.tier == Tier::Native;
  const Code code{
      loaded.wasm, {loaded.code, loaded.code_bytes}, loaded.entries, native ? config::kNativeIsa : IsaId::Vm};
  if (!native) return print(code, {"vm", ""});
  return print(code, shown_as(config::kNativeName, find_target("native")->objdump, options.objdump));
}

/// As an image for a target has it.
int disasm_image(const Options& options, const std::vector<uint8_t>& bytes) {
  const CompileTarget* target = find_target(options.target);
  if (target == nullptr) return kUsage;
  image::BuildOptions build{.isa = target->isa,
                            .fuel = options.load.fuel,
                            .features = target->features,
                            .wide_types = target->wide_types};
  if (!find_bounds(options.bounds, *target, build.bounds)) return kUsage;
  Error error;
  const std::vector<uint8_t> image = build_image(bytes, build, error);
  if (image.empty()) return report(options.file, error, false);
  Workspace workspace;
  Pool pool(workspace.memory());
  wasm::Module module;
  if (!wasm::decode(bytes, pool, module, error)) return report(options.file, error, false);
  image::Header header{};
  std::memcpy(&header, image.data(), sizeof header);
  const Code code{module,
                  {image.data() + header.part(image::kCodePart).at, header.part(image::kCodePart).bytes},
                  reinterpret_cast<const uint32_t*>(image.data() + header.part(image::kTablesPart).at),
                  target->isa};
  return print(code, shown_as(target->name, target->objdump, options.objdump));
}

int disasm(const Options& options) {
  int status = kSuccess;
  const auto bytes = read_module(options.file, &status);
  if (!bytes) return status;
  return options.target.empty() ? disasm_loaded(options, *bytes) : disasm_image(options, *bytes);
}

}  // namespace

void add_disasm(CLI::App& app, int& status) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("disasm", "Show Wasm code and the code made of it side by side");
  command->add_option("FILE", options->file, "Module")->required();
  add_tier(*command, options->load);
  CLI::Option* target = command
                            ->add_option("--target", options->target,
                                         "Code as an image has it for a machine, instead: " + target_names())
                            ->excludes("--tier");
  command->add_option("--bounds", options->bounds, bounds_help())
      ->check(CLI::IsMember(bounds_names()))
      ->needs(target);
  command->add_option("--objdump", options->objdump,
                      "The command that disassembles machine code [objdump, arm-none-eabi-objdump]");
  command->callback([options, &status] { status = disasm(*options); });
}

}  // namespace mote::tool
