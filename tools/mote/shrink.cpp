// SPDX-License-Identifier: Apache-2.0
// `mote shrink`: pages of 64 KiB become pages of a byte (custom-page-sizes proposal), as many as the module
// needs.
#include "shrink.hpp"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "command.hpp"
#include "errors.hpp"
#include "input.hpp"
#include "memory_need.hpp"
#include "output.hpp"
#include "runtime/engine.hpp"
#include "targets.hpp"
#include "workspace.hpp"

namespace mote::tool {

namespace {

constexpr uint8_t kMemorySection = 5, kExportSection = 7, kHasMaximum = 1, kHasPageSize = 8;

using Bytes = std::vector<uint8_t>;

void put(Bytes& out, uint64_t value) {
  do {
    const auto low = static_cast<uint8_t>(value & 0x7f);
    value >>= 7;
    out.push_back(value != 0 ? low | 0x80 : low);
  } while (value != 0);
}

void put_section(Bytes& out, uint8_t id, const Bytes& contents) {
  out.push_back(id);
  put(out, contents.size());
  out.insert(out.end(), contents.begin(), contents.end());
}

/// One memory of so many bytes that never grows.
Bytes memory_section(uint64_t size) {
  Bytes section = {1, kHasMaximum | kHasPageSize};
  put(section, size);
  put(section, size);
  section.push_back(0);  // 2^0 bytes a page
  return section;
}

bool is_linkers(std::string_view name) {
  for (const char* known :
       {"__heap_base", "__heap_end", "__data_end", "__stack_pointer", "__stack_low", "__stack_high",
        "__global_base", "__memory_base", "__table_base", "__dso_handle"}) {
    if (name == known) return true;
  }
  return false;
}

/// The exports without the linker's own globals.
Bytes export_section(wasm::Reader contents) {
  Bytes kept;
  uint32_t count = 0;
  for (uint32_t left = contents.u32(); left > 0 && contents.ok(); --left) {
    const std::string_view name = contents.name();
    const uint8_t kind = contents.u8();
    const uint32_t index = contents.u32();
    if (kind == static_cast<uint8_t>(ExternKind::Global) && is_linkers(name)) continue;
    ++count;
    put(kept, name.size());
    kept.insert(kept.end(), name.begin(), name.end());
    kept.push_back(kind);
    put(kept, index);
  }
  Bytes section;
  put(section, count);
  section.insert(section.end(), kept.begin(), kept.end());
  return section;
}

Bytes rewrite(std::span<const uint8_t> bytes, uint64_t size, bool drop_linker_exports) {
  Bytes out(bytes.begin(), bytes.begin() + 8);
  Error error;
  wasm::Reader reader(bytes.data() + 8, bytes.data() + bytes.size(), bytes.data(), error);
  while (reader.ok() && !reader.at_end()) {
    const uint8_t id = reader.u8();
    const uint32_t length = reader.u32();
    const uint32_t at = reader.offset();
    const wasm::Reader contents = reader.sub(length);
    if (id == kMemorySection) {
      put_section(out, id, memory_section(size));
    } else if (id == kExportSection && drop_linker_exports) {
      put_section(out, id, export_section(contents));
    } else {
      put_section(out, id, Bytes(bytes.begin() + at, bytes.begin() + at + length));
    }
  }
  return out;
}

/// Why a module's memory cannot be made smaller; empty if it can.
std::string obstacle(const wasm::Module& module, const MemoryNeed& need, const ShrinkOptions& options) {
  if (module.memories.count != 1 || module.imported_memories != 0) return need.why;
  const wasm::MemoryType& type = module.memories[0];
  if (type.limits.is_64) return "its memory has 64-bit addresses";
  if (type.limits.shared) return "its memory is shared with threads";
  if (type.page_log2 != 16)
    return "its pages have " + std::to_string(1u << type.page_log2) + " bytes already";
  if (need.asks_for_memory)
    return "it measures or grows its memory (memory.size, memory.grow), which counts pages of 64 KiB: give "
           "it a heap "
           "of a fixed size, e.g. an array, and leave the allocator that grows the memory out";
  if (!need.needed) return need.why;
  if (need.end_in_code && !options.heap)
    return "the number " + std::to_string(need.declared) +
           " in its code may be the end of its heap: say with --heap how many bytes of heap it needs, 0 if "
           "it has none";
  return "";
}

struct Options {
  std::string file, output;
  uint64_t heap = 0;
  bool heap_given = false, json = false;
  ShrinkOptions how;
};

int run(Options options) {
  int status = kSuccess;
  const auto bytes = read_module(options.file, &status);
  if (!bytes) return status;
  if (is_image(*bytes))
    return complain(options.file + " is an image; `mote shrink` wants the module it was made from"), kUsage;
  Workspace workspace;
  Engine engine(workspace.memory());
  const auto module = engine.load(*bytes);
  if (!module) return report(options.file, module.error(), options.json);
  if (options.heap_given) options.how.heap = options.heap;
  const Shrunk shrunk = shrink(*bytes, *module->state(), options.how);
  if (shrunk.bytes.empty())
    return complain(options.file + " stays as it is: " + shrunk.why, "not shrunk"), kRefused;
  if (!write_file(options.output, shrunk.bytes)) return kFile;
  if (options.json) {
    print_json({{"file", options.file},
                {"output", options.output},
                {"memory_before", shrunk.before},
                {"memory_after", shrunk.after},
                {"bytes_before", bytes->size()},
                {"bytes_after", shrunk.bytes.size()},
                {"why", shrunk.why}});
  } else {
    std::printf("linear memory %llu -> %llu bytes: %s\n", static_cast<unsigned long long>(shrunk.before),
                static_cast<unsigned long long>(shrunk.after), shrunk.why.c_str());
  }
  return kSuccess;
}

}  // namespace

Shrunk shrink(std::span<const uint8_t> bytes, const runtime::LoadedModule& loaded,
              const ShrinkOptions& options) {
  Shrunk shrunk;
  MemoryNeed need = memory_need(loaded.wasm, loaded.touches_memory);
  // What host functions alone read and write counts too, where the linker says how much it is.
  if (const MemoryNeed all = memory_need(loaded.wasm, true); all.needed) need = all;
  if (options.needed) need.needed = std::max(*options.needed, need.data_end);
  shrunk.before = need.declared;
  shrunk.why = obstacle(loaded.wasm, need, options);
  if (!shrunk.why.empty()) return shrunk;
  shrunk.after = *need.needed + options.heap.value_or(0);
  if (shrunk.after > need.declared) {
    shrunk.why = "with that heap it needs " + std::to_string(shrunk.after) + " bytes, and has " +
                 std::to_string(need.declared) + ": link it with --initial-memory";
    return shrunk;
  }
  shrunk.why = need.why;
  shrunk.bytes = rewrite(bytes, shrunk.after, options.drop_linker_exports);
  return shrunk;
}

void add_shrink(CLI::App& app, int& status) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("shrink", "Give a module a linear memory of what it needs, not of whole pages");
  command->add_option("FILE", options->file, "Module, linked with --export=__heap_base or with its names")
      ->required();
  command->add_option("-o,--output", options->output, "Module to write")->required();
  command
      ->add_option_function<uint64_t>(
          "--heap", [options](uint64_t bytes) { options->heap = bytes, options->heap_given = true; },
          "Bytes of heap behind data and stack")
      ->transform(CLI::AsSizeValue(false));
  command->add_flag("--drop-linker-exports", options->how.drop_linker_exports,
                    "Leave out the exported globals that only tools read, e.g. __heap_base");
  add_json(*command, options->json, "As JSON, errors too");
  command->callback([options, &status] { status = run(*options); });
}

}  // namespace mote::tool
