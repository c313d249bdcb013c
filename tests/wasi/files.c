/* SPDX-License-Identifier: Apache-2.0 */
/* fd_*: files, from opening to closing. */
#include "check.h"

static __wasi_fd_t fd;

static void check_reading_and_writing(void) {
  char a[4] = "", b[8] = "";
  const __wasi_ciovec_t out[] = {{(const uint8_t*)"hello", 5}, {NULL, 0}, {(const uint8_t*)" world", 6}};
  const __wasi_iovec_t in[] = {{(uint8_t*)a, 3}, {(uint8_t*)b, 7}};
  const __wasi_iovec_t outside[] = {{(uint8_t*)0xfffffff0, 64}};
  __wasi_size_t size = 0;
  __wasi_filesize_t at = 0;
  OK(__wasi_fd_write(fd, out, 3, &size));
  CHECK(size == 11);
  OK(__wasi_fd_tell(fd, &at));
  CHECK(at == 11);
  OK(__wasi_fd_read(fd, in, 2, &size));
  CHECK(size == 0);
  OK(__wasi_fd_seek(fd, -10, __WASI_WHENCE_END, &at));
  CHECK(at == 1);
  OK(__wasi_fd_read(fd, in, 2, &size));
  CHECK(size == 10 && memcmp(a, "ell", 3) == 0 && memcmp(b, "o world", 7) == 0);
  OK(__wasi_fd_seek(fd, -1, __WASI_WHENCE_CUR, &at));
  CHECK(at == 10);
  OK(__wasi_fd_pwrite(fd, out + 2, 1, 20, &size));
  CHECK(size == 6);
  OK(__wasi_fd_pread(fd, in, 1, 21, &size));
  CHECK(size == 3 && memcmp(a, "wor", 3) == 0);
  OK(__wasi_fd_tell(fd, &at));
  CHECK(at == 10); /* pread and pwrite leave it alone */
  GIVES(INVAL, __wasi_fd_seek(fd, -1, __WASI_WHENCE_SET, &at));
  GIVES(INVAL, __wasi_fd_seek(fd, 0, 3, &at));
  GIVES(INVAL, __wasi_fd_pread(fd, in, 1, (__wasi_filesize_t)-1, &size));
  GIVES(FAULT, __wasi_fd_read(fd, outside, 1, &size));
  GIVES(FAULT, __wasi_fd_write(fd, (const __wasi_ciovec_t*)outside, 1, &size));
  GIVES(BADF, __wasi_fd_read(99, in, 1, &size));
  GIVES(BADF, __wasi_fd_write(99, out, 1, &size));
  GIVES(BADF, __wasi_fd_pread(99, in, 1, 0, &size));
  GIVES(BADF, __wasi_fd_pwrite(99, out, 1, 0, &size));
  GIVES(BADF, __wasi_fd_seek(99, 0, 0, &at));
  GIVES(BADF, __wasi_fd_tell(99, &at));
  GIVES(NOTCAPABLE, __wasi_fd_read(ROOT, in, 1, &size));
}

static void check_size_and_times(void) {
  __wasi_filestat_t stat;
  OK(__wasi_fd_filestat_get(fd, &stat));
  CHECK(stat.size == 26 && stat.filetype == __WASI_FILETYPE_REGULAR_FILE && stat.nlink == 1 && stat.ino != 0);
  OK(__wasi_fd_filestat_set_size(fd, 5));
  OK(__wasi_fd_allocate(fd, 0, 100));
  OK(__wasi_fd_filestat_get(fd, &stat));
  CHECK(stat.size == 100);
  GIVES(INVAL, __wasi_fd_allocate(fd, 0, 0));
  GIVES(INVAL, __wasi_fd_filestat_set_size(fd, (__wasi_filesize_t)-1));
  OK(__wasi_fd_filestat_set_times(fd, 1500000000123456789, 7000000000,
                                  __WASI_FSTFLAGS_ATIM | __WASI_FSTFLAGS_MTIM));
  OK(__wasi_fd_filestat_get(fd, &stat));
  CHECK(stat.atim == 1500000000123456789 && stat.mtim == 7000000000);
  OK(__wasi_fd_filestat_set_times(fd, 0, 0, __WASI_FSTFLAGS_MTIM_NOW));
  OK(__wasi_fd_filestat_get(fd, &stat));
  CHECK(stat.atim == 1500000000123456789 && stat.mtim > 1600000000000000000);
  GIVES(INVAL, __wasi_fd_filestat_set_times(fd, 0, 0, __WASI_FSTFLAGS_ATIM | __WASI_FSTFLAGS_ATIM_NOW));
  GIVES(BADF, __wasi_fd_filestat_get(99, &stat));
  GIVES(BADF, __wasi_fd_filestat_set_size(99, 0));
  GIVES(BADF, __wasi_fd_filestat_set_times(99, 0, 0, 0));
  GIVES(BADF, __wasi_fd_allocate(99, 0, 1));
  OK(__wasi_fd_advise(fd, 0, 100, __WASI_ADVICE_SEQUENTIAL));
  OK(__wasi_fd_advise(fd, 0, 0, __WASI_ADVICE_DONTNEED));
  GIVES(INVAL, __wasi_fd_advise(fd, 0, 0, 6));
  GIVES(BADF, __wasi_fd_advise(99, 0, 0, 0));
  OK(__wasi_fd_sync(fd));
  OK(__wasi_fd_datasync(fd));
  GIVES(BADF, __wasi_fd_sync(99));
  GIVES(BADF, __wasi_fd_datasync(99));
}

