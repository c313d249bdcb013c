// SPDX-License-Identifier: Apache-2.0
// The way to an agent: one line there, one line back.
#pragma once
#include <memory>
#include <string>
#include <string_view>

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
};

/// An agent in this process, over `pool_bytes` of memory and `store_bytes` for the modules' bytes.
std::unique_ptr<Link> make_local_link(size_t pool_bytes, size_t store_bytes, unsigned stack_bytes);

/// A command run by the shell, spoken to through its standard input and output; or, when `target` is a
/// character device, a serial line of `baud` bits per second.
std::unique_ptr<Link> make_remote_link(const std::string& target, unsigned baud);

}  // namespace mote::spec
