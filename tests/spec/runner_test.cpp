// SPDX-License-Identifier: Apache-2.0
// The judgement of each kind of command, against an agent with canned answers.
#include "runner.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "fake_agent.hpp"
#include "script.hpp"

namespace mote::spec {
namespace {

constexpr char kUnsupported[] = "error Unsupported 11 3 0 % % needs the simd proposal";

class RunnerTest : public testing::Test {
 protected:
  RunnerTest() {
    std::filesystem::create_directories(folder_);
    for (const std::string name : {"m", "n"})
      std::ofstream(folder_ / (name + ".wasm"), std::ios::binary) << name;
  }

  /// What `load` says of the fake module "m" or "n".
  static std::string crc_of(const std::string& name) {
    char text[9];
    std::snprintf(text, sizeof text, "%08x",
                  crc32({reinterpret_cast<const uint8_t*>(name.data()), name.size()}));
    return text;
  }

  /// Runs `commands` (JSON, without the brackets).
  ScriptReport run(const std::string& commands) {
    std::ofstream(folder_ / "script.json")
        << R"({"source_filename": "s.wast", "commands": [)" << commands << "]}";
    Script script;
    script.name = "script";
    std::string problem;
    EXPECT_TRUE(read_script(folder_ / "script.json", script, problem)) << problem;
    Target target(std::make_unique<FakeLink>(agent), 1000);
    Runner runner(target);
    return runner.run(script);
  }

  FakeAgent agent;
  std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) / ("mote_runner_test_" + std::to_string(getpid()));
};

std::string verdicts(const ScriptReport& report) {
  std::string text;
  for (const Outcome& outcome : report.outcomes) text += "PFS"[static_cast<int>(outcome.verdict)];
  return text;
}

constexpr char kModule[] = R"({"type": "module", "line": 1, "filename": "m.wasm"})";
constexpr char kReturns7[] =
    R"(,{"type": "assert_return", "line": 2, "action": {"type": "invoke", "field": "f", "args": []},
                               "expected": [{"type": "i32", "value": "7"}]})";

TEST_F(RunnerTest, AssertReturn) {
  agent.answers["invoke"] = "ok 0 i32:00000007";
  EXPECT_EQ(verdicts(run(std::string(kModule) + kReturns7)), "PP");
  agent.answers["invoke"] = "ok 0 i32:00000008";
  const ScriptReport report = run(std::string(kModule) + kReturns7);
  EXPECT_EQ(verdicts(report), "PF");
  EXPECT_EQ(report.outcomes[1].detail, "expected i32 7 (0x00000007), got i32 8 (0x00000008)");
  agent.answers["invoke"] = "ok 0";
  EXPECT_EQ(verdicts(run(std::string(kModule) + kReturns7)), "PF");
  agent.answers["invoke"] = "ok 0 i32:00000007 i32:00000007";
  EXPECT_EQ(verdicts(run(std::string(kModule) + kReturns7)), "PF");
  agent.answers["invoke"] = "trap Unreachable unreachable";
  EXPECT_EQ(verdicts(run(std::string(kModule) + kReturns7)), "PF");
}

TEST_F(RunnerTest, RefusedModuleFailsWhatNeedsIt) {
  agent.answers["load"] = "error Invalid 12 0 0 % % type mismatch";
  EXPECT_EQ(verdicts(run(std::string(kModule) + kReturns7)), "FF");
}

TEST_F(RunnerTest, MissingProposalSkipsWhatNeedsIt) {
  agent.answers["load"] = kUnsupported;
  const ScriptReport report = run(std::string(kModule) + kReturns7 + R"(,
      {"type": "register", "line": 3, "as": "M"})");
  EXPECT_EQ(verdicts(report), "SSS");
  for (const Outcome& outcome : report.outcomes) EXPECT_EQ(outcome.detail, "needs the simd proposal");
}

