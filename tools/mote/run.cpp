// SPDX-License-Identifier: Apache-2.0
// `mote run`: loads a module, links it with the tool's own host functions, and calls one of its exports.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <mote/mote.hpp>
#include <nlohmann/json.hpp>
#include <optional>

#include "backtrace.hpp"
#include "command.hpp"
#include "devices.hpp"
#include "errors.hpp"
#include "host.hpp"
#include "input.hpp"
#include "runtime/engine.hpp"
#include "targets.hpp"
#include "tier_option.hpp"
#include "timeout.hpp"
#include "trace.hpp"
#include "values.hpp"
#include "wasi.hpp"
#include "wasi/beneath.hpp"
#include "workspace.hpp"

namespace mote::tool {

namespace {

using Clock = std::chrono::steady_clock;

struct Options {
  std::string file;
  std::string invoke;
  std::vector<std::string> arguments;
  uint64_t fuel = InstanceOptions::kUnlimited;
  double timeout = 0;  ///< seconds; 0: none
  uint32_t memory_limit = 0xffff'ffff;
  uint32_t stack = 256 * 1024;
  size_t pool = Workspace::kUsual;
  LoadOptions load;
  WasiOptions wasi;
  DeviceOptions device;
  bool time = false;
  bool trace = false;
  bool json = false;
};

std::vector<std::string> function_names(const Module& module) {
  std::vector<std::string> names;
  module.exports([&](const ExportInfo& item) {
    if (item.type.kind == ExternKind::Function) names.emplace_back(item.name);
  });
  return names;
}

/// What else has that name, e.g. "memory 1.. pages of 64 KiB".
std::string other_export(const Module& module, const std::string& name) {
  std::string found;
  module.exports([&](const ExportInfo& item) {
    if (item.name == name && item.type.kind != ExternKind::Function) found = describe(item.type);
  });
  return found;
}

int unknown_function(const Options& options, const Module& module) {
  const std::vector<std::string> names = function_names(module);
  std::string text = options.file + ": no exported function \"" + options.invoke + '"';
  if (const std::string other = other_export(module, options.invoke); !other.empty()) {
    text += ": that is a " + other;
  } else if (const std::string meant = closest(options.invoke, names); !meant.empty()) {
    text += "; did you mean \"" + meant + "\"?";
  }
  text += names.empty() ? "\n  it exports no functions" : "\n  choose one with --invoke:";
  for (const std::string& name : names) text += " " + name;
  complain(text);
  return kUsage;
}

int link_error(const Options& options, const Module& module, const Error& error) {
  const int status = report(options.file, error, options.json);
  if (error.code != ErrorCode::Unlinkable || options.json) return status;
  module.imports([&](const ImportInfo& import) {
    if (import.module == error.module && import.name == error.name)
      std::fprintf(stderr, "  it wants: %s\n", describe(import.type).c_str());
  });
  if (error.module.starts_with("mote:app/")) {
    std::fprintf(stderr, "  it uses a board's devices: give it simulated ones with --device sim\n");
    return status;
  }
  std::fprintf(stderr, "  mote run offers, in module \"env\":");
  for (const HostFunction& row : host_functions()) std::fprintf(stderr, " %s", row.name);
  std::fputc('\n', stderr);
  return status;
}

/// How a call went, with all that there is to tell.
struct Outcome {
  std::string function;
  Error error;  ///< none: it returned
  std::vector<Value> results;
  double seconds = 0;
  std::string output;                   ///< what the guest printed, with --json
  std::optional<uint32_t> exit_code{};  ///< a WASI program that has ended itself
  const Devices* devices = nullptr;     ///< with --device
};

nlohmann::json to_json(const Options& options, const Instance& instance, const Outcome& outcome) {
  nlohmann::json object = {{"file", options.file}, {"function", outcome.function}};
  object["seconds"] = outcome.seconds;
  object["output"] = outcome.output;
  if (outcome.exit_code) object["exit_code"] = *outcome.exit_code;
  if (outcome.devices != nullptr) object["timeline"] = outcome.devices->timeline();
  if (outcome.devices != nullptr && outcome.devices->over()) {
    object["outcome"] = "time over";
    return object;
  }
  if (!outcome.error) {
    object["outcome"] = "returned";
    object["results"] = nlohmann::json::array();
    for (const Value& value : outcome.results)
      object["results"].push_back({{"type", to_string(value.type)}, {"value", print_value(value)}});
    return object;
  }
  const bool trapped = outcome.error.code == ErrorCode::Trapped;
  object["outcome"] = trapped ? "trap" : "stopped";
  if (trapped) object["trap"] = to_string(outcome.error.trap);
  object["error"] = to_string(outcome.error.code);
  object["message"] = outcome.error.message;
  object["backtrace"] = to_json(backtrace(instance));
  return object;
}

void print(const Options& options, const Instance& instance, const Outcome& outcome) {
  std::fflush(stdout);
  for (const Value& value : outcome.results) std::printf("%s\n", print_value(value).c_str());
  if (outcome.devices != nullptr && outcome.devices->over())
    std::printf("%10.3f ms  simulated time is over; more with --until\n",
                static_cast<double>(outcome.devices->now_ns()) / 1e6);
  if (outcome.error) {
    const bool stopped = outcome.error.code == ErrorCode::Suspended;
    complain(options.file + ": " + (stopped ? "stopped: " : "trap: ") + outcome.error.message);
    print_backtrace(backtrace(instance));
    const bool late = outcome.error.message != std::string_view("out of fuel");
    if (stopped) std::fprintf(stderr, "  give it more with --%s\n", late ? "timeout" : "fuel");
  }
  if (options.time) std::fprintf(stderr, "%s took %.6f s\n", outcome.function.c_str(), outcome.seconds);
}

int tell(const Options& options, const Instance& instance, const Outcome& outcome) {
  if (options.json) {
    print_json(to_json(options, instance, outcome));
  } else {
    print(options, instance, outcome);
  }
  if (outcome.exit_code) return static_cast<int>(*outcome.exit_code & 0xff);
  return outcome.error ? exit_code(outcome.error) : kSuccess;
}

std::string count(size_t number, const std::string& noun) {
  return std::to_string(number) + ' ' + noun + (number == 1 ? "" : "s");
}

bool parse_arguments(const Options& options, const ExternType& type, std::vector<Value>& values) {
  if (options.arguments.size() != type.param_count()) {
    complain(options.invoke + " takes " + count(type.param_count(), "argument") + ", not " +
             std::to_string(options.arguments.size()) + "\n  " + options.invoke + signature(type));
    return false;
  }
  for (uint32_t i = 0; i < type.param_count(); ++i) {
    // Negative numbers come with a space in front: see protect_negative_numbers() in main.cpp.
    const std::string text = options.arguments[i].substr(options.arguments[i].starts_with(" -") ? 1 : 0);
    const auto value = parse_value(type.param(i), text);
    if (!value) {
      complain("argument " + std::to_string(i + 1) + " of " + options.invoke + ", \"" + text + "\", is no " +
               to_string(type.param(i)) + "\n  write " + syntax(type.param(i)));
      return false;
    }
    values.push_back(*value);
  }
  return true;
}

/// "main", "_start" or "run" unless another name is given; a module with a single function needs none.
std::string default_function(const Module& module) {
  const std::vector<std::string> names = function_names(module);
  const bool wasi = wants_wasi(module);
  for (const char* usual : {wasi ? "_start" : "main", wasi ? "main" : "_start", "run"}) {
    if (std::find(names.begin(), names.end(), usual) != names.end()) return usual;
  }
  return names.size() == 1 ? names[0] : "main";
}

/// One run of a module: what lives as long as it does, in the order in which it is made.
class Session {
 public:
  explicit Session(const Options& options)
      : options_(options), workspace_(options.pool), engine_(workspace_.memory()) {
    options_.load.fuel = options_.fuel != InstanceOptions::kUnlimited;
    if (options_.json) host_.captured = &output_;
  }

