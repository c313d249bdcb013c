// SPDX-License-Identifier: Apache-2.0
// What `mote spec` prints.
#pragma once
#include <iosfwd>
#include <string>
#include <vector>

#include "outcome.hpp"

namespace mote::spec {

struct Report {
  std::string target;  ///< what the agent says of itself
  std::vector<ScriptReport> scripts;
  Counts counts;
  double seconds = 0;
};

/// The line or lines of one script: nothing when all passed or were skipped, unless `verbose`.
void print_script(std::ostream& out, const ScriptReport& script, bool verbose);
/// Skips by reason with their files, and last "spec: N passed, N failed, N skipped".
void print_summary(std::ostream& out, const Report& report, bool verbose);
/// The whole as one JSON object (docs/conformance.md, "JSON").
void print_json(std::ostream& out, const Report& report);

}  // namespace mote::spec
