/* SPDX-License-Identifier: Apache-2.0 */
/* Mote's C API (C11, and C++ from C++17 on): the C++ API of mote.hpp, function by function.
 *
 * Everything lives in the pool that mote_engine_new() is given: nothing here allocates elsewhere. Handles
 * (mote_engine *, mote_module *, ...) point into the pool; structures are the caller's and may lie on the
 * stack or in flash. Text that goes in is NUL-terminated; text that comes out is a mote_text, which points
 * into the module's bytes. An engine and what lives in it is for one thread at a time.
 *
 * Functions that can fail answer false or NULL and fill in *error, unless error is NULL. */
#ifndef MOTE_H
#define MOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- Errors. */

/* Why a load, a link or a call was refused: MOTE_ERROR_Malformed, MOTE_ERROR_OutOfMemory, ... with the
 * meanings of errors.inc. */
typedef uint8_t mote_error_code;
enum {
#define MOTE_ERROR(name, text) MOTE_ERROR_##name,
#include <mote/errors.inc>
};

/* Why execution ended before the function returned (core spec, 4.2.1 "Results"): MOTE_TRAP_Unreachable, ...
 */
typedef uint8_t mote_trap_code;
enum {
#define MOTE_TRAP(name, text) MOTE_TRAP_##name,
#include <mote/errors.inc>
};

/* Static English text without a full stop. */
const char* mote_error_text(mote_error_code code);
const char* mote_trap_text(mote_trap_code trap);

/* Not NUL-terminated. */
typedef struct mote_text {
  const char* data;
  size_t size;
} mote_text;

#define MOTE_NONE UINT32_MAX

/* Room for an error's words, with their zero. */
#define MOTE_MESSAGE_BYTES 80

/* A refusal: what, where, and the number that helps to mend it. */
typedef struct mote_error {
  mote_error_code code;
  mote_trap_code trap; /* when code is MOTE_ERROR_Trapped */
  uint32_t offset;     /* byte offset in the module, or MOTE_NONE */
  uint32_t function;   /* index of the function that the offset lies in, or MOTE_NONE */
  uint32_t detail;     /* OutOfMemory: bytes missing; otherwise an index that belongs to the message */
  mote_text module;    /* Unlinkable: first part of the import's name */
  mote_text name;      /* Unlinkable, NotFound: the name */
  char message[MOTE_MESSAGE_BYTES]; /* without a full stop; a trap of a host function: its own words, cut to
                                       fit */
} mote_error;

/* --- Values and types. */

/* The binary format's byte of a value type (core spec, 5.3.1). */
typedef uint8_t mote_value_type;
enum {
  MOTE_I32 = 0x7f,
  MOTE_I64 = 0x7e,
  MOTE_F32 = 0x7d,
  MOTE_F64 = 0x7c,
  MOTE_V128 = 0x7b,
  MOTE_FUNCREF = 0x70,
  MOTE_EXTERNREF = 0x6f
};

typedef struct mote_value {
  mote_value_type type;
  union {
    int32_t i32;
    int64_t i64;
    float f32;
    double f64;
    uint8_t v128[16]; /* in the order of memory */
    uint32_t ref; /* 0: null. A funcref's is mote_function_reference()'s, an externref's the host's choice */
  } of;
} mote_value;

/* What an import or export is; the numbers are the binary format's. */
typedef uint8_t mote_extern_kind;
enum { MOTE_FUNCTION = 0, MOTE_TABLE = 1, MOTE_MEMORY = 2, MOTE_GLOBAL = 3 };

typedef struct mote_limits {
  uint64_t min;
  uint64_t max;      /* UINT64_MAX: none */
  uint8_t page_log2; /* memories: 16 for pages of 64 KiB, 0 for pages of a byte */
  bool is_64;        /* addresses are i64 (memory64) */
  bool is_shared;    /* a memory for several threads */
} mote_limits;

/* The type of an import or export. A function's is asked part by part, below. */
typedef struct mote_extern_type {
  mote_extern_kind kind;
  mote_value_type value; /* of a global; of a table's elements */
  bool is_mutable;       /* globals */
  mote_limits limits;    /* tables (elements) and memories (pages) */
  const void* function;  /* the engine's own */
} mote_extern_type;

