// SPDX-License-Identifier: Apache-2.0
// wasm.h: the functions of a vector. Elements are the program's to fill in, so they come from malloc.
#pragma once
#include <wasm.h>

#include <cstdlib>
#include <cstring>

namespace mote::wasm_c {

template <class Vector>
void make_vector(Vector* out, size_t size) {
  using Element = std::remove_pointer_t<decltype(out->data)>;
  out->data = size == 0 ? nullptr : static_cast<Element*>(std::calloc(size, sizeof(Element)));
  out->size = size;
}

}  // namespace mote::wasm_c

/// Defines them all; COPY(element) makes a copy of one, DELETE(element) ends it.
#define MOTE_WASM_VECTOR(x, COPY, DELETE)                                                         \
  void wasm_##x##_vec_new_empty(wasm_##x##_vec_t* out) {                                          \
    mote::wasm_c::make_vector(out, 0);                                                            \
  }                                                                                               \
  void wasm_##x##_vec_new_uninitialized(wasm_##x##_vec_t* out, size_t size) {                     \
    mote::wasm_c::make_vector(out, size);                                                         \
  }                                                                                               \
  void wasm_##x##_vec_new(wasm_##x##_vec_t* out, size_t size,                                     \
                          std::remove_pointer_t<decltype(out->data)> const data[]) {              \
    mote::wasm_c::make_vector(out, size);                                                         \
    if (size > 0) std::memcpy(out->data, data, size * sizeof *data);                              \
  }                                                                                               \
  void wasm_##x##_vec_copy(wasm_##x##_vec_t* out, const wasm_##x##_vec_t* from) {                 \
    mote::wasm_c::make_vector(out, from->size);                                                   \
    for (size_t i = 0; i < from->size; ++i) out->data[i] = COPY(from->data[i]);                   \
  }                                                                                               \
  void wasm_##x##_vec_delete(wasm_##x##_vec_t* vector) {                                          \
    for (size_t i = 0; vector->data != nullptr && i < vector->size; ++i) DELETE(vector->data[i]); \
    std::free(vector->data);                                                                      \
    vector->data = nullptr;                                                                       \
    vector->size = 0;                                                                             \
  }

/// Of pointers that have functions of their own for that, and may be NULL.
#define MOTE_WASM_POINTER_VECTOR(x)                           \
  static wasm_##x##_t* copy_##x(const wasm_##x##_t* item) {   \
    return item == nullptr ? nullptr : wasm_##x##_copy(item); \
  }                                                           \
  MOTE_WASM_VECTOR(x, copy_##x, wasm_##x##_delete)
