/* SPDX-License-Identifier: Apache-2.0 */
/* path_*, preopened directories and fd_readdir. */
#include "check.h"

#define DIR_RIGHTS (__WASI_RIGHTS_FD_READDIR | __WASI_RIGHTS_PATH_OPEN | __WASI_RIGHTS_PATH_FILESTAT_GET)

static int stat_at(const char* path, __wasi_filestat_t* stat) {
  return __wasi_path_filestat_get(ROOT, 0, path, stat);
}

static void check_preopens(void) {
  __wasi_prestat_t stat;
  char name[8] = "";
  OK(__wasi_fd_prestat_get(ROOT, &stat));
  CHECK(stat.tag == __WASI_PREOPENTYPE_DIR && stat.u.dir.pr_name_len == 5);
  OK(__wasi_fd_prestat_dir_name(ROOT, (uint8_t*)name, 5));
  CHECK(strcmp(name, "/data") == 0);
  GIVES(NAMETOOLONG, __wasi_fd_prestat_dir_name(ROOT, (uint8_t*)name, 4));
  GIVES(BADF, __wasi_fd_prestat_get(0, &stat));
  GIVES(BADF, __wasi_fd_prestat_get(ROOT + 1, &stat));
  GIVES(BADF, __wasi_fd_prestat_dir_name(ROOT + 1, (uint8_t*)name, 5));
}

static void check_making_and_removing(void) {
  __wasi_filestat_t stat;
  OK(__wasi_path_create_directory(ROOT, "d"));
  OK(__wasi_path_create_directory(ROOT, "d/e/"));
  GIVES(EXIST, __wasi_path_create_directory(ROOT, "d"));
  GIVES(NOENT, __wasi_path_create_directory(ROOT, "none/x"));
  GIVES(BADF, __wasi_path_create_directory(99, "x"));
  OK(stat_at("d/e", &stat));
  CHECK(stat.filetype == __WASI_FILETYPE_DIRECTORY);
  GIVES(NOENT, stat_at("none", &stat));
  GIVES(BADF, __wasi_path_filestat_get(99, 0, "d", &stat));
  GIVES(NOTEMPTY, __wasi_path_remove_directory(ROOT, "d"));
  GIVES(ISDIR, __wasi_path_unlink_file(ROOT, "d/e"));
  make_file("d/f", "text");
  GIVES(NOTDIR, __wasi_path_remove_directory(ROOT, "d/f"));
  GIVES(NOTDIR, __wasi_path_unlink_file(ROOT, "d/f/"));
  GIVES(INVAL, __wasi_path_remove_directory(ROOT, "d/."));
  OK(__wasi_path_unlink_file(ROOT, "d/f"));
  GIVES(NOENT, __wasi_path_unlink_file(ROOT, "d/f"));
  GIVES(BADF, __wasi_path_unlink_file(99, "d/f"));
  OK(__wasi_path_remove_directory(ROOT, "d/e/"));
  OK(__wasi_path_remove_directory(ROOT, "d"));
  GIVES(NOENT, __wasi_path_remove_directory(ROOT, "d"));
  GIVES(BADF, __wasi_path_remove_directory(99, "d"));
}

