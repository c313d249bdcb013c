// SPDX-License-Identifier: Apache-2.0
// `mote disasm`: each function's Wasm code, and the code that Mote makes of it: the vm's, or the CPU's as
// binutils' objdump shows it.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <sstream>

#include "command.hpp"
#include "errors.hpp"
#include "input.hpp"
#include "runtime/engine.hpp"
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

/// Whether nothing but zeros is left: room for an instruction that the next function did not need.
bool is_room(const runtime::LoadedModule& loaded, uint32_t at, uint32_t end) {
  return std::all_of(loaded.code + at, loaded.code + end, [](uint8_t byte) { return byte == 0; });
}

/// A function's code begins at its entry and ends where the next one's header begins.
Lines vm_lines(const runtime::LoadedModule& loaded, uint32_t index) {
  const uint32_t count = loaded.wasm.defined_functions();
  const uint32_t end = index + 1 < count ? loaded.entries[index + 1] - 2 : loaded.code_bytes;
  Lines lines;
  for (uint32_t at = loaded.entries[index]; at < end && !is_room(loaded, at, end);) {
    std::string text;
    const uint32_t size = vm::disassemble({loaded.code, loaded.code_bytes}, at, into(text));
    char offset[16];
    std::snprintf(offset, sizeof offset, "%6u: ", at);
    if (size == 0) break;
    lines.push_back(offset + text);
    at += size;
  }
  return lines;
}

/// The machine code of all functions, a line each, with its offset: what objdump prints.
std::map<uint32_t, std::string> machine_lines(const runtime::LoadedModule& loaded,
                                              const std::string& objdump) {
  std::map<uint32_t, std::string> lines;
  const TemporaryFile file;
  std::FILE* code = file ? std::fopen(file.path().c_str(), "wb") : nullptr;
  if (code == nullptr) return lines;
  bool written = std::fwrite(loaded.code, 1, loaded.code_bytes, code) == loaded.code_bytes;
  written &= std::fclose(code) == 0;
  const std::string command =
      objdump + " -D -b binary -m i386:x86-64 -M intel --no-show-raw-insn " + file.path() + " 2>/dev/null";
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

Lines native_lines(const runtime::LoadedModule& loaded, uint32_t index,
                   const std::map<uint32_t, std::string>& all) {
  const uint32_t count = loaded.wasm.defined_functions();
  const uint32_t end = index + 1 < count ? loaded.entries[index + 1] - 4 : loaded.code_bytes;
  Lines lines;
  for (auto at = all.lower_bound(loaded.entries[index]); at != all.end() && at->first < end; ++at) {
    char offset[16];
    std::snprintf(offset, sizeof offset, "%6x: ", at->first);
    if (at->second != "int3") lines.push_back(offset + at->second);
  }
  return lines;
}

void print_function(const runtime::LoadedModule& loaded, uint32_t index, const Lines& right) {
  const uint32_t function = loaded.wasm.imported_functions + index;
  const std::string name(wasm::function_name(loaded.wasm, function));
  std::printf("function %u %s\n", function, name.c_str());
  const Lines left = wasm_lines(loaded.wasm, function);
  for (size_t i = 0; i < left.size() || i < right.size(); ++i) {
    std::printf("  %-52.52s | %s\n", i < left.size() ? left[i].c_str() : "",
                i < right.size() ? right[i].c_str() : "");
  }
}

int disasm(const std::string& file, const LoadOptions& options, const std::string& objdump) {
  int status = kSuccess;
  const auto bytes = read_module(file, &status);
  if (!bytes) return status;
  Workspace workspace;
  Engine engine(workspace.memory());
  const auto module = engine.load(*bytes, options);
  if (!module) return report(file, module.error(), false);
  const runtime::LoadedModule& loaded = *module->state();
  const bool native = options.tier == Tier::Native;
  std::map<uint32_t, std::string> machine;
  if (native) machine = machine_lines(loaded, objdump);
  if (native && machine.empty() && loaded.code_bytes > 0) {
    complain("cannot disassemble: is " + objdump + " (binutils) installed? --objdump names another");
    return kFile;
  }
  for (uint32_t i = 0; i < loaded.wasm.defined_functions(); ++i)
    print_function(loaded, i, native ? native_lines(loaded, i, machine) : vm_lines(loaded, i));
  std::printf("%u bytes of %s code from %u bytes of Wasm code\n", loaded.code_bytes,
              native ? config::kNativeName : "vm", loaded.wasm.code_size);
  return kSuccess;
}

}  // namespace

void add_disasm(CLI::App& app, int& status) {
  struct Options {
    std::string file, objdump = "objdump";
    LoadOptions load;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("disasm", "Show Wasm code and the code made of it side by side");
  command->add_option("FILE", options->file, "Module")->required();
  add_tier(*command, options->load);
  command->add_option("--objdump", options->objdump, "The command that disassembles machine code")
      ->capture_default_str();
  command->callback([options, &status] { status = disasm(options->file, options->load, options->objdump); });
}

}  // namespace mote::tool
