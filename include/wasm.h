/* SPDX-License-Identifier: Apache-2.0 */
/* The standard C API of WebAssembly engines (https://github.com/WebAssembly/wasm-c-api), as Mote implements
 * it on hosts: CMake target mote::wasm_c_api. Names, types and signatures are the standard's, so that
 * programs written for it build unchanged; the declarations here are Mote's own writing.
 *
 * `own` marks what changes hands: an own result is the caller's to delete, an own parameter is the callee's
 * from then on, and an own structure owns what it holds. Parameters named `out` hand a structure back. What
 * Mote adds to the standard (sizes, tiers) is in mote/wasm_config.h; docs/c-api.md says how stores keep what
 * is made in them. */
#ifndef WASM_H
#define WASM_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifndef WASM_API_EXTERN
#define WASM_API_EXTERN
#endif

/* NOLINTBEGIN(modernize-use-nullptr): this is C. */
#ifdef __cplusplus
extern "C" {
#endif

#define own

typedef char byte_t;
typedef float float32_t;
typedef double float64_t;

/* --- What every family of functions has. The macros are undefined again at the end of this header. */

/* An opaque type, and how to delete one; NULL is ignored. */
#define WASM_OPAQUE(x)                      \
  typedef struct wasm_##x##_t wasm_##x##_t; \
  WASM_API_EXTERN void wasm_##x##_delete(own wasm_##x##_t*);

/* A vector of `element`: deleting it deletes its elements too, copying copies them. */
#define WASM_VECTOR(x, element)                                                                              \
  typedef struct wasm_##x##_vec_t {                                                                          \
    size_t size;                                                                                             \
    element* data;                                                                                           \
  } wasm_##x##_vec_t;                                                                                        \
  WASM_API_EXTERN void wasm_##x##_vec_new_empty(own wasm_##x##_vec_t* out);                                  \
  WASM_API_EXTERN void wasm_##x##_vec_new_uninitialized(own wasm_##x##_vec_t* out, size_t size);             \
  WASM_API_EXTERN void wasm_##x##_vec_new(own wasm_##x##_vec_t* out, size_t size, own element const data[]); \
  WASM_API_EXTERN void wasm_##x##_vec_copy(own wasm_##x##_vec_t* out, const wasm_##x##_vec_t* from);         \
  WASM_API_EXTERN void wasm_##x##_vec_delete(own wasm_##x##_vec_t*);

/* A type of WebAssembly: can be copied and put into vectors. */
#define WASM_TYPE(x)            \
  WASM_OPAQUE(x)                \
  WASM_VECTOR(x, wasm_##x##_t*) \
  WASM_API_EXTERN own wasm_##x##_t* wasm_##x##_copy(const wasm_##x##_t*);

/* A handle of something in a store. A copy is another handle of the same; `host_info` is the program's, and
 * its finalizer runs once nothing can reach what it belongs to, at the latest with the store. */
#define WASM_HANDLE(x)                                                                    \
  WASM_OPAQUE(x)                                                                          \
  WASM_API_EXTERN own wasm_##x##_t* wasm_##x##_copy(const wasm_##x##_t*);                 \
  WASM_API_EXTERN bool wasm_##x##_same(const wasm_##x##_t*, const wasm_##x##_t*);         \
  WASM_API_EXTERN void* wasm_##x##_get_host_info(const wasm_##x##_t*);                    \
  WASM_API_EXTERN void wasm_##x##_set_host_info(wasm_##x##_t*, void* info);               \
  WASM_API_EXTERN void wasm_##x##_set_host_info_with_finalizer(wasm_##x##_t*, void* info, \
                                                               void (*finalizer)(void*));

/* ... that can be seen as a reference. Seeing makes no new handle; NULL when it is something else. */
#define WASM_REFERENCE(x)                                                         \
  WASM_HANDLE(x)                                                                  \
  WASM_API_EXTERN wasm_ref_t* wasm_##x##_as_ref(wasm_##x##_t*);                   \
  WASM_API_EXTERN wasm_##x##_t* wasm_ref_as_##x(wasm_ref_t*);                     \
  WASM_API_EXTERN const wasm_ref_t* wasm_##x##_as_ref_const(const wasm_##x##_t*); \
  WASM_API_EXTERN const wasm_##x##_t* wasm_ref_as_##x##_const(const wasm_ref_t*);

