// SPDX-License-Identifier: Apache-2.0
#include "report.hpp"

#include <algorithm>
#include <iomanip>
#include <map>
#include <nlohmann/json.hpp>
#include <ostream>

namespace mote::spec {

namespace {

constexpr unsigned kFirstFailures = 5;
constexpr size_t kWidth = 110;

struct SkippedFile {
  std::string name;
  unsigned commands = 0, of = 0;
};

/// The skips of one reason.
struct Skips {
  unsigned commands = 0;
  std::vector<SkippedFile> files;
};

std::map<std::string, unsigned> skips_of(const ScriptReport& script) {
  std::map<std::string, unsigned> reasons;
  for (const Outcome& outcome : script.outcomes) {
    if (outcome.verdict == Verdict::Skipped) ++reasons[outcome.detail];
  }
  return reasons;
}

std::map<std::string, Skips> skips_by_reason(const Report& report) {
  std::map<std::string, Skips> reasons;
  for (const ScriptReport& script : report.scripts) {
    for (const auto& [reason, commands] : skips_of(script)) {
      Skips& skips = reasons[reason];
      skips.commands += commands;
      skips.files.push_back({script.name, commands, static_cast<unsigned>(script.outcomes.size())});
    }
  }
  return reasons;
}

void print_wrapped(std::ostream& out, const std::string& title, const std::vector<std::string>& words) {
  if (words.empty()) return;
  std::string line = "    " + title;
  for (const std::string& word : words) {
    if (line.size() + 1 + word.size() > kWidth) {
      out << line << '\n';
      line = "     ";
    }
    line += ' ' + word;
  }
  out << line << '\n';
}

void print_skips(std::ostream& out, const std::string& reason, const Skips& skips) {
  out << "  skipped " << skips.commands << ": " << reason << '\n';
  std::vector<std::string> whole, part;
  for (const SkippedFile& file : skips.files) {
    if (file.commands == file.of) {
      whole.push_back(file.name);
    } else {
      part.push_back(file.name + " (" + std::to_string(file.commands) + "/" + std::to_string(file.of) + ")");
    }
  }
  print_wrapped(out, "whole files:", whole);
  print_wrapped(out, "in part:", part);
}

nlohmann::json to_json(const ScriptReport& script) {
  nlohmann::json failures = nlohmann::json::array(), skips = nlohmann::json::array(),
                 notes = nlohmann::json::array();
  for (const Outcome& outcome : script.outcomes) {
    if (outcome.verdict == Verdict::Failed) {
      failures.push_back({{"line", outcome.line}, {"command", outcome.type}, {"detail", outcome.detail}});
    }
    if (!outcome.note.empty()) {
      notes.push_back({{"line", outcome.line}, {"command", outcome.type}, {"detail", outcome.note}});
    }
  }
  for (const auto& [reason, commands] : skips_of(script))
    skips.push_back({{"reason", reason}, {"commands", commands}});
  return {{"name", script.name},
          {"passed", script.counts.passed},
          {"failed", script.counts.failed},
          {"skipped", script.counts.skipped},
          {"seconds", script.seconds},
          {"failures", failures},
          {"skips", skips},
          {"notes", notes}};
}

}  // namespace

void print_script(std::ostream& out, const ScriptReport& script, bool verbose) {
  if (script.counts.failed == 0 && !verbose) return;
  out << script.name << ": " << script.counts.failed << " failed, " << script.counts.passed << " passed, "
      << script.counts.skipped << " skipped";
  if (verbose) out << std::fixed << std::setprecision(2) << " (" << script.seconds << " s)";
  out << '\n';
  unsigned shown = 0;
  for (const Outcome& outcome : script.outcomes) {
    if (outcome.verdict == Verdict::Failed && (verbose || shown++ < kFirstFailures)) {
      out << "  line " << outcome.line << ": " << outcome.type << ": " << outcome.detail << '\n';
    }
    if (verbose && !outcome.note.empty())
      out << "  line " << outcome.line << ": note: " << outcome.note << '\n';
  }
  if (shown > kFirstFailures) out << "  and " << shown - kFirstFailures << " more (--verbose shows them)\n";
  out.flush();
}

void print_summary(std::ostream& out, const Report& report, bool verbose) {
  for (const auto& [reason, skips] : skips_by_reason(report)) print_skips(out, reason, skips);
  unsigned notes = 0;
  for (const ScriptReport& script : report.scripts) {
    notes +=
        static_cast<unsigned>(std::count_if(script.outcomes.begin(), script.outcomes.end(),
                                            [](const Outcome& outcome) { return !outcome.note.empty(); }));
  }
  if (notes != 0) {
    out << "  of the passed, " << notes
        << " were refused as malformed where the suite says invalid, or the reverse"
        << (verbose ? "" : " (--verbose shows them)") << '\n';
  }
  out << "target: " << report.target << "; " << report.scripts.size() << " scripts in " << std::fixed
      << std::setprecision(1) << report.seconds << " s\n";
  out << "spec: " << report.counts.passed << " passed, " << report.counts.failed << " failed, "
      << report.counts.skipped << " skipped\n";
  out.flush();
}

void print_json(std::ostream& out, const Report& report) {
  nlohmann::json scripts = nlohmann::json::array(), skips = nlohmann::json::array();
  for (const ScriptReport& script : report.scripts) scripts.push_back(to_json(script));
  for (const auto& [reason, skipped] : skips_by_reason(report)) {
    nlohmann::json files = nlohmann::json::array();
    for (const SkippedFile& file : skipped.files) {
      files.push_back({{"name", file.name}, {"skipped", file.commands}, {"commands", file.of}});
    }
    skips.push_back({{"reason", reason}, {"commands", skipped.commands}, {"files", files}});
  }
  const nlohmann::json json = {{"target", report.target},
                               {"passed", report.counts.passed},
                               {"failed", report.counts.failed},
                               {"skipped", report.counts.skipped},
                               {"seconds", report.seconds},
                               {"skips", skips},
                               {"scripts", scripts}};
  // Bytes of scripts and names may be anything; what is not UTF-8 is replaced.
  out << json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
}

}  // namespace mote::spec