static void check_flags_and_rights(void) {
  __wasi_fdstat_t stat;
  __wasi_size_t size = 0;
  __wasi_filesize_t at = 0;
  const __wasi_ciovec_t out = {(const uint8_t*)"x", 1};
  OK(__wasi_fd_fdstat_get(fd, &stat));
  CHECK(stat.fs_filetype == __WASI_FILETYPE_REGULAR_FILE && stat.fs_flags == 0);
  CHECK(stat.fs_rights_base == FILE_RIGHTS && stat.fs_rights_inheriting == 0);
  OK(__wasi_fd_fdstat_set_flags(fd, __WASI_FDFLAGS_APPEND));
  OK(__wasi_fd_fdstat_get(fd, &stat));
  CHECK(stat.fs_flags == __WASI_FDFLAGS_APPEND);
  OK(__wasi_fd_seek(fd, 0, __WASI_WHENCE_SET, &at));
  OK(__wasi_fd_write(fd, &out, 1, &size));
  OK(__wasi_fd_tell(fd, &at));
  CHECK(at == 101);
  OK(__wasi_fd_fdstat_set_flags(fd, 0));
  GIVES(NOTSUP, __wasi_fd_fdstat_set_flags(fd, __WASI_FDFLAGS_SYNC));
  GIVES(INVAL, __wasi_fd_fdstat_set_flags(fd, 32));
  GIVES(BADF, __wasi_fd_fdstat_set_flags(99, 0));
  GIVES(BADF, __wasi_fd_fdstat_get(99, &stat));
  /* Rights can be given up, not taken. */
  OK(__wasi_fd_fdstat_set_rights(fd, __WASI_RIGHTS_FD_READ | __WASI_RIGHTS_FD_TELL, 0));
  GIVES(NOTCAPABLE, __wasi_fd_write(fd, &out, 1, &size));
  GIVES(NOTCAPABLE, __wasi_fd_sync(fd));
  GIVES(NOTCAPABLE, __wasi_fd_datasync(fd));
  GIVES(NOTCAPABLE, __wasi_fd_filestat_set_size(fd, 1));
  GIVES(NOTCAPABLE, __wasi_fd_fdstat_set_rights(fd, FILE_RIGHTS, 0));
  GIVES(BADF, __wasi_fd_fdstat_set_rights(99, 0, 0));
  OK(__wasi_fd_tell(fd, &at));
}

static void check_closing(void) {
  __wasi_fd_t first, second;
  __wasi_filestat_t stat;
  make_file("first", "1");
  make_file("second", "22");
  OK(open_at("first", 0, FILE_RIGHTS, &first));
  OK(open_at("second", 0, FILE_RIGHTS, &second));
  CHECK(first != second);
  OK(__wasi_fd_renumber(second, first));
  GIVES(BADF, __wasi_fd_filestat_get(second, &stat));
  OK(__wasi_fd_filestat_get(first, &stat));
  CHECK(stat.size == 2);
  OK(__wasi_fd_renumber(first, first));
  GIVES(BADF, __wasi_fd_renumber(first, 99));
  GIVES(BADF, __wasi_fd_renumber(99, first));
  OK(__wasi_fd_close(first));
  GIVES(BADF, __wasi_fd_close(first));
  GIVES(BADF, __wasi_fd_close(0xffffffff));
  OK(open_at("second", 0, FILE_RIGHTS, &second));
  CHECK(second == first); /* the lowest that is free */
  OK(__wasi_fd_close(second));
}

static void check_opening(void) {
  __wasi_fd_t opened;
  GIVES(NOENT, open_at("none", 0, FILE_RIGHTS, &opened));
  GIVES(EXIST, open_at("first", __WASI_OFLAGS_CREAT | __WASI_OFLAGS_EXCL, FILE_RIGHTS, &opened));
  GIVES(NOTDIR, open_at("first", __WASI_OFLAGS_DIRECTORY, __WASI_RIGHTS_FD_READDIR, &opened));
  GIVES(NOTDIR, open_at("first/x", 0, FILE_RIGHTS, &opened));
  GIVES(NOTDIR, open_at("first/", 0, __WASI_RIGHTS_FD_READ, &opened));
  GIVES(INVAL, open_at("first", __WASI_OFLAGS_DIRECTORY | __WASI_OFLAGS_CREAT, FILE_RIGHTS, &opened));
  GIVES(INVAL, open_at("first", 16, FILE_RIGHTS, &opened));
  GIVES(ISDIR, open_at(".", 0, FILE_RIGHTS, &opened));
  GIVES(NOENT, open_at("", 0, FILE_RIGHTS, &opened));
  GIVES(ILSEQ, open_at("bad\xff", 0, FILE_RIGHTS, &opened));
  GIVES(NOTCAPABLE, open_at("first", 0, (__wasi_rights_t)1 << 40, &opened));
  GIVES(BADF, __wasi_path_open(99, 0, "first", 0, FILE_RIGHTS, 0, 0, &opened));
  OK(open_at("first", 0, __WASI_RIGHTS_FD_READ, &opened));
  __wasi_fd_t below;
  GIVES(NOTDIR, __wasi_path_open(opened, 0, "x", 0, FILE_RIGHTS, 0, 0, &below));
  OK(__wasi_fd_close(opened));
  OK(open_at("first", __WASI_OFLAGS_TRUNC, FILE_RIGHTS, &opened));
  __wasi_filestat_t stat;
  OK(__wasi_fd_filestat_get(opened, &stat));
  CHECK(stat.size == 0);
  OK(__wasi_fd_close(opened));
}

int main(void) {
  OK(open_at("file", __WASI_OFLAGS_CREAT | __WASI_OFLAGS_EXCL, FILE_RIGHTS, &fd));
  check_reading_and_writing();
  check_size_and_times();
  check_flags_and_rights();
  OK(__wasi_fd_close(fd));
  check_closing();
  check_opening();
  puts("ok");
  return 0;
}
