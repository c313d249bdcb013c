// SPDX-License-Identifier: Apache-2.0
// A WASI program's surroundings on a host: arguments, environment, and what it may reach: standard streams,
// the directories and sockets that it was given, nothing else.
#pragma once
#include <dirent.h>
#include <mote/mote.hpp>
#include <mote/wasi.hpp>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "wasi/types.hpp"

namespace mote::wasi {

/// A file descriptor of the host's that is closed with its owner.
class File {
 public:
  File() = default;
  explicit File(int fd) : fd_(fd) {}
  File(File&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  File& operator=(File&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~File();
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

struct CloseDir {
  void operator()(DIR* directory) const { closedir(directory); }
};

/// One of the program's descriptors.
struct Descriptor {
  File file;
  FileType type = FileType::Unknown;
  Rights base = 0, inheriting = 0;
  std::string preopen;                     ///< the name under which the program was given a directory
  std::unique_ptr<DIR, CloseDir> listing;  ///< of fd_readdir
};

class Process {
 public:
  Process();

  std::vector<std::string> arguments;    ///< the program's name first
  std::vector<std::string> environment;  ///< "NAME=value"

  /// Gives the program a directory of the host's under a name of its own; false: errno says why not.
  bool preopen(const std::string& host, const std::string& guest);
  /// Gives it an open socket, which is closed with the process; its number.
  uint32_t add_socket(int fd);

  /// The exit code, once the program has called proc_exit (its call then ended in a trap), or was ended by
  /// proc_raise: 128 and the signal.
  std::optional<uint32_t> exit_code;

  // For the functions.

  /// The descriptor of a number if it has all these rights; otherwise Badf or Notcapable.
  Descriptor* find(uint32_t fd, Rights rights, Errno& error);
  /// Under the lowest free number.
  uint32_t add(Descriptor descriptor);
  Errno close(uint32_t fd);
  Errno renumber(uint32_t from, uint32_t to);

 private:
  std::vector<std::optional<Descriptor>> descriptors_;
};

/// What errno says.
Errno last_error();
Errno error_of(int posix);
FileType type_of(unsigned mode);

}  // namespace mote::wasi
