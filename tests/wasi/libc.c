/* SPDX-License-Identifier: Apache-2.0 */
/* An ordinary program: WASI by way of the C library. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define CHECK(condition)                                                                   \
  do {                                                                                     \
    if (!(condition)) {                                                                    \
      printf("%s:%d: not so: %s (%s)\n", __FILE__, __LINE__, #condition, strerror(errno)); \
      exit(1);                                                                             \
    }                                                                                      \
  } while (0)

int main(void) {
  char line[64];
  CHECK(mkdir("/data/notes", 0777) == 0);
  FILE* file = fopen("/data/notes/today", "w+");
  CHECK(file != NULL && fprintf(file, "line %d\nline %d\n", 1, 2) == 14);
  rewind(file);
  CHECK(fgets(line, sizeof line, file) && fgets(line, sizeof line, file) && strcmp(line, "line 2\n") == 0);
  CHECK(fclose(file) == 0);
  struct stat state;
  CHECK(stat("/data/notes/today", &state) == 0 && state.st_size == 14 && S_ISREG(state.st_mode));
  CHECK(rename("/data/notes/today", "/data/notes/tomorrow") == 0 && access("/data/notes/today", F_OK) != 0);
  DIR* directory = opendir("/data/notes");
  int entries = 0;
  for (struct dirent* entry; (entry = readdir(directory)) != NULL;) entries += entry->d_name[0] != '.';
  CHECK(entries == 1 && closedir(directory) == 0);
  CHECK(open("/etc/passwd", O_RDONLY) < 0 && open("/data/../etc/passwd", O_RDONLY) < 0);
  CHECK(unlink("/data/notes/tomorrow") == 0 && rmdir("/data/notes") == 0);
  CHECK(rmdir("/data/notes") != 0 && errno == ENOENT);
  const time_t now = time(NULL);
  CHECK(now > 1600000000 && usleep(1000) == 0);
  CHECK(fgets(line, sizeof line, stdin) && strcmp(line, "from the test\n") == 0);
  fputs("to stderr\n", stderr);
  puts("ok");
  return 0;
}