uint32_t mote_type_param_count(const mote_extern_type* type);
uint32_t mote_type_result_count(const mote_extern_type* type);
/* `index` must be below the count. */
mote_value_type mote_type_param(const mote_extern_type* type, uint32_t index);
mote_value_type mote_type_result(const mote_extern_type* type, uint32_t index);

/* --- Engine: one pool, and what is loaded into it. */

typedef struct mote_engine mote_engine;
typedef struct mote_module mote_module;
typedef struct mote_instance mote_instance;
typedef struct mote_function mote_function;

/* Bytes of the pool. */
typedef struct mote_usage {
  size_t capacity, used, peak, largest_free;
  size_t missing; /* what the last refused request lacked; 0: none since the last load or instantiation */
} mote_usage;

/* Works in `pool` alone, which must outlive the engine and needs no preparation; nothing has to be freed when
 * the engine is abandoned with all that is in it. NULL: the pool is too small (some 100 bytes). */
mote_engine* mote_engine_new(void* pool, size_t bytes);
mote_usage mote_engine_usage(const mote_engine* engine);

/* --- Modules. */

typedef uint8_t mote_tier;
enum { MOTE_TIER_VM = 0, MOTE_TIER_NATIVE = 1 };
typedef uint8_t mote_bounds;
enum { MOTE_BOUNDS_SOFTWARE = 0, MOTE_BOUNDS_GUARD_PAGES = 1 };

typedef struct mote_load_options {
  mote_tier tier;     /* native: in builds that have a compiler for their CPU */
  mote_bounds bounds; /* native code: how accesses stay inside the linear memory */
  bool fuel;          /* native code counts fuel; the interpreter always does */
} mote_load_options;

/* Decodes, validates and compiles. `wasm` must stay where it is (flash is fine) until the module is gone.
 * `options` NULL: the interpreter. NULL: refused, and the pool is as it was. */
mote_module* mote_module_load(mote_engine* engine, const void* wasm, size_t bytes,
                              const mote_load_options* options, mote_error* error);
/* Gives the handle back; the module itself lives as long as its instances. */
void mote_module_release(mote_module* module);

typedef struct mote_import_info {
  mote_text module, name;
  mote_extern_type type;
} mote_import_info;
typedef struct mote_export_info {
  mote_text name;
  mote_extern_type type;
} mote_export_info;

/* The index-th import or export; false past the last. */
bool mote_module_import(const mote_module* module, uint32_t index, mote_import_info* info);
bool mote_module_export(const mote_module* module, uint32_t index, mote_export_info* info);

/* --- Host functions. */

/* What a host function may ask of its caller; valid during the call only. */
typedef struct mote_context mote_context;

typedef uint8_t mote_host_status;
enum {
  MOTE_DONE = 0,    /* the results are in place */
  MOTE_TRAPPED = 1, /* mote_context_trap() said why */
  MOTE_WAITING = 2  /* not ready: the instance is suspended, and the call made again when it is resumed */
};

/* Finds its arguments in `slots`, in order, and leaves its results there from slots[0] on. i32, f32 and
 * references take a slot, i64 and f64 two, the low half first: see mote_slots_...() below. */
typedef mote_host_status mote_host_callback(mote_context* context, uint32_t* slots);

/* A row of a host's table: constant data, in flash. The signature is "params:results", a letter for each:
 * i i32, l i64, f f32, d f64, r funcref, e externref; "ii:l" takes two i32 and returns an i64. */
typedef struct mote_host_function {
  const char* module;
  const char* name;
  const char* signature;
  mote_host_callback* call;
  const void* direct; /* NULL */
} mote_host_function;

/* mote_instance_options.data, or what mote_extern_new_function() was given. */
void* mote_context_data(const mote_context* context);
/* `size` bytes of the guest's memory 0 from `address`, or NULL when they are not all inside. The view ends
 * when guest code may run again or the memory may grow. */
