// SPDX-License-Identifier: Apache-2.0
// What runs the modules: an agent behind a Link, with one function per verb of the line protocol.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/wire.hpp"
#include "link.hpp"
#include "value.hpp"

namespace mote::spec {

/// The agent's answer to one line.
struct Reply {
  enum class Kind : uint8_t {
    Ok,
    Error,    ///< refused: `code` is the name of a mote::ErrorCode
    Trap,     ///< `code` is the name of a mote::Trap
    TooLong,  ///< the line would not fit into the agent's buffer; nothing was sent
    Lost,     ///< no answer, or one that cannot be understood
  };
  Kind kind = Kind::Lost;
  std::string code;
  std::string text;    ///< the message
  std::string module;  ///< Unlinkable: the import's names
  std::string name;
  uint64_t detail = 0;  ///< OutOfMemory: bytes missing
  uint32_t id = 0;      ///< load, instantiate: what the agent calls it
  uint64_t lacked = 0;  ///< invoke: bytes that memory.grow or table.grow asked the pool for in vain
  std::vector<Value> values;

  bool ok() const { return kind == Kind::Ok; }
  bool is_error(std::string_view wanted) const { return kind == Kind::Error && code == wanted; }
};

class Target {
 public:
  explicit Target(std::unique_ptr<Link> link, int timeout_ms)
      : link_(std::move(link)), timeout_ms_(timeout_ms) {}
  ~Target() { link_->close(); }

  /// Starts the agent and asks who it is; also after it was lost. False and `problem` when there is none.
  bool connect(std::string& problem);
  bool connected() const { return connected_; }
  /// What the agent said of itself: version, pool and store sizes.
  const std::string& description() const { return description_; }

  Reply reset();
  Reply load(std::span<const uint8_t> wasm);
  Reply instantiate(uint32_t module);
  Reply register_as(uint32_t instance, std::string_view name);
  Reply invoke(uint32_t instance, std::string_view name, std::span<const Value> args);
  Reply get(uint32_t instance, std::string_view name);
  Reply drop_module(uint32_t module);
  Reply drop_instance(uint32_t instance);

  /// A target of the same kind, for a thread; nullptr where there can be none. See Link.
  std::unique_ptr<Target> another() const;
  bool lend(uint32_t instance, Target& to, uint32_t& as) const {
    return link_->lend(instance, *to.link_, as);
  }

 private:
  using Fill = std::function<void(LineWriter&)>;
  Reply exchange(const Fill& fill);
  bool await(uint8_t sequence, std::string& body, bool& garbled);
  Reply run(const char* verb, uint32_t instance, std::string_view name, std::span<const Value> args);
  Reply with_id(const char* verb, uint32_t id);

  std::unique_ptr<Link> link_;
  int timeout_ms_;
  bool connected_ = false;
  uint8_t sequence_ = 0;
  std::string description_;
  std::string last_words_;  ///< the console's last line that is no answer
};

}  // namespace mote::spec
