// SPDX-License-Identifier: Apache-2.0
// WASI preview 1 on a host (POSIX), all of it. CMake: mote::wasi.
//
//   mote::wasi::Preview1 wasi;
//   wasi.add_argument("program");
//   wasi.open_directory("/srv/data", "/data");
//   auto instance = engine.instantiate(module, {.functions = mote::wasi::functions()}, {.data =
//   wasi.data()}); auto done = instance->call<void>("_start"); if (wasi.exit_code()) ...  // the program has
//   called proc_exit, which ended its call in a trap
//
// A program reaches the standard streams, clocks, random numbers, and what it is given here; no path leads
// out of its directories. What WASI itself keeps lies on the heap. For boards: mote/wasi_board.hpp.
#pragma once
#include <mote/host.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace mote::wasi {

class Process;

/// The rows of the module "wasi_snapshot_preview1". Context::data() must be a Preview1::data().
std::span<const HostFunction> functions();

/// What one program is given. Lives as long as the instance that uses it; one for each instance.
class Preview1 {
 public:
  Preview1();
  ~Preview1();
  Preview1(Preview1&&) noexcept;
  Preview1& operator=(Preview1&&) noexcept;

  /// The program's name first.
  void add_argument(std::string text);
  void set_variable(const std::string& name, const std::string& value);
  /// Gives the program a directory of the host's under a name of its own; false: errno says why not.
  bool open_directory(const std::string& host, const std::string& guest);
  /// Gives it an open socket, which is closed with this object; the number by which the program knows it.
  uint32_t add_socket(int fd);

  /// Once the program has called proc_exit, or was ended by proc_raise (128 and the signal).
  std::optional<uint32_t> exit_code() const;

  void* data() const;

 private:
  std::unique_ptr<Process> process_;
};

}  // namespace mote::wasi
