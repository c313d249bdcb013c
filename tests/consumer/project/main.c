/* SPDX-License-Identifier: Apache-2.0 */
/* A user's program in C. */
#include <mote/mote.h>
#include <stdio.h>

/* (module (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))) */
static const unsigned char kAdd[] = {0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x07, 0x01,
                                     0x60, 0x02, 0x7f, 0x7f, 0x01, 0x7f, 0x03, 0x02, 0x01, 0x00, 0x07,
                                     0x07, 0x01, 0x03, 'a',  'd',  'd',  0x00, 0x00, 0x0a, 0x09, 0x01,
                                     0x07, 0x00, 0x20, 0x00, 0x20, 0x01, 0x6a, 0x0b};

int main(void) {
  static _Alignas(8) unsigned char pool[8 * 1024];
  mote_engine* engine = mote_engine_new(pool, sizeof pool);
  mote_error error;
  mote_value values[2] = {{MOTE_I32, {2}}, {MOTE_I32, {3}}};
  mote_module* module = mote_module_load(engine, kAdd, sizeof kAdd, NULL, &error);
  mote_instance* instance = module ? mote_instance_new(engine, module, NULL, NULL, &error) : NULL;
  mote_function* add = instance ? mote_instance_function(instance, "add", &error) : NULL;
  if (add == NULL || !mote_function_call(add, values, 2, values, 2, &error)) {
    fprintf(stderr, "%s\n", error.message);
    return 1;
  }
  printf("2 + 3 = %d\n", (int)values[0].of.i32);
  return 0;
}
