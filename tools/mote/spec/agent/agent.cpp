// SPDX-License-Identifier: Apache-2.0
#include "agent/agent.hpp"

#include "agent/wire_value.hpp"

namespace mote::spec {

namespace {

constexpr std::string_view kErrorNames[] = {
#define MOTE_ERROR(name, text) #name,
#include <mote/errors.inc>
};
constexpr std::string_view kTrapNames[] = {
#define MOTE_TRAP(name, text) #name,
#include <mote/errors.inc>
};

constexpr size_t kNameBytes = 512;
constexpr size_t kValues = 32;

void write_protocol_error(LineWriter& answer, std::string_view message) {
  answer.word("error Protocol - - 0 % %").word(message);
}

void write_number_or_dash(LineWriter& answer, uint32_t number) {
  if (number == Error::kNoOffset) {
    answer.word("-");
  } else {
    answer.decimal(number);
  }
}

void write_error(LineWriter& answer, const Error& error) {
  if (error.code == ErrorCode::Trapped) {
    answer.word("trap").word(kTrapNames[static_cast<size_t>(error.trap)]).word(to_string(error.trap));
    return;
  }
  answer.word("error").word(kErrorNames[static_cast<size_t>(error.code)]);
  write_number_or_dash(answer, error.offset);
  write_number_or_dash(answer, error.function);
  answer.decimal(error.detail).name(error.module).name(error.name).word(error.message);
}

/// A name of at most kNameBytes.
struct Name {
  char bytes[kNameBytes];
  size_t size = 0;

  bool read(LineReader& words) { return decode_name(words.word(), bytes, size); }
  std::string_view view() const { return {bytes, size}; }
};

}  // namespace

const Agent::Verb Agent::kVerbs[] = {
    {"hello", &Agent::hello},
    {"reset", &Agent::reset},
    {"begin", &Agent::begin},
    {"data", &Agent::data},
    {"load", &Agent::load},
    {"instantiate", &Agent::instantiate},
    {"register", &Agent::register_as},
    {"invoke", &Agent::invoke},
    {"get", &Agent::get},
    {"drop-instance", &Agent::drop_instance},
    {"drop-module", &Agent::drop_module},
};

std::string_view Agent::answer(std::string_view line) {
  uint8_t sequence = 0;
  std::string_view body;
  const bool readable = open_line(line, sequence, body);
  const bool is_hello =
      LineReader(body).word() == "hello";  // starts a session, whatever number the last one ended with
  if (readable && answered_ && sequence == sequence_ && !is_hello) return {answer_, answer_size_};
  answered_ = readable;
  sequence_ = sequence;
  LineWriter writer({answer_, kLineBytes});
  writer.begin(readable ? sequence : 0);
  if (readable) {
    carry_out(body, writer);
  } else {
    writer.word("again");
  }
  std::string_view text = writer.end();
  if (text.empty()) {
    writer.begin(sequence);
    write_protocol_error(writer, "the answer is longer than a line");
    text = writer.end();
  }
  answer_size_ = text.size() + 1;
  answer_[text.size()] = '\n';
  return {answer_, answer_size_};
}

void Agent::carry_out(std::string_view body, LineWriter& answer) {
  LineReader words(body);
  const std::string_view name = words.word();
  for (const Verb& verb : kVerbs) {
    if (name == verb.name) return (this->*verb.carry_out)(words, answer);
  }
  write_protocol_error(answer, "unknown verb");
}

void Agent::hello(LineReader&, LineWriter& answer) {
  session_.reset();
  const AgentMemory& memory = session_.memory();
  answer.word("ok mote-spec-agent 1");
  answer.word("pool=").append_decimal(memory.pool.size());
  answer.word("store=").append_decimal(memory.store.size());
  answer.word("stack=").append_decimal(memory.stack_bytes);
}

void Agent::reset(LineReader&, LineWriter& answer) {
  answer.word("ok").decimal(session_.reset());
}

void Agent::begin(LineReader& words, LineWriter& answer) {
  uint32_t size = 0;
  if (!words.decimal(size)) return write_protocol_error(answer, "begin SIZE");
  if (const auto begun = session_.begin(size); !begun) return write_error(answer, begun.error());
  answer.word("ok");
}

void Agent::data(LineReader& words, LineWriter& answer) {
  size_t size = 0;
  if (!decode_base64(words.word(), session_.expected(), size))
    return write_protocol_error(answer, "data BASE64 after begin");
  session_.received(size);
  answer.word("ok");
}

void Agent::load(LineReader& words, LineWriter& answer) {
  uint64_t crc = 0;
  if (!parse_hex(words.word(), crc)) return write_protocol_error(answer, "load CRC32");
  if (!session_.expected().empty() || crc32(session_.upload()) != crc) {
    return write_protocol_error(answer, "the module's bytes did not arrive as sent");
  }
  const auto module = session_.load();
  if (!module) return write_error(answer, module.error());
  answer.word("ok").decimal(*module);
}

void Agent::instantiate(LineReader& words, LineWriter& answer) {
  uint32_t module = 0;
  if (!words.decimal(module)) return write_protocol_error(answer, "instantiate MODULE");
  const auto instance = session_.instantiate(module);
  if (!instance) return write_error(answer, instance.error());
  answer.word("ok").decimal(*instance);
}

void Agent::register_as(LineReader& words, LineWriter& answer) {
  uint32_t instance = 0;
  Name name;
  if (!words.decimal(instance) || !name.read(words))
    return write_protocol_error(answer, "register INSTANCE NAME");
  if (const auto done = session_.register_as(instance, name.view()); !done)
    return write_error(answer, done.error());
  answer.word("ok");
}

void Agent::invoke(LineReader& words, LineWriter& answer) {
  uint32_t instance = 0;
  Name name;
  mote::Value args[kValues], results[kValues];
  size_t count = 0;
  bool good = words.decimal(instance) && name.read(words);
  for (std::string_view word = words.word(); good && !word.empty(); word = words.word()) {
    good = count < kValues && parse_value(word, args[count], session_.engine());
    ++count;
  }
  if (!good) return write_protocol_error(answer, "invoke INSTANCE NAME VALUE...");
  uint64_t lacked = 0;
  const auto called = session_.invoke(instance, name.view(), {args, count}, results, lacked);
  if (!called) return write_error(answer, called.error());
  answer.word("ok").decimal(lacked);
  for (size_t i = 0; i < *called; ++i) write_value(answer, results[i], session_.engine());
}

void Agent::get(LineReader& words, LineWriter& answer) {
  uint32_t instance = 0;
  Name name;
  if (!words.decimal(instance) || !name.read(words)) return write_protocol_error(answer, "get INSTANCE NAME");
  const auto value = session_.get(instance, name.view());
  if (!value) return write_error(answer, value.error());
  answer.word("ok 0");
  write_value(answer, *value, session_.engine());
}

void Agent::drop_instance(LineReader& words, LineWriter& answer) {
  uint32_t instance = 0;
  if (!words.decimal(instance)) return write_protocol_error(answer, "drop-instance INSTANCE");
  session_.drop_instance(instance);
  answer.word("ok");
}

void Agent::drop_module(LineReader& words, LineWriter& answer) {
  uint32_t module = 0;
  if (!words.decimal(module)) return write_protocol_error(answer, "drop-module MODULE");
  session_.drop_module(module);
  answer.word("ok");
}

}  // namespace mote::spec
