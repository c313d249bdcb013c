// SPDX-License-Identifier: Apache-2.0
// Descriptors: what they are, what they may do, what lies in a directory.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "wasi/functions.hpp"

namespace mote::wasi {

namespace {

/// Calls `act(Descriptor&)`, which answers 0 or -1 with errno.
template <class Act>
Errno with(Context& context, uint32_t fd, Rights rights, Act act) {
  Errno error;
  Descriptor* found = process_of(context).find(fd, rights, error);
  if (found == nullptr) return error;
  return act(*found) == 0 ? Errno::Success : last_error();
}

int refuse(int error) {
  errno = error;
  return -1;
}

uint64_t nanoseconds(const timespec& time) {
  return static_cast<uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(time.tv_nsec);
}

}  // namespace

Filestat filestat_of(const struct stat& state) {
  Filestat out{};
  out.device = state.st_dev;
  out.inode = state.st_ino;
  out.type = type_of(state.st_mode);
  out.links = state.st_nlink;
  out.size = static_cast<uint64_t>(state.st_size);
  out.accessed = nanoseconds(state.st_atim);
  out.modified = nanoseconds(state.st_mtim);
  out.changed = nanoseconds(state.st_ctim);
  return out;
}

bool times_of(uint64_t accessed, uint64_t modified, uint32_t flags, timespec (&times)[2]) {
  const auto make = [&](uint64_t time, bool given, bool now) -> timespec {
    if (now) return {0, UTIME_NOW};
    if (!given) return {0, UTIME_OMIT};
    return {static_cast<time_t>(time / 1'000'000'000), static_cast<long>(time % 1'000'000'000)};
  };
  constexpr uint32_t kBoth[] = {fstflag::kAtim | fstflag::kAtimNow, fstflag::kMtim | fstflag::kMtimNow};
  if ((flags & ~uint32_t{fstflag::kAll}) != 0) return false;
  for (const uint32_t both : kBoth) {
    if ((flags & both) == both) return false;
  }
  times[0] = make(accessed, (flags & fstflag::kAtim) != 0, (flags & fstflag::kAtimNow) != 0);
  times[1] = make(modified, (flags & fstflag::kMtim) != 0, (flags & fstflag::kMtimNow) != 0);
  return true;
}

Errno fd_advise(Context& context, uint32_t fd, uint64_t offset, uint64_t size, uint32_t advice) {
  constexpr int kAdvice[] = {POSIX_FADV_NORMAL,   POSIX_FADV_SEQUENTIAL, POSIX_FADV_RANDOM,
                             POSIX_FADV_WILLNEED, POSIX_FADV_DONTNEED,   POSIX_FADV_NOREUSE};
  return with(context, fd, right::kFdAdvise, [&](Descriptor& d) {
    if (advice >= std::size(kAdvice)) return refuse(EINVAL);
    const int error =
        posix_fadvise(d.file.get(), static_cast<off_t>(offset), static_cast<off_t>(size), kAdvice[advice]);
    return error == 0 ? 0 : refuse(error);
  });
}

Errno fd_allocate(Context& context, uint32_t fd, uint64_t offset, uint64_t size) {
  return with(context, fd, right::kFdAllocate, [&](Descriptor& d) {
    const int error = posix_fallocate(d.file.get(), static_cast<off_t>(offset), static_cast<off_t>(size));
    return error == 0 ? 0 : refuse(error);
  });
}

Errno fd_close(Context& context, uint32_t fd) {
  return process_of(context).close(fd);
}

Errno fd_datasync(Context& context, uint32_t fd) {
  return with(context, fd, right::kFdDatasync, [](Descriptor& d) { return fdatasync(d.file.get()); });
}
Errno fd_sync(Context& context, uint32_t fd) {
  return with(context, fd, right::kFdSync, [](Descriptor& d) { return fsync(d.file.get()); });
}

Errno fd_renumber(Context& context, uint32_t from, uint32_t to) {
  return process_of(context).renumber(from, to);
}

Errno fd_fdstat_get(Context& context, uint32_t fd, Out<Fdstat> out) {
  return with(context, fd, 0, [&](Descriptor& d) {
    const int flags = fcntl(d.file.get(), F_GETFL);
    if (flags < 0) return -1;
    Fdstat stat{};
    stat.type = d.type;
    stat.flags = static_cast<uint16_t>(((flags & O_APPEND) != 0 ? fdflag::kAppend : 0) |
                                       ((flags & O_NONBLOCK) != 0 ? fdflag::kNonblock : 0) |
                                       ((flags & O_DSYNC) != 0 ? fdflag::kDsync : 0) |
                                       ((flags & O_SYNC) == O_SYNC ? fdflag::kSync : 0));
    stat.base = d.base;
    stat.inheriting = d.inheriting;
    out.set(stat);
    return 0;
  });
}

Errno fd_fdstat_set_flags(Context& context, uint32_t fd, uint32_t flags) {
  return with(context, fd, right::kFdFdstatSetFlags, [&](Descriptor& d) {
    if ((flags & ~uint32_t{fdflag::kAll}) != 0) return refuse(EINVAL);
    // POSIX cannot switch these on an open file.
    if ((flags & (fdflag::kDsync | fdflag::kRsync | fdflag::kSync)) != 0) return refuse(ENOTSUP);
    const int changed =
        ((flags & fdflag::kAppend) != 0 ? O_APPEND : 0) | ((flags & fdflag::kNonblock) != 0 ? O_NONBLOCK : 0);
    return fcntl(d.file.get(), F_SETFL, changed);
  });
}

Errno fd_fdstat_set_rights(Context& context, uint32_t fd, Rights base, Rights inheriting) {
  Errno error;
  Descriptor* found = process_of(context).find(fd, 0, error);
  if (found == nullptr) return error;
  if ((base & ~found->base) != 0 || (inheriting & ~found->inheriting) != 0) return Errno::Notcapable;
  found->base = base;
  found->inheriting = inheriting;
  return Errno::Success;
}

Errno fd_filestat_get(Context& context, uint32_t fd, Out<Filestat> out) {
  return with(context, fd, right::kFdFilestatGet, [&](Descriptor& d) {
    struct stat state;
    if (fstat(d.file.get(), &state) != 0) return -1;
    Filestat stat = filestat_of(state);
    stat.type = d.type;
    out.set(stat);
    return 0;
  });
}

Errno fd_filestat_set_size(Context& context, uint32_t fd, uint64_t size) {
  return with(context, fd, right::kFdFilestatSetSize,
              [&](Descriptor& d) { return ftruncate(d.file.get(), static_cast<off_t>(size)); });
}

Errno fd_filestat_set_times(Context& context, uint32_t fd, uint64_t accessed, uint64_t modified,
                            uint32_t flags) {
  return with(context, fd, right::kFdFilestatSetTimes, [&](Descriptor& d) {
    timespec times[2];
    return times_of(accessed, modified, flags, times) ? futimens(d.file.get(), times) : refuse(EINVAL);
  });
}

Errno fd_prestat_get(Context& context, uint32_t fd, Out<Prestat> out) {
  return with(context, fd, 0, [&](Descriptor& d) {
    if (d.preopen.empty()) return refuse(EBADF);
    out.set({0, static_cast<uint32_t>(d.preopen.size())});
    return 0;
  });
}

Errno fd_prestat_dir_name(Context& context, uint32_t fd, GuestSpan<char> out) {
  return with(context, fd, 0, [&](Descriptor& d) {
    if (d.preopen.empty()) return refuse(EBADF);
    if (out.size() < d.preopen.size()) return refuse(ENAMETOOLONG);
    std::memcpy(out.bytes(), d.preopen.data(), d.preopen.size());
    return 0;
  });
}

namespace {

/// Opened once for a descriptor, with a position of its own.
DIR* listing_of(Descriptor& descriptor) {
  if (!descriptor.listing) {
    File again(openat(descriptor.file.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!again) return nullptr;
    descriptor.listing.reset(fdopendir(again.get()));
    if (descriptor.listing) again.release();
  }
  return descriptor.listing.get();
}

FileType type_of_entry(int directory, const dirent& entry) {
  struct stat state;
  if (entry.d_type != DT_UNKNOWN) return type_of(DTTOIF(entry.d_type));
  return fstatat(directory, entry.d_name, &state, AT_SYMLINK_NOFOLLOW) == 0 ? type_of(state.st_mode)
                                                                            : FileType::Unknown;
}

/// Copies what fits; how much that was.
uint32_t put(GuestSpan<uint8_t> out, uint32_t at, const void* bytes, size_t size) {
  const auto count = static_cast<uint32_t>(size < out.size() - at ? size : out.size() - at);
  if (count > 0) std::memcpy(out.bytes() + at, bytes, count);
  return count;
}

}  // namespace

/// An entry that does not fit is cut: a buffer that is full says that there is more.
Errno fd_readdir(Context& context, uint32_t fd, GuestSpan<uint8_t> out, uint64_t cookie, Out<uint32_t> used) {
  return with(context, fd, right::kFdReaddir, [&](Descriptor& d) {
    DIR* listing = listing_of(d);
    if (listing == nullptr) return -1;
    if (cookie == 0) {
      rewinddir(listing);
    } else {
      seekdir(listing, static_cast<long>(cookie));
    }
    uint32_t at = 0;
    while (at < out.size()) {
      errno = 0;
      const dirent* entry = readdir(listing);
      if (entry == nullptr && errno != 0) return -1;
      if (entry == nullptr) break;
      const size_t size = std::strlen(entry->d_name);
      Dirent head{};
      head.next = static_cast<uint64_t>(entry->d_off);
      head.inode = entry->d_ino;
      head.name_size = static_cast<uint32_t>(size);
      head.type = type_of_entry(dirfd(listing), *entry);
      at += put(out, at, &head, sizeof head);
      at += put(out, at, entry->d_name, size);
    }
    used.set(at);
    return 0;
  });
}

}  // namespace mote::wasi