  int run(const std::vector<uint8_t>& bytes) {
    const Result<Module> module =
        is_image(bytes) ? engine_.load_image(bytes, {.trusted = true}) : engine_.load(bytes, options_.load);
    if (!module) return report(options_.file, module.error(), options_.json);
    std::unique_ptr<Tracer> tracer;
    Imports imports{.functions = host_functions()};
    if (options_.trace) {
      tracer = std::make_unique<Tracer>(engine_, host_functions(), &host_);
      imports = {.externs = tracer->externs()};
    }
    Imports of_wasi{};
    if (wants_wasi(*module)) {
      wasi_.emplace(engine_, options_.trace);
      if (!wasi_->give(options_.file, options_.arguments, options_.wasi)) return kFile;
      if (options_.json && !wasi_->capture()) return complain("cannot capture the program's output"), kFile;
      of_wasi.externs = wasi_->externs();
      imports.more = &of_wasi;
    }
    Imports of_devices{};
    if (!options_.device.board.empty()) {
      if (!add_devices()) return kUsage;
      of_devices.externs = devices_->externs();
      (imports.more == nullptr ? imports : of_wasi).more = &of_devices;
    }
    const Result<Instance> instance = engine_.instantiate(*module, imports, settings());
    if (!instance) return link_error(options_, *module, instance.error());
    if (const int status = start(*module, *instance); status != kSuccess) return status;
    return call(*module, *instance, tracer.get());
  }

