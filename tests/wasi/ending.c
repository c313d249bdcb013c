/* SPDX-License-Identifier: Apache-2.0 */
/* How a program ends: ending.wasm exit CODE | raise SIGNAL | return. */
#include "check.h"

/* This C library's header has it no more. */
__attribute__((import_module("wasi_snapshot_preview1"), import_name("proc_raise"))) int proc_raise(
    int signal);

int main(int argc, char** argv) {
  if (argc == 3 && strcmp(argv[1], "exit") == 0) __wasi_proc_exit(atoi(argv[2]));
  if (argc == 3 && strcmp(argv[1], "raise") == 0) {
    GIVES(SUCCESS, proc_raise(0));
    GIVES(SUCCESS, proc_raise(16)); /* child: nothing happens */
    GIVES(NOTSUP, proc_raise(18));  /* stop: nobody could continue it */
    GIVES(INVAL, proc_raise(31));
    proc_raise(atoi(argv[2]));
  }
  if (argc == 2 && strcmp(argv[1], "trap") == 0) __builtin_trap();
  puts("ok");
  return 0;
}
