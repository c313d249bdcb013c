// SPDX-License-Identifier: Apache-2.0
// Blobs as files below CONFIG_MOTE_STORAGE_PATH, in a file system that the application has mounted. A blob is
// written beside the old one and renamed: where the file system replaces atomically (littlefs does), a power
// cut leaves one of the two. Stack: about 500 bytes and the file system's. From interrupts: none.
#include <cstdio>
#include <mote/platform.hpp>

#if __has_include(<zephyr/fs/fs.h>)
#include <zephyr/fs/fs.h>
#else
#include <fs/fs.h>
#endif

namespace mote::platform {

namespace {

struct Path {
  char text[sizeof CONFIG_MOTE_STORAGE_PATH + kBlobName + 2];
  bool ok;
  /// `extra`: what the file is called while it is written.
  explicit Path(std::string_view name, const char* extra = "")
      : ok(!name.empty() && name.size() <= kBlobName && name.find('/') == name.npos && name[0] != '.') {
    if (!ok) return;
    std::snprintf(text, sizeof text, CONFIG_MOTE_STORAGE_PATH "/%s%.*s", extra, static_cast<int>(name.size()),
                  name.data());
  }
};

bool fill(const char* path, std::span<const std::byte> bytes) {
  fs_unlink(path);  // what a power cut left: 2.7 cannot open and truncate at once
  fs_file_t file;
  fs_file_t_init(&file);
  if (fs_open(&file, path, FS_O_CREATE | FS_O_WRITE) != 0) return false;
  bool good = true;
  while (good && !bytes.empty()) {
    const ssize_t count = fs_write(&file, bytes.data(), bytes.size());
    good = count > 0;
    if (good) bytes = bytes.subspan(static_cast<size_t>(count));
  }
  return (fs_close(&file) == 0) && good;
}

}  // namespace

int64_t blob_size(std::string_view name) {
  const Path path(name);
  fs_dirent found;
  return path.ok && fs_stat(path.text, &found) == 0 ? static_cast<int64_t>(found.size) : -1;
}

int64_t blob_read(std::string_view name, uint64_t from, std::span<std::byte> out) {
  const int64_t size = blob_size(name);
  if (size < 0) return -1;
  if (from >= static_cast<uint64_t>(size)) return 0;
  const Path path(name);
  fs_file_t file;
  fs_file_t_init(&file);
  if (fs_open(&file, path.text, FS_O_READ) != 0) return -1;
  ssize_t count = fs_seek(&file, static_cast<off_t>(from), FS_SEEK_SET);
  if (count == 0) count = fs_read(&file, out.data(), out.size());
  fs_close(&file);
  return count < 0 ? -1 : count;
}

bool blob_write(std::string_view name, std::span<const std::byte> bytes) {
  const Path path(name), part(name, ".");
  if (!path.ok) return false;
  if (fill(part.text, bytes) && fs_rename(part.text, path.text) == 0) return true;
  fs_unlink(part.text);
  return false;
}

bool blob_remove(std::string_view name) {
  const Path path(name);
  return path.ok && fs_unlink(path.text) == 0;
}

}  // namespace mote::platform
