// SPDX-License-Identifier: Apache-2.0
#include "script.hpp"

#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "agent/wire.hpp"

namespace mote::spec {

namespace {

using Json = nlohmann::json;

struct KindName {
  const char* type;
  CommandKind kind;
};

constexpr KindName kKinds[] = {
    {"module", CommandKind::Module},
    {"module_definition", CommandKind::ModuleDefinition},
    {"module_instance", CommandKind::ModuleInstance},
    {"register", CommandKind::Register},
    {"action", CommandKind::Action},
    {"assert_return", CommandKind::AssertReturn},
    {"assert_trap", CommandKind::AssertTrap},
    {"assert_exhaustion", CommandKind::AssertExhaustion},
    {"assert_invalid", CommandKind::AssertInvalid},
    {"assert_malformed", CommandKind::AssertMalformed},
    {"assert_unlinkable", CommandKind::AssertUnlinkable},
    {"assert_uninstantiable", CommandKind::AssertUninstantiable},
    {"assert_exception", CommandKind::AssertException},
    {"assert_suspension", CommandKind::AssertSuspension},
    {"thread", CommandKind::Thread},
    {"wait", CommandKind::Wait},
};

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error(what);
}

std::optional<std::string> optional_string(const Json& json, const char* key) {
  const auto found = json.find(key);
  if (found == json.end()) return std::nullopt;
  return found->get<std::string>();
}

/// Bits of an integer written in decimal, signed or unsigned, cut to `size` bytes.
uint64_t parse_bits(const std::string& text, unsigned size) {
  const bool negative = !text.empty() && text[0] == '-';
  uint64_t number = 0;
  if (!parse_decimal(std::string_view(text).substr(negative ? 1 : 0), number))
    fail("'" + text + "' is not a number");
  if (negative) number = 0 - number;
  return size == 8 ? number : number & ((uint64_t{1} << (8 * size)) - 1);
}

/// The texts of a number's lanes: one, or as many as the vector has.
std::vector<std::string> lane_texts(const Json& json, unsigned lane_bytes, bool vector) {
  std::vector<std::string> texts;
  if (vector) {
    for (const Json& lane : json.at("value")) texts.push_back(lane.get<std::string>());
    if (texts.size() * lane_bytes != 16) fail("a v128 with " + std::to_string(texts.size()) + " lanes");
  } else {
    texts.push_back(json.at("value").get<std::string>());
  }
  return texts;
}

void parse_reference(const std::string& type, const Json& json, Value::Reference& reference, uint64_t& host) {
  const auto text = optional_string(json, "value");
  if (type == "refnull" || type.starts_with("null")) {
    reference = Value::Reference::Null;  // wasm-tools writes "any null" as a type
  } else if (!text || type == "funcref") {
    reference = text == "null" ? Value::Reference::Null : Value::Reference::Opaque;
  } else if (*text == "null") {
    reference = Value::Reference::Null;
  } else {
    reference = Value::Reference::Host;
    host = parse_bits(*text, 8);
  }
}

Value parse_value(const Json& json) {
  Value value;
  value.type = json.at("type").get<std::string>();
  const bool vector = value.type == "v128";
  const unsigned size = number_bytes(vector ? json.at("lane_type").get<std::string>() : value.type);
  if (size == 0) {
    parse_reference(value.type, json, value.reference, value.host);
    return value;
  }
  unsigned at = 0;
  for (const std::string& text : lane_texts(json, size, vector)) {
    value.set_bits(at, size, parse_bits(text, size));
    at += size;
  }
  return value;
}

Expected parse_expected(const Json& json) {
  Expected expected;
  expected.type = json.at("type").get<std::string>();
  if (expected.type == "either") {
    for (const Json& one : json.at("values")) expected.alternatives.push_back(parse_expected(one));
    return expected;
  }
  const bool vector = expected.type == "v128";
  const std::string lane = vector ? json.at("lane_type").get<std::string>() : expected.type;
  expected.lane_bytes = number_bytes(lane);
  expected.floating = lane[0] == 'f';
  if (expected.lane_bytes == 0) {
    parse_reference(expected.type, json, expected.reference, expected.host);
    return expected;
  }
  for (const std::string& text : lane_texts(json, expected.lane_bytes, vector)) {
    LanePattern pattern;
    if (text == "nan:canonical") {
      pattern.kind = LanePattern::Kind::CanonicalNan;
    } else if (text == "nan:arithmetic") {
      pattern.kind = LanePattern::Kind::ArithmeticNan;
    } else {
      pattern.bits = parse_bits(text, expected.lane_bytes);
    }
    expected.lanes.push_back(pattern);
  }
  return expected;
}

Action parse_action(const Json& json) {
  Action action;
  const auto type = json.at("type").get<std::string>();
  if (type != "invoke" && type != "get") fail("unknown action '" + type + "'");
  action.is_get = type == "get";
  action.module = optional_string(json, "module");
  action.field = json.at("field").get<std::string>();
  if (!action.is_get) {
    for (const Json& arg : json.at("args")) action.args.push_back(parse_value(arg));
  }
  return action;
}

/// `expected` lists the results; `either` lists the alternatives of a single one.
void parse_results(const Json& json, Command& command) {
  if (json.contains("either")) {
    Expected either;
    either.type = "either";
    for (const Json& one : json.at("either")) either.alternatives.push_back(parse_expected(one));
    command.expected.push_back(either);
    return;
  }
  for (const Json& one : json.at("expected")) command.expected.push_back(parse_expected(one));
}

Command parse_command(const Json& json, const std::filesystem::path& folder) {
  Command command;
  command.type = json.at("type").get<std::string>();
  command.line = json.at("line").get<unsigned>();
  for (const KindName& row : kKinds) {
    if (command.type == row.type) command.kind = row.kind;
  }
  command.name = optional_string(json, command.kind == CommandKind::ModuleInstance ? "instance" : "name");
  command.definition = optional_string(json, "module");
  command.as = optional_string(json, "as").value_or("");
  command.text = optional_string(json, "text").value_or("");
  if (const auto file = optional_string(json, "filename")) {
    const bool is_text = optional_string(json, "module_type") == "text";
    command.wasm = folder / (is_text ? optional_string(json, "binary_filename").value_or("") : *file);
    // Scripts name the binary of a text even where converting the text is the test, and no binary came of it.
    if (is_text && !std::filesystem::is_regular_file(command.wasm)) command.wasm.clear();
  }
  command.shared = optional_string(json, "shared_module");
  command.thread = optional_string(json, "thread").value_or("");
  if (command.kind == CommandKind::Thread) {
    for (const Json& one : json.at("commands")) command.commands.push_back(parse_command(one, folder));
  }
  if (json.contains("action")) command.action = parse_action(json.at("action"));
  if (command.kind == CommandKind::AssertReturn) parse_results(json, command);
  return command;
}

}  // namespace

bool read_script(const std::filesystem::path& path, Script& script, std::string& problem) {
  script.path = path;
  script.commands.clear();
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    problem = "cannot be read";
    return false;
  }
  try {
    const Json json = Json::parse(file);
    for (const Json& command : json.at("commands")) {
      script.commands.push_back(parse_command(command, path.parent_path()));
    }
    return true;
  } catch (const std::exception& error) {
    problem = "is not a script of the suite: command " + std::to_string(script.commands.size() + 1) + ": " +
              error.what();
    return false;
  }
}

}  // namespace mote::spec
