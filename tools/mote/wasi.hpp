// SPDX-License-Identifier: Apache-2.0
// `mote run` for WASI programs: what one is given, and the functions that it imports.
#pragma once
#include <memory>
#include <mote/mote.hpp>
#include <string>
#include <vector>

#include "trace.hpp"
#include "wasi/process.hpp"

namespace mote::tool {

struct WasiOptions {
  std::vector<std::string> directories;  ///< HOST or HOST::GUEST
  std::vector<std::string> environment;  ///< NAME=VALUE, or NAME: this process's
  std::vector<std::string> listeners;    ///< ADDRESS:PORT
};

/// Whether the module imports anything of preview 1.
bool wants_wasi(const Module& module);

class Wasi {
 public:
  /// Lives as long as the instances that import its functions; those are wrapped when `trace` is set.
  Wasi(Engine& engine, bool trace);
  ~Wasi();
  Wasi(const Wasi&) = delete;
  Wasi& operator=(const Wasi&) = delete;

  /// False, after a complaint: a directory or address cannot be had.
  bool give(const std::string& file, const std::vector<std::string>& arguments, const WasiOptions& options);
  /// Standard output goes to `captured` when the program has ended: see finish().
  bool capture();
  void finish(std::string& captured);

  std::span<const NamedExtern> externs() const { return tracer_ ? tracer_->externs() : externs_; }
  wasi::Process& process() { return process_; }

 private:
  Engine& engine_;
  wasi::Process process_;
  std::vector<NamedExtern> externs_;
  std::unique_ptr<Tracer> tracer_;
  int output_ = -1;
};

}  // namespace mote::tool