/* One thing `x` seen as the more general `y`, and back. */
#define WASM_SEEN_AS(x, y)                                                            \
  WASM_API_EXTERN wasm_##y##_t* wasm_##x##_as_##y(wasm_##x##_t*);                     \
  WASM_API_EXTERN wasm_##x##_t* wasm_##y##_as_##x(wasm_##y##_t*);                     \
  WASM_API_EXTERN const wasm_##y##_t* wasm_##x##_as_##y##_const(const wasm_##x##_t*); \
  WASM_API_EXTERN const wasm_##x##_t* wasm_##y##_as_##x##_const(const wasm_##y##_t*);

/* --- Bytes and names. */

typedef byte_t wasm_byte_t;
WASM_VECTOR(byte, wasm_byte_t)

typedef wasm_byte_vec_t wasm_name_t;
#define wasm_name wasm_byte_vec
#define wasm_name_new wasm_byte_vec_new
#define wasm_name_new_empty wasm_byte_vec_new_empty
#define wasm_name_new_uninitialized wasm_byte_vec_new_uninitialized
#define wasm_name_new_new_uninitialized wasm_byte_vec_new_uninitialized
#define wasm_name_copy wasm_byte_vec_copy
#define wasm_name_delete wasm_byte_vec_delete

static inline void wasm_name_new_from_string(own wasm_name_t* out, const char* text) {
  wasm_byte_vec_new(out, strlen(text), text);
}
/* With the NUL at its end. */
static inline void wasm_name_new_from_string_nt(own wasm_name_t* out, const char* text) {
  wasm_byte_vec_new(out, strlen(text) + 1, text);
}

/* --- Configuration, engine, store. An engine may be used by many threads, a store and what is in it by one
 * at a time. */

WASM_OPAQUE(config)
WASM_API_EXTERN own wasm_config_t* wasm_config_new(void);

WASM_OPAQUE(engine)
WASM_API_EXTERN own wasm_engine_t* wasm_engine_new(void);
WASM_API_EXTERN own wasm_engine_t* wasm_engine_new_with_config(own wasm_config_t*);

WASM_OPAQUE(store)
WASM_API_EXTERN own wasm_store_t* wasm_store_new(wasm_engine_t*);

/* --- Types. */

typedef uint8_t wasm_mutability_t;
enum wasm_mutability_enum { WASM_CONST, WASM_VAR };

typedef struct wasm_limits_t {
  uint32_t min;
  uint32_t max;
} wasm_limits_t;
static const uint32_t wasm_limits_max_default = 0xffffffff;

typedef uint8_t wasm_valkind_t;
enum wasm_valkind_enum { WASM_I32, WASM_I64, WASM_F32, WASM_F64, WASM_EXTERNREF = 128, WASM_FUNCREF };

static inline bool wasm_valkind_is_num(wasm_valkind_t kind) {
  return kind < WASM_EXTERNREF;
}
static inline bool wasm_valkind_is_ref(wasm_valkind_t kind) {
  return kind >= WASM_EXTERNREF;
}

WASM_TYPE(valtype)
WASM_API_EXTERN own wasm_valtype_t* wasm_valtype_new(wasm_valkind_t);
WASM_API_EXTERN wasm_valkind_t wasm_valtype_kind(const wasm_valtype_t*);
static inline bool wasm_valtype_is_num(const wasm_valtype_t* type) {
  return wasm_valkind_is_num(wasm_valtype_kind(type));
}
static inline bool wasm_valtype_is_ref(const wasm_valtype_t* type) {
  return wasm_valkind_is_ref(wasm_valtype_kind(type));
}

WASM_TYPE(functype)
WASM_API_EXTERN own wasm_functype_t* wasm_functype_new(own wasm_valtype_vec_t* params,
                                                       own wasm_valtype_vec_t* results);
WASM_API_EXTERN const wasm_valtype_vec_t* wasm_functype_params(const wasm_functype_t*);
WASM_API_EXTERN const wasm_valtype_vec_t* wasm_functype_results(const wasm_functype_t*);

