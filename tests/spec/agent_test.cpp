// SPDX-License-Identifier: Apache-2.0
// The agent over a real engine, spoken to as the host does.
#include "agent/agent.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace mote::spec {
namespace {

// (module
//   (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
//   (func (export "trap") (unreachable))
//   (func (export "spin") (loop (br 0)))
//   (func (export "null") (result externref) (ref.null extern))
//   (func (export "same") (param externref) (result externref) (local.get 0))
//   (func (export "swap") (param i64 f64) (result f64 i64) (local.get 1) (local.get 0))
//   (global (export "g") i64 (i64.const -2)))
constexpr uint8_t kLibrary[] = {
    0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x1a, 0x05, 0x60, 0x02, 0x7f, 0x7f, 0x01,
    0x7f, 0x60, 0x00, 0x00, 0x60, 0x00, 0x01, 0x6f, 0x60, 0x01, 0x6f, 0x01, 0x6f, 0x60, 0x02, 0x7e,
    0x7c, 0x02, 0x7c, 0x7e, 0x03, 0x07, 0x06, 0x00, 0x01, 0x01, 0x02, 0x03, 0x04, 0x06, 0x06, 0x01,
    0x7e, 0x00, 0x42, 0x7e, 0x0b, 0x07, 0x2e, 0x07, 0x03, 0x61, 0x64, 0x64, 0x00, 0x00, 0x04, 0x74,
    0x72, 0x61, 0x70, 0x00, 0x01, 0x04, 0x73, 0x70, 0x69, 0x6e, 0x00, 0x02, 0x04, 0x6e, 0x75, 0x6c,
    0x6c, 0x00, 0x03, 0x04, 0x73, 0x61, 0x6d, 0x65, 0x00, 0x04, 0x04, 0x73, 0x77, 0x61, 0x70, 0x00,
    0x05, 0x01, 0x67, 0x03, 0x00, 0x0a, 0x26, 0x06, 0x07, 0x00, 0x20, 0x00, 0x20, 0x01, 0x6a, 0x0b,
    0x03, 0x00, 0x00, 0x0b, 0x07, 0x00, 0x03, 0x40, 0x0c, 0x00, 0x0b, 0x0b, 0x04, 0x00, 0xd0, 0x6f,
    0x0b, 0x04, 0x00, 0x20, 0x00, 0x0b, 0x06, 0x00, 0x20, 0x01, 0x20, 0x00, 0x0b};

// (module (import "lib" "add" (func (param i32 i32) (result i32))) (import "spectest" "global_i32" (global
// i32))
//   (import "spectest" "print_i32" (func (param i32)))
//   (func (export "main") (result i32) (call 1 (i32.const 1)) (call 0 (global.get 0) (i32.const 1))))
constexpr uint8_t kUser[] = {
    0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x0f, 0x03, 0x60, 0x02, 0x7f, 0x7f, 0x01,
    0x7f, 0x60, 0x01, 0x7f, 0x00, 0x60, 0x00, 0x01, 0x7f, 0x02, 0x37, 0x03, 0x03, 0x6c, 0x69, 0x62,
    0x03, 0x61, 0x64, 0x64, 0x00, 0x00, 0x08, 0x73, 0x70, 0x65, 0x63, 0x74, 0x65, 0x73, 0x74, 0x0a,
    0x67, 0x6c, 0x6f, 0x62, 0x61, 0x6c, 0x5f, 0x69, 0x33, 0x32, 0x03, 0x7f, 0x00, 0x08, 0x73, 0x70,
    0x65, 0x63, 0x74, 0x65, 0x73, 0x74, 0x09, 0x70, 0x72, 0x69, 0x6e, 0x74, 0x5f, 0x69, 0x33, 0x32,
    0x00, 0x01, 0x03, 0x02, 0x01, 0x02, 0x07, 0x08, 0x01, 0x04, 0x6d, 0x61, 0x69, 0x6e, 0x00, 0x02,
    0x0a, 0x0e, 0x01, 0x0c, 0x00, 0x41, 0x01, 0x10, 0x01, 0x23, 0x00, 0x41, 0x01, 0x10, 0x00, 0x0b};

class AgentTest : public testing::Test {
 protected:
  /// Sends a body, expects an answer to the same number, and returns its body.
  std::string say(const std::string& body) {
    const std::string_view line = frame(++sequence, body);
    return open(agent->answer(line), sequence);
  }