static void check_links(void) {
  __wasi_filestat_t stat, other;
  char target[16] = "";
  __wasi_size_t size = 0;
  make_file("file", "text");
  OK(__wasi_path_link(ROOT, 0, "file", ROOT, "hard"));
  OK(stat_at("file", &stat));
  OK(stat_at("hard", &other));
  CHECK(stat.ino == other.ino && stat.nlink == 2);
  GIVES(EXIST, __wasi_path_link(ROOT, 0, "file", ROOT, "hard"));
  GIVES(NOENT, __wasi_path_link(ROOT, 0, "none", ROOT, "x"));
  GIVES(INVAL, __wasi_path_link(ROOT, __WASI_LOOKUPFLAGS_SYMLINK_FOLLOW, "file", ROOT, "x"));
  GIVES(BADF, __wasi_path_link(99, 0, "file", ROOT, "x"));
  GIVES(BADF, __wasi_path_link(ROOT, 0, "file", 99, "x"));
  OK(__wasi_path_symlink("file", ROOT, "soft"));
  OK(stat_at("soft", &other));
  CHECK(other.filetype == __WASI_FILETYPE_SYMBOLIC_LINK && other.ino != stat.ino);
  OK(__wasi_path_filestat_get(ROOT, __WASI_LOOKUPFLAGS_SYMLINK_FOLLOW, "soft", &other));
  CHECK(other.ino == stat.ino);
  OK(__wasi_path_readlink(ROOT, "soft", (uint8_t*)target, sizeof target, &size));
  CHECK(size == 4 && memcmp(target, "file", 4) == 0);
  OK(__wasi_path_readlink(ROOT, "soft", (uint8_t*)target, 2, &size));
  CHECK(size == 2);
  GIVES(INVAL, __wasi_path_readlink(ROOT, "file", (uint8_t*)target, sizeof target, &size));
  GIVES(NOENT, __wasi_path_readlink(ROOT, "none", (uint8_t*)target, sizeof target, &size));
  GIVES(BADF, __wasi_path_readlink(99, "soft", (uint8_t*)target, sizeof target, &size));
  GIVES(EXIST, __wasi_path_symlink("x", ROOT, "soft"));
  GIVES(PERM, __wasi_path_symlink("/etc/passwd", ROOT, "abs"));
  GIVES(BADF, __wasi_path_symlink("x", 99, "y"));
  __wasi_fd_t fd;
  GIVES(LOOP, __wasi_path_open(ROOT, 0, "soft", 0, __WASI_RIGHTS_FD_READ, 0, 0, &fd));
  OK(__wasi_path_symlink("loop", ROOT, "loop"));
  GIVES(LOOP, open_at("loop", 0, __WASI_RIGHTS_FD_READ, &fd));
  OK(__wasi_path_symlink("../outside", ROOT, "leads_out"));
  GIVES(PERM, open_at("leads_out", 0, __WASI_RIGHTS_FD_READ, &fd));
  OK(__wasi_path_unlink_file(ROOT, "leads_out"));
}

static void check_times(void) {
  __wasi_filestat_t stat;
  const int both = __WASI_FSTFLAGS_ATIM | __WASI_FSTFLAGS_MTIM;
  OK(__wasi_path_filestat_set_times(ROOT, 0, "file", 1000000001, 2000000002, both));
  OK(stat_at("file", &stat));
  CHECK(stat.atim == 1000000001 && stat.mtim == 2000000002);
  OK(__wasi_path_filestat_set_times(ROOT, __WASI_LOOKUPFLAGS_SYMLINK_FOLLOW, "soft", 3, 4, both));
  OK(stat_at("file", &stat));
  CHECK(stat.atim == 3 && stat.mtim == 4);
  OK(__wasi_path_filestat_set_times(ROOT, 0, "soft", 5, 6, both));
  OK(stat_at("file", &stat));
  CHECK(stat.mtim == 4);
  OK(stat_at("soft", &stat));
  CHECK(stat.mtim == 6);
  GIVES(INVAL, __wasi_path_filestat_set_times(ROOT, 0, "file", 0, 0,
                                              __WASI_FSTFLAGS_MTIM | __WASI_FSTFLAGS_MTIM_NOW));
  GIVES(NOENT, __wasi_path_filestat_set_times(ROOT, 0, "none", 0, 0, both));
  GIVES(BADF, __wasi_path_filestat_set_times(99, 0, "file", 0, 0, both));
}

static void check_renaming(void) {
  __wasi_filestat_t stat;
  OK(__wasi_path_create_directory(ROOT, "dir"));
  OK(__wasi_path_create_directory(ROOT, "dir2"));
  OK(__wasi_path_rename(ROOT, "hard", ROOT, "dir/moved"));
  GIVES(NOENT, stat_at("hard", &stat));
  OK(stat_at("dir/moved", &stat));
  GIVES(NOENT, __wasi_path_rename(ROOT, "hard", ROOT, "x"));
  GIVES(NOTDIR, __wasi_path_rename(ROOT, "dir2", ROOT, "file"));
  GIVES(ISDIR, __wasi_path_rename(ROOT, "file", ROOT, "dir2"));
  GIVES(NOTEMPTY, __wasi_path_rename(ROOT, "dir2", ROOT, "dir"));
  GIVES(INVAL, __wasi_path_rename(ROOT, "dir", ROOT, "dir/inside"));
  GIVES(NOTDIR, __wasi_path_rename(ROOT, "file", ROOT, "other/"));
  GIVES(BADF, __wasi_path_rename(99, "file", ROOT, "x"));
  GIVES(BADF, __wasi_path_rename(ROOT, "file", 99, "x"));
  OK(__wasi_path_rename(ROOT, "dir", ROOT, "dir2"));
  OK(stat_at("dir2/moved", &stat));
}

