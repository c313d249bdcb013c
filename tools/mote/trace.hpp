// SPDX-License-Identifier: Apache-2.0
// `mote run --trace`: what is called, with arguments and results, indented by the depth of the calls. It
// costs the engine nothing: host functions are wrapped, and the guest is run one unit of fuel at a time,
// which suspends it at every function entry.
#pragma once
#include <deque>
#include <mote/mote.hpp>
#include <span>
#include <string>
#include <vector>

namespace mote::tool {

class Tracer {
 public:
  /// Wraps each function of `table`, whose Context::data() is to be `data`. The table and the engine must
  /// outlive the tracer, and the tracer the instances that import its functions.
  Tracer(Engine& engine, std::span<const HostFunction> table, void* data);
  ~Tracer();
  Tracer(const Tracer&) = delete;
  Tracer& operator=(const Tracer&) = delete;

  /// The wrapped functions, to link with.
  std::span<const NamedExtern> externs() const { return externs_; }

  /// Function::call() with a trace; `fuel` is what the call may take. Function entries are seen in vm code;
  /// of native code only calls from and to the host.
  Result<void> call(const Instance& instance, const std::string& name, const Function& function,
                    std::span<const Value> arguments, std::span<Value> results, uint64_t fuel);

 private:
  struct Wrapped {
    HostFunction row;
    const HostFunction* inner = nullptr;
    Tracer* tracer = nullptr;
  };
  static uint8_t call_host(mote_context* caller, uint32_t* slots);
  Error step(const Instance& instance, std::span<Value> results, uint64_t fuel, Error error);
  void function_entered(const runtime::Instance& instance, uint32_t depth);

  /// Where the guest was last suspended: its links, and where the function that it is in returns to.
  struct Place {
    const uintptr_t* links = nullptr;
    uintptr_t return_to = 0;
    bool operator==(const Place&) const = default;
  };

  Engine& engine_;
  void* data_;
  Place last_;
  std::deque<Wrapped> wrapped_;
  std::vector<NamedExtern> externs_;
};

}  // namespace mote::tool
