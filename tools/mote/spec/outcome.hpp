// SPDX-License-Identifier: Apache-2.0
// What became of each command of a script, and the sums.
#pragma once
#include <map>
#include <string>
#include <vector>

namespace mote::spec {

enum class Verdict : unsigned char { Passed, Failed, Skipped };

struct Outcome {
  unsigned line = 0;  ///< in the original .wast
  std::string type;   ///< of the command
  Verdict verdict = Verdict::Passed;
  std::string
      detail;        ///< Failed: expected and got. Skipped: the reason, alike for all commands that share it
  std::string note;  ///< Passed, but the refusal was of another kind than the suite's words suggest
};

struct Counts {
  unsigned passed = 0, failed = 0, skipped = 0;

  void add(Verdict verdict) {
    ++(verdict == Verdict::Passed ? passed : verdict == Verdict::Failed ? failed : skipped);
  }
  void add(const Counts& other) { passed += other.passed, failed += other.failed, skipped += other.skipped; }
};

struct ScriptReport {
  std::string name;
  std::vector<Outcome> outcomes;  ///< one for each command
  Counts counts;
  double seconds = 0;
};

/// Why commands are skipped, in the words of the report.
inline constexpr char kTextFormat[] = "tests the text format, which a binary engine does not read";
inline constexpr char kUnchanged[] =
    "follows a module that needs a proposal, and would have changed what it imports";
inline constexpr char kStarved[] = "follows a growth that did not fit into the target's memory";
inline constexpr char kNoThreads[] = "needs threads, which only a target in this process has";
inline constexpr char kHexDump[] = "the suite holds a hex dump in place of the module";

}  // namespace mote::spec
