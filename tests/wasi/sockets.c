/* SPDX-License-Identifier: Apache-2.0 */
/* sock_*: an echo server on the socket that listens, descriptor 4, behind the directory. */
#include "check.h"

#define LISTENER (ROOT + 1)

int main(void) {
  static char text[64];
  const __wasi_iovec_t in[] = {{(uint8_t*)text, 2}, {(uint8_t*)text + 2, 60}};
  __wasi_fdstat_t stat;
  __wasi_fd_t peer, file;
  __wasi_size_t size = 0;
  __wasi_roflags_t flags = 7;
  OK(__wasi_fd_fdstat_get(LISTENER, &stat));
  CHECK(stat.fs_filetype == __WASI_FILETYPE_SOCKET_STREAM);
  OK(__wasi_fd_fdstat_set_flags(LISTENER, __WASI_FDFLAGS_NONBLOCK));
  GIVES(AGAIN, __wasi_sock_accept(LISTENER, 0, &peer));
  OK(__wasi_fd_fdstat_set_flags(LISTENER, 0));
  puts("ready");
  fflush(stdout);
  OK(__wasi_sock_accept(LISTENER, 0, &peer));
  GIVES(INVAL, __wasi_sock_accept(LISTENER, __WASI_FDFLAGS_APPEND, &file));
  GIVES(BADF, __wasi_sock_accept(99, 0, &file));
  GIVES(NOTSOCK, __wasi_sock_accept(ROOT, 0, &file));

  __wasi_subscription_t wanted = {0};
  __wasi_event_t event;
  wanted.u.tag = __WASI_EVENTTYPE_FD_READ;
  wanted.u.u.fd_read.file_descriptor = peer;
  OK(__wasi_poll_oneoff(&wanted, &event, 1, &size));
  CHECK(event.error == 0 && event.fd_readwrite.nbytes == 5);
  OK(__wasi_sock_recv(peer, in, 2, __WASI_RIFLAGS_RECV_PEEK, &size, &flags));
  CHECK(size == 5 && flags == 0);
  memset(text, 0, sizeof text);
  OK(__wasi_sock_recv(peer, in, 2, 0, &size, &flags));
  CHECK(size == 5 && memcmp(text, "hello", 5) == 0);
  GIVES(INVAL, __wasi_sock_recv(peer, in, 2, 4, &size, &flags));
  GIVES(NOTSOCK, __wasi_sock_recv(0, in, 1, 0, &size, &flags));
  GIVES(BADF, __wasi_sock_recv(99, in, 1, 0, &size, &flags));
  const __wasi_ciovec_t out = {(const uint8_t*)text, 5};
  OK(__wasi_sock_send(peer, &out, 1, 0, &size));
  CHECK(size == 5);
  GIVES(INVAL, __wasi_sock_send(peer, &out, 1, 1, &size));
  GIVES(NOTSOCK, __wasi_sock_send(1, &out, 1, 0, &size));
  GIVES(BADF, __wasi_sock_send(99, &out, 1, 0, &size));
  OK(write_all(peer, "!")); /* streams, as other descriptors */
  GIVES(INVAL, __wasi_sock_shutdown(peer, 0));
  GIVES(NOTSOCK, __wasi_sock_shutdown(ROOT, __WASI_SDFLAGS_WR));
  GIVES(BADF, __wasi_sock_shutdown(99, __WASI_SDFLAGS_WR));
  OK(__wasi_sock_shutdown(peer, __WASI_SDFLAGS_WR));
  GIVES(PIPE, __wasi_sock_send(peer, &out, 1, 0, &size));
  OK(__wasi_sock_recv(peer, in, 1, 0, &size, &flags));
  CHECK(size == 0); /* the other end has closed */
  OK(__wasi_fd_close(peer));
  puts("ok");
  return 0;
}
