// SPDX-License-Identifier: Apache-2.0
#include "target.hpp"

#include <gtest/gtest.h>

#include "fake_agent.hpp"

namespace mote::spec {
namespace {

class TargetTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string problem;
    ASSERT_TRUE(target.connect(problem)) << problem;
    agent.bodies.clear();
  }

  FakeAgent agent;
  Target target{std::make_unique<FakeLink>(agent), 1000};
};

TEST_F(TargetTest, LoadSendsAllBytesInChunks) {
  const std::vector<uint8_t> wasm(2 * kChunkBytes + 1, 0x5a);
  agent.answers["load"] = "ok 3";
  const Reply reply = target.load(wasm);
  ASSERT_TRUE(reply.ok());
  EXPECT_EQ(reply.id, 3u);
  ASSERT_EQ(agent.bodies.size(), 5u);
  EXPECT_EQ(agent.bodies[0], "begin 1441");
  EXPECT_EQ(agent.bodies[3], "data Wg==");
  size_t bytes = 0;
  for (size_t i = 1; i < 4; ++i) {
    uint8_t chunk[kChunkBytes];
    size_t size = 0;
    ASSERT_TRUE(decode_base64(agent.bodies[i].substr(5), chunk, size));
    bytes += size;
  }
  EXPECT_EQ(bytes, wasm.size());
}

TEST_F(TargetTest, LoadStopsAtTheFirstRefusal) {
  agent.answers["begin"] = "error OutOfMemory - - 40 % % the module's bytes do not fit";
  const std::vector<uint8_t> wasm(100);
  const Reply reply = target.load(wasm);
  EXPECT_TRUE(reply.is_error("OutOfMemory"));
  EXPECT_EQ(reply.detail, 40u);
  EXPECT_EQ(agent.bodies.size(), 1u);
}

TEST_F(TargetTest, ResultsAndTraps) {
  agent.answers["invoke 2 add i32:00000001 i32:00000002"] = "ok 0 i32:00000003";
  agent.answers["invoke 2 bad"] = "trap Unreachable unreachable";
  agent.answers["invoke 2 grow"] = "ok 65536 i32:ffffffff";
  Value one, two;
  ASSERT_TRUE(from_wire("i32:00000001", one));
  ASSERT_TRUE(from_wire("i32:00000002", two));
  const std::vector<Value> args = {one, two};
  const Reply sum = target.invoke(2, "add", args);
  ASSERT_TRUE(sum.ok());
  ASSERT_EQ(sum.values.size(), 1u);
  EXPECT_EQ(describe(sum.values[0]), "i32 3 (0x00000003)");
  const Reply trap = target.invoke(2, "bad", {});
  EXPECT_EQ(trap.kind, Reply::Kind::Trap);
  EXPECT_EQ(trap.code, "Unreachable");
  EXPECT_EQ(trap.text, "unreachable");
  EXPECT_EQ(target.invoke(2, "grow", {}).lacked, 65536u);
}

TEST_F(TargetTest, UnlinkableNamesTheImport) {
  agent.answers["instantiate"] = "error Unlinkable 31 - 0 spectest no%20such unknown import";
  const Reply reply = target.instantiate(0);
  EXPECT_TRUE(reply.is_error("Unlinkable"));
  EXPECT_EQ(reply.module, "spectest");
  EXPECT_EQ(reply.name, "no such");
  EXPECT_EQ(reply.text, "unknown import, offset 31 (spectest.no such)");
}

TEST_F(TargetTest, DamagedRequestIsSentAgain) {
  agent.garble_requests = 2;
  EXPECT_TRUE(target.reset().ok());
  EXPECT_EQ(agent.bodies, std::vector<std::string>{"reset"});
}

TEST_F(TargetTest, DamagedAnswerDoesNotRepeatTheCommand) {
  agent.garble_answers = 2;
  EXPECT_TRUE(target.invoke(0, "count", {}).ok());
  EXPECT_EQ(agent.bodies, std::vector<std::string>{"invoke 0 count"});
}

TEST_F(TargetTest, HopelessLineIsGivenUp) {
  agent.garble_requests = 100;
  EXPECT_EQ(target.reset().kind, Reply::Kind::Lost);
  EXPECT_FALSE(target.connected());
}

TEST_F(TargetTest, ConsoleNoiseIsPassedOver) {
  agent.noise = "Booting netduinoplus2 ...";
  EXPECT_TRUE(target.reset().ok());
}

TEST_F(TargetTest, SilenceLosesTheTargetUntilItIsConnectedAgain) {
  agent.silent = true;
  EXPECT_EQ(target.reset().kind, Reply::Kind::Lost);
  EXPECT_EQ(target.reset().kind, Reply::Kind::Lost);
  EXPECT_EQ(agent.bodies.size(), 1u);  // the second was not sent
  agent.silent = false;
  std::string problem;
  EXPECT_TRUE(target.connect(problem));
  EXPECT_EQ(agent.opened, 2u);
  EXPECT_TRUE(target.reset().ok());
}

TEST_F(TargetTest, TooLongCommandIsNotSent) {
  const std::string name(kLineBytes, 'x');
  EXPECT_EQ(target.invoke(0, name, {}).kind, Reply::Kind::TooLong);
  EXPECT_TRUE(agent.bodies.empty());
  EXPECT_TRUE(target.reset().ok());
}

TEST_F(TargetTest, NonsenseIsNotAnAnswer) {
  agent.answers["reset"] = "maybe";
  EXPECT_EQ(target.reset().kind, Reply::Kind::Lost);
  agent.answers["get"] = "ok 0 i32:12";
  EXPECT_EQ(target.get(0, "g").kind, Reply::Kind::Lost);
}

}  // namespace
}  // namespace mote::spec
