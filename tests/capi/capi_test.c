/* SPDX-License-Identifier: Apache-2.0 */
/* capi_test NAME: the test of that name. */
#include <mote/mote.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

extern const uint8_t capi_begin[], capi_end[];

#define CHECK(condition)                                                      \
  do {                                                                        \
    if (!(condition)) {                                                       \
      fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
      exit(1);                                                                \
    }                                                                         \
  } while (0)

/* --- What the guest is given. */

typedef struct host {
  int waits; /* so often is the answer "not yet" */
  int calls;
  bool fail;
  char said[32];
} host;

static mote_host_status ask(mote_context* context, uint32_t* slots) {
  host* self = mote_context_data(context);
  ++self->calls;
  if (self->fail) return mote_context_trap(context, MOTE_TRAP_Host, "the sensor is gone");
  if (self->waits-- > 0) return MOTE_WAITING;
  slots[0] *= 2;
  return MOTE_DONE;
}

static mote_host_status mix(mote_context* context, uint32_t* slots) {
  (void)context;
  const double sum =
      (double)mote_slots_i64(slots) + (double)mote_slots_f32(slots + 2) + mote_slots_f64(slots + 3);
  mote_slots_set_f64(slots, sum);
  return MOTE_DONE;
}

static mote_host_status text(mote_context* context, uint32_t* slots) {
  const char* words = mote_context_string(context, slots[0]);
  if (words == NULL) return mote_context_trap(context, MOTE_TRAP_MemoryOutOfBounds, NULL);
  CHECK(mote_context_bytes(context, slots[0], 5) == (const void*)words);
  CHECK(mote_context_bytes(context, 65535, 2) == NULL);
  snprintf(((host*)mote_context_data(context))->said, sizeof(host) - offsetof(host, said), "%s", words);
  return MOTE_DONE;
}

static const mote_host_function kHost[] = {
    {"env", "host", "i:i", ask, NULL}, {"env", "mix", "lfd:d", mix, NULL}, {"env", "text", "i:", text, NULL}};
static const mote_imports kImports = {kHost, 3, NULL, 0, NULL, 0};

/* --- One module and one instance of it. */

static _Alignas(8) unsigned char g_pool[512 * 1024];

typedef struct fixture {
  mote_engine* engine;
  mote_module* module;
  mote_instance* instance;
  host host;
} fixture;

static void set_up(fixture* f, uint64_t fuel) {
  mote_error error;
  memset(&f->host, 0, sizeof f->host);
  f->engine = mote_engine_new(g_pool, sizeof g_pool);
  CHECK(f->engine != NULL);
  f->module = mote_module_load(f->engine, capi_begin, (size_t)(capi_end - capi_begin), NULL, &error);
  CHECK(f->module != NULL);
  mote_instance_options options = MOTE_INSTANCE_OPTIONS;
  options.fuel = fuel;
  options.stack_bytes = 4096;
  options.data = &f->host;
  f->instance = mote_instance_new(f->engine, f->module, &kImports, &options, &error);
  CHECK(f->instance != NULL);
}

static void tear_down(fixture* f) {
  mote_instance_release(f->instance);
  mote_module_release(f->module);
  CHECK(mote_engine_usage(f->engine).used == 0);
}

static mote_value i32(int32_t value) {
  mote_value v;
  v.type = MOTE_I32;
  v.of.i32 = value;
  return v;
}

/* Calls with i32 arguments; one result or none. */
static bool call(fixture* f, const char* name, int32_t a, int32_t b, mote_value* result, mote_error* error) {
  const mote_function* function = mote_instance_function(f->instance, name, error);
  CHECK(function != NULL);
  const mote_extern_type type = mote_function_type(function);
  const mote_value arguments[] = {i32(a), i32(b)};
  return mote_function_call(function, arguments, mote_type_param_count(&type), result, 1, error);
}

/* --- The tests. */

static void test_calls(fixture* f) {
  mote_value result;
  CHECK(call(f, "add", 2, -5, &result, NULL));
  CHECK(result.type == MOTE_I32 && result.of.i32 == -3);
  CHECK(call(f, "ask", 21, 0, &result, NULL));
  CHECK(result.of.i32 == 142 && f->host.calls == 1);
  CHECK(call(f, "say", 16, 0, &result, NULL));
  CHECK(strcmp(f->host.said, "hello") == 0);
}

