// SPDX-License-Identifier: Apache-2.0
// `mote validate` and `mote inspect`: what a module is, needs and will cost.
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>

#include "command.hpp"
#include "config/features.hpp"
#include "errors.hpp"
#include "input.hpp"
#include "inspect_image.hpp"
#include "instructions.hpp"
#include "memory_need.hpp"
#include "ram.hpp"
#include "runtime/engine.hpp"
#include "targets.hpp"
#include "values.hpp"
#include "wasm/module.hpp"
#include "wasm/opcodes.hpp"
#include "workspace.hpp"

namespace mote::tool {

namespace {

using nlohmann::json;

struct Options {
  std::string file;
  uint32_t stack = InstanceOptions{}.stack_bytes;
  bool json = false;
};

const char* section_name(uint8_t id) {
  constexpr const char* kNames[] = {"custom", "type",  "import",  "function", "table", "memory",     "global",
                                    "export", "start", "element", "code",     "data",  "data count", "tag"};
  return id < std::size(kNames) ? kNames[id] : "unknown";
}

json sections(const std::vector<uint8_t>& bytes) {
  json list = json::array();
  Error error;
  wasm::Reader reader(bytes.data() + 8, bytes.data() + bytes.size(), bytes.data(), error);
  while (reader.ok() && !reader.at_end()) {
    const uint32_t offset = reader.offset();
    const uint8_t id = reader.u8();
    wasm::Reader contents = reader.sub(reader.u32());
    json row = {{"name", section_name(id)}, {"offset", offset}, {"bytes", contents.remaining()}};
    if (id == 0) row["custom"] = contents.name();
    list.push_back(row);
  }
  return list;
}

/// The proposals beyond WebAssembly 1.0 whose instructions the module uses, and how often.
json features(const wasm::Module& module) {
  std::map<std::string, uint32_t> counts;
  for_each_instruction(module, [&](const Instruction& instruction) {
    const Proposal proposal = wasm::proposal_of(instruction.op);
    if (proposal != Proposal::Core) ++counts[to_string(proposal)];
  });
  json object = json::object();
  for (const auto& [name, count] : counts) object[name] = count;
  return object;
}

json linear_memory(const runtime::LoadedModule& loaded) {
  const MemoryNeed need = memory_need(loaded.wasm, loaded.touches_memory);
  json object = {{"declared", need.declared}, {"why", need.why}, {"grows", need.asks_for_memory}};
  if (need.needed) object["needed"] = *need.needed;
  return object;
}

json ram(const RamReport& measured) {
  json object = to_json(measured.here);
  object["linear_memory_declared"] = measured.memory_declared;
  object["linear_memory_most"] = measured.memory_most;
  if (!measured.problem.empty()) object["instance_error"] = measured.problem;
  if (measured.here.linear_memory < measured.memory_declared)
    object["linear_memory_why"] = "no instruction touches a memory: only what data segments fill is given";
  return object;
}

void print_rows(const json& rows) {
  for (const json& row : rows)
    std::printf("  %s: %s\n", row["name"].get<std::string>().c_str(), row["type"].get<std::string>().c_str());
  if (rows.empty()) std::printf("  none\n");
}

void print_memory(const json& memory) {
  std::printf("linear memory\n  declared %s bytes", memory["declared"].dump().c_str());
  if (memory.contains("needed")) std::printf(", needs %s", memory["needed"].dump().c_str());
  std::printf(": %s\n", memory["why"].get<std::string>().c_str());
  if (memory["grows"].get<bool>()) std::printf("  an instruction measures or grows it: it has a heap\n");
}

/// A table: what, here, and on a board where that is known.
void print_ram(const json& here, const json* board) {
  std::printf("RAM in bytes %26s", "this machine");
  std::printf(board != nullptr ? "  32-bit board (vm)\n" : "\n");
  constexpr std::pair<const char*, const char*> kRows[] = {
      {"engine", "engine"},
      {"module", "module's tables"},
      {"code", "code (0 when in flash)"},
      {"instance", "instance"},
      {"stack", "guest's stack"},
      {"tables", "tables"},
      {"linear_memory", "linear memory"},
      {"total", "together"},
      {"pool", "smallest pool to load it"},
  };
  for (const auto& [key, words] : kRows) {
    std::printf("  %-25s %11s", words, here[key].dump().c_str());
    if (board != nullptr) std::printf("  %17s", (*board)[key].dump().c_str());
    std::printf("\n");
  }
  if (here.contains("instance_error"))
    std::printf("  an instance could not be made here: %s\n",
                here["instance_error"].get<std::string>().c_str());
  if (here["linear_memory_most"] != here["linear_memory_declared"])
    std::printf("  the linear memory may grow to %s bytes; --memory-limit bounds it\n",
                here["linear_memory_most"].dump().c_str());
}

void print(const json& report) {
  std::printf("sections\n");
  for (const json& row : report["sections"]) {
    std::printf("  %-10s %8llu bytes at %llu %s\n", row["name"].get<std::string>().c_str(),
                row["bytes"].get<unsigned long long>(), row["offset"].get<unsigned long long>(),
                row.value("custom", "").c_str());
  }
  for (const char* part : {"imports", "exports"}) {
    std::printf("%s\n", part);
    print_rows(report[part]);
  }
  std::printf("features beyond WebAssembly 1.0\n");
  for (const auto& [name, count] : report["features"].items())
    std::printf("  %s: %u instruction%s\n", name.c_str(), count.get<unsigned>(), count == 1 ? "" : "s");
  if (report["features"].empty()) std::printf("  none\n");
  print_memory(report["linear_memory"]);
  print_ram(report["ram"], report.contains("ram_32bit") ? &report["ram_32bit"] : nullptr);
}

int inspect(const Options& options) {
  int status = kSuccess;
  const auto bytes = read_module(options.file, &status);
  if (!bytes) return status;
  if (is_image(*bytes)) return inspect_image(options.file, *bytes, options.json);
  Workspace workspace;
  Engine engine(workspace.memory());
  const auto module = engine.load(*bytes);
  if (!module) return report(options.file, module.error(), options.json);
  const wasm::Module& decoded = module->state()->wasm;
  json out = {{"file", options.file}, {"bytes", bytes->size()}, {"sections", sections(*bytes)}};
  out["imports"] = out["exports"] = json::array();
  module->imports([&](const ImportInfo& import) {
    out["imports"].push_back({{"name", std::string(import.module) + "." + std::string(import.name)},
                              {"type", describe(import.type)}});
  });
  module->exports([&](const ExportInfo& item) {
    out["exports"].push_back({{"name", item.name}, {"type", describe(item.type)}});
  });
  out["features"] = features(decoded);
  out["linear_memory"] = linear_memory(*module->state());
  const RamReport measured = measure_ram(*bytes, {.bounds = Bounds::Software}, options.stack);
  out["ram"] = ram(measured);
  if (measured.board) out["ram_32bit"] = to_json(*measured.board);
  if (options.json) {
    std::printf("%s\n", out.dump(2, ' ', false, json::error_handler_t::replace).c_str());
  } else {
    print(out);
  }
  return kSuccess;
}

int validate(const std::vector<std::string>& files, bool as_json) {
  int status = kSuccess;
  for (const std::string& file : files) {
    int refused = kSuccess;
    const auto bytes = read_module(file, &refused);
    if (!bytes) {
      status = refused;
      continue;
    }
    Workspace workspace;
    Engine engine(workspace.memory());
    const auto module = engine.load(*bytes);
    if (!module) {
      status = report(file, module.error(), as_json);
    } else if (as_json) {
      std::printf("%s\n", json({{"file", file}, {"valid", true}}).dump(2).c_str());
    }
  }
  return status;
}

}  // namespace

void add_validate(CLI::App& app, int& status) {
  auto files = std::make_shared<std::vector<std::string>>();
  auto as_json = std::make_shared<bool>(false);
  CLI::App* command = app.add_subcommand("validate", "Say whether modules are valid; silent when they are");
  command->add_option("FILE", *files, "Modules")->required();
  add_json(*command, *as_json, "As JSON, errors too");
  command->callback([=, &status] { status = validate(*files, *as_json); });
}

void add_inspect(CLI::App& app, int& status) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("inspect", "Show sections, imports, exports, features and RAM of a module");
  command->add_option("FILE", options->file, "Module")->required();
  command->add_option("--stack", options->stack, "Bytes of the guest's stack to reckon with")
      ->transform(CLI::AsSizeValue(false))
      ->capture_default_str();
  add_json(*command, options->json, "As JSON, errors too");
  command->callback([options, &status] { status = inspect(*options); });
}

}  // namespace mote::tool
