// SPDX-License-Identifier: Apache-2.0
// WASI preview 1 on a board, as far as it fits: console, clocks, random numbers, arguments, files in the
// storage of mote/platform.hpp, exit. CMake: mote::wasi_board, and the platform's backend. A firmware names
// the functions that it offers, and pays flash for those alone:
//
//   constexpr mote::HostFunction kWasi[] = {mote::wasi::board::kFdWrite, mote::wasi::board::kProcExit};
//   mote::wasi::board::Program program;
//   engine.instantiate(module, {.functions = kWasi}, {.data = &program});
//
// A module that imports another one is refused by that one's name; one that the platform cannot serve
// (entropy) is named by the linker.
#pragma once
#include <mote/bind.hpp>
#include <mote/platform.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace mote::wasi {

enum class Errno : uint16_t;

namespace board {

/// A file that is open: a blob, either read or written. Writing collects in Program::buffer, and the blob is
/// replaced at fd_close.
struct File {
  bool open = false;
  bool writes = false;
  bool appends = false;
  uint8_t name_size = 0;
  char name[platform::kBlobName];
  uint32_t position = 0;
  uint32_t size = 0;
};

/// What Context::data() must be. One for each instance.
struct Program {
  std::span<const char* const> arguments{};  ///< the program's name first
  std::span<std::byte> buffer{};             ///< for the file that is being written: one at a time
  bool exited = false;                       ///< proc_exit was called: its call ended in a trap
  uint32_t exit_code = 0;

  static constexpr uint32_t kFiles = 4;
  File files[kFiles];  ///< descriptors from 4 on; 3 is the storage, "/"
  File* written = nullptr;
};

Errno args_get(Context&, uint32_t pointers, uint32_t text);
Errno args_sizes_get(Context&, GuestRef<uint32_t> count, GuestRef<uint32_t> bytes);
/// There is no environment.
Errno environ_get(Context&, uint32_t pointers, uint32_t text);
Errno environ_sizes_get(Context&, GuestRef<uint32_t> count, GuestRef<uint32_t> bytes);
Errno clock_res_get(Context&, uint32_t clock, GuestRef<uint64_t> out);
Errno clock_time_get(Context&, uint32_t clock, uint64_t precision, GuestRef<uint64_t> out);
/// Clocks alone: what sleeping is made of.
Errno poll_oneoff(Context&, uint32_t subscriptions, uint32_t events, uint32_t count,
                  GuestRef<uint32_t> happened);
HostResult<void> proc_exit(Context&, uint32_t code);
Errno random_get(Context&, GuestSpan<uint8_t> out);
Errno sched_yield(Context&);
Errno fd_close(Context&, uint32_t fd);
Errno fd_fdstat_get(Context&, uint32_t fd, uint32_t out);
/// Appending alone, of a file that is written.
Errno fd_fdstat_set_flags(Context&, uint32_t fd, uint32_t flags);
Errno fd_prestat_get(Context&, uint32_t fd, GuestRef<uint64_t> out);
Errno fd_prestat_dir_name(Context&, uint32_t fd, GuestSpan<char> out);
Errno fd_read(Context&, uint32_t fd, GuestSpan<const uint64_t> buffers, GuestRef<uint32_t> size);
Errno fd_seek(Context&, uint32_t fd, int64_t offset, uint32_t whence, GuestRef<uint64_t> position);
Errno fd_write(Context&, uint32_t fd, GuestSpan<const uint64_t> buffers, GuestRef<uint32_t> size);
Errno path_open(Context&, uint32_t fd, uint32_t lookup, GuestString path, uint32_t oflags, uint64_t base,
                uint64_t inheriting, uint32_t fdflags, GuestRef<uint32_t> opened);
Errno path_unlink_file(Context&, uint32_t fd, GuestString path);

inline constexpr const char* kModule = "wasi_snapshot_preview1";
inline constexpr HostFunction kArgsGet = bind<args_get>(kModule, "args_get");
inline constexpr HostFunction kArgsSizesGet = bind<args_sizes_get>(kModule, "args_sizes_get");
inline constexpr HostFunction kEnvironGet = bind<environ_get>(kModule, "environ_get");
inline constexpr HostFunction kEnvironSizesGet = bind<environ_sizes_get>(kModule, "environ_sizes_get");
inline constexpr HostFunction kClockResGet = bind<clock_res_get>(kModule, "clock_res_get");
inline constexpr HostFunction kClockTimeGet = bind<clock_time_get>(kModule, "clock_time_get");
inline constexpr HostFunction kPollOneoff = bind<poll_oneoff>(kModule, "poll_oneoff");
inline constexpr HostFunction kProcExit = bind<proc_exit>(kModule, "proc_exit");
inline constexpr HostFunction kRandomGet = bind<random_get>(kModule, "random_get");
inline constexpr HostFunction kSchedYield = bind<sched_yield>(kModule, "sched_yield");
inline constexpr HostFunction kFdClose = bind<fd_close>(kModule, "fd_close");
inline constexpr HostFunction kFdFdstatGet = bind<fd_fdstat_get>(kModule, "fd_fdstat_get");
inline constexpr HostFunction kFdFdstatSetFlags = bind<fd_fdstat_set_flags>(kModule, "fd_fdstat_set_flags");
inline constexpr HostFunction kFdPrestatGet = bind<fd_prestat_get>(kModule, "fd_prestat_get");
inline constexpr HostFunction kFdPrestatDirName = bind<fd_prestat_dir_name>(kModule, "fd_prestat_dir_name");
inline constexpr HostFunction kFdRead = bind<fd_read>(kModule, "fd_read");
inline constexpr HostFunction kFdSeek = bind<fd_seek>(kModule, "fd_seek");
inline constexpr HostFunction kFdWrite = bind<fd_write>(kModule, "fd_write");
inline constexpr HostFunction kPathOpen = bind<path_open>(kModule, "path_open");
inline constexpr HostFunction kPathUnlinkFile = bind<path_unlink_file>(kModule, "path_unlink_file");

}  // namespace board
}  // namespace mote::wasi
