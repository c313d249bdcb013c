// SPDX-License-Identifier: Apache-2.0
#include "wasi/beneath.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <climits>

namespace mote::wasi {

namespace {

std::atomic<bool> g_walk{false};
constexpr int kMostLinks = 40;

/// Components still to go, the next one last.
class Walk {
 public:
  Walk(int root, std::string_view path, int flags, unsigned mode)
      : root_(root), flags_(flags | O_CLOEXEC), mode_(mode) {
    push(path);
  }

  File run() {
    while (!todo_.empty()) {
      const std::string name = std::move(todo_.back());
      todo_.pop_back();
      if (name == ".") continue;
      if (name == "..") {
        if (held_.empty()) return fail(EPERM);
        held_.pop_back();
        continue;
      }
      File found = todo_.empty() ? open_last(name) : open_directory(name);
      if (!found) {
        if (spliced_) continue;
        return {};
      }
      if (todo_.empty()) return found;
      held_.push_back(std::move(found));
    }
    // The way ended at a directory that is held already.
    if ((flags_ & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL)) return fail(EEXIST);
    return File(openat(top(), ".", flags_ & ~(O_CREAT | O_NOFOLLOW)));
  }

 private:
  static File fail(int error) {
    errno = error;
    return {};
  }

  int top() const { return held_.empty() ? root_ : held_.back().get(); }

  /// Puts a path's components before those that are left.
  void push(std::string_view path) {
    std::vector<std::string> parts;
    while (!path.empty()) {
      const size_t end = path.find('/');
      if (end != 0) parts.emplace_back(path.substr(0, end));
      path = end == path.npos ? std::string_view() : path.substr(end + 1);
      // Slashes at the end: the last component must be a directory.
      if (end != path.npos && path.empty() && todo_.empty()) parts.emplace_back(".");
    }
    todo_.insert(todo_.end(), parts.rbegin(), parts.rend());
  }

  /// If `name` is a symbolic link its target goes before the rest.
  bool splice(const std::string& name) {
    char target[PATH_MAX];
    const ssize_t size = readlinkat(top(), name.c_str(), target, sizeof target);
    if (size < 0) return false;
    spliced_ = false;
    if (++links_ > kMostLinks) {
      errno = ELOOP;
    } else if (size == 0 || target[0] == '/') {
      errno = EPERM;
    } else {
      push({target, static_cast<size_t>(size)});
      spliced_ = true;
    }
    return true;
  }

  File open_directory(const std::string& name) {
    spliced_ = false;
    File found(openat(top(), name.c_str(), O_PATH | O_NOFOLLOW | O_DIRECTORY | O_CLOEXEC));
    if (!found && (errno == ENOTDIR || errno == ELOOP)) {
      if (!splice(name)) errno = ENOTDIR;
    }
    return found;
  }

  File open_last(const std::string& name) {
    spliced_ = false;
    File found(openat(top(), name.c_str(), flags_ | O_NOFOLLOW, mode_));
    if ((flags_ & O_NOFOLLOW) != 0) return found;
    if (!found) {
      const int error = errno;
      if ((error == ELOOP || error == ENOTDIR) && !splice(name)) errno = error;
      return found;
    }
    // With O_PATH a link is opened itself.
    struct stat state;
    if ((flags_ & O_PATH) != 0 && fstat(found.get(), &state) == 0 && S_ISLNK(state.st_mode)) {
      splice(name);
      return {};
    }
    return found;
  }

  int root_;
  int flags_;
  unsigned mode_;
  std::vector<std::string> todo_;
  std::vector<File> held_;
  int links_ = 0;
  bool spliced_ = false;  ///< the last failure was a link, whose target goes on
};

/// ENOSYS: the kernel has no openat2.
File open_by_kernel(int directory, const std::string& path, int flags, unsigned mode) {
  open_how how{};
  how.flags = static_cast<uint64_t>(flags | O_CLOEXEC);
  how.mode = (flags & O_CREAT) != 0 ? mode : 0;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  constexpr int kTries = 64;  // EAGAIN: something was renamed meanwhile, and ".." might lead out
  for (int i = 0; i < kTries; ++i) {
    const long fd = syscall(SYS_openat2, directory, path.c_str(), &how, sizeof how);
    if (fd >= 0) return File(static_cast<int>(fd));
    if (errno != EAGAIN) break;
  }
  if (errno == EXDEV) errno = EPERM;
  return {};
}

}  // namespace

void use_resolver(Resolver resolver) {
  g_walk = resolver == Resolver::Walk;
}

File open_beneath(int directory, std::string_view path, int flags, unsigned mode) {
  if (path.empty()) {
    errno = ENOENT;
    return {};
  }
  if (path[0] == '/' || path.size() >= PATH_MAX) {
    errno = path[0] == '/' ? EPERM : ENAMETOOLONG;
    return {};
  }
  if (!g_walk) {
    File found = open_by_kernel(directory, std::string(path), flags, mode);
    if (found || (errno != ENOSYS && errno != E2BIG)) return found;
    g_walk = true;
  }
  return Walk(directory, path, flags, mode).run();
}

Place find_place(int directory, std::string_view path) {
  Place place;
  while (path.ends_with('/') && path.size() > 1) {
    path.remove_suffix(1);
    place.must_be_directory = true;
  }
  const size_t slash = path.rfind('/');
  const std::string_view name = slash == path.npos ? path : path.substr(slash + 1);
  std::string_view parent = slash == path.npos ? "." : path.substr(0, slash + 1);
  if (path.empty() || path[0] == '/') {
    errno = path.empty() ? ENOENT : EPERM;
    return place;
  }
  place.name = name;
  if (name == "." || name == "..") parent = path;  // must be inside all the same
  place.directory = open_beneath(directory, parent, O_PATH | O_DIRECTORY);
  if (place.directory && (name == "." || name == "..")) {
    place.directory = File();
    errno = EINVAL;
  }
  return place;
}

}  // namespace mote::wasi