static void test_values(fixture* f) {
  mote_value arguments[4], results[4];
  arguments[0] = i32(-7);
  arguments[1].type = MOTE_I64;
  arguments[1].of.i64 = INT64_MIN + 1;
  arguments[2].type = MOTE_F32;
  arguments[2].of.f32 = 0.5f;
  arguments[3].type = MOTE_F64;
  arguments[3].of.f64 = -1e300;
  const mote_function* swap = mote_instance_function(f->instance, "swap", NULL);
  CHECK(mote_function_call(swap, arguments, 4, results, 4, NULL));
  CHECK(results[0].type == MOTE_F64 && results[0].of.f64 == -1e300);
  CHECK(results[1].type == MOTE_F32 && results[1].of.f32 == 0.5f);
  CHECK(results[2].type == MOTE_I64 && results[2].of.i64 == INT64_MIN + 1);
  CHECK(results[3].type == MOTE_I32 && results[3].of.i32 == -7);
  const mote_function* mixed = mote_instance_function(f->instance, "mixed", NULL);
  arguments[1].of.i64 = 1 << 20;
  arguments[3].of.f64 = 0.25;
  CHECK(mote_function_call(mixed, arguments + 1, 3, results, 1, NULL));
  CHECK(results[0].of.f64 == (1 << 20) + 0.75);
  arguments[0].type = MOTE_EXTERNREF;
  arguments[0].of.ref = 0xdeadbeef;
  const mote_function* same = mote_instance_function(f->instance, "same", NULL);
  CHECK(mote_function_call(same, arguments, 1, results, 1, NULL));
  CHECK(results[0].type == MOTE_EXTERNREF && results[0].of.ref == 0xdeadbeef);
}

static void test_errors(fixture* f) {
  mote_error error;
  mote_value values[4];
  const mote_function* add = mote_instance_function(f->instance, "add", &error);
  CHECK(!mote_function_call(add, values, 1, values, 1, &error) && error.code == MOTE_ERROR_Signature);
  values[0] = values[1] = i32(1);
  CHECK(!mote_function_call(add, values, 2, values, 0, &error) && error.code == MOTE_ERROR_Signature);
  values[1].type = MOTE_F32;
  CHECK(!mote_function_call(add, values, 2, values, 1, &error) && error.code == MOTE_ERROR_Signature);
  CHECK(error.detail == 1);
  CHECK(mote_instance_function(f->instance, "sub", &error) == NULL && error.code == MOTE_ERROR_NotFound);
  CHECK(error.name.size == 3 && memcmp(error.name.data, "sub", 3) == 0);
  CHECK(mote_instance_function(f->instance, "memory", NULL) == NULL);
  CHECK(mote_instance_new(f->engine, f->module, NULL, NULL, &error) == NULL);
  CHECK(error.code == MOTE_ERROR_Unlinkable && memcmp(error.module.data, "env", 3) == 0);
  CHECK(error.name.size == 4 && memcmp(error.name.data, "host", 4) == 0);
  CHECK(mote_module_load(f->engine, "wasm?", 5, NULL, &error) == NULL);
  CHECK(error.code == MOTE_ERROR_Malformed && error.offset != MOTE_NONE && error.message[0] != '\0');
  CHECK(strcmp(mote_error_text(MOTE_ERROR_OutOfMemory), "the pool is too small") == 0);
  CHECK(strcmp(mote_trap_text(MOTE_TRAP_Unreachable), "unreachable") == 0);
}

static void test_traps(fixture* f) {
  mote_value result;
  mote_error error;
  mote_frame frames[20];
  CHECK(!call(f, "outer", 65533, 0, &result, &error));
  CHECK(error.code == MOTE_ERROR_Trapped && error.trap == MOTE_TRAP_MemoryOutOfBounds);
  CHECK(mote_instance_status(f->instance) == MOTE_STOPPED_BY_TRAP);
  CHECK(mote_instance_backtrace(f->instance, frames, 20) == 2);
  CHECK(frames[0].name.size == 4 && memcmp(frames[0].name.data, "load", 4) == 0);
  CHECK(capi_begin[frames[0].offset] == 0x28 && frames[0].instance == f->instance);
  CHECK(frames[1].name.size == 5 && memcmp(frames[1].name.data, "outer", 5) == 0);
  CHECK(!call(f, "deep", 30, 0, &result, &error) && error.trap == MOTE_TRAP_Unreachable);
  CHECK(mote_instance_backtrace(f->instance, frames, 20) == 31);
  CHECK(frames[19].function == 13 && frames[19].offset != frames[0].offset);
  f->host.fail = true;
  CHECK(!call(f, "ask", 1, 0, &result, &error) && error.trap == MOTE_TRAP_Host);
  CHECK(strcmp(error.message, "the sensor is gone") == 0);
  CHECK(!call(f, "say", 65534, 0, &result, &error) && error.trap == MOTE_TRAP_MemoryOutOfBounds);
}

