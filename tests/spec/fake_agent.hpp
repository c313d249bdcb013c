// SPDX-License-Identifier: Apache-2.0
// An agent with canned answers, for tests of what speaks to it.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "agent/wire.hpp"
#include "link.hpp"

namespace mote::spec {

/// What the test sees of the fake agent, and tells it.
struct FakeAgent {
  std::map<std::string, std::string> answers;  ///< by body, or by verb; "ok" when there is none
  std::vector<std::string> bodies;             ///< every command carried out
  unsigned opened = 0;
  unsigned garble_requests = 0;  ///< so many of the next lines arrive damaged
  unsigned garble_answers = 0;   ///< so many of the next answers come back damaged
  bool silent = false;
  std::string noise;  ///< a console line before each answer
};

class FakeLink final : public Link {
 public:
  explicit FakeLink(FakeAgent& agent) : agent_(agent) {}

  bool open(std::string&) override {
    ++agent_.opened;
    lines_.clear();
    return true;
  }
  void close() override {}

  bool send(std::string_view line) override {
    uint8_t sequence = 0;
    std::string_view body;
    std::string answer = " again";
    if (agent_.garble_requests != 0) {
      --agent_.garble_requests;
    } else if (open_line(line, sequence, body)) {
      if (sequence == last_sequence_ && !agent_.bodies.empty()) {
        answer = last_answer_;
      } else {
        body.remove_prefix(1);
        agent_.bodies.emplace_back(body);
        last_answer_ = answer = " " + answer_to(std::string(body));
      }
      last_sequence_ = sequence;
    }
    if (!agent_.noise.empty()) lines_.push_back(agent_.noise);
    char buffer[kLineBytes];
    LineWriter writer(buffer);
    writer.begin(sequence);
    std::string text(writer.append(answer).end());
    if (agent_.garble_answers != 0) {
      --agent_.garble_answers;
      text[4] = static_cast<char>(text[4] ^ 1);
    }
    lines_.push_back(text);
    return true;
  }

  bool receive(std::string& line, int) override {
    if (agent_.silent || lines_.empty()) return false;
    line = lines_.front();
    lines_.erase(lines_.begin());
    return true;
  }

 private:
  std::string answer_to(const std::string& body) const {
    if (body == "hello") return "ok mote-spec-agent 1 fake";
    const auto whole = agent_.answers.find(body);
    if (whole != agent_.answers.end()) return whole->second;
    const auto verb = agent_.answers.find(body.substr(0, body.find(' ')));
    return verb != agent_.answers.end() ? verb->second : "ok 0";
  }

  FakeAgent& agent_;
  std::vector<std::string> lines_;
  std::string last_answer_;
  uint8_t last_sequence_ = 0;
};

}  // namespace mote::spec