void* mote_context_bytes(const mote_context* context, uint32_t address, uint32_t size);
/* The text from `address` to the next NUL; NULL when there is none inside the memory. */
const char* mote_context_string(const mote_context* context, uint32_t address);
/* Ends the guest's call with a trap: return mote_context_trap(...). `message`: static text, or NULL. */
mote_host_status mote_context_trap(mote_context* context, mote_trap_code trap, const char* message);

static inline int64_t mote_slots_i64(const uint32_t* slots) {
  return (int64_t)((uint64_t)slots[1] << 32 | slots[0]);
}
static inline void mote_slots_set_i64(uint32_t* slots, int64_t value) {
  slots[0] = (uint32_t)(uint64_t)value;
  slots[1] = (uint32_t)((uint64_t)value >> 32);
}
float mote_slots_f32(const uint32_t* slots);
double mote_slots_f64(const uint32_t* slots);
void mote_slots_set_f32(uint32_t* slots, float value);
void mote_slots_set_f64(uint32_t* slots, double value);

/* --- Externs: what can be imported. */

/* An export of an instance, or made by mote_extern_new_...(). Not owning. Who imports an instance's export
 * shares that instance's fate: linked instances are freed together, with the last of them. */
typedef struct mote_extern {
  mote_extern_kind kind;
  void* item; /* equal for the same thing */
  void* owner;
  uint32_t index;
} mote_extern;

/* Made by the host. Each is given back by mote_extern_release() once nothing imports it any more. */
/* `storage`: NULL, or limits->min pages of the caller's, which then cannot grow; of a shared memory
 * limits->max, to which it can. */
bool mote_extern_new_memory(mote_engine* engine, const mote_limits* limits, void* storage, mote_extern* item,
                            mote_error* error);
bool mote_extern_new_table(mote_engine* engine, mote_value_type element, const mote_limits* limits,
                           uint32_t initial_reference, mote_extern* item, mote_error* error);
bool mote_extern_new_global(mote_engine* engine, const mote_value* value, bool is_mutable, mote_extern* item,
                            mote_error* error);
/* `function` must outlive the extern; its module and name are not used. */
bool mote_extern_new_function(mote_engine* engine, const mote_host_function* function, void* data,
                              mote_extern* item, mote_error* error);
void mote_extern_release(mote_engine* engine, const mote_extern* item);

mote_extern_type mote_extern_type_of(const mote_extern* item);
/* NULL: the extern is no function. */
mote_function* mote_extern_function(const mote_extern* item);

mote_value mote_global_get(const mote_extern* global);
bool mote_global_set(const mote_extern* global, const mote_value* value, mote_error* error);

/* The memory's bytes, which may move when it grows or guest code runs. */
uint8_t* mote_memory_bytes(const mote_extern* memory, size_t* bytes);
uint32_t mote_memory_pages(const mote_extern* memory);
/* The old size in pages, or -1. */
int32_t mote_memory_grow(mote_engine* engine, const mote_extern* memory, uint32_t pages);

uint32_t mote_table_size(const mote_extern* table);
/* References: see mote_value. False: no such element. */
bool mote_table_get(const mote_extern* table, uint32_t index, uint32_t* reference);
bool mote_table_set(const mote_extern* table, uint32_t index, uint32_t reference);
/* The old size in elements, or -1. */
int32_t mote_table_grow(mote_engine* engine, const mote_extern* table, uint32_t elements, uint32_t reference);

/* --- Instances. */

typedef struct mote_named_extern {
  const char *module, *name;
  mote_extern item;
} mote_named_extern;
/* An instance by the name under which others import it. */
typedef struct mote_named_instance {
  const char* name;
  mote_instance* instance;
} mote_named_instance;

/* What an instance is linked with, searched in this order; the first match wins. The tables of functions are
 * used as long as the instance lives, the others during mote_instance_new() only. */
typedef struct mote_imports {
  const mote_host_function* functions;
  size_t function_count;
  const mote_named_extern* externs;
  size_t extern_count;
  const mote_named_instance* instances;
  size_t instance_count;
} mote_imports;