static void test_fuel(fixture* f) {
  mote_value result;
  mote_error error;
  mote_instance_set_fuel(f->instance, 1000);
  CHECK(!call(f, "spin", 0, 0, &result, &error) && error.code == MOTE_ERROR_Suspended);
  CHECK(mote_instance_status(f->instance) == MOTE_SUSPENDED && mote_instance_fuel(f->instance) == 0);
  CHECK(!call(f, "add", 1, 1, &result, &error) && error.code == MOTE_ERROR_Busy);
  mote_instance_set_fuel(f->instance, 50);
  CHECK(!mote_instance_resume(f->instance, NULL, 0, &error) && error.code == MOTE_ERROR_Suspended);
  mote_instance_kill(f->instance);
  mote_instance_set_fuel(f->instance, 10);
  CHECK(call(f, "add", 1, 1, &result, &error) && result.of.i32 == 2);
  CHECK(mote_instance_fuel(f->instance) == 9);
}

static mote_instance* g_spinning;
static void interrupt(int number) {
  signal(number, interrupt);
  mote_instance_interrupt(g_spinning);
}

static void test_interrupt(fixture* f) {
  mote_value result;
  mote_error error;
  g_spinning = f->instance;
  signal(SIGALRM, interrupt);
  const struct itimerval often = {{0, 2000}, {0, 2000}}, never = {{0, 0}, {0, 0}};
  setitimer(ITIMER_REAL, &often, NULL);
  CHECK(!call(f, "spin", 0, 0, &result, &error) && error.code == MOTE_ERROR_Suspended);
  CHECK(strcmp(error.message, "interrupted") == 0);
  CHECK(!mote_instance_resume(f->instance, NULL, 0, &error) && error.code == MOTE_ERROR_Suspended);
  setitimer(ITIMER_REAL, &never, NULL);
  mote_instance_kill(f->instance);
  CHECK(call(f, "add", 1, 1, &result, &error) && result.of.i32 == 2);
}

static void test_waits(fixture* f) {
  mote_value result;
  mote_error error;
  f->host.waits = 2;
  CHECK(!call(f, "ask", 4, 0, &result, &error) && error.code == MOTE_ERROR_Suspended);
  CHECK(!mote_instance_resume(f->instance, &result, 1, &error) && error.code == MOTE_ERROR_Suspended);
  CHECK(mote_instance_resume(f->instance, &result, 1, &error));
  CHECK(result.type == MOTE_I32 && result.of.i32 == 108 && f->host.calls == 3);
  CHECK(!mote_instance_resume(f->instance, &result, 1, &error) && error.code == MOTE_ERROR_Busy);
}

static void test_memory(fixture* f) {
  size_t bytes = 0;
  uint8_t* memory = mote_instance_memory(f->instance, NULL, &bytes);
  CHECK(bytes == 65536 && memcmp(memory + 16, "hello", 6) == 0);
  CHECK(mote_instance_memory(f->instance, "memory", &bytes) == memory);
  CHECK(mote_instance_memory(f->instance, "table", &bytes) == NULL && bytes == 0);
  mote_extern item;
  CHECK(mote_instance_export(f->instance, "memory", &item, NULL) && item.kind == MOTE_MEMORY);
  CHECK(mote_memory_pages(&item) == 1 && mote_memory_bytes(&item, &bytes) == memory);
  CHECK(mote_memory_grow(f->engine, &item, 1) == 1 && mote_memory_grow(f->engine, &item, 1) == -1);
  memory = mote_memory_bytes(&item, &bytes);
  CHECK(bytes == 2 * 65536 && memory[16] == 'h' && memory[65536] == 0);
  memory[65540] = 77;
  mote_value result;
  CHECK(call(f, "load", 65540, 0, &result, NULL) && result.of.i32 == 77);
}

