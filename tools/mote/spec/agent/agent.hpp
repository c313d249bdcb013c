// SPDX-License-Identifier: Apache-2.0
// The agent: carries out the verbs of the line protocol (docs/conformance.md). Freestanding, over Mote's
// public API alone.
#pragma once
#include <cstddef>
#include <cstdint>
#include <mote/mote.hpp>
#include <string_view>

#include "agent/session.hpp"
#include "agent/wire.hpp"

namespace mote::spec {

/// Answers lines. Holds some 8 KB itself; the engine and the modules' bytes live in the memory that it is
/// given.
class Agent {
 public:
  explicit Agent(const AgentMemory& memory) : session_(memory) {}

  /// Carries out a line of the host's. The answer ends with '\n' and stays until the next call.
  std::string_view answer(std::string_view line);
  Session& session() { return session_; }

 private:
  void carry_out(std::string_view body, LineWriter& answer);
  void hello(LineReader& words, LineWriter& answer);
  void reset(LineReader& words, LineWriter& answer);
  void begin(LineReader& words, LineWriter& answer);
  void data(LineReader& words, LineWriter& answer);
  void load(LineReader& words, LineWriter& answer);
  void instantiate(LineReader& words, LineWriter& answer);
  void register_as(LineReader& words, LineWriter& answer);
  void invoke(LineReader& words, LineWriter& answer);
  void get(LineReader& words, LineWriter& answer);
  void drop_instance(LineReader& words, LineWriter& answer);
  void drop_module(LineReader& words, LineWriter& answer);

  struct Verb {
    const char* name;
    void (Agent::*carry_out)(LineReader& words, LineWriter& answer);
  };
  static const Verb kVerbs[];

  Session session_;
  char answer_[kLineBytes + 1];  ///< with its '\n'
  size_t answer_size_ = 0;
  bool answered_ = false;
  uint8_t sequence_ = 0;  ///< of the line that answer_ belongs to
};

}  // namespace mote::spec
