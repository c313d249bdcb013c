/* SPDX-License-Identifier: Apache-2.0 */
/* Arguments, environment, clocks, random numbers, polling. */
#include "check.h"

static void check_arguments(void) {
  static uint8_t* pointers[8];
  static uint8_t text[128];
  __wasi_size_t count, bytes;
  OK(__wasi_args_sizes_get(&count, &bytes));
  CHECK(count == 4 && bytes == sizeof "system.wasm" + sizeof "one" + sizeof "--two" + sizeof "-3");
  OK(__wasi_args_get(pointers, text));
  CHECK(strcmp((char*)pointers[0], "system.wasm") == 0 && strcmp((char*)pointers[1], "one") == 0);
  CHECK(strcmp((char*)pointers[2], "--two") == 0 && strcmp((char*)pointers[3], "-3") == 0);
  GIVES(FAULT, __wasi_args_get((uint8_t**)0xfffffffc, text));
  GIVES(FAULT, __wasi_args_get(pointers, (uint8_t*)0xfffffffc));
  OK(__wasi_environ_sizes_get(&count, &bytes));
  CHECK(count == 2);
  OK(__wasi_environ_get(pointers, text));
  CHECK(strcmp((char*)pointers[0], "KEY=value") == 0 && strcmp((char*)pointers[1], "EMPTY=") == 0);
  GIVES(FAULT, __wasi_environ_get((uint8_t**)0xfffffffc, text));
  CHECK(strcmp(getenv("KEY"), "value") == 0 && getenv("HOME") == NULL);
}

static void check_clocks(void) {
  __wasi_timestamp_t resolution, before, after;
  for (int clock = 0; clock < 4; ++clock) {
    OK(__wasi_clock_res_get(clock, &resolution));
    CHECK(resolution > 0 && resolution < 1000000000);
    OK(__wasi_clock_time_get(clock, 0, &before));
    OK(__wasi_clock_time_get(clock, 0, &after));
    CHECK(after >= before);
  }
  OK(__wasi_clock_time_get(__WASI_CLOCKID_REALTIME, 0, &before));
  CHECK(before > 1600000000000000000);
  GIVES(INVAL, __wasi_clock_res_get(4, &resolution));
  GIVES(INVAL, __wasi_clock_time_get(4, 0, &before));
  OK(__wasi_sched_yield());
}

static void check_random(void) {
  uint8_t a[300] = {0}, b[300] = {0};
  OK(__wasi_random_get(a, sizeof a));
  OK(__wasi_random_get(b, sizeof b));
  CHECK(memcmp(a, b, sizeof a) != 0);
  OK(__wasi_random_get(a, 0));
}

static __wasi_subscription_t clock_subscription(int clock, __wasi_timestamp_t timeout, int flags) {
  __wasi_subscription_t s = {0};
  s.userdata = 0x1234567890;
  s.u.tag = __WASI_EVENTTYPE_CLOCK;
  s.u.u.clock.id = clock;
  s.u.u.clock.timeout = timeout;
  s.u.u.clock.flags = flags;
  return s;
}

static __wasi_subscription_t fd_subscription(int type, __wasi_fd_t fd) {
  __wasi_subscription_t s = {0};
  s.userdata = 42;
  s.u.tag = type;
  s.u.u.fd_read.file_descriptor = fd;
  return s;
}

static void check_polling(void) {
  __wasi_event_t events[3];
  __wasi_size_t count = 0;
  __wasi_timestamp_t before, after;
  __wasi_subscription_t wanted[3];
  OK(__wasi_clock_time_get(__WASI_CLOCKID_MONOTONIC, 0, &before));
  wanted[0] = clock_subscription(__WASI_CLOCKID_MONOTONIC, 20000000, 0);
  wanted[1] = clock_subscription(__WASI_CLOCKID_MONOTONIC, 90000000000, 0);
  OK(__wasi_poll_oneoff(wanted, events, 2, &count));
  OK(__wasi_clock_time_get(__WASI_CLOCKID_MONOTONIC, 0, &after));
  CHECK(count == 1 && events[0].userdata == 0x1234567890 && events[0].type == __WASI_EVENTTYPE_CLOCK);
  CHECK(events[0].error == 0 && after - before >= 20000000);
  wanted[0] = clock_subscription(__WASI_CLOCKID_MONOTONIC, after + 10000000,
                                 __WASI_SUBCLOCKFLAGS_SUBSCRIPTION_CLOCK_ABSTIME);
  OK(__wasi_poll_oneoff(wanted, events, 1, &count));
  OK(__wasi_clock_time_get(__WASI_CLOCKID_MONOTONIC, 0, &before));
  CHECK(before >= after + 10000000);
  wanted[0] = clock_subscription(__WASI_CLOCKID_REALTIME, 1, __WASI_SUBCLOCKFLAGS_SUBSCRIPTION_CLOCK_ABSTIME);
  OK(__wasi_poll_oneoff(wanted, events, 1, &count)); /* long past */
  CHECK(count == 1);
  wanted[0] = clock_subscription(9, 0, 0);
  OK(__wasi_poll_oneoff(wanted, events, 1, &count));
  CHECK(count == 1 && events[0].error == __WASI_ERRNO_INVAL);

  __wasi_fd_t file;
  make_file("polled", "text");
  OK(open_at("polled", 0, FILE_RIGHTS, &file));
  wanted[0] = fd_subscription(__WASI_EVENTTYPE_FD_READ, file);
  wanted[1] = fd_subscription(__WASI_EVENTTYPE_FD_WRITE, file);
  wanted[2] = clock_subscription(__WASI_CLOCKID_MONOTONIC, 90000000000, 0);
  OK(__wasi_poll_oneoff(wanted, events, 3, &count));
  CHECK(count == 2 && events[0].userdata == 42 && events[0].type == __WASI_EVENTTYPE_FD_READ);
  CHECK(events[0].fd_readwrite.nbytes == 4 && events[1].type == __WASI_EVENTTYPE_FD_WRITE);
  OK(__wasi_fd_close(file));
  wanted[0] = fd_subscription(__WASI_EVENTTYPE_FD_READ, file);
  OK(__wasi_poll_oneoff(wanted, events, 1, &count));
  CHECK(count == 1 && events[0].error == __WASI_ERRNO_BADF);
  GIVES(INVAL, __wasi_poll_oneoff(wanted, events, 0, &count));
  wanted[0].u.tag = 3;
  GIVES(INVAL, __wasi_poll_oneoff(wanted, events, 1, &count));
  GIVES(FAULT, __wasi_poll_oneoff((void*)0xfffffff0, events, 1, &count));
}

int main(void) {
  check_arguments();
  check_clocks();
  check_random();
  check_polling();
  puts("ok");
  return 0;
}
