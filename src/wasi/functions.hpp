// SPDX-License-Identifier: Apache-2.0
// Every function of WASI preview 1, by subject. What a parameter means is in the standard; buffers that are
// not inside the guest's memory trap before a function runs, those that structures name give Fault.
#pragma once
#include <sys/stat.h>
#include <mote/bind.hpp>

#include "wasi/process.hpp"

namespace mote::wasi {

template <class T>
using Out = GuestRef<T>;
using Buffers = GuestSpan<const Iovec>;

// args.cpp
Errno args_get(Context&, uint32_t pointers, uint32_t text);
Errno args_sizes_get(Context&, Out<uint32_t> count, Out<uint32_t> bytes);
Errno environ_get(Context&, uint32_t pointers, uint32_t text);
Errno environ_sizes_get(Context&, Out<uint32_t> count, Out<uint32_t> bytes);
HostResult<void> proc_exit(Context&, uint32_t code);
HostResult<Errno> proc_raise(Context&, uint32_t signal);
Errno sched_yield(Context&);
Errno random_get(Context&, GuestSpan<uint8_t> out);

// clock.cpp
Errno clock_res_get(Context&, uint32_t clock, Out<uint64_t> out);
Errno clock_time_get(Context&, uint32_t clock, uint64_t precision, Out<uint64_t> out);
Errno poll_oneoff(Context&, uint32_t subscriptions, uint32_t events, uint32_t count, Out<uint32_t> happened);

// stream.cpp
Errno fd_read(Context&, uint32_t fd, Buffers buffers, Out<uint32_t> size);
Errno fd_pread(Context&, uint32_t fd, Buffers buffers, uint64_t offset, Out<uint32_t> size);
Errno fd_write(Context&, uint32_t fd, Buffers buffers, Out<uint32_t> size);
Errno fd_pwrite(Context&, uint32_t fd, Buffers buffers, uint64_t offset, Out<uint32_t> size);
Errno fd_seek(Context&, uint32_t fd, int64_t offset, uint32_t whence, Out<uint64_t> position);
Errno fd_tell(Context&, uint32_t fd, Out<uint64_t> position);
Errno sock_accept(Context&, uint32_t fd, uint32_t flags, Out<uint32_t> accepted);
Errno sock_recv(Context&, uint32_t fd, Buffers buffers, uint32_t flags, Out<uint32_t> size,
                Out<uint16_t> out_flags);
Errno sock_send(Context&, uint32_t fd, Buffers buffers, uint32_t flags, Out<uint32_t> size);
Errno sock_shutdown(Context&, uint32_t fd, uint32_t how);

// descriptor.cpp
Errno fd_advise(Context&, uint32_t fd, uint64_t offset, uint64_t size, uint32_t advice);
Errno fd_allocate(Context&, uint32_t fd, uint64_t offset, uint64_t size);
Errno fd_close(Context&, uint32_t fd);
Errno fd_datasync(Context&, uint32_t fd);
Errno fd_sync(Context&, uint32_t fd);
Errno fd_renumber(Context&, uint32_t from, uint32_t to);
Errno fd_fdstat_get(Context&, uint32_t fd, Out<Fdstat> out);
Errno fd_fdstat_set_flags(Context&, uint32_t fd, uint32_t flags);
Errno fd_fdstat_set_rights(Context&, uint32_t fd, Rights base, Rights inheriting);
Errno fd_filestat_get(Context&, uint32_t fd, Out<Filestat> out);
Errno fd_filestat_set_size(Context&, uint32_t fd, uint64_t size);
Errno fd_filestat_set_times(Context&, uint32_t fd, uint64_t accessed, uint64_t modified, uint32_t flags);
Errno fd_prestat_get(Context&, uint32_t fd, Out<Prestat> out);
Errno fd_prestat_dir_name(Context&, uint32_t fd, GuestSpan<char> out);
Errno fd_readdir(Context&, uint32_t fd, GuestSpan<uint8_t> out, uint64_t cookie, Out<uint32_t> used);

// path.cpp
Errno path_create_directory(Context&, uint32_t fd, GuestString path);
Errno path_filestat_get(Context&, uint32_t fd, uint32_t lookup, GuestString path, Out<Filestat> out);
Errno path_filestat_set_times(Context&, uint32_t fd, uint32_t lookup, GuestString path, uint64_t accessed,
                              uint64_t modified, uint32_t flags);
Errno path_link(Context&, uint32_t fd, uint32_t lookup, GuestString path, uint32_t to_fd, GuestString to);
Errno path_open(Context&, uint32_t fd, uint32_t lookup, GuestString path, uint32_t oflags, Rights base,
                Rights inheriting, uint32_t fdflags, Out<uint32_t> opened);
Errno path_readlink(Context&, uint32_t fd, GuestString path, GuestSpan<char> out, Out<uint32_t> used);
Errno path_remove_directory(Context&, uint32_t fd, GuestString path);
Errno path_rename(Context&, uint32_t fd, GuestString path, uint32_t to_fd, GuestString to);
Errno path_symlink(Context&, GuestString target, uint32_t fd, GuestString path);
Errno path_unlink_file(Context&, uint32_t fd, GuestString path);

// What several of them share.

inline Process& process_of(const Context& context) {
  return context.data_as<Process>();
}
Filestat filestat_of(const struct ::stat& state);
/// For utimensat(); false: flags contradict each other.
bool times_of(uint64_t accessed, uint64_t modified, uint32_t flags, struct ::timespec (&times)[2]);

}  // namespace mote::wasi
