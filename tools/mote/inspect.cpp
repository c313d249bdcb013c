// SPDX-License-Identifier: Apache-2.0
// `mote validate` and `mote inspect`: what a module is, needs and will cost.
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "command.hpp"
#include "config/features.hpp"
#include "errors.hpp"
#include "input.hpp"
#include "runtime/engine.hpp"
#include "values.hpp"
#include "wasm/module.hpp"
#include "wasm/opcodes.hpp"
#include "workspace.hpp"

namespace mote::tool {

namespace {

using nlohmann::json;

struct Options {
  std::string file;
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
  wasm::Bodies bodies(module);
  wasm::Body body;
  while (bodies.next(body)) {
    Error error;
    wasm::Reader reader(body.begin, body.end, module.bytes.data(), error);
    for (uint32_t groups = reader.u32(); groups > 0 && reader.ok(); --groups) {
      reader.u32();
      wasm::value_type(reader, reader.u8());
    }
    while (reader.ok() && !reader.at_end()) {
      wasm::Op op;
      const wasm::OpcodeRow row = wasm::read_opcode(reader, op);
      wasm::skip_immediates(reader, row.immediate);
      const Proposal proposal = wasm::proposal_of(op);
      if (reader.ok() && proposal != Proposal::Core) ++counts[to_string(proposal)];
    }
  }
  return counts;
}

/// Host functions that stand in for imports, so that a module can be instantiated to be measured: they are
/// never called.
struct StandIns {
  std::vector<HostFunction> functions;
  std::vector<std::string> signatures;
  std::vector<NamedExtern> externs;
};

HostStatus never(Context& context, uint32_t*) {
  return context.trap(Trap::Host, "a stand-in was called");
}

char letter(ValueType type) {
  constexpr std::pair<ValueType, char> kLetters[] = {{ValueType::I32, 'i'},     {ValueType::I64, 'l'},
                                                     {ValueType::F32, 'f'},     {ValueType::F64, 'd'},
                                                     {ValueType::FuncRef, 'r'}, {ValueType::ExternRef, 'e'}};
  for (const auto& [t, l] : kLetters) {
    if (t == type) return l;
  }
  return '?';
}

std::string letters(const ExternType& type) {
  std::string text;
  for (uint32_t i = 0; i < type.param_count(); ++i) text += letter(type.param(i));
  text += ':';
  for (uint32_t i = 0; i < type.result_count(); ++i) text += letter(type.result(i));
  return text;
}

StandIns stand_ins(Engine& engine, const Module& module) {
  StandIns all;
  module.imports([&](const ImportInfo& import) {
    if (import.type.kind == ExternKind::Function) all.signatures.push_back(letters(import.type));
  });
  size_t function = 0;
  module.imports([&](const ImportInfo& import) {
    if (import.type.kind == ExternKind::Function) {
      all.functions.push_back({import.module, import.name, all.signatures[function++].c_str(), never});
      return;
    }
    auto made = import.type.kind == ExternKind::Memory ? engine.new_memory(import.type.limits)
                : import.type.kind == ExternKind::Table
                    ? engine.new_table(import.type.value, import.type.limits)
                    : engine.new_global(Value(import.type.value, 0), import.type.mutable_);
    if (made) all.externs.push_back({import.module, import.name, *made});
  });
  return all;
}

json measure(Engine& engine, const Module& module, const wasm::Module& decoded) {
  const ModuleUsage loaded = module.usage();
  json ram = {{"module", loaded.tables}, {"code", loaded.code}};
  const StandIns all = stand_ins(engine, module);
  InstanceOptions options;
  options.run_start = false;
  const auto instance =
      engine.instantiate(module, {.functions = all.functions, .externs = all.externs}, options);
  if (!instance) {
    ram["instance_error"] = instance.error().message;
    return ram;
  }
  const InstanceUsage usage = instance->usage();
  ram["instance"] = usage.descriptor;
  ram["stack"] = usage.stack;
  ram["tables"] = usage.tables;
  ram["linear_memory"] = usage.memories;
  uint64_t declared = 0;
  for (uint32_t i = decoded.imported_memories; i < decoded.memories.count; ++i) {
    declared += decoded.memories[i].limits.min << decoded.memories[i].page_log2;
  }
  ram["linear_memory_declared"] = declared;
  if (usage.memories < declared)
    ram["linear_memory_why"] = "no instruction touches a memory: only what data segments fill is given";
  return ram;
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
    for (const json& row : report[part])
      std::printf("  %s: %s\n", row["name"].get<std::string>().c_str(),
                  row["type"].get<std::string>().c_str());
  }
  std::printf("features beyond WebAssembly 1.0\n");
  for (const auto& [name, count] : report["features"].items())
    std::printf("  %s: %u instructions\n", name.c_str(), count.get<unsigned>());
  std::printf(
      "RAM of an instance on this machine (a 32-bit board needs about half of module and instance)\n");
  for (const auto& [name, value] : report["ram"].items())
    std::printf("  %-22s %s\n", name.c_str(),
                value.is_string() ? value.get<std::string>().c_str() : value.dump().c_str());
}

int inspect(const Options& options) {
  int status = kSuccess;
  const auto bytes = read_module(options.file, &status);
  if (!bytes) return status;
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
  out["ram"] = measure(engine, *module, decoded);
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
  add_json(*command, options->json, "As JSON, errors too");
  command->callback([options, &status] { status = inspect(*options); });
}

}  // namespace mote::tool