TEST_F(RunnerTest, ImportOfSkippedInstanceIsSkippedToo) {
  agent.answers["instantiate"] = "error Unlinkable 20 - 0 M f unknown import";
  const std::string importer = R"({"type": "module", "line": 3, "filename": "n.wasm"},
      {"type": "assert_unlinkable", "line": 4, "filename": "n.wasm", "text": "unknown import", "module_type": "binary"})";
  EXPECT_EQ(verdicts(run(importer)), "FP");  // there never was an M
  agent.answers["load " + crc_of("m")] = kUnsupported;
  EXPECT_EQ(
      verdicts(run(std::string(kModule) + R"(, {"type": "register", "line": 2, "as": "M"},)" + importer)),
      "SSSS");
  agent.answers["instantiate"] = "error Unlinkable 20 - 0 other f unknown import";
  EXPECT_EQ(
      verdicts(run(std::string(kModule) + R"(, {"type": "register", "line": 2, "as": "M"},)" + importer)),
      "SSFP");
}

TEST_F(RunnerTest, RefusalsMustNotBeForWantOfAProposal) {
  const std::string invalid =
      R"({"type": "assert_invalid", "line": 3, "filename": "m.wasm", "text": "type mismatch", "module_type": "binary"},
         {"type": "assert_malformed", "line": 4, "filename": "m.wasm", "text": "unexpected end", "module_type": "binary"})";
  agent.answers["load"] = kUnsupported;
  EXPECT_EQ(verdicts(run(invalid)), "SS");
  agent.answers["load"] = "ok 0";
  EXPECT_EQ(verdicts(run(invalid)), "FF");
  agent.answers["load"] = "trap Unreachable unreachable";
  EXPECT_EQ(verdicts(run(invalid)), "FF");
  agent.answers["load"] = "error Invalid 12 0 0 % % type mismatch";
  const ScriptReport report = run(invalid);
  EXPECT_EQ(verdicts(report), "PP");
  EXPECT_EQ(report.outcomes[0].note, "");
  EXPECT_NE(report.outcomes[1].note, "");  // the suite calls it malformed
}

TEST_F(RunnerTest, TextFormatIsNotApplicable) {
  const ScriptReport report = run(
      R"({"type": "assert_malformed", "line": 1, "filename": "m.wat", "text": "unknown operator", "module_type": "text"})");
  EXPECT_EQ(verdicts(report), "S");
  EXPECT_EQ(report.outcomes[0].detail, kTextFormat);
  EXPECT_EQ(agent.bodies.size(), 3u);  // hello and two resets: no module was sent
}

TEST_F(RunnerTest, TrapsByText) {
  const auto trap = [&](const char* text) {
    return std::string(kModule) +
           R"(,{"type": "assert_trap", "line": 2, "action": {"type": "invoke", "field": "f", "args": []}, "text": ")" +
           text + R"("})";
  };
  agent.answers["invoke"] = "trap UninitializedElement uninitialized element";
  EXPECT_EQ(verdicts(run(trap("uninitialized element"))), "PP");
  EXPECT_EQ(verdicts(run(trap("uninitialized element 2"))), "PP");
  EXPECT_EQ(verdicts(run(trap("uninitialized"))), "PP");
  EXPECT_EQ(verdicts(run(trap("undefined element"))), "PF");
  agent.answers["invoke"] = "ok 0";
  EXPECT_EQ(verdicts(run(trap("unreachable"))), "PF");
  agent.answers["invoke"] = "error NotFound - - 0 % f no such export";
  EXPECT_EQ(verdicts(run(trap("unreachable"))), "PF");
}

TEST_F(RunnerTest, Exhaustion) {
  const std::string script =
      std::string(kModule) +
      R"(,{"type": "assert_exhaustion", "line": 2, "action": {"type": "invoke", "field": "f", "args": []},
                                 "text": "call stack exhausted"})";
  agent.answers["invoke"] = "trap StackExhausted call stack exhausted";
  EXPECT_EQ(verdicts(run(script)), "PP");
  agent.answers["invoke"] = "error Suspended - - 0 % % the call was suspended";
  EXPECT_EQ(verdicts(run(script)), "PF");
}

TEST_F(RunnerTest, Uninstantiable) {
  const std::string script =
      R"({"type": "assert_uninstantiable", "line": 3, "filename": "m.wasm", "text": "unreachable", "module_type": "binary"})";
  agent.answers["instantiate"] = "trap Unreachable unreachable";
  EXPECT_EQ(verdicts(run(script)), "P");
  agent.answers["instantiate"] = "error Unlinkable 20 - 0 M f unknown import";
  EXPECT_EQ(verdicts(run(script)), "F");
  agent.answers["instantiate"] = "ok 0";
  EXPECT_EQ(verdicts(run(script)), "F");
}

