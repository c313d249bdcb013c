// SPDX-License-Identifier: Apache-2.0
// A script of the official test suite: the JSON that wabt's wast2json and wasm-tools' json-from-wast write.
#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "value.hpp"

namespace mote::spec {

enum class CommandKind : uint8_t {
  Module,
  ModuleDefinition,
  ModuleInstance,
  Register,
  Action,
  AssertReturn,
  AssertTrap,
  AssertExhaustion,
  AssertInvalid,
  AssertMalformed,
  AssertUnlinkable,
  AssertUninstantiable,
  AssertException,
  AssertSuspension,
  Thread,
  Wait,
  Unknown,
};

struct Action {
  bool is_get = false;                ///< reads a global instead of calling
  std::optional<std::string> module;  ///< name of the instance; none: the current one
  std::string field;                  ///< the export, any bytes
  std::vector<Value> args;
};

struct Command {
  CommandKind kind = CommandKind::Unknown;
  std::string type;                 ///< as the script spells it
  unsigned line = 0;                ///< in the original .wast
  std::optional<std::string> name;  ///< of a module or instance
  std::optional<std::string>
      definition;              ///< ModuleInstance: the definition to instantiate; none: the last one
  std::string as;              ///< Register
  std::filesystem::path wasm;  ///< the module's bytes; empty when the script has text only
  Action action;
  std::vector<Expected> expected;     ///< AssertReturn
  std::string text;                   ///< what the suite's reference interpreter says
  std::optional<std::string> shared;  ///< Thread: name of the instance whose shared memories it may import
  std::string thread;                 ///< Wait: for whom
  std::vector<Command> commands;      ///< Thread: what it does
};

struct Script {
  std::filesystem::path path;
  std::string name;  ///< path below the suite's directory, without ".json": "core/memory64/address64"
  std::vector<Command> commands;
};

/// Reads a script. On failure the result is false and `problem` says what is wrong with which command.
bool read_script(const std::filesystem::path& path, Script& script, std::string& problem);

}  // namespace mote::spec