#define MOTE_UNLIMITED UINT64_MAX

typedef struct mote_instance_options {
  uint32_t stack_bytes;  /* the guest's frames and links; deeper recursion traps */
  uint64_t fuel;         /* function entries and turns of loops before a call suspends */
  uint32_t memory_limit; /* bytes that each linear memory may grow to */
  void* data;            /* what mote_context_data() gives to host functions */
  bool defer_start;      /* the caller runs the start function, by mote_instance_start() */
} mote_instance_options;
/* 1024 bytes of stack, no limits. */
#define MOTE_INSTANCE_OPTIONS \
  { 1024, MOTE_UNLIMITED, UINT32_MAX, NULL, false }

/* `imports` NULL: none; `options` NULL: MOTE_INSTANCE_OPTIONS. */
mote_instance* mote_instance_new(mote_engine* engine, const mote_module* module, const mote_imports* imports,
                                 const mote_instance_options* options, mote_error* error);
void mote_instance_release(mote_instance* instance);
bool mote_instance_start(mote_instance* instance, mote_error* error);

bool mote_instance_export(const mote_instance* instance, const char* name, mote_extern* item,
                          mote_error* error);
/* An exported function, found once and called often; valid as long as the instance. */
mote_function* mote_instance_function(const mote_instance* instance, const char* name, mote_error* error);
/* The bytes of an exported memory, or of memory 0 when `name` is NULL; NULL when there is none. */
uint8_t* mote_instance_memory(const mote_instance* instance, const char* name, size_t* bytes);
bool mote_instance_global(const mote_instance* instance, const char* name, mote_value* value,
                          mote_error* error);
bool mote_instance_set_global(const mote_instance* instance, const char* name, const mote_value* value,
                              mote_error* error);

typedef uint8_t mote_status;
enum { MOTE_IDLE = 0, MOTE_RUNNING = 1, MOTE_SUSPENDED = 2, MOTE_STOPPED_BY_TRAP = 3 };
mote_status mote_instance_status(const mote_instance* instance);

/* Goes on with a suspended call; its results come as with mote_function_call(), of which `results` may hold
 * fewer than all. */
bool mote_instance_resume(mote_instance* instance, mote_value* results, size_t result_count,
                          mote_error* error);
/* Asks the call that runs to be suspended; from anywhere, also from signals, interrupts and other threads.
   What code stops by itself, and what wants mote_preempt_signal() or mote_preempt(): see
   Instance::interrupt() in mote.hpp. */
void mote_instance_interrupt(mote_instance* instance);
/* Ends a suspended call: the instance can be called again, its memory is as the call left it. */
void mote_instance_kill(mote_instance* instance);
void mote_instance_set_fuel(mote_instance* instance, uint64_t fuel);
uint64_t mote_instance_fuel(const mote_instance* instance);

/* One call on the stack, the innermost first. */
typedef struct mote_frame {
  uint32_t function;             /* index in the module, or MOTE_NONE */
  uint32_t offset;               /* byte offset of the instruction in the module, or MOTE_NONE */
  mote_text name;                /* from the name section, the exports or the imports; may be empty */
  const mote_instance* instance; /* that it ran in */
} mote_frame;
/* After a trap or while suspended: fills up to `count` frames; how many there are. */
uint32_t mote_instance_backtrace(const mote_instance* instance, mote_frame* frames, uint32_t count);

/* --- Functions. */

mote_extern_type mote_function_type(const mote_function* function);
/* Values must have the function's types, and `results` room for all. Error MOTE_ERROR_Suspended: out of fuel
 * or a host function waits; see mote_instance_resume(). */
bool mote_function_call(const mote_function* function, const mote_value* arguments, size_t argument_count,
                        mote_value* results, size_t result_count, mote_error* error);
/* What a mote_value of type MOTE_FUNCREF holds, and back. */
uint32_t mote_function_reference(const mote_engine* engine, const mote_function* function);
mote_function* mote_function_of(const mote_engine* engine, uint32_t reference);

#ifdef __cplusplus
}
#endif

#endif
