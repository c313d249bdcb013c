// SPDX-License-Identifier: Apache-2.0
// WebAssembly's types (core spec, 2.3), as the decoder leaves them: function types stay where they are in the
// module's bytes.
#pragma once
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "config/features.hpp"

namespace mote::wasm {

/// Types that are one byte. Not constants of ValType: GCC loads those from memory, these are immediates.
enum class PlainType : uint8_t {
  Bottom = 0,
  BottomRef = 0x65,
  ContRef = 0x68,
  ExnRef = 0x69,
  ArrayRef = 0x6a,
  StructRef = 0x6b,
  I31Ref = 0x6c,
  EqRef = 0x6d,
  AnyRef = 0x6e,
  ExternRef = 0x6f,
  FuncRef = 0x70,
  NullRef = 0x71,
  NullExternRef = 0x72,
  NullFuncRef = 0x73,
  NullExnRef = 0x74,
  NullContRef = 0x75,
  I16 = 0x77,
  I8 = 0x78,
  V128 = 0x7b,
  F64 = 0x7c,
  F32 = 0x7d,
  I64 = 0x7e,
  I32 = 0x7f,
};

/// Whether references have types of their own, with subtypes: WebAssembly 3.0. Without, a value type is one
/// byte, types are equal or different, and what follows costs nothing.
inline constexpr bool kTypedReferences = enabled(Proposal::TypedFunctionReferences);
static_assert(enabled(Proposal::TypedFunctionReferences) || !enabled(Proposal::Gc),
              "gc builds on function references");

/// A value type. The low byte is the binary encoding's first byte (core spec, 5.3.4), so that plain types
/// compare as bytes. References to a defined type have the type's index in the bits above; those that are
/// never null the highest bit.
struct ValType {
  static constexpr uint8_t kDefined = 0x63;  ///< code of references to defined types
  static constexpr uint32_t kNonNull = 0x8000'0000u;

  uint32_t bits = 0;

  constexpr ValType() = default;
  constexpr ValType(uint32_t number) : bits(number) {}                        // NOLINT: a number is a type
  constexpr ValType(PlainType plain) : bits(static_cast<uint32_t>(plain)) {}  // NOLINT: so is its name
  static constexpr ValType defined(uint32_t index) { return {index << 8 | kDefined}; }

  constexpr uint8_t code() const { return static_cast<uint8_t>(bits); }
  constexpr bool operator==(const ValType&) const = default;
  constexpr bool is_ref() const { return code() >= 0x63 && code() <= 0x75; }
  constexpr bool is_number() const { return code() >= 0x7c && code() <= 0x7f; }
  constexpr bool is_vector() const { return code() == 0x7b; }
  constexpr bool is_defined() const { return code() == kDefined; }
  constexpr uint32_t index() const { return bits >> 8 & 0x7f'ffff; }
  constexpr bool nullable() const { return (bits & kNonNull) == 0; }
  constexpr ValType non_null() const { return {bits | kNonNull}; }
  constexpr ValType with_null() const { return {bits & ~kNonNull}; }
  /// Whether locals and tables can begin with a default value.
  constexpr bool has_default() const { return !kTypedReferences || !is_ref() || nullable(); }
};

inline constexpr auto kI32 = PlainType::I32, kI64 = PlainType::I64, kF32 = PlainType::F32,
                      kF64 = PlainType::F64, kV128 = PlainType::V128, kFuncRef = PlainType::FuncRef,
                      kExternRef = PlainType::ExternRef;
// The other abstract heap types, as nullable references (core spec, 2.3.3).
inline constexpr auto kExnRef = PlainType::ExnRef, kArrayRef = PlainType::ArrayRef,
                      kStructRef = PlainType::StructRef, kI31Ref = PlainType::I31Ref,
                      kEqRef = PlainType::EqRef, kAnyRef = PlainType::AnyRef, kNullRef = PlainType::NullRef,
                      kNullExternRef = PlainType::NullExternRef, kNullFuncRef = PlainType::NullFuncRef,
                      kNullExnRef = PlainType::NullExnRef, kContRef = PlainType::ContRef,
                      kNullContRef = PlainType::NullContRef;
// Types of packed fields: no value has them.
inline constexpr auto kI8 = PlainType::I8, kI16 = PlainType::I16;
/// A reference of any type, from an unreachable stack. Not a type that a module can name.
inline constexpr auto kBottomRef = PlainType::BottomRef;
/// Without typed references every reference may be null.
constexpr ValType non_null(ValType type) {
  return kTypedReferences ? type.non_null() : type;
}
/// Any type: what an unreachable stack yields. Not a type that a module can name.
inline constexpr auto kBottom = PlainType::Bottom;

/// Width in 4-byte slots of the frame.
constexpr uint32_t slots_of(ValType type) {
  if (type == kI64 || type == kF64) return 2;
  return type == kV128 ? 4 : 1;
}

/// The name of a type in the text format, e.g. "i32".
const char* name_of(ValType type);

enum class TypeKind : uint8_t { Function, Struct, Array, Continuation };

/// What a defined type is beyond a plain function type (core spec, 2.3.11 "Recursive Types"). 12 bytes.
struct TypeExtension {
  uint32_t id = 0;  ///< number of the type in the engine: equal types of all modules have the same. While a
                    ///< module is decoded, of the first type of a group: a hash of the group
  uint16_t super_plus_1 = 0;  ///< index of its supertype, plus 1; 0: none
  uint16_t group = 0;         ///< index of the first type of its recursion group
  uint16_t group_size = 1;
  TypeKind kind = TypeKind::Function;
  bool open = false;  ///< may have subtypes
};
/// In builds without typed references: takes no space in types, and no code that is kept refers to it.
struct NoTypeExtension {
  static inline uint32_t id = 0;
  static inline uint16_t super_plus_1 = 0, group = 0, group_size = 1;
  static inline TypeKind kind = TypeKind::Function;
  static inline bool open = false;
};

/// A function type, decoded on demand from the module's bytes (zero copy). 16 bytes on a 32-bit machine. With
/// typed references also a structure's or array's type: its fields are counted as parameters, and what they
/// take in an object, in bytes, as their slots. A continuation's type has its function type's index there, as
/// one parameter.
struct FuncType {
  const uint8_t* params = nullptr;  ///< first parameter's encoded value type, or first field
  uint16_t results_at = 0;          ///< first result's encoded value type lies at params + results_at
  uint16_t param_count = 0;
  uint16_t result_count = 0;
  uint16_t param_slots = 0;
  uint16_t result_slots = 0;
  uint16_t canonical = 0;  ///< index of the first equal type of the same module
  [[no_unique_address]] std::conditional_t<kTypedReferences, TypeExtension, NoTypeExtension> more;

