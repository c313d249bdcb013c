// SPDX-License-Identifier: Apache-2.0
// WASI preview 1: numbers and structures as guests see them (wasi_snapshot_preview1.witx). Names are the
// standard's.
#pragma once
#include <cstddef>
#include <cstdint>

namespace mote::wasi {

enum class Errno : uint16_t {
#define MOTE_WASI_ERRNO(name, posix) name,
#include "wasi/errno.inc"
};
static_assert(static_cast<int>(Errno::Notcapable) == 76);

enum class FileType : uint8_t {
  Unknown,
  BlockDevice,
  CharacterDevice,
  Directory,
  RegularFile,
  SocketDgram,
  SocketStream,
  SymbolicLink
};

/// What a descriptor may be used for: bits.
using Rights = uint64_t;
namespace right {
enum : Rights {
  kFdDatasync = 1 << 0,
  kFdRead = 1 << 1,
  kFdSeek = 1 << 2,
  kFdFdstatSetFlags = 1 << 3,
  kFdSync = 1 << 4,
  kFdTell = 1 << 5,
  kFdWrite = 1 << 6,
  kFdAdvise = 1 << 7,
  kFdAllocate = 1 << 8,
  kPathCreateDirectory = 1 << 9,
  kPathCreateFile = 1 << 10,
  kPathLinkSource = 1 << 11,
  kPathLinkTarget = 1 << 12,
  kPathOpen = 1 << 13,
  kFdReaddir = 1 << 14,
  kPathReadlink = 1 << 15,
  kPathRenameSource = 1 << 16,
  kPathRenameTarget = 1 << 17,
  kPathFilestatGet = 1 << 18,
  kPathFilestatSetSize = 1 << 19,
  kPathFilestatSetTimes = 1 << 20,
  kFdFilestatGet = 1 << 21,
  kFdFilestatSetSize = 1 << 22,
  kFdFilestatSetTimes = 1 << 23,
  kPathSymlink = 1 << 24,
  kPathRemoveDirectory = 1 << 25,
  kPathUnlinkFile = 1 << 26,
  kPollFdReadwrite = 1 << 27,
  kSockShutdown = 1 << 28,
  kSockAccept = 1 << 29,
};
inline constexpr Rights kAll = (1 << 30) - 1;
inline constexpr Rights kFile = kFdDatasync | kFdRead | kFdSeek | kFdFdstatSetFlags | kFdSync | kFdTell |
                                kFdWrite | kFdAdvise | kFdAllocate | kFdFilestatGet | kFdFilestatSetSize |
                                kFdFilestatSetTimes | kPollFdReadwrite;
inline constexpr Rights kStream =
    kFdRead | kFdWrite | kFdFdstatSetFlags | kFdFilestatGet | kPollFdReadwrite | kFdSync | kFdDatasync;
inline constexpr Rights kSocket = kStream | kSockShutdown | kSockAccept;
inline constexpr Rights kDirectory =
    kAll & ~(kFdRead | kFdWrite | kFdSeek | kFdTell | kFdAllocate | kFdAdvise | kSockShutdown | kSockAccept |
             kFdFilestatSetSize | kPollFdReadwrite);
}  // namespace right

namespace fdflag {
enum : uint16_t { kAppend = 1, kDsync = 2, kNonblock = 4, kRsync = 8, kSync = 16, kAll = 31 };
}
namespace oflag {
enum : uint16_t { kCreat = 1, kDirectory = 2, kExcl = 4, kTrunc = 8, kAll = 15 };
}
namespace fstflag {
enum : uint16_t { kAtim = 1, kAtimNow = 2, kMtim = 4, kMtimNow = 8, kAll = 15 };
}
inline constexpr uint32_t kSymlinkFollow = 1;  ///< lookupflags

struct Iovec {
  uint32_t buffer, size;
};

struct Fdstat {
  FileType type;
  uint16_t flags;
  Rights base, inheriting;
};
static_assert(sizeof(Fdstat) == 24 && offsetof(Fdstat, flags) == 2 && offsetof(Fdstat, base) == 8);

struct Filestat {
  uint64_t device, inode;
  FileType type;
  uint64_t links, size;
  uint64_t accessed, modified, changed;  ///< nanoseconds since 1970
};
static_assert(sizeof(Filestat) == 64 && offsetof(Filestat, links) == 24);

struct Prestat {
  uint8_t tag;  ///< 0: a directory
  uint32_t name_size;
};
static_assert(sizeof(Prestat) == 8);

struct Dirent {
  uint64_t next, inode;
  uint32_t name_size;
  FileType type;
};
static_assert(sizeof(Dirent) == 24);

enum class EventType : uint8_t { Clock, FdRead, FdWrite };

struct Subscription {
  uint64_t userdata;
  EventType type;
  union {
    struct {
      uint32_t id;
      uint64_t timeout, precision;
      uint16_t flags;  ///< 1: the timeout is a time, not a span
    } clock;
    uint32_t fd;
  };
};
static_assert(sizeof(Subscription) == 48 && offsetof(Subscription, clock) == 16);

struct Event {
  uint64_t userdata;
  Errno error;
  EventType type;
  uint64_t bytes;
  uint16_t flags;  ///< 1: the peer has hung up
};
static_assert(sizeof(Event) == 32 && offsetof(Event, type) == 10 && offsetof(Event, bytes) == 16);

}  // namespace mote::wasi
