// SPDX-License-Identifier: Apache-2.0
#include "spec_command.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "link.hpp"
#include "local_agent.hpp"
#include "report.hpp"
#include "runner.hpp"
#include "suite.hpp"
#include "tier_option.hpp"

namespace mote::spec {

namespace {

constexpr int kPassed = 0, kFailed = 1, kUnusable = 4;
constexpr unsigned kLostTargets = 3;  // in a row, before the run is given up

struct Options {
  std::string suite;
  std::vector<std::string> filters;
  std::string target;
  std::string json_file;
  unsigned baud = 115'200;
  unsigned timeout = 60;
  LocalAgentOptions local;
  bool verbose = false;
  bool json = false;
};

int unusable(const std::string& problem) {
  std::cerr << "mote spec: " << problem << '\n';
  return kUnusable;
}

/// Runs all scripts. False when the target is lost for good.
bool run_scripts(const Options& options, const Suite& suite, Target& target, Report& report,
                 std::string& problem) {
  unsigned lost = 0;
  Runner runner(target);
  for (const Suite::Entry& entry : suite.scripts()) {
    Script script;
    script.name = entry.name;
    if (!read_script(entry.path, script, problem)) {
      problem = entry.path.string() + " " + problem;
      return false;
    }
    ScriptReport result = runner.run(script);
    if (!options.json) print_script(std::cout, result, options.verbose);
    report.counts.add(result.counts);
    report.seconds += result.seconds;
    report.scripts.push_back(std::move(result));
    lost = target.connected() ? 0 : lost + 1;
    if (lost == kLostTargets) {
      problem = "the target was lost " + std::to_string(lost) + " scripts in a row, last in " + entry.name;
      return false;
    }
  }
  return true;
}

int run_spec(const Options& options) {
  Suite suite;
  std::string problem;
  const char* place = std::getenv("MOTE_SPEC_SUITE");
  const std::string path = !options.suite.empty() ? options.suite : place != nullptr ? place : "";
  if (path.empty()) {
    return unusable(
        "name the suite's directory or archive, or set MOTE_SPEC_SUITE (docs/conformance.md, \"The suite\")");
  }
  if (!suite.open(path, options.filters, problem)) return unusable(problem);
  Target target(options.target.empty() ? make_local_link(options.local)
                                       : make_remote_link(options.target, options.baud),
                static_cast<int>(options.timeout * 1000));
  if (!target.connect(problem)) return unusable(problem);
  Report report;
  report.target = target.description();
  const bool complete = run_scripts(options, suite, target, report, problem);
  if (options.json) {
    print_json(std::cout, report);
  } else {
    print_summary(std::cout, report, options.verbose);
  }
  if (!options.json_file.empty()) {
    std::ofstream file(options.json_file);
    print_json(file, report);
    if (!file.flush()) return unusable("cannot write " + options.json_file);
  }
  if (!complete) return unusable(problem);
  return report.counts.failed == 0 ? kPassed : kFailed;
}

void add_memory_options(CLI::App& command, Options& options) {
  command.add_option("--pool", options.local.pool_bytes, "Bytes of the engine's pool")
      ->transform(CLI::AsSizeValue(false))
      ->capture_default_str();
  command.add_option("--store", options.local.store_bytes, "Bytes to keep the modules' own bytes in")
      ->transform(CLI::AsSizeValue(false))
      ->capture_default_str();
  command.add_option("--stack", options.local.stack_bytes, "Bytes of each instance's stack")
      ->transform(CLI::AsSizeValue(false))
      ->capture_default_str();
  tool::add_tier(command, options.local.load);
  CLI::Option* image =
      command.add_flag("--via-image", options.local.via_image, "Load every module by way of an image");
  command
      .add_flag("--baseline", options.local.baseline,
                "Make images for CPUs with nothing beyond the baseline: no FPU, no SSE4.1")
      ->needs(image);
  command.add_flag("--gc-stress", options.local.collect_always, "Collect garbage at every allocation");
}

void add_spec(CLI::App& app, int& status) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("spec", "Run the official WebAssembly test suite");
  command->add_option(
      "SUITE", options->suite,
      "Directory or archive of the suite's JSON scripts, or one script [default: $MOTE_SPEC_SUITE]");
  command
      ->add_option("-f,--filter", options->filters,
                   "Only scripts whose name holds this text or matches this pattern")
      ->allow_extra_args(false);
  command->add_option(
      "-t,--target", options->target,
      "Run on an agent: a command that speaks the line protocol on its standard input and output, "
      "or a serial device [default: this process]");
  command->add_option("--baud", options->baud, "Bits per second of a serial device")->capture_default_str();
  command->add_option("--timeout", options->timeout, "Seconds to wait for one answer")
      ->check(CLI::Range(1, 86'400))
      ->capture_default_str();
  add_memory_options(*command, *options);
  command->add_flag("-v,--verbose", options->verbose, "Print every script and every failure");
  command->add_flag("--json", options->json, "Print one JSON object");
  command->add_option("--json-file", options->json_file, "Write the JSON object to this file as well");
  command->callback([options, &status] { status = run_spec(*options); });
}

void add_agent(CLI::App& app, int& status) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "spec-agent", "Run the suite's modules for a `mote spec --target` on standard input and output");
  add_memory_options(*command, *options);
  command->callback([options, &status] { status = serve_stdio(options->local) ? kPassed : kUnusable; });
}

}  // namespace

void add_spec_commands(CLI::App& app, int& status) {
  add_spec(app, status);
  add_agent(app, status);
}

}  // namespace mote::spec
