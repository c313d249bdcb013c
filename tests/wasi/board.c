/* SPDX-License-Identifier: Apache-2.0 */
/* An ordinary program on a board: what WASI offers there. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define CHECK(condition)                                                           \
  do {                                                                             \
    if (!(condition)) {                                                            \
      printf("line %d: not so: %s (%s)\n", __LINE__, #condition, strerror(errno)); \
      exit(1);                                                                     \
    }                                                                              \
  } while (0)

int main(int argc, char** argv) {
  char line[32];
  struct timespec before, after;
  CHECK(argc == 2 && strcmp(argv[0], "board") == 0 && strcmp(argv[1], "argument") == 0);
  CHECK(fopen("/none", "r") == NULL && errno == ENOENT);
  FILE* file = fopen("/log", "w");
  CHECK(file != NULL && fputs("first\n", file) >= 0 && fclose(file) == 0);
  file = fopen("/log", "a");
  CHECK(file != NULL && fputs("second\n", file) >= 0);
  CHECK(open("/other", O_CREAT | O_WRONLY, 0666) < 0 && errno == EBUSY); /* one at a time */
  CHECK(fclose(file) == 0);
  file = fopen("/log", "r");
  CHECK(file != NULL && fgets(line, sizeof line, file) && strcmp(line, "first\n") == 0);
  CHECK(fgets(line, sizeof line, file) && strcmp(line, "second\n") == 0 &&
        fgets(line, sizeof line, file) == NULL);
  CHECK(fseek(file, 2, SEEK_SET) == 0 && fgetc(file) == 'r' && fclose(file) == 0);
  file = fopen("/large", "w"); /* more than there is room for */
  setvbuf(file, NULL, _IONBF, 0);
  int written = 0;
  while (written < 100000 && fputs("0123456789", file) >= 0) written += 10;
  CHECK(written < 100000 && errno == ENOSPC);
  fclose(file);
  CHECK(unlink("/log") == 0 && unlink("/log") != 0);
  CHECK(open("/a/b", O_RDONLY) < 0 && open("/../x", O_RDONLY) < 0);
  CHECK(clock_gettime(CLOCK_MONOTONIC, &before) == 0 && usleep(20000) == 0);
  CHECK(clock_gettime(CLOCK_MONOTONIC, &after) == 0);
  CHECK((after.tv_sec - before.tv_sec) * 1000000000ll + after.tv_nsec - before.tv_nsec >= 20000000);
  CHECK(clock_gettime(CLOCK_REALTIME, &after) != 0);
  CHECK(getentropy(line, sizeof line) == 0);
  puts("the program is content");
  return 7;
}
