// SPDX-License-Identifier: Apache-2.0
#include "runner.hpp"

#include <chrono>
#include <fstream>
#include <iterator>

namespace mote::spec {

namespace {

Outcome outcome(const Command& command, Verdict verdict, std::string detail) {
  return {command.line, command.type, verdict, std::move(detail), {}};
}

Outcome passed(const Command& command) {
  return outcome(command, Verdict::Passed, {});
}

Outcome failed(const Command& command, std::string detail) {
  return outcome(command, Verdict::Failed, std::move(detail));
}

Outcome skipped(const Command& command, std::string reason) {
  return outcome(command, Verdict::Skipped, std::move(reason));
}

std::string describe(const Reply& reply) {
  switch (reply.kind) {
    case Reply::Kind::Ok: {
      std::string text;
      for (const Value& value : reply.values) text += (text.empty() ? "" : ", ") + describe(value);
      return text.empty() ? "no result" : text;
    }
    case Reply::Kind::Error:
      return reply.code + ": " + reply.text;
    case Reply::Kind::Trap:
      return "trap: " + reply.text;
    case Reply::Kind::TooLong:
    case Reply::Kind::Lost:
      break;
  }
  return reply.text;
}

std::string describe(const std::vector<Expected>& expected) {
  std::string text;
  for (const Expected& one : expected) text += (text.empty() ? "" : ", ") + describe(one);
  return text.empty() ? "no result" : text;
}

/// The suite's texts are the reference interpreter's: some say more than ours ("uninitialized element 2"),
/// some less
/// ("out of bounds").
bool same_trap(const std::string& expected, const std::string& got) {
  return got.starts_with(expected) || expected.starts_with(got);
}

bool same_results(const std::vector<Expected>& expected, const std::vector<Value>& got) {
  if (expected.size() != got.size()) return false;
  for (size_t i = 0; i < got.size(); ++i) {
    if (!matches(expected[i], got[i])) return false;
  }
  return true;
}

/// Whether a module has an import section, should its sections be well formed.
bool has_imports(const std::vector<uint8_t>& bytes) {
  constexpr uint8_t kImport = 2;
  size_t at = 8;
  while (at < bytes.size()) {
    const uint8_t id = bytes[at++];
    if (id > kImport) break;  // sections are in order
    if (id == kImport) return true;
    size_t size = 0;
    for (uint32_t shift = 0; at < bytes.size() && shift < 32; shift += 7) {
      size |= size_t{bytes[at] & 0x7fu} << shift;
      if ((bytes[at++] & 0x80) == 0) break;
    }
    if (at > bytes.size() || size > bytes.size() - at) break;
    at += size;
  }
  return false;
}

/// Whether a command's result may depend on what the ones before it did.
bool depends_on_state(CommandKind kind) {
  return kind != CommandKind::ModuleDefinition && kind != CommandKind::AssertInvalid &&
         kind != CommandKind::AssertMalformed;
}

bool tests_text_format(const Command& command) {
  return command.wasm.empty() &&
         (command.kind == CommandKind::Module || command.kind == CommandKind::ModuleDefinition ||
          command.kind == CommandKind::AssertInvalid || command.kind == CommandKind::AssertMalformed ||
          command.kind == CommandKind::AssertUnlinkable || command.kind == CommandKind::AssertUninstantiable);
}

}  // namespace

void Runner::clear() {
  current_ = last_definition_ = Place{.missing = "the script has no module yet"};
  current_name_.reset();
  instances_.clear(), definitions_.clear(), unavailable_.clear(), threads_.clear();
  excuse_.clear();
}

Runner::~Runner() {
  for (auto& [name, thread] : threads_) {
    if (thread.thread.joinable()) thread.thread.join();
  }
}

void Runner::judge_all(const std::vector<Command>& commands, std::vector<Outcome>& outcomes) {
  outcomes_ = &outcomes;
  for (const Command& command : commands) {
    Outcome result = judge(command);
    const bool excused = !excuse_.empty() && target_.connected() && depends_on_state(command.kind);
    if (result.verdict == Verdict::Failed && excused) result = skipped(command, excuse_);
    outcomes.push_back(std::move(result));
  }
  for (auto& [name, thread] : threads_) join(thread, outcomes);
}

ScriptReport Runner::run(const Script& script) {
  const auto start = std::chrono::steady_clock::now();
  ScriptReport report;
  report.name = script.name;
  clear();
  std::string problem;
  if (target_.connected() || target_.connect(problem)) target_.reset();
  judge_all(script.commands, report.outcomes);
  const Reply reset = target_.reset();
  if (reset.ok() && reset.text != "0") {
    report.outcomes.push_back(
        {0, "reset", Verdict::Failed, "the pool still holds " + reset.text + " bytes", {}});
  }
  for (const Outcome& one : report.outcomes) report.counts.add(one.verdict);
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return report;
}

Outcome Runner::judge(const Command& command) {
  if (tests_text_format(command)) return skipped(command, kTextFormat);
  switch (command.kind) {
    case CommandKind::Module:
      return judge_module(command);
    case CommandKind::ModuleDefinition:
      return judge_definition(command);
    case CommandKind::ModuleInstance:
      return judge_instance(command);
    case CommandKind::Register:
      return judge_register(command);
    case CommandKind::Action:
    case CommandKind::AssertReturn:
    case CommandKind::AssertTrap:
    case CommandKind::AssertExhaustion:
    case CommandKind::AssertException:
    case CommandKind::AssertSuspension:
      return judge_action(command);
    case CommandKind::AssertInvalid:
    case CommandKind::AssertMalformed:
      return judge_refusal(command);
    case CommandKind::AssertUnlinkable:
    case CommandKind::AssertUninstantiable:
      return judge_link_failure(command);
    case CommandKind::Thread:
      return judge_thread(command);
    case CommandKind::Wait:
      return judge_wait(command);
    case CommandKind::Unknown:
      break;
  }
  return failed(command, "this runner does not know the command");
}

std::string Runner::reason_to_skip(const Reply& reply) const {
  if (reply.text == kHexDump) return kHexDump;
  if (reply.is_error("Unsupported")) return reply.text.substr(0, reply.text.find(','));
  if (reply.is_error("Limit"))
    return "exceeds an implementation limit: " + reply.text.substr(0, reply.text.find(','));
  if (reply.is_error("OutOfMemory")) return "does not fit into the target's memory";
  if (reply.kind == Reply::Kind::TooLong) return reply.text;
  if (reply.is_error("Unlinkable")) {
    const auto found = unavailable_.find(reply.module);
    if (found != unavailable_.end()) return found->second;
  }
  return {};
}

Reply Runner::load(const Command& command) {
  std::ifstream file(command.wasm, std::ios::binary);
  Reply reply;
  if (!file) {
    reply.text = "cannot read " + command.wasm.string();
    return reply;
  }
  const std::vector<uint8_t> bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  imports_ = has_imports(bytes);
  reply = target_.load(bytes);
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (text.starts_with("00000000: 0061 736d")) reply.text = kHexDump;
  return reply;
}

void Runner::miss(const std::string& reason) {
  if (imports_ && reason.starts_with("needs the ")) excuse_ = kUnchanged;
}

/// An instance that no name reaches is gone once the next module takes its place.
void Runner::release_current() {
  if (current_.kept || !current_.id) return;
  target_.drop_instance(*current_.id);
  if (current_.module) target_.drop_module(*current_.module);
}

void Runner::place_instance(const Command& command, Place place) {
  place.kept = command.name.has_value();
  current_ = place;
  current_name_ = command.name;
  if (command.name) instances_[*command.name] = std::move(place);
}

Outcome Runner::judge_module(const Command& command) {
  release_current();
  Place place;
  Reply reply = load(command);
  if (reply.ok()) {
    place.module = reply.id;
    reply = target_.instantiate(*place.module);
    if (reply.ok()) {
      place.id = reply.id;
    } else {
      target_.drop_module(*place.module);
    }
  }
  Outcome result = passed(command);
  if (!reply.ok()) {
    const std::string reason = reason_to_skip(reply);
    result = reason.empty() ? failed(command, "expected a module, got " + describe(reply))
                            : skipped(command, reason);
    miss(reason);
    place.verdict = result.verdict;
    place.missing =
        reason.empty() ? "the module of line " + std::to_string(command.line) + " was refused" : reason;
  }
  place_instance(command, std::move(place));
  return result;
}

/// A definition is validated here, and instantiated by module_instance commands only.
Outcome Runner::judge_definition(const Command& command) {
  Place place;
  const Reply reply = load(command);
  Outcome result = passed(command);
  if (reply.ok()) {
    place.id = reply.id;
  } else {
    const std::string reason = reason_to_skip(reply);
    result = reason.empty() ? failed(command, "expected a module, got " + describe(reply))
                            : skipped(command, reason);
    miss(reason);
    place.verdict = result.verdict;
    place.missing = reason.empty() ? "the definition was refused" : reason;
  }
  last_definition_ = place;
  if (command.name) definitions_[*command.name] = std::move(place);
  return result;
}

Outcome Runner::judge_instance(const Command& command) {
  Place definition = last_definition_;
  if (command.definition) {
    const auto found = definitions_.find(*command.definition);
    if (found == definitions_.end()) return failed(command, "no module definition $" + *command.definition);
    definition = found->second;
  }
  release_current();
  Place place{.missing = definition.missing, .verdict = definition.verdict};
  Outcome result = outcome(command, definition.verdict, definition.missing);
  if (definition.id) {
    const Reply reply = target_.instantiate(*definition.id);
    if (reply.ok()) {
      place.id = reply.id;
      result = passed(command);
    } else {
      const std::string reason = reason_to_skip(reply);
      result = reason.empty() ? failed(command, "expected an instance, got " + describe(reply))
                              : skipped(command, reason);
      place.missing = result.detail;
      place.verdict = result.verdict;
    }
  }
  place_instance(command, std::move(place));
  return result;
}

const Runner::Place* Runner::find(const std::optional<std::string>& name) const {
  if (!name) return &current_;
  const auto found = instances_.find(*name);
  return found == instances_.end() ? nullptr : &found->second;
}

Outcome Runner::judge_register(const Command& command) {
  const Place* place = find(command.name);
  if (place == nullptr) return failed(command, "no instance $" + *command.name);
  if (!place->id) {
    unavailable_[command.as] = place->missing;
    return outcome(command, place->verdict, place->missing);
  }
  const Reply reply = target_.register_as(*place->id, command.as);
  if (!reply.ok()) {
    const std::string reason = reason_to_skip(reply);
    return reason.empty() ? failed(command, describe(reply)) : skipped(command, reason);
  }
  unavailable_.erase(command.as);
  if (!command.name || command.name == current_name_) current_.kept = true;
  return passed(command);
}

Outcome Runner::judge_action(const Command& command) {
  const Place* place = find(command.action.module);
  if (place == nullptr) return failed(command, "no instance $" + *command.action.module);
  if (!place->id) return outcome(command, place->verdict, place->missing);
  const Reply reply = act(command.action, *place);
  if (reply.lacked != 0) excuse_ = kStarved;
  if (reply.kind == Reply::Kind::TooLong) return skipped(command, reply.text);
  return judge_reply(command, reply);
}

/// Starts a thread of the operating system for the commands, with an agent and an engine of its own. What it
/// may import of this one's is the shared memory of one instance.
Outcome Runner::judge_thread(const Command& command) {
  Thread& thread = threads_[command.name.value_or("")];
  join(thread, *outcomes_);
  thread.target = target_.another();
  if (thread.target == nullptr) {
    excuse_ = kNoThreads;
    return skipped(command, kNoThreads);
  }
  std::string problem;
  if (!thread.target->connect(problem)) return failed(command, problem);
  thread.runner = std::make_unique<Runner>(*thread.target);
  thread.runner->clear();
  if (command.shared) {
    const Place* place = find(command.shared);
    if (place == nullptr) return failed(command, "no instance $" + *command.shared);
    if (!place->id) {
      thread.unshared = *place;
      return outcome(command, place->verdict, place->missing);
    }
    Place lent{.kept = true};
    uint32_t id = 0;
    if (!target_.lend(*place->id, *thread.target, id)) return failed(command, "the memory cannot be lent");
    lent.id = id;
    thread.runner->instances_[*command.shared] = lent;
  }
  thread.outcomes.clear();
  thread.thread = std::thread([&thread, &command] {
    thread.runner->judge_all(command.commands, thread.outcomes);
    thread.target->reset();
  });
  return passed(command);
}

/// The thread's own commands count when it has ended.
void Runner::join(Thread& thread, std::vector<Outcome>& outcomes) {
  if (!thread.thread.joinable()) return;
  thread.thread.join();
  outcomes.insert(outcomes.end(), thread.outcomes.begin(), thread.outcomes.end());
}

Outcome Runner::judge_wait(const Command& command) {
  const auto found = threads_.find(command.thread);
  if (found == threads_.end()) return failed(command, "no thread $" + command.thread);
  if (!found->second.thread.joinable()) {
    const Place& unshared = found->second.unshared;
    if (!unshared.missing.empty()) return outcome(command, unshared.verdict, unshared.missing);
    const bool excused = excuse_ == kNoThreads;
    return excused ? skipped(command, kNoThreads) : failed(command, "the thread did not start");
  }
  join(found->second, *outcomes_);
  return passed(command);
}

Reply Runner::act(const Action& action, const Place& place) {
  return action.is_get ? target_.get(*place.id, action.field)
                       : target_.invoke(*place.id, action.field, action.args);
}

Outcome Runner::judge_reply(const Command& command, const Reply& reply) {
  const bool trapped = reply.kind == Reply::Kind::Trap;
  switch (command.kind) {
    case CommandKind::Action:
      return reply.ok() ? passed(command) : failed(command, "expected success, got " + describe(reply));
    case CommandKind::AssertReturn:
      if (reply.ok() && same_results(command.expected, reply.values)) return passed(command);
      return failed(command, "expected " + describe(command.expected) + ", got " + describe(reply));
    case CommandKind::AssertTrap:
      if (trapped && same_trap(command.text, reply.text)) return passed(command);
      return failed(command, "expected trap: " + command.text + ", got " + describe(reply));
    case CommandKind::AssertExhaustion:
      if (trapped && reply.code == "StackExhausted") return passed(command);
      return failed(command, "expected trap: " + command.text + ", got " + describe(reply));
    case CommandKind::AssertException:
      if (trapped && reply.code == "Exception") return passed(command);
      return failed(command, "expected an exception, got " + describe(reply));
    case CommandKind::AssertSuspension:
      if (trapped && reply.code == "UnhandledTag") return passed(command);
      return failed(command, "expected a suspension, got " + describe(reply));
    default:
      break;
  }
  return failed(command, "no command of this kind");
}

/// assert_invalid and assert_malformed: the module must be refused for what it is, not for what this build
/// lacks.
Outcome Runner::judge_refusal(const Command& command) {
  const Reply reply = load(command);
  if (reply.ok()) {
    target_.drop_module(reply.id);
    // Core forbids what a proposal allows, and proposals' own suites repeat older core scripts: an engine
    // that has the proposal must take the module.
    if (command.text == "multiple memories" || command.text == "non-empty tag result type") {
      Outcome accepted = passed(command);
      accepted.note = "the suite says '" + command.text + "', which a proposal allows that the target has";
      return accepted;
    }
    return failed(command, "expected '" + command.text + "', but the module was accepted");
  }
  if (command.text == "non-empty tag result type" &&
      reply.text.starts_with("needs the stack-switching proposal")) {
    // Core forbids what stack switching allows: refused is right, whatever the words.
    Outcome refused = passed(command);
    refused.note = "the suite says '" + command.text + "', the target " + describe(reply);
    return refused;
  }
  const std::string reason = reason_to_skip(reply);
  if (!reason.empty()) return skipped(command, reason);
  const bool malformed = reply.is_error("Malformed"), invalid = reply.is_error("Invalid");
  if (!malformed && !invalid)
    return failed(command, "expected '" + command.text + "', got " + describe(reply));
  Outcome result = passed(command);
  if (malformed != (command.kind == CommandKind::AssertMalformed)) {
    result.note = "the suite says '" + command.text + "', the target " + describe(reply);
  }
  return result;
}

/// assert_unlinkable and assert_uninstantiable: the module loads, its instantiation fails.
Outcome Runner::judge_link_failure(const Command& command) {
  Reply reply = load(command);
  const bool loaded = reply.ok();
  const uint32_t module = reply.id;
  if (loaded) {
    reply = target_.instantiate(module);
    if (reply.ok()) target_.drop_instance(reply.id);
    target_.drop_module(module);
  }
  const std::string reason = reason_to_skip(reply);
  miss(reason);
  if (!reason.empty()) return skipped(command, reason);
  const bool right = command.kind == CommandKind::AssertUnlinkable
                         ? reply.is_error("Unlinkable")
                         : reply.kind == Reply::Kind::Trap && same_trap(command.text, reply.text);
  if (loaded && right) return passed(command);
  return failed(command,
                "expected '" + command.text + "', got " + (reply.ok() ? "an instance" : describe(reply)));
}

}  // namespace mote::spec