static void test_globals(fixture* f) {
  mote_value value;
  mote_error error;
  CHECK(mote_instance_global(f->instance, "counter", &value, NULL) && value.of.i32 == 7);
  value.of.i32 = 41;
  CHECK(mote_instance_set_global(f->instance, "counter", &value, NULL));
  CHECK(call(f, "count", 0, 0, &value, NULL) && value.of.i32 == 42);
  CHECK(mote_instance_global(f->instance, "constant", &value, NULL) && value.of.f64 == 2.5);
  CHECK(!mote_instance_set_global(f->instance, "constant", &value, &error));
  CHECK(error.code == MOTE_ERROR_Signature);
  CHECK(!mote_instance_global(f->instance, "add", &value, &error) && error.code == MOTE_ERROR_NotFound);
  mote_extern cell;
  CHECK(mote_instance_export(f->instance, "counter", &cell, NULL) && cell.kind == MOTE_GLOBAL);
  CHECK(mote_global_get(&cell).of.i32 == 42);
  value = i32(9);
  CHECK(mote_global_set(&cell, &value, NULL) && mote_global_get(&cell).of.i32 == 9);
  value.type = MOTE_F32;
  CHECK(!mote_global_set(&cell, &value, &error) && error.code == MOTE_ERROR_Signature);
}

static void test_tables(fixture* f) {
  mote_extern table;
  mote_error error;
  mote_value values[3] = {i32(1), i32(20), i32(22)};
  uint32_t reference = 0;
  CHECK(mote_instance_export(f->instance, "table", &table, NULL) && mote_table_size(&table) == 2);
  CHECK(mote_table_get(&table, 0, &reference));
  mote_function* add = mote_instance_function(f->instance, "add", NULL);
  CHECK(mote_function_of(f->engine, reference) == add);
  CHECK(mote_function_reference(f->engine, add) == reference);
  const mote_function* through = mote_instance_function(f->instance, "through", NULL);
  CHECK(!mote_function_call(through, values, 3, values, 3, &error));
  CHECK(error.trap == MOTE_TRAP_UninitializedElement);
  CHECK(mote_table_set(&table, 1, reference) && !mote_table_set(&table, 2, reference));
  CHECK(mote_function_call(through, values, 3, values, 3, &error) && values[0].of.i32 == 42);
  CHECK(mote_table_grow(f->engine, &table, 2, 0) == 2 && mote_table_grow(f->engine, &table, 1, 0) == -1);
  CHECK(mote_table_get(&table, 3, &reference) && reference == 0);
  CHECK(!mote_table_get(&table, 4, &reference));
}

static void test_externs(fixture* f) {
  static const mote_host_function kTwice = {"", "", "i:i", ask, NULL};
  static const mote_host_function kWrong = {"", "", "i", ask, NULL};
  static unsigned char storage[256];
  const mote_limits elements = {.min = 3, .max = 5}, bytes = {.min = 256, .max = 256};
  const mote_limits wide = {.min = 1, .max = 4, .page_log2 = 4, .is_64 = true, .is_shared = true};
  mote_extern function, table, memory, global;
  mote_error error;
  mote_value value = i32(5);
  size_t size = 0;
  CHECK(mote_extern_new_function(f->engine, &kTwice, &f->host, &function, &error));
  CHECK(!mote_extern_new_function(f->engine, &kWrong, NULL, &function, &error));
  CHECK(error.code == MOTE_ERROR_Signature);
  CHECK(mote_extern_function(&function) != NULL);
  CHECK(mote_function_call(mote_extern_function(&function), &value, 1, &value, 1, &error));
  CHECK(value.of.i32 == 10);
  CHECK(mote_extern_new_table(f->engine, MOTE_FUNCREF, &elements, 0, &table, &error));
  CHECK(mote_table_size(&table) == 3 && mote_extern_function(&table) == NULL);
  CHECK(mote_extern_new_memory(f->engine, &bytes, storage, &memory, &error));
  CHECK(mote_memory_bytes(&memory, &size) == storage && size == 256);
  mote_extern_release(f->engine, &memory);
  CHECK(mote_extern_new_memory(f->engine, &wide, storage, &memory, &error));
  CHECK(mote_memory_bytes(&memory, &size) == storage && size == 16);
  CHECK(mote_extern_type_of(&memory).limits.is_64 && mote_extern_type_of(&memory).limits.is_shared);
  CHECK(mote_extern_new_global(f->engine, &value, true, &global, &error));
  const mote_extern_type type = mote_extern_type_of(&global);
  CHECK(type.kind == MOTE_GLOBAL && type.value == MOTE_I32 && type.is_mutable);
  CHECK(!mote_extern_type_of(&table).limits.is_64 && !mote_extern_type_of(&table).limits.is_shared);
  CHECK(mote_extern_type_of(&table).limits.max == 5 && mote_extern_type_of(&table).value == MOTE_FUNCREF);
  mote_extern_release(f->engine, &function);
  mote_extern_release(f->engine, &table);
  mote_extern_release(f->engine, &memory);
  mote_extern_release(f->engine, &global);
}

