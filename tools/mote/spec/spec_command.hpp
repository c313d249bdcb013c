// SPDX-License-Identifier: Apache-2.0
// The subcommands `mote spec` and `mote spec-agent`.
#pragma once
#include <CLI/CLI.hpp>

namespace mote::spec {

/// Adds both subcommands. When one of them has run, `status` is its exit code: 0 all passed, 1 something
/// failed, 4 the suite or the target cannot be used.
void add_spec_commands(CLI::App& app, int& status);

}  // namespace mote::spec
