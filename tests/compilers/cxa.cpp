// SPDX-License-Identifier: Apache-2.0
// What clang's WebAssembly exceptions ask of a C++ run time, as much as exceptions.cpp needs: Debian's
// libc++abi for WebAssembly was built without exceptions. An exception is thrown under the tag
// __cpp_exception with its object's address; each landing pad asks _Unwind_CallPersonality which clause takes
// it (Itanium C++ ABI, "Exception Handling"; the tables are those of ELF's LSDA).
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

namespace std {
/// What `typeid` refers to; the compiler lays objects out as {vtable, name, [base]}.
struct type_info {
  virtual ~type_info();
  virtual const type_info* base() const { return nullptr; }
  virtual bool is_pointer() const { return false; }
  const char* name;
};
type_info::~type_info() = default;
[[noreturn]] void terminate() noexcept {
  abort();
}
}  // namespace std

namespace __cxxabiv1 {
struct __fundamental_type_info : std::type_info {
  ~__fundamental_type_info() override;
};
struct __pointer_type_info : std::type_info {
  ~__pointer_type_info() override;
  bool is_pointer() const override { return true; }
};
struct __class_type_info : std::type_info {
  ~__class_type_info() override;
};
struct __si_class_type_info : __class_type_info {
  ~__si_class_type_info() override;
  const std::type_info* base() const override { return base_type; }
  const std::type_info* base_type;
};
__fundamental_type_info::~__fundamental_type_info() = default;
__pointer_type_info::~__pointer_type_info() = default;
__class_type_info::~__class_type_info() = default;
__si_class_type_info::~__si_class_type_info() = default;
}  // namespace __cxxabiv1

void operator delete(void* object) noexcept {
  free(object);
}

namespace {

/// Before each exception object.
struct alignas(16) Header {
  const std::type_info* type;
  void (*destroy)(void*);
  Header* outer;  ///< of those that are being handled
  bool rethrown;
};
Header* g_handled = nullptr;

Header* header_of(void* object) {
  return static_cast<Header*>(object) - 1;
}

uint32_t leb128(const uint8_t*& at, bool is_signed) {
  uint32_t value = 0;
  unsigned shift = 0;
  uint8_t byte;
  do {
    byte = *at++;
    value |= uint32_t(byte & 0x7f) << shift;
    shift += 7;
  } while (byte >= 0x80);
  if (is_signed && (byte & 0x40) != 0 && shift < 32) value |= ~uint32_t(0) << shift;
  return value;
}

/// Whether a clause for `wanted` takes what was thrown: the same type, or by way of single bases.
bool takes(const std::type_info* wanted, const std::type_info* thrown) {
  for (; thrown != nullptr; thrown = thrown->base()) {
    if (thrown->name == wanted->name) return true;
  }
  return false;
}

}  // namespace

extern "C" {

struct LandingPadContext {
  uint32_t pad;
  const uint8_t* lsda;
  uint32_t selector;
} __wasm_lpad_context;

/// Finds the clause of the landing pad that takes the exception: its selector, or 0 for the clean-up.
int _Unwind_CallPersonality(void* object) {
  const uint8_t* at = __wasm_lpad_context.lsda;
  __wasm_lpad_context.selector = 0;
  if (*at++ != 0xff) abort();  // where landing pads begin: not said
  const bool types = *at++ != 0xff;
  const uint8_t* types_end = nullptr;
  if (types) {
    const uint32_t bytes = leb128(at, false);
    types_end = at + bytes;
  }
  ++at;  // sites' encoding
  const uint32_t bytes = leb128(at, false);
  const uint8_t* actions = at + bytes;
  uint32_t action = 0;
  for (uint32_t i = 0; i <= __wasm_lpad_context.pad && at < actions; ++i) {
    leb128(at, false);
    action = leb128(at, false);
  }
  if (action == 0) return 0;
  for (const uint8_t* row = actions + action - 1;;) {
    const auto filter = int32_t(leb128(row, true));
    if (filter > 0) {
      const auto* wanted = reinterpret_cast<const std::type_info* const*>(types_end)[-filter];
      if (wanted == nullptr || takes(wanted, header_of(object)->type)) {
        __wasm_lpad_context.selector = uint32_t(filter);
        return 0;
      }
    }
    const uint8_t* next = row;
    const auto offset = int32_t(leb128(row, true));
    if (offset == 0) return 0;
    row = next + offset;
  }
}

int __gxx_wasm_personality_v0() {
  return 0;
}

void* __cxa_allocate_exception(size_t bytes) noexcept {
  return static_cast<Header*>(malloc(sizeof(Header) + bytes)) + 1;
}
void __cxa_free_exception(void* object) noexcept {
  free(header_of(object));
}

[[noreturn]] void __cxa_throw(void* object, std::type_info* type, void (*destroy)(void*)) {
  *header_of(object) = {type, destroy, nullptr, false};
  __builtin_wasm_throw(0, object);
}
void* __cxa_begin_catch(void* object) noexcept {
  Header* header = header_of(object);
  header->rethrown = false;
  header->outer = g_handled;
  g_handled = header;
  return header->type->is_pointer() ? *static_cast<void**>(object) : object;
}
void* __cxa_get_exception_ptr(void* object) noexcept {
  return object;
}
void __cxa_end_catch() {
  Header* header = g_handled;
  g_handled = header->outer;
  if (header->rethrown) return;
  if (header->destroy != nullptr) header->destroy(header + 1);
  free(header);
}
[[noreturn]] void __cxa_rethrow() {
  g_handled->rethrown = true;
  __builtin_wasm_throw(0, g_handled + 1);
}
}