  std::string_view frame(uint8_t number, const std::string& body) {
    LineWriter writer(buffer);
    writer.begin(number);
    return writer.word(body).end();
  }

  static std::string open(std::string_view answer, uint8_t expected) {
    uint8_t number = 0;
    std::string_view body;
    EXPECT_TRUE(answer.ends_with('\n'));
    EXPECT_TRUE(open_line(answer, number, body)) << answer;
    EXPECT_EQ(number, expected);
    return std::string(body.substr(1));
  }

  std::string load(std::span<const uint8_t> wasm) {
    std::string begun = say("begin " + std::to_string(wasm.size()));
    if (begun != "ok") return begun;
    for (size_t at = 0; at < wasm.size(); at += 50) {
      LineWriter writer(buffer);
      writer.begin(++sequence);
      const auto line =
          writer.word("data").base64(wasm.subspan(at, std::min<size_t>(50, wasm.size() - at))).end();
      EXPECT_EQ(open(agent->answer(line), sequence), "ok");
    }
    LineWriter writer(buffer);
    writer.begin(++sequence);
    return open(agent->answer(writer.word("load ").append_hex(crc32(wasm), 8).end()), sequence);
  }

  char buffer[kLineBytes];
  uint8_t sequence = 0;
  alignas(8) std::byte pool[64 << 10];
  uint8_t store[1024];
  std::unique_ptr<Agent> agent = std::make_unique<Agent>(AgentMemory{pool, store, 2048, 1000});
};

TEST_F(AgentTest, Hello) {
  EXPECT_EQ(say("hello"), "ok mote-spec-agent 1 pool=65536 store=1024 stack=2048");
}

TEST_F(AgentTest, LoadsCallsAndTraps) {
  ASSERT_EQ(load(kLibrary), "ok 0");
  ASSERT_EQ(say("instantiate 0"), "ok 0");
  EXPECT_EQ(say("invoke 0 add i32:00000002 i32:ffffffff"), "ok 0 i32:00000001");
  EXPECT_EQ(say("invoke 0 swap i64:0000000000000007 f64:7ff4000000000000"),
            "ok 0 f64:7ff4000000000000 i64:0000000000000007");
  EXPECT_EQ(say("invoke 0 trap"), "trap Unreachable unreachable");
  EXPECT_EQ(say("invoke 0 null"), "ok 0 externref:null");
  EXPECT_EQ(say("invoke 0 same externref:0"), "ok 0 externref:0");
  EXPECT_EQ(say("invoke 0 same externref:null"), "ok 0 externref:null");
  EXPECT_EQ(say("get 0 g"), "ok 0 i64:fffffffffffffffe");
  EXPECT_EQ(say("drop-instance 0"), "ok");
  EXPECT_EQ(say("drop-module 0"), "ok");
  EXPECT_EQ(say("reset"), "ok 0");
}

TEST_F(AgentTest, EndlessLoopsEndByFuel) {
  ASSERT_EQ(load(kLibrary), "ok 0");
  ASSERT_EQ(say("instantiate 0"), "ok 0");
  EXPECT_TRUE(say("invoke 0 spin").starts_with("error Suspended "));
  EXPECT_EQ(say("invoke 0 add i32:00000002 i32:00000002"), "ok 0 i32:00000004");  // it can be called again
}

TEST_F(AgentTest, AnyCommandsInAnyOrderAreAnswered) {
  const std::vector<std::string> words = {"hello",
                                          "reset",
                                          "begin",
                                          "data",
                                          "load",
                                          "instantiate",
                                          "register",
                                          "invoke",
                                          "get",
                                          "drop-instance",
                                          "drop-module",
                                          "0",
                                          "1",
                                          "47",
                                          "4294967295",
                                          "add",
                                          "swap",
                                          "%",
                                          "%00",
                                          "lib",
                                          "i32:00000001",
                                          "i64:0000000000000001",
                                          "f64:7ff4000000000000",
                                          "externref:null",
                                          "funcref:null",
                                          "funcref:ref",
                                          "AAAA",
                                          "AGFzbQ==",
                                          ""};
  std::mt19937 random(1);
  for (int i = 0; i < 20'000; ++i) {
    if (i % 50 == 0) load(kLibrary);
    std::string body = words[random() % 11];
    for (auto left = random() % 5; left > 0; --left) body += " " + words[random() % words.size()];
    const std::string answer = say(body);
    EXPECT_TRUE(answer.starts_with("ok") || answer.starts_with("error ") || answer.starts_with("trap "))
        << answer;
  }
  EXPECT_EQ(say("reset"), "ok 0");
}

TEST_F(AgentTest, LinksWithRegisteredInstancesAndSpectest) {
  ASSERT_EQ(load(kLibrary), "ok 0");
  ASSERT_EQ(say("instantiate 0"), "ok 0");
  ASSERT_EQ(load(kUser), "ok 1");
  EXPECT_TRUE(say("instantiate 1").starts_with("error Unlinkable "));
  EXPECT_EQ(say("register 0 lib"), "ok");
  ASSERT_EQ(say("instantiate 1"), "ok 1");
  EXPECT_EQ(say("invoke 1 main"), "ok 0 i32:0000029b");
  EXPECT_EQ(say("reset"), "ok 0");
}

TEST_F(AgentTest, RefusesModulesByKind) {
  const uint8_t text[] = "not wasm";
  EXPECT_TRUE(load(text).starts_with("error Malformed "));
  std::vector<uint8_t> invalid(std::begin(kLibrary), std::end(kLibrary));
  for (size_t i = 0; i + 1 < invalid.size(); ++i) {
    if (invalid[i] == 0x01 && invalid[i + 1] == 0x6a) invalid[i + 1] = 0xa0;  // f64.add of two i32
  }
  EXPECT_TRUE(load(invalid).starts_with("error Invalid "));
  EXPECT_EQ(say("reset"), "ok 0");
}

TEST_F(AgentTest, WhatDoesNotFit) {
  EXPECT_TRUE(say("begin 1025").starts_with("error OutOfMemory - - 1 "));
  EXPECT_EQ(say("begin 1024"), "ok");
  agent = std::make_unique<Agent>(AgentMemory{std::span(pool).first(256), store, 2048});
  const std::string refused = load(kLibrary);
  EXPECT_TRUE(refused.starts_with("error OutOfMemory ")) << refused;
}

TEST_F(AgentTest, TheStoreIsUsedAgain) {
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(load(kLibrary), "ok 0");
    ASSERT_EQ(say("instantiate 0"), "ok 0");
    ASSERT_EQ(say("drop-instance 0"), "ok");
    ASSERT_EQ(say("drop-module 0"), "ok");
  }
}

