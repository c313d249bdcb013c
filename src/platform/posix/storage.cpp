// SPDX-License-Identifier: Apache-2.0
// POSIX: a blob is a file in the directory that MOTE_STORAGE names, or in the present one.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <mote/platform.hpp>

#include <climits>
#include <cstdio>
#include <cstdlib>

namespace mote::platform {

namespace {

struct Path {
  char text[PATH_MAX];
  bool ok = false;
  /// `extra`: what the file is called while it is written.
  explicit Path(std::string_view name, const char* extra = "") {
    if (name.empty() || name.size() > kBlobName || name.find('/') != name.npos || name[0] == '.') return;
    const char* folder = std::getenv("MOTE_STORAGE");
    const int size = std::snprintf(text, sizeof text, "%s/%s%.*s", folder != nullptr ? folder : ".", extra,
                                   static_cast<int>(name.size()), name.data());
    ok = size > 0 && static_cast<size_t>(size) < sizeof text;
  }
};

bool write_all(int file, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t count = write(file, bytes.data(), bytes.size());
    if (count <= 0) return false;
    bytes = bytes.subspan(static_cast<size_t>(count));
  }
  return fsync(file) == 0;
}

}  // namespace

int64_t blob_size(std::string_view name) {
  const Path path(name);
  struct stat found;
  return path.ok && stat(path.text, &found) == 0 ? found.st_size : -1;
}

int64_t blob_read(std::string_view name, uint64_t from, std::span<std::byte> out) {
  const Path path(name);
  const int file = path.ok ? open(path.text, O_RDONLY | O_CLOEXEC) : -1;
  if (file < 0) return -1;
  const ssize_t count = pread(file, out.data(), out.size(), static_cast<off_t>(from));
  close(file);
  return count;
}

bool blob_write(std::string_view name, std::span<const std::byte> bytes) {
  const Path path(name), part(name, ".");
  if (!path.ok || !part.ok) return false;
  const int file = open(part.text, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (file < 0) return false;
  const bool written = write_all(file, bytes);
  close(file);
  if (written && rename(part.text, path.text) == 0) return true;
  unlink(part.text);
  return false;
}

bool blob_remove(std::string_view name) {
  const Path path(name);
  return path.ok && unlink(path.text) == 0;
}

}  // namespace mote::platform
