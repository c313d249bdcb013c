// SPDX-License-Identifier: Apache-2.0
// WASI on a board: the console, and files in the storage of mote/platform.hpp.
#include <mote/wasi_board.hpp>

#include <cstring>

#include "wasi/types.hpp"

namespace mote::wasi::board {

namespace {

constexpr uint32_t kStreams = 3, kStorage = 3, kFirstFile = 4;

Program& program_of(const Context& context) {
  return context.data_as<Program>();
}

File* find(const Context& context, uint32_t fd) {
  if (fd < kFirstFile || fd - kFirstFile >= Program::kFiles) return nullptr;
  File& file = program_of(context).files[fd - kFirstFile];
  return file.open ? &file : nullptr;
}

/// Calls `move(bytes)` for each of the program's buffers, until one is not moved whole; it answers how much
/// it moved, or -1.
template <class Move>
Errno each_buffer(const Context& context, GuestSpan<const uint64_t> buffers, GuestRef<uint32_t> size,
                  Move move) {
  uint32_t sum = 0;
  for (uint32_t i = 0; i < buffers.size(); ++i) {
    const auto length = static_cast<uint32_t>(buffers[i] >> 32);
    uint8_t* bytes = context.guest_bytes(static_cast<uint32_t>(buffers[i]), length);
    if (bytes == nullptr) return Errno::Fault;
    const int64_t moved = length == 0 ? 0 : move(std::as_writable_bytes(std::span(bytes, length)));
    if (moved < 0) return Errno::Nospc;
    sum += static_cast<uint32_t>(moved);
    if (moved < length) break;
  }
  size.set(sum);
  return Errno::Success;
}

int64_t read_file(File& file, std::span<std::byte> out) {
  const int64_t count = platform::blob_read({file.name, file.name_size}, file.position, out);
  if (count > 0) file.position += static_cast<uint32_t>(count);
  return count < 0 ? 0 : count;
}

int64_t write_file(Program& program, File& file, std::span<const std::byte> bytes) {
  if (file.appends) file.position = file.size;
  if (file.position > program.buffer.size() || bytes.size() > program.buffer.size() - file.position)
    return -1;
  if (file.position > file.size) std::memset(program.buffer.data() + file.size, 0, file.position - file.size);
  std::memcpy(program.buffer.data() + file.position, bytes.data(), bytes.size());
  file.position += static_cast<uint32_t>(bytes.size());
  if (file.position > file.size) file.size = file.position;
  return static_cast<int64_t>(bytes.size());
}

/// A blob's name: storage has no directories.
bool is_name(std::string_view path) {
  return !path.empty() && path.size() <= platform::kBlobName && path.find('/') == path.npos && path != "." &&
         path != "..";
}

/// Makes the file the one that is written, with the content that it has to begin with.
Errno begin_writing(Program& program, File& file, int64_t size, uint32_t oflags, uint32_t fdflags) {
  if (program.written != nullptr) return Errno::Busy;
  file.writes = true;
  if (size > 0 && (oflags & oflag::kTrunc) == 0) {
    if (static_cast<uint64_t>(size) > program.buffer.size()) return Errno::Fbig;
    platform::blob_read({file.name, file.name_size}, 0, program.buffer.first(static_cast<size_t>(size)));
    file.size = static_cast<uint32_t>(size);
  }
  file.appends = (fdflags & fdflag::kAppend) != 0;
  program.written = &file;
  return Errno::Success;
}

}  // namespace

Errno fd_write(Context& context, uint32_t fd, GuestSpan<const uint64_t> buffers, GuestRef<uint32_t> size) {
  if (fd == 1 || fd == 2) {
    return each_buffer(context, buffers, size, [](std::span<std::byte> bytes) {
      return static_cast<int64_t>(platform::console_write(bytes));
    });
  }
  File* file = find(context, fd);
  if (file == nullptr) return Errno::Badf;
  if (!file->writes) return Errno::Notcapable;
  return each_buffer(context, buffers, size, [&](std::span<std::byte> bytes) {
    return write_file(program_of(context), *file, bytes);
  });
}

Errno fd_read(Context& context, uint32_t fd, GuestSpan<const uint64_t> buffers, GuestRef<uint32_t> size) {
  if (fd == 0) {
    return each_buffer(context, buffers, size, [](std::span<std::byte> bytes) {
      return static_cast<int64_t>(platform::console_read(bytes));
    });
  }
  File* file = find(context, fd);
  if (file == nullptr) return Errno::Badf;
  if (file->writes) return Errno::Notcapable;
  return each_buffer(context, buffers, size,
                     [&](std::span<std::byte> bytes) { return read_file(*file, bytes); });
}

Errno fd_seek(Context& context, uint32_t fd, int64_t offset, uint32_t whence, GuestRef<uint64_t> position) {
  if (fd < kStreams) return Errno::Spipe;
  File* file = find(context, fd);
  if (file == nullptr) return Errno::Badf;
  if (whence > 2) return Errno::Inval;
  const int64_t base = whence == 0 ? 0 : whence == 1 ? file->position : file->size;
  if (offset < -base || offset > 0x7fff'ffff - base) return Errno::Inval;
  file->position = static_cast<uint32_t>(base + offset);
  position.set(file->position);
  return Errno::Success;
}

Errno fd_close(Context& context, uint32_t fd) {
  Program& program = program_of(context);
  if (fd <= kStorage) return Errno::Success;
  File* file = find(context, fd);
  if (file == nullptr) return Errno::Badf;
  file->open = false;
  if (!file->writes) return Errno::Success;
  program.written = nullptr;
  const bool kept = platform::blob_write({file->name, file->name_size}, program.buffer.first(file->size));
  return kept ? Errno::Success : Errno::Nospc;
}

Errno fd_fdstat_get(Context& context, uint32_t fd, uint32_t out) {
  uint8_t* place = context.guest_bytes(out, sizeof(Fdstat));
  if (place == nullptr) return Errno::Fault;
  Fdstat stat{};
  if (fd < kStreams) {
    stat.type = FileType::CharacterDevice;
    stat.base = fd == 0 ? right::kFdRead : right::kFdWrite;
  } else if (fd == kStorage) {
    stat.type = FileType::Directory;
    stat.base =
        right::kPathOpen | right::kPathCreateFile | right::kPathUnlinkFile | right::kPathFilestatSetSize;
    stat.inheriting = right::kFile;
  } else if (const File* file = find(context, fd); file != nullptr) {
    stat.type = FileType::RegularFile;
    stat.base = right::kFdSeek | right::kFdTell | (file->writes ? right::kFdWrite : right::kFdRead);
  } else {
    return Errno::Badf;
  }
  std::memcpy(place, &stat, sizeof stat);
  return Errno::Success;
}

Errno fd_fdstat_set_flags(Context& context, uint32_t fd, uint32_t flags) {
  File* file = find(context, fd);
  if (file == nullptr) return Errno::Badf;
  if (!file->writes || (flags & ~uint32_t{fdflag::kAppend}) != 0) return Errno::Notsup;
  file->appends = flags != 0;
  return Errno::Success;
}

Errno fd_prestat_get(Context&, uint32_t fd, GuestRef<uint64_t> out) {
  if (fd != kStorage) return Errno::Badf;
  out.set(uint64_t{1} << 32);  // a directory, whose name has one letter
  return Errno::Success;
}

Errno fd_prestat_dir_name(Context&, uint32_t fd, GuestSpan<char> out) {
  if (fd != kStorage) return Errno::Badf;
  if (out.size() < 1) return Errno::Nametoolong;
  out.set(0, '/');
  return Errno::Success;
}

Errno path_open(Context& context, uint32_t fd, uint32_t, GuestString path, uint32_t oflags, uint64_t base,
                uint64_t, uint32_t fdflags, GuestRef<uint32_t> opened) {
  Program& program = program_of(context);
  if (fd != kStorage) return Errno::Badf;
  if (!is_name(path)) return Errno::Noent;
  const int64_t size = platform::blob_size(path);
  if ((oflags & oflag::kDirectory) != 0) return Errno::Notdir;
  if (size < 0 && (oflags & oflag::kCreat) == 0) return Errno::Noent;
  if (size >= 0 && (oflags & (oflag::kCreat | oflag::kExcl)) == (oflag::kCreat | oflag::kExcl))
    return Errno::Exist;
  uint32_t index = 0;
  while (index < Program::kFiles && program.files[index].open) ++index;
  if (index == Program::kFiles) return Errno::Mfile;
  File file;
  file.name_size = static_cast<uint8_t>(path.size());
  std::memcpy(file.name, path.data(), path.size());
  file.size = size < 0 ? 0 : static_cast<uint32_t>(size);
  program.files[index] = file;
  if ((base & right::kFdWrite) != 0) {
    program.files[index].size = 0;
    const Errno error = begin_writing(program, program.files[index], size, oflags, fdflags);
    if (error != Errno::Success) return error;
  }
  program.files[index].open = true;
  opened.set(kFirstFile + index);
  return Errno::Success;
}

Errno path_unlink_file(Context&, uint32_t fd, GuestString path) {
  if (fd != kStorage) return Errno::Badf;
  return is_name(path) && platform::blob_remove(path) ? Errno::Success : Errno::Noent;
}

}  // namespace mote::wasi::board
