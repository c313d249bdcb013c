// SPDX-License-Identifier: Apache-2.0
// Carries out one script on a target and judges every command.
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "outcome.hpp"
#include "script.hpp"
#include "target.hpp"

namespace mote::spec {

class Runner {
 public:
  explicit Runner(Target& target) : target_(target) {}

  ~Runner();
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;

  ScriptReport run(const Script& script);

 private:
  /// A module or instance of the script: there, or the reason why it is not.
  struct Place {
    std::optional<uint32_t> id{};
    std::string missing{};              ///< why there is no id
    Verdict verdict = Verdict::Failed;  ///< of commands that need it all the same
    bool kept = false;                  ///< named or registered: lives until the end of the script
    std::optional<uint32_t> module{};   ///< what it is an instance of, when nothing else needs that
  };
  /// A thread of the script: commands of its own on a target of its own.
  struct Thread {
    std::unique_ptr<Target> target;
    std::unique_ptr<Runner> runner;
    std::vector<Outcome> outcomes;
    std::thread thread;
    Place unshared{};  ///< the instance that it should share, when that is not there: why it did not start
  };

  Outcome judge(const Command& command);
  Outcome judge_module(const Command& command);
  Outcome judge_definition(const Command& command);
  Outcome judge_instance(const Command& command);
  Outcome judge_register(const Command& command);
  Outcome judge_action(const Command& command);
  Outcome judge_refusal(const Command& command);
  Outcome judge_link_failure(const Command& command);
  Outcome judge_reply(const Command& command, const Reply& reply);
  Outcome judge_thread(const Command& command);
  Outcome judge_wait(const Command& command);

  void clear();
  void judge_all(const std::vector<Command>& commands, std::vector<Outcome>& outcomes);
  void join(Thread& thread, std::vector<Outcome>& outcomes);

  Reply load(const Command& command);
  Reply act(const Action& action, const Place& place);
  void place_instance(const Command& command, Place place);
  /// A module is not instantiated, for a reason to skip it.
  void miss(const std::string& reason);
  void release_current();
  const Place* find(const std::optional<std::string>& name) const;
  /// The reason to skip that an unsuccessful load or instantiation gives; empty when there is none.
  std::string reason_to_skip(const Reply& reply) const;

  Target& target_;
  Place current_;
  std::optional<std::string> current_name_;
  Place last_definition_;
  std::map<std::string, Place> instances_;  ///< by the script's names
  std::map<std::string, Place> definitions_;
  std::map<std::string, std::string> unavailable_;  ///< registered names of skipped instances, and why
  std::map<std::string, Thread> threads_;
  std::vector<Outcome>* outcomes_ = nullptr;  ///< of the commands that are being judged
  /// Why results may differ from here on: a growth was refused for want of pool, a thread could not be, or a
  /// module that would have written to others' memories and tables.
  std::string excuse_;
  bool imports_ = false;  ///< the module that was loaded last imports something
};

}  // namespace mote::spec
