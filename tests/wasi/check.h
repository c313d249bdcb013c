/* SPDX-License-Identifier: Apache-2.0 */
/* What the guests of this folder share: calls of WASI itself, with the error that each must give. */
#pragma once
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wasi/api.h>

#define ROOT 3 /* the directory that every program is given */

/* The call gives this error. */
#define GIVES(error, call)                                                                \
  do {                                                                                    \
    const int given_ = (call), wanted_ = __WASI_ERRNO_##error;                            \
    if (given_ != wanted_) {                                                              \
      printf("%s:%d: %s gives %d, not %d\n", __FILE__, __LINE__, #call, given_, wanted_); \
      exit(1);                                                                            \
    }                                                                                     \
  } while (0)
#define OK(call) GIVES(SUCCESS, call)
#define CHECK(condition)                                             \
  do {                                                               \
    if (!(condition)) {                                              \
      printf("%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
      exit(1);                                                       \
    }                                                                \
  } while (0)

#define FILE_RIGHTS                                                                                          \
  (__WASI_RIGHTS_FD_READ | __WASI_RIGHTS_FD_WRITE | __WASI_RIGHTS_FD_SEEK | __WASI_RIGHTS_FD_TELL |          \
   __WASI_RIGHTS_FD_SYNC | __WASI_RIGHTS_FD_DATASYNC | __WASI_RIGHTS_FD_ADVISE | __WASI_RIGHTS_FD_ALLOCATE | \
   __WASI_RIGHTS_FD_FDSTAT_SET_FLAGS | __WASI_RIGHTS_FD_FILESTAT_GET | __WASI_RIGHTS_FD_FILESTAT_SET_SIZE |  \
   __WASI_RIGHTS_FD_FILESTAT_SET_TIMES | __WASI_RIGHTS_POLL_FD_READWRITE)

static inline int open_at(const char* path, int oflags, __wasi_rights_t rights, __wasi_fd_t* fd) {
  return __wasi_path_open(ROOT, __WASI_LOOKUPFLAGS_SYMLINK_FOLLOW, path, oflags, rights, 0, 0, fd);
}

static inline int write_all(__wasi_fd_t fd, const char* text) {
  const __wasi_ciovec_t one = {(const uint8_t*)text, strlen(text)};
  __wasi_size_t written = 0;
  const int error = __wasi_fd_write(fd, &one, 1, &written);
  return error != 0 || written == one.buf_len ? error : -1;
}

/* A file of that name and content, closed again. */
static inline void make_file(const char* path, const char* text) {
  __wasi_fd_t fd;
  OK(open_at(path, __WASI_OFLAGS_CREAT | __WASI_OFLAGS_TRUNC, FILE_RIGHTS, &fd));
  OK(write_all(fd, text));
  OK(__wasi_fd_close(fd));
}