/* Reads a directory with a buffer of so many bytes; how many names, and the sum of their lengths. */
static void list(__wasi_fd_t fd, __wasi_size_t buffer, int* names, int* letters) {
  static uint8_t bytes[4096];
  __wasi_dircookie_t cookie = 0;
  __wasi_size_t used = buffer;
  *names = *letters = 0;
  while (used == buffer) {
    OK(__wasi_fd_readdir(fd, bytes, buffer, cookie, &used));
    for (__wasi_size_t at = 0; at + sizeof(__wasi_dirent_t) <= used;) {
      __wasi_dirent_t entry;
      memcpy(&entry, bytes + at, sizeof entry);
      at += sizeof entry + entry.d_namlen;
      if (at > used) break; /* cut: from here again */
      ++*names;
      *letters += (int)entry.d_namlen;
      cookie = entry.d_next;
    }
  }
}

static void check_listing(void) {
  __wasi_fd_t fd, file;
  char name[16];
  int names, letters;
  __wasi_size_t used;
  OK(__wasi_path_create_directory(ROOT, "many"));
  for (int i = 0; i < 40; ++i) {
    snprintf(name, sizeof name, "many/file%02d", i);
    make_file(name, "");
  }
  OK(open_at("many", __WASI_OFLAGS_DIRECTORY, DIR_RIGHTS, &fd));
  list(fd, 4096, &names, &letters);
  CHECK(names == 42 && letters == 40 * 6 + 3); /* "." and ".." too */
  list(fd, 40, &names, &letters);
  CHECK(names == 42 && letters == 40 * 6 + 3);
  list(fd, 100, &names, &letters);
  CHECK(names == 42);
  OK(__wasi_fd_readdir(fd, (uint8_t*)name, 0, 0, &used));
  CHECK(used == 0);
  GIVES(BADF, __wasi_fd_readdir(99, (uint8_t*)name, sizeof name, 0, &used));
  OK(open_at("file", 0, __WASI_RIGHTS_FD_READ, &file));
  GIVES(NOTCAPABLE, __wasi_fd_readdir(file, (uint8_t*)name, sizeof name, 0, &used));
  OK(__wasi_fd_close(file));
  OK(__wasi_fd_close(fd));
}

/* What a directory may hand down, its files cannot exceed. */
static void check_inherited_rights(void) {
  __wasi_fd_t fd, file;
  OK(__wasi_path_open(ROOT, 0, "many", __WASI_OFLAGS_DIRECTORY, __WASI_RIGHTS_PATH_OPEN,
                      __WASI_RIGHTS_FD_READ, 0, &fd));
  OK(__wasi_path_open(fd, 0, "file00", 0, __WASI_RIGHTS_FD_READ, 0, 0, &file));
  GIVES(NOTCAPABLE, write_all(file, "x"));
  OK(__wasi_fd_close(file));
  GIVES(NOTCAPABLE, __wasi_path_open(fd, 0, "file00", 0, __WASI_RIGHTS_FD_WRITE, 0, 0, &file));
  GIVES(NOTCAPABLE, __wasi_path_open(fd, 0, "new", __WASI_OFLAGS_CREAT, __WASI_RIGHTS_FD_READ, 0, 0, &file));
  GIVES(NOTCAPABLE, __wasi_path_create_directory(fd, "new"));
  GIVES(NOTCAPABLE, __wasi_path_unlink_file(fd, "file00"));
  OK(__wasi_fd_close(fd));
}

int main(void) {
  check_preopens();
  check_making_and_removing();
  check_links();
  check_times();
  check_renaming();
  check_listing();
  check_inherited_rights();
  puts("ok");
  return 0;
}