WASM_TYPE(globaltype)
WASM_API_EXTERN own wasm_globaltype_t* wasm_globaltype_new(own wasm_valtype_t*, wasm_mutability_t);
WASM_API_EXTERN const wasm_valtype_t* wasm_globaltype_content(const wasm_globaltype_t*);
WASM_API_EXTERN wasm_mutability_t wasm_globaltype_mutability(const wasm_globaltype_t*);

WASM_TYPE(tabletype)
WASM_API_EXTERN own wasm_tabletype_t* wasm_tabletype_new(own wasm_valtype_t*, const wasm_limits_t*);
WASM_API_EXTERN const wasm_valtype_t* wasm_tabletype_element(const wasm_tabletype_t*);
WASM_API_EXTERN const wasm_limits_t* wasm_tabletype_limits(const wasm_tabletype_t*);

WASM_TYPE(memorytype)
WASM_API_EXTERN own wasm_memorytype_t* wasm_memorytype_new(const wasm_limits_t*);
WASM_API_EXTERN const wasm_limits_t* wasm_memorytype_limits(const wasm_memorytype_t*);

typedef uint8_t wasm_externkind_t;
enum wasm_externkind_enum { WASM_EXTERN_FUNC, WASM_EXTERN_GLOBAL, WASM_EXTERN_TABLE, WASM_EXTERN_MEMORY };

WASM_TYPE(externtype)
WASM_API_EXTERN wasm_externkind_t wasm_externtype_kind(const wasm_externtype_t*);
WASM_SEEN_AS(functype, externtype)
WASM_SEEN_AS(globaltype, externtype)
WASM_SEEN_AS(tabletype, externtype)
WASM_SEEN_AS(memorytype, externtype)

WASM_TYPE(importtype)
WASM_API_EXTERN own wasm_importtype_t* wasm_importtype_new(own wasm_name_t* module, own wasm_name_t* name,
                                                           own wasm_externtype_t*);
WASM_API_EXTERN const wasm_name_t* wasm_importtype_module(const wasm_importtype_t*);
WASM_API_EXTERN const wasm_name_t* wasm_importtype_name(const wasm_importtype_t*);
WASM_API_EXTERN const wasm_externtype_t* wasm_importtype_type(const wasm_importtype_t*);

WASM_TYPE(exporttype)
WASM_API_EXTERN own wasm_exporttype_t* wasm_exporttype_new(own wasm_name_t*, own wasm_externtype_t*);
WASM_API_EXTERN const wasm_name_t* wasm_exporttype_name(const wasm_exporttype_t*);
WASM_API_EXTERN const wasm_externtype_t* wasm_exporttype_type(const wasm_exporttype_t*);

/* --- References and values. */

WASM_HANDLE(ref)

typedef struct wasm_val_t {
  wasm_valkind_t kind;
  union {
    int32_t i32;
    int64_t i64;
    float32_t f32;
    float64_t f64;
    wasm_ref_t* ref;
  } of;
} wasm_val_t;

WASM_API_EXTERN void wasm_val_delete(own wasm_val_t*);
WASM_API_EXTERN void wasm_val_copy(own wasm_val_t* out, const wasm_val_t*);
WASM_VECTOR(val, wasm_val_t)

WASM_REFERENCE(foreign)
WASM_API_EXTERN own wasm_foreign_t* wasm_foreign_new(wasm_store_t*);

/* --- Modules. */

WASM_REFERENCE(module)
WASM_API_EXTERN own wasm_module_t* wasm_module_new(wasm_store_t*, const wasm_byte_vec_t* binary);
WASM_API_EXTERN bool wasm_module_validate(wasm_store_t*, const wasm_byte_vec_t* binary);
WASM_API_EXTERN void wasm_module_imports(const wasm_module_t*, own wasm_importtype_vec_t* out);
WASM_API_EXTERN void wasm_module_exports(const wasm_module_t*, own wasm_exporttype_vec_t* out);
WASM_API_EXTERN void wasm_module_serialize(const wasm_module_t*, own wasm_byte_vec_t* out);
WASM_API_EXTERN own wasm_module_t* wasm_module_deserialize(wasm_store_t*, const wasm_byte_vec_t*);

