/* SPDX-License-Identifier: Apache-2.0 */
/* Traps of the host and of guests: message, origin, trace. */
#include "check.h"

static wasm_store_t* store;

static wasm_trap_t* fail(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)args, (void)results;
  wasm_message_t message;
  wasm_name_new_from_string_nt(&message, "the host said no");
  wasm_trap_t* trap = wasm_trap_new(store, &message);
  wasm_name_delete(&message);
  return trap;
}

static void check_message(const wasm_trap_t* trap, const char* expected) {
  wasm_message_t message;
  wasm_trap_message(trap, &message);
  CHECK(message.size == strlen(expected) + 1 && strcmp(message.data, expected) == 0);
  wasm_name_delete(&message);
}

static void check_wrong_calls(const wasm_extern_vec_t* exports) {
  /* Wrong calls are traps as well, never crashes. */
  wasm_val_vec_t none = WASM_EMPTY_VEC;
  wasm_trap_t* trap =
      wasm_func_call(wasm_extern_as_func(exports->data[0]), &none, &none); /* no room for a result */
  check_message(trap, "the host said no");
  wasm_trap_delete(trap);
  trap = wasm_func_call(wasm_extern_as_func(exports->data[1]), &none, &none);
  check_message(trap, "wrong number of arguments");
  wasm_trap_delete(trap);
  wasm_val_t wrong[] = {WASM_F32_VAL(1), WASM_I32_VAL(1)}, out[] = {WASM_INIT_VAL};
  const wasm_val_vec_t args = WASM_ARRAY_VEC(wrong);
  wasm_val_vec_t results = WASM_ARRAY_VEC(out);
  trap = wasm_func_call(wasm_extern_as_func(exports->data[1]), &args, &results);
  check_message(trap, "an argument has another type");
  wasm_trap_delete(trap);
}

int main(int argc, char** argv) {
  wasm_engine_t* engine = make_engine(argc, argv);
  store = wasm_store_new(engine);
  wasm_functype_t* type = wasm_functype_new_0_1(wasm_valtype_new_i32());
  wasm_func_t* function = wasm_func_new(store, type, fail);
  wasm_functype_delete(type);
  wasm_extern_t* imports[] = {wasm_func_as_extern(function)};
  wasm_instance_t* instance = instantiate(store, imports, 1);
  wasm_func_delete(function);
  wasm_extern_vec_t exports;
  wasm_instance_exports(instance, &exports);

  int32_t result = 0;
  wasm_trap_t* trap = call_i32(exports.data[0], 0, 0, &result);
  CHECK(trap != NULL);
  check_message(trap, "the host said no");
  wasm_frame_vec_t trace;
  wasm_trap_trace(trap, &trace);
  CHECK(trace.size == 1 && wasm_frame_func_index(trace.data[0]) == 1);
  wasm_frame_vec_delete(&trace);
  wasm_trap_delete(trap);

  CHECK(call_i32(exports.data[1], 7, 2, &result) == NULL && result == 3);
  trap = call_i32(exports.data[1], 7, 0, &result);
  check_message(trap, "integer divide by zero");
  wasm_frame_t* origin = wasm_trap_origin(trap);
  CHECK(origin != NULL && wasm_frame_func_index(origin) == 2 && wasm_frame_instance(origin) == instance);
  const uint8_t* at = guest_begin + wasm_frame_module_offset(origin);
  CHECK(at < guest_end && *at == 0x6d);       /* i32.div_s */
  CHECK(wasm_frame_func_offset(origin) == 5); /* no locals, two local.get */
  CHECK(at[-5] == 0x00 && at[-4] == 0x20);
  wasm_frame_delete(origin);
  wasm_trap_trace(trap, &trace);
  CHECK(trace.size == 2 && wasm_frame_func_index(trace.data[1]) == 3);
  wasm_frame_vec_t copy;
  wasm_frame_vec_copy(&copy, &trace);
  CHECK(wasm_frame_module_offset(copy.data[1]) == wasm_frame_module_offset(trace.data[1]));
  wasm_frame_vec_delete(&copy);
  wasm_frame_vec_delete(&trace);
  CHECK(wasm_trap_same(trap, trap) && wasm_ref_as_trap(wasm_trap_as_ref(trap)) == trap);
  wasm_trap_delete(trap);

  check_wrong_calls(&exports);
  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