TEST_F(AgentTest, BadCommandsAreRefused) {
  ASSERT_EQ(load(kLibrary), "ok 0");
  ASSERT_EQ(say("instantiate 0"), "ok 0");
  for (const char* bad : {"", "fly", "begin", "begin x", "data !", "load", "instantiate", "register 0",
                          "invoke 0 add i32:2", "invoke 0 add funcref:ref", "get 0", "drop-module x"}) {
    EXPECT_TRUE(say(bad).starts_with("error Protocol ")) << bad;
  }
  EXPECT_TRUE(say("load 00000000").starts_with("error ")) << "nothing was sent";
  for (const char* bad :
       {"instantiate 7", "invoke 7 add", "get 7 g", "register 7 x", "invoke 0 nothing", "get 0 add"}) {
    EXPECT_TRUE(say(bad).starts_with("error NotFound ")) << bad;
  }
  EXPECT_TRUE(say("invoke 0 add").starts_with("error Signature "));
}

TEST_F(AgentTest, DamagedUploadIsNotLoaded) {
  say("begin 4");
  say("data AAAA");
  EXPECT_TRUE(say("load 00000000").starts_with("error Protocol "));  // a byte is missing
  say("data AA==");
  EXPECT_TRUE(say("load 00000000").starts_with("error Protocol "));  // wrong sum
}

TEST_F(AgentTest, ARepeatedLineIsNotCarriedOutAgain) {
  ASSERT_EQ(load(kLibrary), "ok 0");
  const std::string line(frame(++sequence, "instantiate 0"));
  EXPECT_EQ(open(agent->answer(line), sequence), "ok 0");
  EXPECT_EQ(open(agent->answer(line), sequence), "ok 0");
  EXPECT_EQ(say("instantiate 0"), "ok 1");
}

TEST_F(AgentTest, DamagedLinesAreAskedForAgain) {
  EXPECT_EQ(open(agent->answer("@05 reset *0000"), 0), "again");
  EXPECT_EQ(open(agent->answer(std::string(3000, 'x')), 0), "again");
  EXPECT_EQ(open(agent->answer(""), 0), "again");
}

}  // namespace
}  // namespace mote::spec