/* A module for other threads' stores. */
WASM_OPAQUE(shared_module)
WASM_API_EXTERN own wasm_shared_module_t* wasm_module_share(const wasm_module_t*);
WASM_API_EXTERN own wasm_module_t* wasm_module_obtain(wasm_store_t*, const wasm_shared_module_t*);

/* --- Instances, frames and traps. */

WASM_REFERENCE(instance)

WASM_OPAQUE(frame)
WASM_VECTOR(frame, wasm_frame_t*)
WASM_API_EXTERN own wasm_frame_t* wasm_frame_copy(const wasm_frame_t*);
WASM_API_EXTERN wasm_instance_t* wasm_frame_instance(const wasm_frame_t*);
WASM_API_EXTERN uint32_t wasm_frame_func_index(const wasm_frame_t*);
WASM_API_EXTERN size_t wasm_frame_func_offset(const wasm_frame_t*);
WASM_API_EXTERN size_t wasm_frame_module_offset(const wasm_frame_t*);

typedef wasm_name_t wasm_message_t; /* with a NUL at its end */

WASM_REFERENCE(trap)
WASM_API_EXTERN own wasm_trap_t* wasm_trap_new(wasm_store_t*, const wasm_message_t*);
WASM_API_EXTERN void wasm_trap_message(const wasm_trap_t*, own wasm_message_t* out);
/* The innermost frame, or NULL; all of them. */
WASM_API_EXTERN own wasm_frame_t* wasm_trap_origin(const wasm_trap_t*);
WASM_API_EXTERN void wasm_trap_trace(const wasm_trap_t*, own wasm_frame_vec_t* out);

/* --- Externs: what is imported and exported. */

WASM_REFERENCE(extern)
WASM_VECTOR(extern, wasm_extern_t*)
WASM_API_EXTERN wasm_externkind_t wasm_extern_kind(const wasm_extern_t*);
WASM_API_EXTERN own wasm_externtype_t* wasm_extern_type(const wasm_extern_t*);

/* `imports` in the order of the module's. NULL: refused or trapped; *trap, unless NULL, says why. */
WASM_API_EXTERN own wasm_instance_t* wasm_instance_new(wasm_store_t*, const wasm_module_t*,
                                                       const wasm_extern_vec_t* imports,
                                                       own wasm_trap_t** trap);
WASM_API_EXTERN void wasm_instance_exports(const wasm_instance_t*, own wasm_extern_vec_t* out);

WASM_REFERENCE(func)
WASM_SEEN_AS(func, extern)
typedef own wasm_trap_t* (*wasm_func_callback_t)(const wasm_val_vec_t* args, own wasm_val_vec_t* results);
typedef own wasm_trap_t* (*wasm_func_callback_with_env_t)(void* env, const wasm_val_vec_t* args,
                                                          wasm_val_vec_t* results);
WASM_API_EXTERN own wasm_func_t* wasm_func_new(wasm_store_t*, const wasm_functype_t*, wasm_func_callback_t);
WASM_API_EXTERN own wasm_func_t* wasm_func_new_with_env(wasm_store_t*, const wasm_functype_t*,
                                                        wasm_func_callback_with_env_t, void* env,
                                                        void (*finalizer)(void*));
WASM_API_EXTERN own wasm_functype_t* wasm_func_type(const wasm_func_t*);
WASM_API_EXTERN size_t wasm_func_param_arity(const wasm_func_t*);
WASM_API_EXTERN size_t wasm_func_result_arity(const wasm_func_t*);
WASM_API_EXTERN own wasm_trap_t* wasm_func_call(const wasm_func_t*, const wasm_val_vec_t* args,
                                                wasm_val_vec_t* results);

WASM_REFERENCE(global)
WASM_SEEN_AS(global, extern)
WASM_API_EXTERN own wasm_global_t* wasm_global_new(wasm_store_t*, const wasm_globaltype_t*,
                                                   const wasm_val_t*);
WASM_API_EXTERN own wasm_globaltype_t* wasm_global_type(const wasm_global_t*);
WASM_API_EXTERN void wasm_global_get(const wasm_global_t*, own wasm_val_t* out);
WASM_API_EXTERN void wasm_global_set(wasm_global_t*, const wasm_val_t*);

