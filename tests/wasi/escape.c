/* SPDX-License-Identifier: Apache-2.0 */
/* Tries to get out of its directory, by every function that takes a path. The tree is the test's (check.py).
 */
#include "check.h"

static const char* const kAttacks[] = {"..",
                                       "../",
                                       "../outside",
                                       "../outside/secret",
                                       "../outside/new",
                                       "../root/in.txt",
                                       "./../outside/secret",
                                       ".//..//outside/secret",
                                       "../../../../../../etc/passwd",
                                       "dir/../..",
                                       "dir/../../outside/secret",
                                       "dir/sub/../../../outside/secret",
                                       "dir/./sub/./../../../outside",
                                       "dir//..//..//outside//secret",
                                       "in.txt/../../outside/secret",
                                       "/",
                                       "//",
                                       "/etc/passwd",
                                       "//etc/passwd",
                                       "/./etc/passwd",
                                       "/etc/../etc/passwd",
                                       "/proc/self/root/etc/passwd",
                                       "/dev/null",
                                       "slash",
                                       "slash/",
                                       "slash/etc/passwd",
                                       "slash/proc/self/root",
                                       "abs",
                                       "abs/",
                                       "abs/secret",
                                       "abs/new",
                                       "abs_file",
                                       "rel",
                                       "rel/",
                                       "rel/.",
                                       "rel/secret",
                                       "rel/new",
                                       "rel/../root/in.txt",
                                       "rel_file",
                                       "rel_new",
                                       "up",
                                       "up/",
                                       "up/outside/secret",
                                       "up/root/in.txt",
                                       "up_again/outside/secret",
                                       "dir/up2",
                                       "dir/up2/outside/secret",
                                       "dir/../rel/secret",
                                       "dir/parent/rel/secret",
                                       "dir/parent/../outside/secret",
                                       "inside/../../outside/secret",
                                       "chain1",
                                       "chain1/secret",
                                       "chain2/new",
                                       "through",
                                       "through/secret",
                                       "proc_root",
                                       "proc_root/etc/passwd",
                                       "made_link/secret",
                                       "made_up/outside/secret"};
enum { kCount = sizeof kAttacks / sizeof *kAttacks };
_Static_assert(kCount >= 50, "at least so many");

static int escapes;

static void escaped(const char* attack, const char* how) {
  printf("ESCAPED: %s by %s\n", attack, how);
  ++escapes;
}

static void try_opening(const char* attack) {
  static const int kOflags[] = {0, __WASI_OFLAGS_CREAT, __WASI_OFLAGS_CREAT | __WASI_OFLAGS_EXCL,
                                __WASI_OFLAGS_CREAT | __WASI_OFLAGS_TRUNC, __WASI_OFLAGS_DIRECTORY};
  static const __wasi_rights_t kRights[] = {__WASI_RIGHTS_FD_READ, FILE_RIGHTS, __WASI_RIGHTS_FD_READDIR};
  __wasi_fd_t fd;
  for (int follow = 0; follow < 2; ++follow) {
    for (size_t o = 0; o < sizeof kOflags / sizeof *kOflags; ++o) {
      for (size_t r = 0; r < sizeof kRights / sizeof *kRights; ++r) {
        if (__wasi_path_open(ROOT, follow, attack, kOflags[o], kRights[r], 0, 0, &fd) == 0)
          escaped(attack, "path_open");
      }
    }
  }
}

static void try_the_rest(const char* attack) {
  __wasi_filestat_t stat;
  if (__wasi_path_filestat_get(ROOT, __WASI_LOOKUPFLAGS_SYMLINK_FOLLOW, attack, &stat) == 0)
    escaped(attack, "path_filestat_get");
  if (__wasi_path_filestat_set_times(ROOT, __WASI_LOOKUPFLAGS_SYMLINK_FOLLOW, attack, 0, 0,
                                     __WASI_FSTFLAGS_MTIM_NOW) == 0)
    escaped(attack, "path_filestat_set_times");
  if (__wasi_path_create_directory(ROOT, attack) == 0) escaped(attack, "path_create_directory");
  if (__wasi_path_remove_directory(ROOT, attack) == 0) escaped(attack, "path_remove_directory");
}

/* Takes the place of links: inside, which is no escape; so it comes last. */
static void try_renaming(const char* attack) {
  __wasi_filestat_t stat;
  if (__wasi_path_rename(ROOT, "victim", ROOT, attack) == 0 &&
      __wasi_path_filestat_get(ROOT, 0, attack, &stat) != 0)
    escaped(attack, "path_rename");
  make_file("victim", "x");
}

/* Functions that act on a link itself leave it where it is: only paths through it are attacks. */
static void try_through(const char* attack) {
  char path[200];
  snprintf(path, sizeof path, "%s/secret", attack);
  __wasi_filestat_t stat;
  if (__wasi_path_unlink_file(ROOT, path) == 0) escaped(path, "path_unlink_file");
  if (__wasi_path_link(ROOT, 0, "in.txt", ROOT, path) == 0) escaped(path, "path_link to");
  if (__wasi_path_link(ROOT, 0, path, ROOT, "stolen") == 0) escaped(path, "path_link from");
  if (__wasi_path_symlink("x", ROOT, path) == 0) escaped(path, "path_symlink");
  if (__wasi_path_rename(ROOT, path, ROOT, "stolen") == 0) escaped(path, "path_rename from");
  if (__wasi_path_filestat_get(ROOT, 0, path, &stat) == 0) escaped(path, "path_filestat_get");
  uint8_t target[64];
  __wasi_size_t size;
  snprintf(path, sizeof path, "%s/link", attack);
  if (__wasi_path_readlink(ROOT, path, target, sizeof target, &size) == 0) escaped(path, "path_readlink");
}

int main(void) {
  /* Its own links are as good as others'. */
  OK(__wasi_path_symlink("../outside", ROOT, "made_link"));
  OK(__wasi_path_symlink("dir/../..", ROOT, "made_up"));
  make_file("victim", "x");
  for (int i = 0; i < kCount; ++i) try_opening(kAttacks[i]);
  for (int i = 0; i < kCount; ++i) try_through(kAttacks[i]);
  for (int i = 0; i < kCount; ++i) try_the_rest(kAttacks[i]);
  for (int i = 0; i < kCount; ++i) try_renaming(kAttacks[i]);
  printf("%d attacks, %d escapes\n", kCount, escapes);
  if (escapes == 0) puts("ok");
  return escapes != 0;
}
