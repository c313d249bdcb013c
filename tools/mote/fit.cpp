// SPDX-License-Identifier: Apache-2.0
// `mote fit`: what a module takes on a board, whether that is there, and what to change if it is not.
#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "command.hpp"
#include "errors.hpp"
#include "input.hpp"
#include "memory_need.hpp"
#include "ram.hpp"
#include "runtime/engine.hpp"
#include "targets.hpp"
#include "workspace.hpp"

namespace mote::tool {

namespace {

using nlohmann::json;

constexpr const char* kBoards =
#include "boards.inc"
    ;

struct Options {
  std::string file, board;
  uint32_t stack = InstanceOptions{}.stack_bytes;
  // What the rest of a firmware takes: Mote with its interpreter, a console and the C library, as
  // docs/size.md has it, and some kilobytes for a kernel; the main stack and what the C library keeps.
  size_t reserve_flash = 96 * 1024, reserve_ram = 12 * 1024;
  bool json = false;
};

const json* find_board(const json& boards, const std::string& name) {
  std::vector<std::string> names;
  for (const json& board : boards) {
    if (board["name"] == name) return &board;
    names.push_back(board["name"].get<std::string>());
  }
  std::string text = "no board \"" + name + '"';
  if (const std::string meant = closest(name, names); !meant.empty())
    text += "; did you mean \"" + meant + "\"?";
  text += "\n  there are:";
  for (const std::string& known : names) text += " " + known;
  complain(text);
  return nullptr;
}

/// A resource: what there is, what others take, what the module takes.
json resource(size_t there, size_t reserved, size_t taken) {
  return {{"there", there}, {"reserved", reserved}, {"taken", taken}, {"fits", taken + reserved <= there}};
}

std::string bytes(uint64_t number) {
  return std::to_string(number) + " bytes";
}

/// What would make it smaller, the largest first.
json advice(const runtime::LoadedModule& loaded, const Ram& ram, bool flash_fits, bool ram_fits) {
  json list = json::array();
  const MemoryNeed need = memory_need(loaded.wasm, loaded.touches_memory);
  if (need.needed && !need.asks_for_memory && *need.needed < ram.linear_memory &&
      need.declared > *need.needed)
    list.push_back("`mote shrink` makes its memory " + bytes(*need.needed) + " instead of " +
                   bytes(need.declared));
  if (!need.needed && need.declared >= 65536 && loaded.touches_memory)
    list.push_back("its memory: " + need.why);
  if (need.asks_for_memory)
    list.push_back(
        "it measures or grows its memory: without that allocator `mote shrink` could make it smaller");
  if (!ram_fits && ram.stack > 2048)
    list.push_back("--stack reckons with " + bytes(ram.stack) + ": is less enough?");
  if (!flash_fits) list.push_back("compile it for size (-Oz), and let wasm-opt go over it");
  return list;
}

void print(const json& out) {
  const auto line = [](const char* what, const json& r) {
    std::printf("  %-6s %9zu of %9zu bytes, %zu of them for the firmware: %s\n", what,
                r["taken"].get<size_t>() + r["reserved"].get<size_t>(), r["there"].get<size_t>(),
                r["reserved"].get<size_t>(), r["fits"].get<bool>() ? "fits" : "does NOT fit");
  };
  std::printf("%s on %s (%s): %s\n", out["file"].get<std::string>().c_str(),
              out["board"].get<std::string>().c_str(), out["chip"].get<std::string>().c_str(),
              out["fits"].get<bool>() ? "fits" : "does NOT fit");
  line("flash", out["flash"]);
  line("RAM", out["ram"]);
  const json& parts = out["parts"];
  std::printf("  of it flash: module %zu, or compiled at install %zu\n", parts["module"].get<size_t>(),
              parts["image"].get<size_t>());
  std::printf(
      "  of it RAM: linear memory %zu, stack %zu, code of the interpreter %zu, the rest %zu, while loading "
      "%zu more\n",
      parts["linear_memory"].get<size_t>(), parts["stack"].get<size_t>(), parts["code"].get<size_t>(),
      parts["rest"].get<size_t>(), parts["loading"].get<size_t>());
  for (const json& hint : out["advice"]) std::printf("  %s\n", hint.get<std::string>().c_str());
}

int fit(const Options& options) {
  const json boards = json::parse(kBoards);
  const json* board = find_board(boards, options.board);
  if (board == nullptr) return kUsage;
  int status = kSuccess;
  const auto module_bytes = read_module(options.file, &status);
  if (!module_bytes) return status;
  if (is_image(*module_bytes))
    return complain(options.file + " is an image; `mote fit` wants the module it was made from"), kUsage;
  Workspace workspace;
  Engine engine(workspace.memory());
  const auto module = engine.load(*module_bytes);
  if (!module) return report(options.file, module.error(), options.json);
  const RamReport measured = measure_ram(*module_bytes, {.bounds = Bounds::Software}, options.stack);
  if (!measured.board)
    return complain("this command was built without arm-none-eabi-g++, and cannot know a board's sizes"),
           kFile;
  if (!measured.problem.empty()) return complain(options.file + ": " + measured.problem, "module"), kRefused;
  const Ram& ram = *measured.board;
  const CompileTarget* target = find_target((*board)["target"].get<std::string>());
  if (target == nullptr) return kUsage;
  Error error;
  const image::BuildOptions build{
      .isa = target->isa, .features = target->features, .wide_types = false, .names = false};
  const auto image = build_image(*module_bytes, build, error);
  if (image.empty()) return report(options.file, error, options.json);
  json out = {{"file", options.file}, {"board", options.board}, {"chip", (*board)["chip"]}};
  out["flash"] =
      resource((*board)["flash"], options.reserve_flash, std::max(module_bytes->size(), image.size()));
  out["ram"] = resource((*board)["ram"], options.reserve_ram, ram.pool());
  const bool flash_fits = out["flash"]["fits"], ram_fits = out["ram"]["fits"];
  out["fits"] = flash_fits && ram_fits;
  out["parts"] = {{"module", module_bytes->size()},
                  {"image", image.size()},
                  {"linear_memory", ram.linear_memory},
                  {"stack", ram.stack},
                  {"code", ram.code},
                  {"rest", ram.total() - ram.linear_memory - ram.stack - ram.code},
                  {"loading", ram.loading}};
  out["advice"] = advice(*module->state(), ram, flash_fits, ram_fits);
  if (options.json) {
    print_json(out);
  } else {
    print(out);
  }
  return out["fits"] ? kSuccess : kRefused;
}

}  // namespace

void add_fit(CLI::App& app, int& status) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "fit", "Say what a module takes on a board, and whether it fits (exit code 3: it does not)");
  command->add_option("FILE", options->file, "Module")->required();
  command->add_option("--board", options->board, "Board, e.g. nucleo_f411re; a wrong name lists them")
      ->required();
  const CLI::AsSizeValue size(false);
  command->add_option("--stack", options->stack, "Bytes of the guest's stack")
      ->transform(size)
      ->capture_default_str();
  command
      ->add_option("--reserve-flash", options->reserve_flash, "Bytes of flash for the rest of the firmware")
      ->transform(size)
      ->capture_default_str();
  command->add_option("--reserve-ram", options->reserve_ram, "Likewise of RAM")
      ->transform(size)
      ->capture_default_str();
  add_json(*command, options->json, "As JSON, errors too");
  command->callback([options, &status] { status = fit(*options); });
}

}  // namespace mote::tool
