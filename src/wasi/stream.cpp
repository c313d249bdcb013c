// SPDX-License-Identifier: Apache-2.0
// Reading and writing, files and sockets.
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <climits>

#include "wasi/functions.hpp"

namespace mote::wasi {

namespace {

/// The program's buffers as the system wants them. Fault: one is not inside its memory.
Errno gather(const Context& context, Buffers buffers, std::vector<iovec>& out) {
  if (buffers.size() > IOV_MAX) return Errno::Inval;
  uint64_t sum = 0;
  for (uint32_t i = 0; i < buffers.size(); ++i) {
    const Iovec one = buffers[i];
    uint8_t* bytes = context.guest_bytes(one.buffer, one.size);
    if (bytes == nullptr) return Errno::Fault;
    sum += one.size;
    out.push_back({bytes, one.size});
  }
  return sum > INT32_MAX ? Errno::Inval : Errno::Success;
}

/// Calls `move(fd, iovecs, count)`, which answers bytes or -1.
template <class Move>
Errno transfer(Context& context, uint32_t fd, Rights rights, Buffers buffers, Out<uint32_t> size, Move move) {
  Errno error;
  Descriptor* found = process_of(context).find(fd, rights, error);
  if (found == nullptr) return error;
  std::vector<iovec> all;
  error = gather(context, buffers, all);
  if (error != Errno::Success) return error;
  ssize_t count;
  do {
    count = move(found->file.get(), all.data(), static_cast<int>(all.size()));
  } while (count < 0 && errno == EINTR);
  if (count < 0) return last_error();
  size.set(static_cast<uint32_t>(count));
  return Errno::Success;
}

bool is_socket(const Descriptor& found) {
  return found.type == FileType::SocketStream || found.type == FileType::SocketDgram;
}

Descriptor* find_socket(Context& context, uint32_t fd, Rights rights, Errno& error) {
  Descriptor* found = process_of(context).find(fd, 0, error);
  if (found == nullptr) return nullptr;
  if (!is_socket(*found)) {
    error = Errno::Notsock;
    return nullptr;
  }
  return process_of(context).find(fd, rights, error);
}

}  // namespace

Errno fd_read(Context& context, uint32_t fd, Buffers buffers, Out<uint32_t> size) {
  return transfer(context, fd, right::kFdRead, buffers, size, readv);
}
Errno fd_write(Context& context, uint32_t fd, Buffers buffers, Out<uint32_t> size) {
  return transfer(context, fd, right::kFdWrite, buffers, size, writev);
}
Errno fd_pread(Context& context, uint32_t fd, Buffers buffers, uint64_t offset, Out<uint32_t> size) {
  return transfer(context, fd, right::kFdRead | right::kFdSeek, buffers, size,
                  [&](int file, const iovec* all, int count) {
                    return preadv(file, all, count, static_cast<off_t>(offset));
                  });
}
Errno fd_pwrite(Context& context, uint32_t fd, Buffers buffers, uint64_t offset, Out<uint32_t> size) {
  return transfer(context, fd, right::kFdWrite | right::kFdSeek, buffers, size,
                  [&](int file, const iovec* all, int count) {
                    return pwritev(file, all, count, static_cast<off_t>(offset));
                  });
}

Errno fd_seek(Context& context, uint32_t fd, int64_t offset, uint32_t whence, Out<uint64_t> position) {
  constexpr int kWhence[] = {SEEK_SET, SEEK_CUR, SEEK_END};
  Errno error;
  // To ask where it stands takes a lesser right.
  const bool asks = whence == 1 && offset == 0;
  Descriptor* found = process_of(context).find(fd, asks ? right::kFdTell : right::kFdSeek, error);
  if (found == nullptr) return error == Errno::Notcapable && whence < 3 ? Errno::Spipe : error;
  if (whence >= std::size(kWhence)) return Errno::Inval;
  const off_t at = lseek(found->file.get(), offset, kWhence[whence]);
  if (at < 0) return last_error();
  position.set(static_cast<uint64_t>(at));
  return Errno::Success;
}

Errno fd_tell(Context& context, uint32_t fd, Out<uint64_t> position) {
  return fd_seek(context, fd, 0, 1, position);
}

Errno sock_accept(Context& context, uint32_t fd, uint32_t flags, Out<uint32_t> accepted) {
  Errno error;
  const Descriptor* found = find_socket(context, fd, right::kSockAccept, error);
  if (found == nullptr) return error;
  if ((flags & ~uint32_t{fdflag::kNonblock}) != 0) return Errno::Inval;
  const int peer = accept4(found->file.get(), nullptr, nullptr,
                           SOCK_CLOEXEC | ((flags & fdflag::kNonblock) != 0 ? SOCK_NONBLOCK : 0));
  if (peer < 0) return last_error();
  accepted.set(process_of(context).add_socket(peer));
  return Errno::Success;
}

Errno sock_recv(Context& context, uint32_t fd, Buffers buffers, uint32_t flags, Out<uint32_t> size,
                Out<uint16_t> out_flags) {
  constexpr uint32_t kPeek = 1, kWaitAll = 2;
  Errno error;
  if (find_socket(context, fd, right::kFdRead, error) == nullptr) return error;
  if ((flags & ~(kPeek | kWaitAll)) != 0) return Errno::Inval;
  msghdr message{};
  error = transfer(context, fd, right::kFdRead, buffers, size, [&](int file, iovec* all, int count) {
    message.msg_iov = all;
    message.msg_iovlen = static_cast<size_t>(count);
    return recvmsg(file, &message,
                   ((flags & kPeek) != 0 ? MSG_PEEK : 0) | ((flags & kWaitAll) != 0 ? MSG_WAITALL : 0));
  });
  if (error == Errno::Success) out_flags.set((message.msg_flags & MSG_TRUNC) != 0 ? 1 : 0);
  return error;
}

Errno sock_send(Context& context, uint32_t fd, Buffers buffers, uint32_t flags, Out<uint32_t> size) {
  Errno error;
  if (find_socket(context, fd, right::kFdWrite, error) == nullptr) return error;
  if (flags != 0) return Errno::Inval;
  return transfer(context, fd, right::kFdWrite, buffers, size, [](int file, iovec* all, int count) {
    msghdr message{};
    message.msg_iov = all;
    message.msg_iovlen = static_cast<size_t>(count);
    return sendmsg(file, &message, MSG_NOSIGNAL);
  });
}

Errno sock_shutdown(Context& context, uint32_t fd, uint32_t how) {
  constexpr int kHow[] = {SHUT_RD, SHUT_WR, SHUT_RDWR};  // by the bits 1: receiving, 2: sending
  Errno error;
  const Descriptor* found = find_socket(context, fd, right::kSockShutdown, error);
  if (found == nullptr) return error;
  if (how == 0 || how > 3) return Errno::Inval;
  return shutdown(found->file.get(), kHow[how - 1]) == 0 ? Errno::Success : last_error();
}

}  // namespace mote::wasi