  const uint8_t* results() const { return params + results_at; }
  /// More than one result, or a vector: no pair of registers holds that.
  bool results_in_slots() const { return result_count > 1 || result_slots > 2; }
};

// By call: a build without extensions would compare a constant with itself.
inline TypeKind kind_of(const FuncType& type) {
  return type.more.kind;
}
inline bool is_open(const FuncType& type) {
  return type.more.open;
}

class Reader;

/// The value type whose first byte is `code` and whose rest, if it has one, the reader stands at (core
/// spec, 5.3.5). A type that the build lacks fails the reader, naming the proposal; kBottom after an error.
/// `types`: how many defined types there are to refer to.
ValType value_type(Reader& reader, uint8_t code, uint32_t types);
/// Likewise a reference type, whole, where WebAssembly 1.0 has funcref: tables and element segments.
ValType reference_type(Reader& reader, uint32_t types);
/// The type of the null reference to the heap type that follows (core spec, 5.3.3).
ValType heap_type(Reader& reader, uint32_t types);

/// Reads one valid encoded value type and moves past it; with kTypedReferences see also next_field().
ValType next_reference_type(const uint8_t*& at, uint8_t code);
inline ValType next_type(const uint8_t*& at) {
  const uint8_t code = *at++;
  if constexpr (kTypedReferences) {
    if (code == 0x63 || code == 0x64) return next_reference_type(at, code);
  }
  return ValType{code};
}

/// A structure's or array's field: its type may be kI8 or kI16.
struct Field {
  ValType type;
  bool mutable_ = false;
};
inline Field next_field(const uint8_t*& at) {
  Field field;
  field.type = next_type(at);
  field.mutable_ = *at++ == 1;
  return field;
}
/// Bytes of a field in a structure, or of an element of an array.
constexpr uint32_t bytes_of(ValType type) {
  if (type == kI8) return 1;
  return type == kI16 ? 2 : 4 * slots_of(type);
}
/// Where a field lies in its object, behind the header: fields in order, each aligned to its size, at most 4.
constexpr uint32_t align_field(uint32_t at, ValType type) {
  const uint32_t bytes = bytes_of(type) < 4 ? bytes_of(type) : 4;
  return (at + bytes - 1) & ~(bytes - 1);
}

/// memcmp(), of which a firmware has little other use: newlib's takes four times the flash.
int compare_bytes(const void* a, const void* b, size_t size);

/// The order of two types by their bytes, and 0 if they are equal, where value types have one.
int compare(const FuncType& a, const FuncType& b);

/// Structural equality of types that may belong to different modules.
bool equal(const FuncType& a, const FuncType& b);

/// Limits of a memory or table (core spec, 2.3.11). `max` is kNoMax when absent; in 32 bits, where nothing is
/// larger, also when it is 2^32 - 1.
struct Limits {
  using Size = std::conditional_t<mote::enabled(mote::Proposal::Memory64), uint64_t, uint32_t>;
  static constexpr Size kNoMax = ~Size{0};
  Size min = 0;
  Size max = kNoMax;
  bool is_64 = false;  ///< memory64 / table64
  bool shared = false;

  constexpr bool is_shared() const { return mote::enabled(mote::Proposal::Threads) && shared; }
  /// The type of addresses and sizes.
  constexpr ValType address_type() const {
    if constexpr (mote::enabled(mote::Proposal::Memory64)) return is_64 ? kI64 : kI32;
    return kI32;
  }
};

struct MemoryType {
  static constexpr uint32_t kTooMuch = 0xffff'ffff;

  Limits limits;
  uint8_t page_log2 = 16;  ///< custom-page-sizes: 0 or 16
  uint32_t at_first = 0;   ///< bytes that an instance gives it, known when all code is; kTooMuch: none can
};

struct TableType {
  ValType element = kFuncRef;
  Limits limits;
};

struct GlobalType {
  ValType type;
  bool mutable_ = false;
};

}  // namespace mote::wasm