WASM_REFERENCE(table)
WASM_SEEN_AS(table, extern)
typedef uint32_t wasm_table_size_t;
WASM_API_EXTERN own wasm_table_t* wasm_table_new(wasm_store_t*, const wasm_tabletype_t*, wasm_ref_t* init);
WASM_API_EXTERN own wasm_tabletype_t* wasm_table_type(const wasm_table_t*);
WASM_API_EXTERN own wasm_ref_t* wasm_table_get(const wasm_table_t*, wasm_table_size_t index);
WASM_API_EXTERN bool wasm_table_set(wasm_table_t*, wasm_table_size_t index, wasm_ref_t*);
WASM_API_EXTERN wasm_table_size_t wasm_table_size(const wasm_table_t*);
WASM_API_EXTERN bool wasm_table_grow(wasm_table_t*, wasm_table_size_t delta, wasm_ref_t* init);

WASM_REFERENCE(memory)
WASM_SEEN_AS(memory, extern)
typedef uint32_t wasm_memory_pages_t;
static const size_t MEMORY_PAGE_SIZE = 0x10000;
WASM_API_EXTERN own wasm_memory_t* wasm_memory_new(wasm_store_t*, const wasm_memorytype_t*);
WASM_API_EXTERN own wasm_memorytype_t* wasm_memory_type(const wasm_memory_t*);
WASM_API_EXTERN byte_t* wasm_memory_data(wasm_memory_t*);
WASM_API_EXTERN size_t wasm_memory_data_size(const wasm_memory_t*);
WASM_API_EXTERN wasm_memory_pages_t wasm_memory_size(const wasm_memory_t*);
WASM_API_EXTERN bool wasm_memory_grow(wasm_memory_t*, wasm_memory_pages_t delta);

/* --- Short-hands. */

#define WASM_EMPTY_VEC \
  { 0, NULL }
#define WASM_ARRAY_VEC(array) \
  { sizeof(array) / sizeof(*(array)), array }

#define WASM_I32_VAL(v)                 \
  {                                     \
    .kind = WASM_I32, .of = {.i32 = v } \
  }
#define WASM_I64_VAL(v)                 \
  {                                     \
    .kind = WASM_I64, .of = {.i64 = v } \
  }
#define WASM_F32_VAL(v)                 \
  {                                     \
    .kind = WASM_F32, .of = {.f32 = v } \
  }
#define WASM_F64_VAL(v)                 \
  {                                     \
    .kind = WASM_F64, .of = {.f64 = v } \
  }
#define WASM_REF_VAL(v)                       \
  {                                           \
    .kind = WASM_EXTERNREF, .of = {.ref = v } \
  }
#define WASM_INIT_VAL                            \
  {                                              \
    .kind = WASM_EXTERNREF, .of = {.ref = NULL } \
  }

/* A pointer of the program's as an integer that guests can carry. */
static inline void wasm_val_init_ptr(own wasm_val_t* out, void* pointer) {
  out->kind = sizeof(void*) == 4 ? WASM_I32 : WASM_I64;
  out->of.i64 = (int64_t)(intptr_t)pointer;
}
static inline void* wasm_val_ptr(const wasm_val_t* value) {
  return (void*)(value->kind == WASM_I32 ? (intptr_t)value->of.i32 : (intptr_t)value->of.i64);
}

static inline own wasm_valtype_t* wasm_valtype_new_i32(void) {
  return wasm_valtype_new(WASM_I32);
}
static inline own wasm_valtype_t* wasm_valtype_new_i64(void) {
  return wasm_valtype_new(WASM_I64);
}
static inline own wasm_valtype_t* wasm_valtype_new_f32(void) {
  return wasm_valtype_new(WASM_F32);
}
static inline own wasm_valtype_t* wasm_valtype_new_f64(void) {
  return wasm_valtype_new(WASM_F64);
}
static inline own wasm_valtype_t* wasm_valtype_new_externref(void) {
  return wasm_valtype_new(WASM_EXTERNREF);
}
static inline own wasm_valtype_t* wasm_valtype_new_funcref(void) {
  return wasm_valtype_new(WASM_FUNCREF);
}

