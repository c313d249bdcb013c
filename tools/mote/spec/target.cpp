// SPDX-License-Identifier: Apache-2.0
#include "target.hpp"

#include <algorithm>

namespace mote::spec {

namespace {

constexpr int kTries = 3;
constexpr int kBootLines = 200;  // what a board may print before its agent speaks

/// "ok ...", after the first word.
void read_ok(LineReader words, Reply& reply) {
  reply.kind = Reply::Kind::Ok;
  reply.text = words.rest();
}

/// "error CODE OFFSET FUNCTION DETAIL MODULE NAME MESSAGE...".
void read_error(LineReader words, Reply& reply) {
  char name[kLineBytes];
  size_t size = 0;
  reply.kind = Reply::Kind::Error;
  reply.code = words.word();
  const std::string offset(words.word());
  const std::string function(words.word());
  words.decimal(reply.detail);
  if (decode_name(words.word(), name, size)) reply.module.assign(name, size);
  if (decode_name(words.word(), name, size)) reply.name.assign(name, size);
  reply.text = words.rest();
  if (function != "-") reply.text += ", function " + function;
  if (offset != "-") reply.text += ", offset " + offset;
  if (!reply.module.empty() || !reply.name.empty())
    reply.text += " (" + reply.module + "." + reply.name + ")";
}

void read_trap(LineReader words, Reply& reply) {
  reply.kind = Reply::Kind::Trap;
  reply.code = words.word();
  reply.text = words.rest();
}

Reply parse_reply(std::string_view body) {
  Reply reply;
  LineReader words(body);
  const std::string_view verb = words.word();
  if (verb == "ok") {
    read_ok(words, reply);
  } else if (verb == "error") {
    read_error(words, reply);
  } else if (verb == "trap") {
    read_trap(words, reply);
  } else {
    reply.text = "the agent answered '" + std::string(body) + "'";
  }
  return reply;
}

}  // namespace

bool Target::connect(std::string& problem) {
  connected_ = false;
  if (!link_->open(problem)) return false;
  connected_ = true;
  const Reply hello = exchange([](LineWriter& line) { line.word("hello"); });
  connected_ = hello.ok();
  description_ = hello.text;
  if (!connected_) {
    problem = "the agent does not answer: " + hello.text;
  } else if (!description_.starts_with("mote-spec-agent 1 ")) {
    problem = "not an agent of this version: it says '" + description_ + "'";
    connected_ = false;
  }
  return connected_;
}

/// Waits for the answer to `sequence`, past whatever else the console shows.
bool Target::await(uint8_t sequence, std::string& body, bool& garbled) {
  garbled = false;
  std::string line;
  for (int i = 0; i < kBootLines; ++i) {
    if (!link_->receive(line, timeout_ms_)) return false;
    uint8_t answered = 0;
    std::string_view text;
    if (open_line(line, answered, text)) {
      if (answered == sequence) {
        body = text;
        return true;
      }
      if (text == " again") garbled = true;  // the agent cannot know the number of a line that it cannot read
      if (garbled) return false;
    } else if (line.starts_with('@')) {
      garbled = true;
      return false;
    } else if (!line.empty()) {
      last_words_ = line;
    }
  }
  return false;
}

/// One command and its answer. A line garbled on the way, there or back, is sent again under the same number,
/// so that the agent carries it out once.
Reply Target::exchange(const Fill& fill) {
  Reply reply;
  if (!connected_) {
    reply.text = "the agent was lost";
    return reply;
  }
  last_words_.clear();
  char buffer[kLineBytes];
  LineWriter writer(buffer);
  writer.begin(++sequence_);
  fill(writer);
  const std::string_view line = writer.end();
  if (line.empty()) {
    reply.kind = Reply::Kind::TooLong;
    reply.text =
        "the command is longer than the agent's lines of " + std::to_string(kLineBytes) + " characters";
    return reply;
  }
  for (int attempt = 0; attempt < kTries; ++attempt) {
    std::string body;
    bool garbled = false;
    if (!link_->send(line)) break;
    if (await(sequence_, body, garbled)) return parse_reply(body);
    if (!garbled) break;
  }
  connected_ = false;
  reply.text = "the agent ended, or gave no answer within " + std::to_string(timeout_ms_ / 1000) + " s";
  if (!last_words_.empty()) reply.text += "; its console said: " + last_words_;
  return reply;
}

std::unique_ptr<Target> Target::another() const {
  std::unique_ptr<Link> link = link_->another();
  return link == nullptr ? nullptr : std::make_unique<Target>(std::move(link), timeout_ms_);
}

Reply Target::reset() {
  return exchange([](LineWriter& line) { line.word("reset"); });
}

Reply Target::load(std::span<const uint8_t> wasm) {
  Reply reply = exchange([&](LineWriter& line) { line.word("begin").decimal(wasm.size()); });
  for (size_t at = 0; reply.ok() && at < wasm.size(); at += kChunkBytes) {
    const auto chunk = wasm.subspan(at, std::min(kChunkBytes, wasm.size() - at));
    reply = exchange([&](LineWriter& line) { line.word("data").base64(chunk); });
  }
  if (!reply.ok()) return reply;
  reply = exchange([&](LineWriter& line) { line.word("load ").append_hex(crc32(wasm), 8); });
  if (reply.ok()) LineReader(reply.text).decimal(reply.id);
  return reply;
}

Reply Target::with_id(const char* verb, uint32_t id) {
  Reply reply = exchange([&](LineWriter& line) { line.word(verb).decimal(id); });
  if (reply.ok()) LineReader(reply.text).decimal(reply.id);
  return reply;
}

Reply Target::instantiate(uint32_t module) {
  return with_id("instantiate", module);
}
Reply Target::drop_module(uint32_t module) {
  return with_id("drop-module", module);
}
Reply Target::drop_instance(uint32_t instance) {
  return with_id("drop-instance", instance);
}

Reply Target::register_as(uint32_t instance, std::string_view name) {
  return exchange([&](LineWriter& line) { line.word("register").decimal(instance).name(name); });
}

Reply Target::run(const char* verb, uint32_t instance, std::string_view name, std::span<const Value> args) {
  Reply reply = exchange([&](LineWriter& line) {
    line.word(verb).decimal(instance).name(name);
    for (const Value& arg : args) line.word(to_wire(arg));
  });
  if (!reply.ok()) return reply;
  LineReader words(reply.text);
  words.decimal(reply.lacked);
  for (std::string_view word = words.word(); !word.empty(); word = words.word()) {
    Value value;
    if (!from_wire(word, value)) {
      reply.kind = Reply::Kind::Lost;
      reply.text = "the agent answered with the value '" + std::string(word) + "'";
      return reply;
    }
    reply.values.push_back(value);
  }
  return reply;
}

Reply Target::invoke(uint32_t instance, std::string_view name, std::span<const Value> args) {
  return run("invoke", instance, name, args);
}

Reply Target::get(uint32_t instance, std::string_view name) {
  return run("get", instance, name, {});
}

}  // namespace mote::spec
