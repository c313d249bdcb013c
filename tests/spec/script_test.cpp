// SPDX-License-Identifier: Apache-2.0
#include "script.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace mote::spec {
namespace {

bool read(const std::string& json, Script& script, std::string& problem) {
  const auto folder =
      std::filesystem::path(testing::TempDir()) / ("mote_script_test_" + std::to_string(getpid()));
  std::filesystem::create_directories(folder);
  const std::filesystem::path path = folder / "script.json";
  std::ofstream(path) << json;
  std::ofstream(folder / "a.1.wasm") << "";
  return read_script(path, script, problem);
}

TEST(ScriptReader, Commands) {
  Script script;
  std::string problem;
  ASSERT_TRUE(read(R"({"commands": [
    {"type": "module", "line": 3, "name": "$m", "filename": "a.0.wasm"},
    {"type": "module", "line": 4, "filename": "a.1.wat", "binary_filename": "a.1.wasm", "module_type": "text"},
    {"type": "assert_malformed", "line": 5, "filename": "a.2.wat", "binary_filename": "a.none.wasm", "text": "unexpected token", "module_type": "text"},
    {"type": "register", "line": 6, "name": "$m", "as": "M"},
    {"type": "action", "line": 7, "action": {"type": "get", "module": "$m", "field": "g"}},
    {"type": "module_instance", "line": 8, "instance": "I", "module": "D"},
    {"type": "assert_new", "line": 9}]})",
                   script, problem))
      << problem;
  ASSERT_EQ(script.commands.size(), 7u);
  EXPECT_EQ(script.commands[0].kind, CommandKind::Module);
  EXPECT_EQ(script.commands[0].name, "$m");
  EXPECT_EQ(script.commands[0].wasm.filename(), "a.0.wasm");
  EXPECT_EQ(script.commands[1].wasm.filename(), "a.1.wasm");
  EXPECT_TRUE(script.commands[2].wasm.empty());
  EXPECT_EQ(script.commands[2].text, "unexpected token");
  EXPECT_EQ(script.commands[3].as, "M");
  EXPECT_TRUE(script.commands[4].action.is_get);
  EXPECT_EQ(script.commands[4].action.module, "$m");
  EXPECT_EQ(script.commands[5].name, "I");
  EXPECT_EQ(script.commands[5].definition, "D");
  EXPECT_EQ(script.commands[6].kind, CommandKind::Unknown);
}

TEST(ScriptReader, Values) {
  Script script;
  std::string problem;
  ASSERT_TRUE(read(
      R"({"commands": [{"type": "assert_return", "line": 1, "action": {"type": "invoke", "field": "a\u0000b", "args": [
      {"type": "i32", "value": "4294967295"}, {"type": "i32", "value": "-1"}, {"type": "i64", "value": "-9223372036854775808"},
      {"type": "f32", "value": "2143289344"}, {"type": "externref", "value": "3"}, {"type": "funcref", "value": "null"},
      {"type": "v128", "lane_type": "i16", "value": ["1", "-1", "3", "4", "5", "6", "7", "8"]}]},
    "expected": [{"type": "f64", "value": "nan:canonical"}, {"type": "f32", "value": "nan:arithmetic"}, {"type": "refnull"},
      {"type": "funcref"}, {"type": "either", "values": [{"type": "i32", "value": "0"}, {"type": "i32", "value": "1"}]}]}]})",
      script, problem))
      << problem;
  const Command& command = script.commands[0];
  EXPECT_EQ(command.action.field, std::string("a\0b", 3));
  std::string args, expected;
  for (const Value& arg : command.action.args) args += to_wire(arg) + " ";
  EXPECT_EQ(args,
            "i32:ffffffff i32:ffffffff i64:8000000000000000 f32:7fc00000 externref:3 funcref:null "
            "v128:0100ffff030004000500060007000800 ");
  for (const Expected& one : command.expected) expected += describe(one) + "; ";
  EXPECT_EQ(expected,
            "f64 nan:canonical; f32 nan:arithmetic; refnull null; funcref (not null); "
            "either i32 0 (0x00000000) or i32 1 (0x00000001); ");
}

TEST(ScriptReader, EitherListsAlternativesOfOneResult) {
  Script script;
  std::string problem;
  ASSERT_TRUE(read(
      R"({"commands": [{"type": "assert_return", "line": 1, "action": {"type": "invoke", "field": "f", "args": []},
    "either": [{"type": "i32", "value": "0"}, {"type": "i32", "value": "1"}]}]})",
      script, problem));
  ASSERT_EQ(script.commands[0].expected.size(), 1u);
  EXPECT_EQ(script.commands[0].expected[0].alternatives.size(), 2u);
}

TEST(ScriptReader, WhatIsWrongIsSaid) {
  Script script;
  std::string problem;
  EXPECT_FALSE(read("{", script, problem));
  EXPECT_FALSE(
      read(R"({"commands": [{"type": "module", "line": 1, "filename": "a.wasm"}, {"type": "action"}]})",
           script, problem));
  EXPECT_NE(problem.find("command 2"), std::string::npos) << problem;
  for (const char* value : {R"({"type": "i32", "value": "x"})", R"({"type": "i32"})", R"({"value": "1"})",
                            R"({"type": "v128", "lane_type": "i32", "value": ["1"]})"}) {
    EXPECT_FALSE(read(
        std::string(
            R"({"commands": [{"type": "action", "line": 1, "action": {"type": "invoke", "field": "f", "args": [)") +
            value + "]}}]}",
        script, problem))
        << value;
  }
  EXPECT_FALSE(read_script("/nonexistent/script.json", script, problem));
}

}  // namespace
}  // namespace mote::spec