/* wasm_functype_new_P_R: P parameters and R results, up to three and two. All take their types. */
static inline own wasm_functype_t* wasm_functype_new_of_(size_t params, size_t results, wasm_valtype_t* a,
                                                         wasm_valtype_t* b, wasm_valtype_t* c,
                                                         wasm_valtype_t* x, wasm_valtype_t* y) {
  wasm_valtype_t* const in[3] = {a, b, c};
  wasm_valtype_t* const out[2] = {x, y};
  wasm_valtype_vec_t in_vec, out_vec;
  wasm_valtype_vec_new(&in_vec, params, in);
  wasm_valtype_vec_new(&out_vec, results, out);
  return wasm_functype_new(&in_vec, &out_vec);
}
static inline own wasm_functype_t* wasm_functype_new_0_0(void) {
  return wasm_functype_new_of_(0, 0, NULL, NULL, NULL, NULL, NULL);
}
static inline own wasm_functype_t* wasm_functype_new_1_0(own wasm_valtype_t* a) {
  return wasm_functype_new_of_(1, 0, a, NULL, NULL, NULL, NULL);
}
static inline own wasm_functype_t* wasm_functype_new_2_0(own wasm_valtype_t* a, own wasm_valtype_t* b) {
  return wasm_functype_new_of_(2, 0, a, b, NULL, NULL, NULL);
}
static inline own wasm_functype_t* wasm_functype_new_3_0(own wasm_valtype_t* a, own wasm_valtype_t* b,
                                                         own wasm_valtype_t* c) {
  return wasm_functype_new_of_(3, 0, a, b, c, NULL, NULL);
}
static inline own wasm_functype_t* wasm_functype_new_0_1(own wasm_valtype_t* x) {
  return wasm_functype_new_of_(0, 1, NULL, NULL, NULL, x, NULL);
}
static inline own wasm_functype_t* wasm_functype_new_1_1(own wasm_valtype_t* a, own wasm_valtype_t* x) {
  return wasm_functype_new_of_(1, 1, a, NULL, NULL, x, NULL);
}
static inline own wasm_functype_t* wasm_functype_new_2_1(own wasm_valtype_t* a, own wasm_valtype_t* b,
                                                         own wasm_valtype_t* x) {
  return wasm_functype_new_of_(2, 1, a, b, NULL, x, NULL);
}
static inline own wasm_functype_t* wasm_functype_new_3_1(own wasm_valtype_t* a, own wasm_valtype_t* b,
                                                         own wasm_valtype_t* c, own wasm_valtype_t* x) {
  return wasm_functype_new_of_(3, 1, a, b, c, x, NULL);
}
static inline own wasm_functype_t* wasm_functype_new_0_2(own wasm_valtype_t* x, own wasm_valtype_t* y) {
  return wasm_functype_new_of_(0, 2, NULL, NULL, NULL, x, y);
}
static inline own wasm_functype_t* wasm_functype_new_1_2(own wasm_valtype_t* a, own wasm_valtype_t* x,
                                                         own wasm_valtype_t* y) {
  return wasm_functype_new_of_(1, 2, a, NULL, NULL, x, y);
}
static inline own wasm_functype_t* wasm_functype_new_2_2(own wasm_valtype_t* a, own wasm_valtype_t* b,
                                                         own wasm_valtype_t* x, own wasm_valtype_t* y) {
  return wasm_functype_new_of_(2, 2, a, b, NULL, x, y);
}
static inline own wasm_functype_t* wasm_functype_new_3_2(own wasm_valtype_t* a, own wasm_valtype_t* b,
                                                         own wasm_valtype_t* c, own wasm_valtype_t* x,
                                                         own wasm_valtype_t* y) {
  return wasm_functype_new_of_(3, 2, a, b, c, x, y);
}

#undef own
#undef WASM_OPAQUE
#undef WASM_VECTOR
#undef WASM_TYPE
#undef WASM_HANDLE
#undef WASM_REFERENCE
#undef WASM_SEEN_AS

#ifdef __cplusplus
}
#endif
/* NOLINTEND(modernize-use-nullptr) */

#endif