 private:
  bool add_devices() {
    DeviceScript script;
    if (const size_t file = options_.device.board.find('='); file != std::string::npos) {
      auto read = read_device_script(options_.device.board.substr(file + 1));
      if (!read) return false;
      script = std::move(*read);
    }
    devices_.emplace(engine_, host_, options_.trace, std::move(script), options_.device);
    return true;
  }

  InstanceOptions settings() {
    InstanceOptions settings;
    settings.fuel = options_.fuel;
    settings.memory_limit = options_.memory_limit;
    settings.stack_bytes = options_.stack;
    settings.data = &host_;
    settings.run_start = false;  // here, so that a trap in it has a backtrace
    return settings;
  }

  int start(const Module& module, const Instance& instance) {
    if (module.state()->wasm.start == wasm::Module::kNone) return kSuccess;
    const auto begin = Clock::now();
    const Timeout timeout(instance, options_.timeout);
    const Error error = instance.start().error();
    if (!error) return kSuccess;
    const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    return finish(instance, {"the start function", error, {}, seconds, ""});
  }

  int call(const Module& module, const Instance& instance, Tracer* tracer) {
    const Timeout timeout(instance, options_.timeout);
    if (options_.invoke.empty()) options_.invoke = default_function(module);
    if (wasi_ && instance.function("_initialize")) {  // a library of WASI's, not a program
      const Error error = instance.call<void>("_initialize").error();
      if (error) return finish(instance, {"_initialize", error, {}, 0, ""});
    }
    const Result<Function> function = instance.function(options_.invoke);
    if (!function) return unknown_function(options_, module);
    const ExternType type = function->type();
    std::vector<Value> arguments, results(type.result_count());
    // A program's arguments are told by args_get.
    const bool program = wasi_ && type.param_count() == 0;
    if (!program && !parse_arguments(options_, type, arguments)) return kUsage;
    const auto begin = Clock::now();
    const Error error = (tracer == nullptr ? function->call(arguments, results)
                                           : tracer->call(instance, options_.invoke, *function, arguments,
                                                          results, instance.fuel()))
                            .error();
    const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    if (error) results.clear();
    return finish(instance, {options_.invoke, error, std::move(results), seconds, ""});
  }

