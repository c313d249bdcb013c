// SPDX-License-Identifier: Apache-2.0
// The way to an agent: one line there, one line back.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "local_agent.hpp"

namespace mote::spec {

class Link {
 public:
  virtual ~Link() = default;
  /// Starts the agent, or starts it anew. False and `problem` when it cannot be reached.
  virtual bool open(std::string& problem) = 0;
  /// Sends one line (without end-of-line).
  virtual bool send(std::string_view line) = 0;
  /// Waits for one line of the agent's, at most `timeout_ms`. False on end of stream or time-out.
  virtual bool receive(std::string& line, int timeout_ms) = 0;
  /// Ends the agent.
  virtual void close() = 0;

  /// A way to another agent of the kind, for a thread beside; nullptr where there can be none.
  virtual std::unique_ptr<Link> another() const { return nullptr; }
  /// Lends the shared memories of an instance of this agent to one that another() made: there the instance
  /// has the number `as`, for register alone.
  virtual bool lend(uint32_t, Link&, uint32_t& as) const {
    as = 0;
    return false;
  }
};

/// An agent in this process.
std::unique_ptr<Link> make_local_link(const LocalAgentOptions& options);

/// A command run by the shell, spoken to through its standard input and output; or, when `target` is a
/// character device, a serial line of `baud` bits per second.
std::unique_ptr<Link> make_remote_link(const std::string& target, unsigned baud);

}  // namespace mote::spec
