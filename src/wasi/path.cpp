// SPDX-License-Identifier: Apache-2.0
// Paths: every one starts at a directory that the program has, and stays below it (beneath.hpp).
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstring>

#include "wasi/beneath.hpp"
#include "wasi/functions.hpp"

namespace mote::wasi {

namespace {

/// UTF-8 without a NUL (RFC 3629); names of other bytes exist on hosts only.
bool is_text(std::string_view path) {
  for (size_t i = 0; i < path.size();) {
    const auto byte = static_cast<uint8_t>(path[i]);
    const size_t more = byte < 0x80                   ? 0
                        : byte >= 0xc2 && byte < 0xe0 ? 1
                        : byte >= 0xe0 && byte < 0xf0 ? 2
                        : byte >= 0xf0 && byte < 0xf5 ? 3
                                                      : 4;
    if (byte == 0 || more == 4 || i + more >= path.size()) return false;
    for (size_t k = 1; k <= more; ++k) {
      if ((static_cast<uint8_t>(path[i + k]) & 0xc0) != 0x80) return false;
    }
    i += more + 1;
  }
  return true;
}

Descriptor* find_directory(Context& context, uint32_t fd, Rights rights, std::string_view path,
                           Errno& error) {
  Descriptor* found = process_of(context).find(fd, 0, error);
  if (found == nullptr) return nullptr;
  error = Errno::Notdir;
  if (found->type != FileType::Directory) return nullptr;
  if (process_of(context).find(fd, rights, error) == nullptr) return nullptr;
  error = Errno::Ilseq;
  if (!is_text(path)) return nullptr;
  error = Errno::Success;
  return found;
}

Errno status(int result) {
  return result == 0 ? Errno::Success : last_error();
}

/// Calls `act(directory, name)` for the last component of the path.
template <class Act>
Errno at_place(Context& context, uint32_t fd, Rights rights, std::string_view path, Act act) {
  Errno error;
  const Descriptor* found = find_directory(context, fd, rights, path, error);
  if (found == nullptr) return error;
  const Place place = find_place(found->file.get(), path);
  if (!place.directory) return last_error();
  return status(act(place));
}

int stat_of(const Place& place, struct stat& state) {
  return fstatat(place.directory.get(), place.name.c_str(), &state, AT_SYMLINK_NOFOLLOW);
}

/// What a path with a slash at its end names must be a directory, if it is anything.
int check_slash(const Place& place) {
  struct stat state;
  if (!place.must_be_directory || stat_of(place, state) != 0 || S_ISDIR(state.st_mode)) return 0;
  errno = ENOTDIR;
  return -1;
}

/// How the host opens it; false: the flags contradict each other.
bool host_flags(uint32_t lookup, uint32_t oflags, Rights base, uint32_t fdflags, int& flags) {
  if ((oflags & ~uint32_t{oflag::kAll}) != 0 || (fdflags & ~uint32_t{fdflag::kAll}) != 0) return false;
  const bool directory = (oflags & oflag::kDirectory) != 0;
  if (directory && (oflags & (oflag::kCreat | oflag::kExcl | oflag::kTrunc)) != 0) return false;
  const bool reads = (base & (right::kFdRead | right::kFdReaddir)) != 0;
  const bool writes = (base & (right::kFdWrite | right::kFdAllocate | right::kFdFilestatSetSize)) != 0 ||
                      (oflags & oflag::kTrunc) != 0;
  flags = writes && !directory ? (reads ? O_RDWR : O_WRONLY) : O_RDONLY;
  if ((oflags & oflag::kCreat) != 0) flags |= O_CREAT;
  if (directory) flags |= O_DIRECTORY;
  if ((oflags & oflag::kExcl) != 0) flags |= O_EXCL;
  if ((oflags & oflag::kTrunc) != 0) flags |= O_TRUNC;
  if ((fdflags & fdflag::kAppend) != 0) flags |= O_APPEND;
  if ((fdflags & fdflag::kDsync) != 0) flags |= O_DSYNC;
  if ((fdflags & (fdflag::kSync | fdflag::kRsync)) != 0) flags |= O_SYNC;
  if ((fdflags & fdflag::kNonblock) != 0) flags |= O_NONBLOCK;
  if ((lookup & kSymlinkFollow) == 0) flags |= O_NOFOLLOW;
  flags |= O_NOCTTY;
  return true;
}

Rights needed_to_open(uint32_t oflags) {
  Rights rights = right::kPathOpen;
  if ((oflags & oflag::kCreat) != 0) rights |= right::kPathCreateFile;
  if ((oflags & oflag::kTrunc) != 0) rights |= right::kPathFilestatSetSize;
  return rights;
}

}  // namespace

Errno path_open(Context& context, uint32_t fd, uint32_t lookup, GuestString path, uint32_t oflags,
                Rights base, Rights inheriting, uint32_t fdflags, Out<uint32_t> opened) {
  Errno error;
  const Descriptor* from = find_directory(context, fd, needed_to_open(oflags), path, error);
  if (from == nullptr) return error;
  if ((base & ~from->inheriting) != 0 || (inheriting & ~from->inheriting) != 0) return Errno::Notcapable;
  int flags = 0;
  if (!host_flags(lookup, oflags, base, fdflags, flags)) return Errno::Inval;
  Descriptor made;
  made.file = open_beneath(from->file.get(), path, flags, 0666);
  // A directory can only be read, whatever was asked for.
  if (!made.file && errno == EISDIR && (oflags & (oflag::kCreat | oflag::kTrunc)) == 0 &&
      (base & right::kFdWrite) == 0)
    made.file = open_beneath(from->file.get(), path, (flags & ~O_ACCMODE) | O_RDONLY);
  if (!made.file) return last_error();
  struct stat state;
  if (fstat(made.file.get(), &state) != 0) return last_error();
  made.type = type_of(state.st_mode);
  made.base = base & (made.type == FileType::Directory ? right::kDirectory : right::kFile);
  made.inheriting = inheriting;
  opened.set(process_of(context).add(std::move(made)));
  return Errno::Success;
}

Errno path_create_directory(Context& context, uint32_t fd, GuestString path) {
  return at_place(context, fd, right::kPathCreateDirectory, path, [](const Place& place) {
    return mkdirat(place.directory.get(), place.name.c_str(), 0777);
  });
}

Errno path_remove_directory(Context& context, uint32_t fd, GuestString path) {
  return at_place(context, fd, right::kPathRemoveDirectory, path, [](const Place& place) {
    return unlinkat(place.directory.get(), place.name.c_str(), AT_REMOVEDIR);
  });
}

Errno path_unlink_file(Context& context, uint32_t fd, GuestString path) {
  return at_place(context, fd, right::kPathUnlinkFile, path, [](const Place& place) {
    struct stat state;
    if (check_slash(place) != 0) return -1;
    if (stat_of(place, state) == 0 && S_ISDIR(state.st_mode)) {
      errno = EISDIR;  // some systems say EPERM
      return -1;
    }
    return unlinkat(place.directory.get(), place.name.c_str(), 0);
  });
}

Errno path_filestat_get(Context& context, uint32_t fd, uint32_t lookup, GuestString path, Out<Filestat> out) {
  Errno error;
  const Descriptor* found = find_directory(context, fd, right::kPathFilestatGet, path, error);
  if (found == nullptr) return error;
  const int follow = (lookup & kSymlinkFollow) != 0 ? 0 : O_NOFOLLOW;
  const File file = open_beneath(found->file.get(), path, O_PATH | follow);
  struct stat state;
  if (!file || fstat(file.get(), &state) != 0) return last_error();
  out.set(filestat_of(state));
  return Errno::Success;
}

Errno path_filestat_set_times(Context& context, uint32_t fd, uint32_t lookup, GuestString path,
                              uint64_t accessed, uint64_t modified, uint32_t flags) {
  Errno error;
  const Descriptor* found = find_directory(context, fd, right::kPathFilestatSetTimes, path, error);
  if (found == nullptr) return error;
  timespec times[2];
  if (!times_of(accessed, modified, flags, times)) return Errno::Inval;
  if ((lookup & kSymlinkFollow) == 0) {
    return at_place(context, fd, right::kPathFilestatSetTimes, path, [&](const Place& place) {
      return utimensat(place.directory.get(), place.name.c_str(), times, AT_SYMLINK_NOFOLLOW);
    });
  }
  const File file = open_beneath(found->file.get(), path, O_PATH);
  if (!file) return last_error();
  char name[32];  // the file that is held, whatever its name means by now
  std::snprintf(name, sizeof name, "/proc/self/fd/%d", file.get());
  return status(utimensat(AT_FDCWD, name, times, 0));
}

Errno path_link(Context& context, uint32_t fd, uint32_t lookup, GuestString path, uint32_t to_fd,
                GuestString to) {
  if ((lookup & kSymlinkFollow) != 0) return Errno::Inval;  // a link to a link's target could lead out
  Errno error;
  const Descriptor* from = find_directory(context, fd, right::kPathLinkSource, path, error);
  if (from == nullptr) return error;
  const Place source = find_place(from->file.get(), path);
  if (!source.directory || check_slash(source) != 0) return last_error();
  return at_place(context, to_fd, right::kPathLinkTarget, to, [&](const Place& target) {
    if (target.must_be_directory) {
      errno = ENOENT;
      return -1;
    }
    return linkat(source.directory.get(), source.name.c_str(), target.directory.get(), target.name.c_str(),
                  0);
  });
}

Errno path_rename(Context& context, uint32_t fd, GuestString path, uint32_t to_fd, GuestString to) {
  Errno error;
  const Descriptor* from = find_directory(context, fd, right::kPathRenameSource, path, error);
  if (from == nullptr) return error;
  const Place source = find_place(from->file.get(), path);
  if (!source.directory || check_slash(source) != 0) return last_error();
  return at_place(context, to_fd, right::kPathRenameTarget, to, [&](const Place& target) {
    struct stat state;
    // A file cannot take the name of a directory.
    if (target.must_be_directory && stat_of(source, state) == 0 && !S_ISDIR(state.st_mode)) {
      errno = ENOTDIR;
      return -1;
    }
    return renameat(source.directory.get(), source.name.c_str(), target.directory.get(), target.name.c_str());
  });
}

Errno path_symlink(Context& context, GuestString target, uint32_t fd, GuestString path) {
  if (!is_text(target)) return Errno::Ilseq;
  if (target.starts_with('/')) return Errno::Perm;  // it would lead out wherever it is followed
  return at_place(context, fd, right::kPathSymlink, path, [&](const Place& place) {
    struct stat state;
    if (place.must_be_directory) {
      errno = stat_of(place, state) == 0 ? (S_ISDIR(state.st_mode) ? EEXIST : ENOTDIR) : ENOENT;
      return -1;
    }
    return symlinkat(std::string(target).c_str(), place.directory.get(), place.name.c_str());
  });
}

Errno path_readlink(Context& context, uint32_t fd, GuestString path, GuestSpan<char> out,
                    Out<uint32_t> used) {
  return at_place(context, fd, right::kPathReadlink, path, [&](const Place& place) {
    char target[PATH_MAX];
    const ssize_t size = readlinkat(place.directory.get(), place.name.c_str(), target, sizeof target);
    if (size < 0) return -1;
    const auto count = static_cast<uint32_t>(
        static_cast<size_t>(size) < out.size() ? static_cast<size_t>(size) : out.size());
    if (count > 0) std::memcpy(out.bytes(), target, count);
    used.set(count);
    return 0;
  });
}

}  // namespace mote::wasi
