// SPDX-License-Identifier: Apache-2.0
// `mote run`: loads a module, links it with the tool's own host functions, and calls one of its exports.
#include <chrono>
#include <cstdio>
#include <mote/mote.hpp>
#include <nlohmann/json.hpp>

#include "command.hpp"
#include "errors.hpp"
#include "input.hpp"
#include "tier_option.hpp"
#include "values.hpp"

namespace mote::tool {

namespace {

using Clock = std::chrono::steady_clock;

struct Options {
  std::string file;
  std::string invoke;
  std::vector<std::string> arguments;
  uint64_t fuel = InstanceOptions::kUnlimited;
  uint32_t memory_limit = 0xffff'ffff;
  uint32_t stack = 256 * 1024;
  size_t pool = 64 << 20;
  LoadOptions load;
  bool time = false;
  bool trace = false;
  bool json = false;
};

/// What the host functions below know: whether to tell of calls, and when the guest started its timer.
struct Host {
  bool trace = false;
  Clock::time_point timer{};
};

void trace(const Context& context, const char* format, auto... values) {
  if (!context.data_as<Host>().trace) return;
  std::fputs("host call: ", stderr);
  if constexpr (sizeof...(values) == 0) {
    std::fputs(format, stderr);
  } else {
    std::fprintf(stderr, format, values...);
  }
  std::fputc('\n', stderr);
}

void print_i32(Context& context, int32_t value) {
  trace(context, "print(%d)", value);
  std::printf("%d\n", value);
}
void print_i64(Context& context, int64_t value) {
  trace(context, "print_i64(%lld)", static_cast<long long>(value));
  std::printf("%lld\n", static_cast<long long>(value));
}
void print_f64(Context& context, double value) {
  trace(context, "print_f64(%g)", value);
  std::printf("%.17g\n", value);
}
void print_text(Context& context, GuestString text) {
  trace(context, "print_text(%zu bytes)", text.size());
  std::fwrite(text.data(), 1, text.size(), stdout);
}
void put_line(Context& context, GuestCString text) {
  trace(context, "puts(%zu bytes)", text.size());
  std::printf("%.*s\n", static_cast<int>(text.size()), text.data());
}
void led(Context& context, int32_t on) {
  trace(context, "led(%d)", on);
  std::printf("led %s\n", on != 0 ? "on" : "off");
}
void start_timer(Context& context) {
  trace(context, "start_timer()");
  context.data_as<Host>().timer = Clock::now();
}
void end_timer(Context& context) {
  trace(context, "end_timer()");
  const auto microseconds =
      std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - context.data_as<Host>().timer);
  std::printf("timer: %lld us\n", static_cast<long long>(microseconds.count()));
}

constexpr HostFunction kHost[] = {
    bind<print_i32>("env", "print"),
    bind<print_i32>("env", "print_i32"),
    bind<print_i64>("env", "print_i64"),
    bind<print_f64>("env", "print_f64"),
    bind<print_text>("env", "print_text"),
    bind<put_line>("env", "puts"),
    bind<led>("env", "led"),
    bind<start_timer>("env", "start_timer"),
    bind<end_timer>("env", "end_timer"),
};

std::vector<std::string> function_names(const Module& module) {
  std::vector<std::string> names;
  module.exports([&](const ExportInfo& item) {
    if (item.type.kind == ExternKind::Function) names.emplace_back(item.name);
  });
  return names;
}

int unknown_function(const Options& options, const Module& module) {
  const std::vector<std::string> names = function_names(module);
  std::string text = options.file + ": no exported function \"" + options.invoke + '"';
  if (const std::string meant = closest(options.invoke, names); !meant.empty())
    text += "; did you mean \"" + meant + "\"?";
  text += "\n  it exports:";
  for (const std::string& name : names) text += " " + name;
  complain(names.empty() ? text + " no functions" : text);
  return kUsage;
}

int link_error(const Options& options, const Module& module, const Error& error) {
  const int status = report(options.file, error, options.json);
  if (error.code != ErrorCode::Unlinkable || options.json) return status;
  module.imports([&](const ImportInfo& import) {
    if (import.module == error.module && import.name == error.name)
      std::fprintf(stderr, "  it wants: %s\n", describe(import.type).c_str());
  });
  std::fprintf(stderr, "  mote run offers, in module \"env\":");
  for (const HostFunction& row : kHost)
    std::fprintf(stderr, " %.*s", static_cast<int>(row.name.size()), row.name.data());
  std::fputc('\n', stderr);
  return status;
}

void print_trap(const Options& options, const Instance& instance, const Error& error) {
  complain(options.file + ": " + (error.code == ErrorCode::Suspended ? "stopped: " : "trap: ") +
           error.message);
  Frame frames[32];
  const uint32_t depth = instance.backtrace(frames);
  for (uint32_t i = 0; i < depth && i < std::size(frames); ++i) {
    const std::string name = frames[i].name.empty() ? "function " + std::to_string(frames[i].function)
                                                    : std::string(frames[i].name);
    std::fprintf(stderr, "  #%u %s", i, name.c_str());
    if (frames[i].offset != Error::kNoOffset) std::fprintf(stderr, " at byte %u", frames[i].offset);
    std::fputc('\n', stderr);
  }
  if (depth > std::size(frames))
    std::fprintf(stderr, "  ... %u calls more\n", depth - static_cast<uint32_t>(std::size(frames)));
  if (error.code == ErrorCode::Suspended) std::fprintf(stderr, "  give it more with --fuel\n");
}

void print_results(const Options& options, const std::vector<Value>& results, double seconds) {
  if (options.json) {
    nlohmann::json list = nlohmann::json::array();
    for (const Value& value : results)
      list.push_back({{"type", to_string(value.type)}, {"value", print_value(value)}});
    std::printf("%s\n", nlohmann::json({{"results", list}, {"seconds", seconds}}).dump(2).c_str());
    return;
  }
  for (const Value& value : results) std::printf("%s\n", print_value(value).c_str());
  if (options.time) std::fprintf(stderr, "%.6f s\n", seconds);
}

bool parse_arguments(const Options& options, const ExternType& type, std::vector<Value>& values) {
  if (options.arguments.size() != type.param_count()) {
    complain(options.invoke + " takes " + std::to_string(type.param_count()) + " arguments, not " +
             std::to_string(options.arguments.size()) + ": " + signature(type));
    return false;
  }
  for (uint32_t i = 0; i < type.param_count(); ++i) {
    const auto value = parse_value(type.param(i), options.arguments[i]);
    if (!value) {
      complain("argument " + std::to_string(i + 1) + ", \"" + options.arguments[i] + "\", is not an " +
               to_string(type.param(i)));
      return false;
    }
    values.push_back(*value);
  }
  return true;
}

int call(const Options& options, const Module& module, const Instance& instance) {
  const Result<Function> function = instance.function(options.invoke);
  if (!function) return unknown_function(options, module);
  const ExternType type = function->type();
  std::vector<Value> arguments, results(type.result_count());
  if (!parse_arguments(options, type, arguments)) return kUsage;
  const auto begin = Clock::now();
  const Result<void> done = function->call(arguments, results);
  const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  std::fflush(stdout);
  if (done) return print_results(options, results, seconds), kSuccess;
  if (options.json) return report(options.file, done.error(), true);
  print_trap(options, instance, done.error());
  return kTrap;
}

/// "main" or "_start" unless another name is given; a module with a single function needs none.
std::string default_function(const Module& module) {
  const std::vector<std::string> names = function_names(module);
  for (const char* usual : {"main", "_start"}) {
    if (std::find(names.begin(), names.end(), usual) != names.end()) return usual;
  }
  return names.size() == 1 ? names[0] : "main";
}

int run(Options options) {
  const auto bytes = read_module(options.file);
  if (!bytes) return kFile;
  std::vector<std::byte> pool(options.pool);
  Host host{options.trace};
  options.load.fuel = options.fuel != InstanceOptions::kUnlimited;
  Engine engine(pool);
  const Result<Module> module = engine.load(*bytes, options.load);
  if (!module) return report(options.file, module.error(), options.json);
  InstanceOptions settings;
  settings.fuel = options.fuel;
  settings.memory_limit = options.memory_limit;
  settings.stack_bytes = options.stack;
  settings.data = &host;
  const Result<Instance> instance = engine.instantiate(*module, {.functions = kHost}, settings);
  if (!instance) return link_error(options, *module, instance.error());
  if (options.invoke.empty()) options.invoke = default_function(*module);
  return call(options, *module, *instance);
}

}  // namespace

void add_run(CLI::App& app, int& status) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("run", "Run a function of a module");
  command->add_option("FILE", options->file, "Module")->required();
  command->add_option("--invoke", options->invoke,
                      "Exported function (default: main, _start, or the only one)");
  command->add_option("args", options->arguments, "Its arguments; put -- before negative numbers");
  command->add_option("--fuel", options->fuel, "Stop after so many function entries and turns of loops");
  command->add_option("--memory-limit", options->memory_limit, "Bytes that a linear memory may grow to");
  command->add_option("--stack", options->stack, "Bytes of the guest's stack")->capture_default_str();
  add_tier(*command, options->load);
  command->add_option("--pool", options->pool, "Bytes that the engine works in")->capture_default_str();
  command->add_flag("--time", options->time, "Print how long the call took");
  command->add_flag("--trace", options->trace, "Print calls to host functions");
  command->add_flag("--json", options->json, "Results and errors as JSON");
  command->callback([options, &status] { status = run(*options); });
}

}  // namespace mote::tool
