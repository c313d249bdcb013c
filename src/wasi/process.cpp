// SPDX-License-Identifier: Apache-2.0
#include "wasi/process.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "wasi/functions.hpp"

namespace mote::wasi {

File::~File() {
  if (fd_ >= 0) ::close(fd_);
}

Errno error_of(int posix) {
  struct Row {
    int posix;
    Errno error;
  };
  static constexpr Row kRows[] = {
#define MOTE_WASI_ERRNO(name, posix) {posix, Errno::name},
#include "wasi/errno.inc"
  };
  for (const Row& row : kRows) {
    if (row.posix == posix) return row.error;
  }
  return Errno::Io;
}

Errno last_error() {
  return error_of(errno);
}

FileType type_of(unsigned mode) {
  switch (mode & S_IFMT) {
    case S_IFBLK:
      return FileType::BlockDevice;
    case S_IFCHR:
      return FileType::CharacterDevice;
    case S_IFDIR:
      return FileType::Directory;
    case S_IFREG:
      return FileType::RegularFile;
    case S_IFSOCK:
      return FileType::SocketStream;
    case S_IFLNK:
      return FileType::SymbolicLink;
    default:
      return FileType::Unknown;
  }
}

Process::Process() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    Descriptor stream;
    stream.file = File(fcntl(fd, F_DUPFD_CLOEXEC, 3));
    struct stat state {};
    if (stream.file && fstat(fd, &state) == 0) stream.type = type_of(state.st_mode);
    // A file may be sought in, a terminal or pipe may not.
    stream.base = stream.type == FileType::RegularFile ? right::kFile : right::kStream;
    descriptors_.emplace_back(std::move(stream));
  }
}

bool Process::preopen(const std::string& host, const std::string& guest) {
  Descriptor directory;
  directory.file = File(open(host.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.file) return false;
  directory.type = FileType::Directory;
  directory.base = right::kDirectory;
  directory.inheriting = right::kDirectory | right::kFile;
  directory.preopen = guest;
  add(std::move(directory));
  return true;
}

uint32_t Process::add_socket(int fd) {
  Descriptor socket;
  int kind = 0;
  socklen_t size = sizeof kind;
  getsockopt(fd, SOL_SOCKET, SO_TYPE, &kind, &size);
  socket.file = File(fd);
  socket.type = kind == SOCK_DGRAM ? FileType::SocketDgram : FileType::SocketStream;
  socket.base = socket.inheriting = right::kSocket;
  return add(std::move(socket));
}

Descriptor* Process::find(uint32_t fd, Rights rights, Errno& error) {
  error = Errno::Badf;
  if (fd >= descriptors_.size() || !descriptors_[fd] || !descriptors_[fd]->file) return nullptr;
  error = Errno::Notcapable;
  if ((descriptors_[fd]->base & rights) != rights) return nullptr;
  error = Errno::Success;
  return &*descriptors_[fd];
}

uint32_t Process::add(Descriptor descriptor) {
  uint32_t fd = 0;
  while (fd < descriptors_.size() && descriptors_[fd]) ++fd;
  if (fd == descriptors_.size()) descriptors_.emplace_back();
  descriptors_[fd].emplace(std::move(descriptor));
  return fd;
}

Errno Process::close(uint32_t fd) {
  if (fd >= descriptors_.size() || !descriptors_[fd]) return Errno::Badf;
  descriptors_[fd].reset();
  return Errno::Success;
}

Errno Process::renumber(uint32_t from, uint32_t to) {
  Errno error;
  if (find(from, 0, error) == nullptr || find(to, 0, error) == nullptr) return error;
  if (from == to) return Errno::Success;
  descriptors_[to].emplace(std::move(*descriptors_[from]));
  descriptors_[from].reset();
  return Errno::Success;
}

#define MOTE_WASI(name) bind<name>("wasi_snapshot_preview1", #name)
std::span<const HostFunction> functions() {
  static constexpr HostFunction kFunctions[] = {
      MOTE_WASI(args_get),
      MOTE_WASI(args_sizes_get),
      MOTE_WASI(clock_res_get),
      MOTE_WASI(clock_time_get),
      MOTE_WASI(environ_get),
      MOTE_WASI(environ_sizes_get),
      MOTE_WASI(fd_advise),
      MOTE_WASI(fd_allocate),
      MOTE_WASI(fd_close),
      MOTE_WASI(fd_datasync),
      MOTE_WASI(fd_fdstat_get),
      MOTE_WASI(fd_fdstat_set_flags),
      MOTE_WASI(fd_fdstat_set_rights),
      MOTE_WASI(fd_filestat_get),
      MOTE_WASI(fd_filestat_set_size),
      MOTE_WASI(fd_filestat_set_times),
      MOTE_WASI(fd_pread),
      MOTE_WASI(fd_prestat_dir_name),
      MOTE_WASI(fd_prestat_get),
      MOTE_WASI(fd_pwrite),
      MOTE_WASI(fd_read),
      MOTE_WASI(fd_readdir),
      MOTE_WASI(fd_renumber),
      MOTE_WASI(fd_seek),
      MOTE_WASI(fd_sync),
      MOTE_WASI(fd_tell),
      MOTE_WASI(fd_write),
      MOTE_WASI(path_create_directory),
      MOTE_WASI(path_filestat_get),
      MOTE_WASI(path_filestat_set_times),
      MOTE_WASI(path_link),
      MOTE_WASI(path_open),
      MOTE_WASI(path_readlink),
      MOTE_WASI(path_remove_directory),
      MOTE_WASI(path_rename),
      MOTE_WASI(path_symlink),
      MOTE_WASI(path_unlink_file),
      MOTE_WASI(poll_oneoff),
      MOTE_WASI(proc_exit),
      MOTE_WASI(proc_raise),
      MOTE_WASI(random_get),
      MOTE_WASI(sched_yield),
      MOTE_WASI(sock_accept),
      MOTE_WASI(sock_recv),
      MOTE_WASI(sock_send),
      MOTE_WASI(sock_shutdown),
  };
  static_assert(std::size(kFunctions) == 46);
  return kFunctions;
}
#undef MOTE_WASI

}  // namespace mote::wasi