static void test_linking(fixture* f) {
  mote_extern ask_export;
  mote_error error;
  mote_value value;
  CHECK(mote_instance_export(f->instance, "ask", &ask_export, NULL));
  /* Another instance whose "host" is this one's "ask"; the rest comes from the table of the host. */
  const mote_named_extern externs[] = {{"env", "host", {0}}};
  mote_named_extern mine[1];
  memcpy(mine, externs, sizeof mine);
  mine[0].item = ask_export;
  const mote_imports imports = {kHost + 1, 2, mine, 1, NULL, 0};
  mote_instance* other = mote_instance_new(f->engine, f->module, &imports, NULL, &error);
  CHECK(other != NULL);
  value = i32(1);
  const mote_function* ask_twice = mote_instance_function(other, "ask", NULL);
  f->host.calls = 0;
  mote_instance_release(f->instance); /* lives on: another imports from it */
  f->instance = NULL;
  value = i32(1);
  CHECK(mote_function_call(ask_twice, &value, 1, &value, 1, &error));
  CHECK(value.of.i32 == 202 && f->host.calls == 1);
  /* By name of an instance: it lacks "host". */
  const mote_named_instance named[] = {{"env", other}};
  const mote_imports by_instance = {kHost + 1, 2, NULL, 0, named, 1};
  CHECK(mote_instance_new(f->engine, f->module, &by_instance, NULL, &error) == NULL);
  CHECK(error.code == MOTE_ERROR_Unlinkable);
  mote_instance_release(other);
}

static void test_pool(fixture* f) {
  mote_error error;
  const mote_usage usage = mote_engine_usage(f->engine);
  CHECK(usage.capacity <= sizeof g_pool && usage.used > 4096 && usage.peak >= usage.used);
  CHECK(usage.largest_free <= usage.capacity - usage.used && usage.missing == 0);
  tear_down(f);
  size_t worked = 0;
  for (size_t size = 0; size < sizeof g_pool; size += size < 4096 ? 64 : 4096) {
    mote_engine* engine = mote_engine_new(g_pool, size);
    if (engine == NULL) continue;
    mote_module* module = mote_module_load(engine, capi_begin, (size_t)(capi_end - capi_begin), NULL, &error);
    mote_instance* instance = module ? mote_instance_new(engine, module, &kImports, NULL, &error) : NULL;
    if (instance == NULL) CHECK(error.code == MOTE_ERROR_OutOfMemory && error.detail > 0);
    if (instance != NULL) ++worked;
    mote_instance_release(instance);
    mote_module_release(module);
    CHECK(mote_engine_usage(engine).used == 0);
  }
  CHECK(worked > 0);
  set_up(f, MOTE_UNLIMITED);
}

static void test_reflection(fixture* f) {
  mote_import_info import;
  mote_export_info item;
  uint32_t count = 0;
  CHECK(mote_module_import(f->module, 1, &import) && !mote_module_import(f->module, 3, &import));
  CHECK(import.name.size == 3 && memcmp(import.name.data, "mix", 3) == 0);
  CHECK(import.type.kind == MOTE_FUNCTION && mote_type_param_count(&import.type) == 3);
  CHECK(mote_type_param(&import.type, 0) == MOTE_I64 && mote_type_param(&import.type, 2) == MOTE_F64);
  CHECK(mote_type_result_count(&import.type) == 1 && mote_type_result(&import.type, 0) == MOTE_F64);
  while (mote_module_export(f->module, count, &item)) ++count;
  CHECK(count == 16);
  CHECK(mote_module_export(f->module, 0, &item) && item.type.kind == MOTE_MEMORY);
  CHECK(item.type.limits.min == 1 && item.type.limits.max == 2 && item.type.limits.page_log2 == 16);
}

static const struct {
  const char* name;
  void (*run)(fixture*);
} kTests[] = {{"calls", test_calls},     {"values", test_values},
              {"errors", test_errors},   {"traps", test_traps},
              {"fuel", test_fuel},       {"interrupt", test_interrupt},
              {"waits", test_waits},     {"memory", test_memory},
              {"globals", test_globals}, {"tables", test_tables},
              {"externs", test_externs}, {"linking", test_linking},
              {"pool", test_pool},       {"reflection", test_reflection}};

int main(int argc, char** argv) {
  for (size_t i = 0; argc == 2 && i < sizeof kTests / sizeof *kTests; ++i) {
    if (strcmp(argv[1], kTests[i].name) != 0) continue;
    fixture f;
    set_up(&f, MOTE_UNLIMITED);
    kTests[i].run(&f);
    tear_down(&f);
    return 0;
  }
  fprintf(stderr, "usage: capi_test NAME\n");
  return 2;
}