TEST_F(RunnerTest, WhatDoesNotFitIsSkipped) {
  agent.answers["instantiate"] = "error OutOfMemory - - 65536 % % the pool is too small";
  const ScriptReport report = run(std::string(kModule) + kReturns7);
  EXPECT_EQ(verdicts(report), "SS");
  EXPECT_EQ(report.outcomes[1].detail, "does not fit into the target's memory");
}

TEST_F(RunnerTest, StarvedGrowthExcusesOnlyWhatDiffers) {
  agent.answers["invoke"] = "ok 65536 i32:ffffffff";
  const ScriptReport report = run(std::string(kModule) + kReturns7);
  EXPECT_EQ(verdicts(report), "PS");
  agent.answers["invoke"] = "ok 65536 i32:00000007";
  EXPECT_EQ(verdicts(run(std::string(kModule) + kReturns7)), "PP");
}

// A module of which a profile lacks something does not write into what it imports: what differs for that is
// no failure. One without imports changes nothing.
TEST_F(RunnerTest, ModuleThatWouldHaveWrittenExcusesOnlyWhatDiffers) {
  const std::string imports("\0asm\1\0\0\0\2\7\1\1M\1t\4\0\0", 17), none("\0asm\1\0\0\0\1\1\0", 11);
  const std::string refused = R"({"type": "module", "line": 1, "name": "$A", "filename": "m.wasm"},
      {"type": "module", "line": 2, "name": "$B", "filename": "n.wasm"},
      {"type": "assert_return", "line": 3, "action": {"type": "invoke", "module": "$A", "field": "f", "args": []},
       "expected": [{"type": "i32", "value": "7"}]})";
  for (const auto& [module, differs] : {std::pair(imports, "PSS"), std::pair(none, "PSF")}) {
    std::ofstream(folder_ / "n.wasm", std::ios::binary) << module;
    agent.answers["load " + crc_of(module)] = kUnsupported;
    agent.answers["invoke"] = "ok 0 i32:00000008";
    EXPECT_EQ(verdicts(run(refused)), differs);
    agent.answers["invoke"] = "ok 0 i32:00000007";
    EXPECT_EQ(verdicts(run(refused)), "PSP");
  }
}

TEST_F(RunnerTest, UnnamedInstancesAreDroppedNamedAndRegisteredOnesStay) {
  const std::string named = R"({"type": "module", "line": 1, "name": "$N", "filename": "m.wasm"},)";
  const auto drops = [&](const std::string& commands) {
    agent.bodies.clear();
    run(commands);
    return std::count(agent.bodies.begin(), agent.bodies.end(), "drop-instance 0");
  };
  EXPECT_EQ(drops(std::string(kModule) + "," + kModule), 1);
  EXPECT_EQ(drops(named + kModule), 0);
  EXPECT_EQ(drops(std::string(kModule) + R"(,{"type": "register", "line": 2, "as": "M"},)" + kModule), 0);
}

TEST_F(RunnerTest, LostTargetFailsTheRestOfTheScript) {
  agent.answers["invoke"] = "gibberish";
  EXPECT_EQ(verdicts(run(std::string(kModule) + kReturns7)), "PF");
  agent.silent = true;
  EXPECT_EQ(verdicts(run(std::string(kModule) + kReturns7)), "FF");
}

TEST_F(RunnerTest, LeakIsAFailure) {
  EXPECT_EQ(verdicts(run(kModule)), "P");
  agent.answers["reset"] = "ok 24";
  const ScriptReport report = run(kModule);
  EXPECT_EQ(verdicts(report), "PF");
  EXPECT_EQ(report.counts.failed, 1u);
}

TEST_F(RunnerTest, HexDumpOfTheSuiteIsSkipped) {
  std::ofstream(folder_ / "dump.wasm") << "00000000: 0061 736d 0100 0000";
  agent.answers["load"] = "error Malformed 0 - 0 % % magic header not detected";
  EXPECT_EQ(verdicts(run(R"({"type": "module", "line": 1, "filename": "dump.wasm"})")), "S");
}

TEST_F(RunnerTest, UnknownCommandFails) {
  EXPECT_EQ(verdicts(run(R"({"type": "assert_miracle", "line": 1})")), "F");
}

}  // namespace
}  // namespace mote::spec
