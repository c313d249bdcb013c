// SPDX-License-Identifier: Apache-2.0
// `mote disasm`: each function's Wasm code, and the vm code that Mote makes of it.
#include <cstdio>
#include <sstream>

#include "command.hpp"
#include "errors.hpp"
#include "input.hpp"
#include "runtime/engine.hpp"
#include "vm/disassemble.hpp"
#include "wasm/disassemble.hpp"

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

/// A function's code begins at its entry and ends where the next one's header begins.
Lines vm_lines(const runtime::LoadedModule& loaded, uint32_t index) {
  const uint32_t count = loaded.wasm.defined_functions();
  const uint32_t end = index + 1 < count ? loaded.entries[index + 1] - 2 : loaded.code_bytes;
  Lines lines;
  for (uint32_t at = loaded.entries[index]; at < end;) {
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

void print_function(const runtime::LoadedModule& loaded, uint32_t index) {
  const uint32_t function = loaded.wasm.imported_functions + index;
  const std::string name(wasm::function_name(loaded.wasm, function));
  std::printf("function %u %s\n", function, name.c_str());
  const Lines left = wasm_lines(loaded.wasm, function), right = vm_lines(loaded, index);
  for (size_t i = 0; i < left.size() || i < right.size(); ++i) {
    std::printf("  %-52.52s | %s\n", i < left.size() ? left[i].c_str() : "",
                i < right.size() ? right[i].c_str() : "");
  }
}

int disasm(const std::string& file) {
  const auto bytes = read_module(file);
  if (!bytes) return kFile;
  std::vector<std::byte> pool(64 << 20);
  Engine engine(pool);
  const auto module = engine.load(*bytes);
  if (!module) return report(file, module.error(), false);
  const runtime::LoadedModule& loaded = *module->state();
  for (uint32_t i = 0; i < loaded.wasm.defined_functions(); ++i) print_function(loaded, i);
  std::printf("%u bytes of vm code from %u bytes of Wasm code\n", loaded.code_bytes, loaded.wasm.code_size);
  return kSuccess;
}

}  // namespace

void add_disasm(CLI::App& app, int& status) {
  auto file = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("disasm", "Show Wasm code and vm code side by side");
  command->add_option("FILE", *file, "Module")->required();
  command->callback([file, &status] { status = disasm(*file); });
}

}  // namespace mote::tool
