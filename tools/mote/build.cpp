// SPDX-License-Identifier: Apache-2.0
// `mote build`: an app's folder to a small module, by the user's own toolchain: compiled for size, without an
// entry point or a C library, optimised by wasm-opt where that is installed, and with a memory of what it
// needs.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "command.hpp"
#include "errors.hpp"
#include "input.hpp"
#include "memory_need.hpp"
#include "output.hpp"
#include "project.hpp"
#include "ram.hpp"
#include "runtime/engine.hpp"
#include "shrink.hpp"
#include "workspace.hpp"

namespace mote::tool {

namespace {

using Bytes = std::vector<uint8_t>;
using Words = std::vector<std::string>;

/// Where the tools of the languages are to be had.
struct Advice {
  const char* program;
  const char* how;
};
constexpr Advice kAdvice[] = {
    {"clang", "Debian: apt install clang"},
    {"clang++", "Debian: apt install clang"},
    {"wasm-ld", "Debian: apt install lld"},
    {"rustc",
     "Debian: apt install rustc libstd-rust-dev-wasm32; with rustup: rustup target add "
     "wasm32-unknown-unknown"},
    {"node", "Debian: apt install nodejs"},
};

bool missing(const std::string& program) {
  std::string how;
  for (const Advice& advice : kAdvice) {
    if (program == advice.program) how = std::string("\n  ") + advice.how;
  }
  complain(program + " is not installed" + how, "toolchain");
  return false;
}

/// Runs a step in the project's folder; false, after a complaint, when it fails.
bool step(const Project& project, const Words& words) {
  const int code = run_in(project.folder, words);
  if (code == -1) return missing(words[0]);
  if (code != 0)
    complain(words[0] + " failed (exit code " + std::to_string(code) + "); its messages are above",
             "toolchain");
  return code == 0;
}

Words sources(const Project& project, const std::string& extension) {
  Words found;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(project.folder, error)) {
    if (entry.path().extension() == extension) found.push_back(entry.path().filename().string());
  }
  std::sort(found.begin(), found.end());
  return found;
}

bool build_c(const Project& project, const std::string& output) {
  const bool cpp = project.language == "cpp";
  Words objects;
  for (const std::string& source : sources(project, cpp ? ".cpp" : ".c")) {
    objects.push_back("build/" + source + ".o");
    Words words = {cpp ? "clang++" : "clang", cpp ? "-std=c++17" : "-std=c99"};
    if (cpp) words.insert(words.end(), {"-fno-exceptions", "-fno-rtti", "-fno-threadsafe-statics"});
    words.insert(words.end(), {"--target=wasm32", "-Oz", "-ffreestanding", "-Wall", "-Wextra", "-I.", "-c",
                               source, "-o", objects.back()});
    if (!step(project, words)) return false;
  }
  if (objects.empty()) return complain(project.folder + " has no source of its language"), false;
  Words link = {"wasm-ld",
                "--no-entry",
                "--stack-first",
                "--strip-all",
                "--gc-sections",
                "--export=__heap_base",
                "-z",
                "stack-size=" + std::to_string(project.stack),
                "-o",
                output};
  link.insert(link.end(), objects.begin(), objects.end());
  return step(project, link);
}

/// A compiler that has the target: RUSTC, the one in PATH, or the system's; rustup's often lacks it.
std::string rustc() {
  const char* chosen = std::getenv("RUSTC");
  for (const char* candidate : {chosen, "rustc", "/usr/bin/rustc"}) {
    if (candidate == nullptr) continue;
    const auto folder =
        output_of({candidate, "--print", "target-libdir", "--target", "wasm32-unknown-unknown"});
    if (!folder) continue;
    std::error_code error;
    if (std::filesystem::exists(folder->substr(0, folder->find('\n')), error)) return candidate;
  }
  return "";
}

bool build_rust(const Project& project, const std::string& output) {
  const std::string compiler = rustc();
  if (compiler.empty()) return missing("rustc");
  if (!output_of({"wasm-ld", "--version"})) return missing("wasm-ld");
  return step(project, {compiler, "--edition=2021", "--crate-type=cdylib", "--crate-name=app",
                        "--target=wasm32-unknown-unknown", "-Copt-level=z", "-Cpanic=abort", "-Clto",
                        "-Ccodegen-units=1", "-Clinker=wasm-ld", "-Clinker-flavor=wasm-ld",
                        "-Clink-arg=-zstack-size=" + std::to_string(project.stack),
                        "-Clink-arg=--export=__heap_base", "-Clink-arg=--strip-all", "app.rs", "-o", output});
}

/// `needed` is where its data ends, which the optimised module does not say.
bool build_assemblyscript(const Project& project, const std::string& output,
                          std::optional<uint64_t>& needed) {
  if (!output_of({"node", "--version"})) return missing("node");
  const std::string compiler = "node_modules/assemblyscript/bin/asc.js";
  std::error_code error;
  if (!std::filesystem::exists(project.folder + "/" + compiler, error)) {
    complain(
        "AssemblyScript is not installed in " + project.folder + "\n  cd " + project.folder + " && npm ci",
        "toolchain");
    return false;
  }
  const Words usual = {"node",       compiler, "app.ts", "--runtime",    "stub",
                       "--noAssert", "--use",  "abort=", "--memoryBase", "16"};
  // The global is there only where it is asked for, and by name only without optimisation.
  if (!write_file(project.folder + "/build/heap.ts",
                  "export function heap(): usize { return __heap_base; }\n"))
    return false;
  Words plain = usual, small = usual;
  plain.insert(plain.end(), {"build/heap.ts", "--debug", "-o", "build/plain.wasm"});
  small.insert(small.end(), {"--optimizeLevel", "3", "--shrinkLevel", "2", "--converge", "-o", output});
  if (!step(project, plain) || !step(project, small)) return false;
  const auto bytes = read_module(project.folder + "/build/plain.wasm");
  if (!bytes) return false;
  Workspace workspace;
  Engine engine(workspace.memory());
  const auto module = engine.load(*bytes);
  if (module) needed = memory_need(module->state()->wasm, true).needed;
  return true;
}

/// What a module takes, for the table that is printed.
struct Figures {
  size_t bytes = 0;
  uint64_t memory = 0;
  size_t ram = 0;  ///< on a 32-bit board with the vm and its code in flash; 0: unknown
};

Figures figures(const Bytes& module, const Project& project) {
  const RamReport report = measure_ram(module, {.bounds = Bounds::Software}, project.stack);
  return {module.size(), report.memory_declared,
          report.board ? report.board->total() - report.board->code : size_t{0}};
}

void print(const char* what, const Figures& figures) {
  std::printf("  %-22s %8zu %15llu", what, figures.bytes, static_cast<unsigned long long>(figures.memory));
  if (figures.ram != 0) std::printf(" %13zu", figures.ram);
  std::printf("\n");
}

/// The same module for wasm-opt's ideas; as it was where there is no wasm-opt.
bool optimise(const Project& project, const std::string& linked, const std::string& output) {
  if (!output_of({"wasm-opt", "--version"})) {
    std::printf("  wasm-opt is not installed, and would make it smaller (Debian: apt install binaryen)\n");
    std::error_code error;
    std::filesystem::copy_file(project.folder + "/" + linked, project.folder + "/" + output,
                               std::filesystem::copy_options::overwrite_existing, error);
    return !error;
  }
  return step(project, {"wasm-opt", "-Oz", "--strip-debug", "--strip-producers", "--enable-bulk-memory",
                        "--enable-sign-ext", "--enable-mutable-globals", "--enable-nontrapping-float-to-int",
                        linked, "-o", output});
}

/// Writes the module with an exact memory, or as it is when it cannot be had.
int finish(const Project& project, const Bytes& linked, const Bytes& optimised,
           std::optional<uint64_t> needed) {
  Workspace workspace;
  Engine engine(workspace.memory());
  const std::string path = project.folder + "/build/" + project.name + ".wasm";
  const auto module = engine.load(optimised);
  if (!module) return report(path, module.error(), false);
  const Shrunk shrunk = shrink(optimised, *module->state(),
                               {.needed = needed, .heap = project.heap, .drop_linker_exports = true});
  const Bytes& result = shrunk.bytes.empty() ? optimised : shrunk.bytes;
  if (!write_file(path, result)) return kFile;
  std::printf("%s\n  %22s %8s %15s %13s\n", path.c_str(), "", "bytes", "linear memory", "RAM of board");
  print("as it was linked", figures(linked, project));
  print("as it is", figures(result, project));
  if (shrunk.bytes.empty()) std::printf("  its memory stays as it is: %s\n", shrunk.why.c_str());
  return kSuccess;
}

int build(const std::string& folder) {
  const auto project = read_project(folder);
  if (!project) return kUsage;
  std::error_code error;
  std::filesystem::create_directories(folder + "/build", error);
  if (error || access((folder + "/build").c_str(), W_OK) != 0)
    return complain(folder + "/build cannot be written" + (error ? ": " + error.message() : ""), "file"),
           kFile;
  const std::string linked = "build/linked.wasm", optimised = "build/optimised.wasm";
  std::optional<uint64_t> needed;
  const bool built = project->language == "rust"             ? build_rust(*project, linked)
                     : project->language == "assemblyscript" ? build_assemblyscript(*project, linked, needed)
                                                             : build_c(*project, linked);
  if (!built || !optimise(*project, linked, optimised)) return kFile;
  const auto before = read_module(folder + "/" + linked), after = read_module(folder + "/" + optimised);
  if (!before || !after) return kFile;
  return finish(*project, *before, *after, needed);
}

}  // namespace

void add_build(CLI::App& app, int& status) {
  auto folder = std::make_shared<std::string>(".");
  CLI::App* command = app.add_subcommand("build", "Build an app's folder to a small module");
  command->add_option("FOLDER", *folder, "What `mote new` made")->capture_default_str();
  command->callback([folder, &status] { status = build(*folder); });
}

}  // namespace mote::tool