  int finish(const Instance& instance, Outcome outcome) {
    if (wasi_) {
      wasi_->finish(output_);
      outcome.exit_code = wasi_->process().exit_code;
      if (outcome.exit_code) outcome.error = {};  // proc_exit unwinds by a trap
    }
    outcome.output = output_;
    if (devices_) {
      outcome.devices = &*devices_;
      if (devices_->over()) outcome.error = {};  // that ends an app by a trap
    }
    return tell(options_, instance, outcome);
  }

  Options options_;
  std::string output_;
  Host host_;
  Workspace workspace_;
  Engine engine_;
  std::optional<Wasi> wasi_;
  std::optional<Devices> devices_;
};

int run(const Options& options) {
  int status = kSuccess;
  const auto bytes = read_module(options.file, &status);
  if (!bytes) return status;
  return Session(options).run(*bytes);
}

/// What a guest may use up.
void add_limits(CLI::App& command, Options& options) {
  const CLI::AsSizeValue bytes(false);
  command.add_option("--fuel", options.fuel, "Stop after so many function entries and turns of loops")
      ->check(CLI::NonNegativeNumber);
  command.add_option("--timeout", options.timeout, "Stop after so many seconds, e.g. 0.5")
      ->check(CLI::PositiveNumber);
  command.add_option("--memory-limit", options.memory_limit, "Bytes that a linear memory may grow to")
      ->transform(bytes);
  command.add_option("--stack", options.stack, "Bytes of the guest's stack")
      ->transform(bytes)
      ->capture_default_str();
}

void add_wasi(CLI::App& command, WasiOptions& options) {
  command
      .add_option("--dir", options.directories,
                  "Directory that a WASI program may use, as HOST or HOST::GUEST; may be repeated")
      ->allow_extra_args(false);
  command.add_option("--env", options.environment, "Variable for a WASI program: NAME=VALUE, or NAME")
      ->allow_extra_args(false);
  command.add_option("--tcplisten", options.listeners, "ADDRESS:PORT where a WASI program may accept")
      ->allow_extra_args(false);
  command
      .add_option_function<std::string>(
          "--paths",
          [](const std::string& how) {
            wasi::use_resolver(how == "walk" ? wasi::Resolver::Walk : wasi::Resolver::Automatic);
          },
          "How a WASI program's paths are resolved: by the kernel, or component by component")
      ->check(CLI::IsMember({"kernel", "walk"}));
}

}  // namespace

void add_run(CLI::App& app, int& status) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("run", "Run a function of a module");
  const CLI::AsSizeValue bytes(false);
  command->add_option("FILE", options->file, "Module")->required();
  command->add_option("--invoke", options->invoke,
                      "Exported function (default: main, _start, run, or the only one)");
  command->add_option("args", options->arguments,
                      "Its arguments: integers, floats (also inf, nan, nan:0x...), vectors (i32x4:1,2,3,4), "
                      "null; of a WASI program: texts, after -- if they begin with -");
  add_limits(*command, *options);
  add_tier(*command, options->load);
  command->add_option("--pool", options->pool, "Bytes that the engine works in")
      ->transform(bytes)
      ->capture_default_str();
  add_wasi(*command, options->wasi);
  command
      ->add_option(
          "--device", options->device.board,
          "Devices for a module that uses a board's: sim, or sim=FILE with a script; what becomes of "
          "the pins is printed")
      ->check([](const std::string& board) {
        return board == "sim" || (board.starts_with("sim=") && board.size() > 4)
                   ? std::string()
                   : "\"" + board + "\" is neither sim nor sim=FILE";
      });
  command
      ->add_option("--until", options->device.until_ms,
                   "Milliseconds of simulated time after which waiting ends")
      ->check(CLI::Range(0.0, 1e9))
      ->capture_default_str();
  command->add_flag("--time", options->time, "Print how long the call took, whatever became of it");
  command->add_flag("--trace", options->trace,
                    "Print calls of functions with their arguments, and of host functions also with results");
  add_json(*command, options->json, "Print one object: results, what the guest printed, errors, backtrace");
  command->callback([options, &status] { status = run(*options); });
}

}  // namespace mote::tool
