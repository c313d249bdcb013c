// SPDX-License-Identifier: Apache-2.0
// WebAssembly's types (core spec, 2.3), as the decoder leaves them: function types stay where they are in the
// module's bytes.
#pragma once
#include <cstdint>

namespace mote::wasm {

/// Types that are one byte. Not constants of ValType: GCC loads those from memory, these are immediates.
enum class PlainType : uint8_t {
  Bottom = 0,
  ExternRef = 0x6f,
  FuncRef = 0x70,
  V128 = 0x7b,
  F64 = 0x7c,
  F32 = 0x7d,
  I64 = 0x7e,
  I32 = 0x7f,
};

/// A value type. The low byte is the binary encoding's first byte (core spec, 5.3.4), so that plain types
/// compare as bytes; a reference to a defined type keeps the type's index in the upper 24 bits.
struct ValType {
  uint32_t bits = 0;

  constexpr ValType() = default;
  constexpr ValType(uint32_t number) : bits(number) {}                        // NOLINT: a number is a type
  constexpr ValType(PlainType plain) : bits(static_cast<uint32_t>(plain)) {}  // NOLINT: so is its name

  constexpr uint8_t code() const { return static_cast<uint8_t>(bits); }
  constexpr bool operator==(const ValType&) const = default;
  constexpr bool is_ref() const { return code() >= 0x63 && code() <= 0x74; }
  constexpr bool is_number() const { return code() >= 0x7c && code() <= 0x7f; }
};

inline constexpr auto kI32 = PlainType::I32, kI64 = PlainType::I64, kF32 = PlainType::F32,
                      kF64 = PlainType::F64, kV128 = PlainType::V128, kFuncRef = PlainType::FuncRef,
                      kExternRef = PlainType::ExternRef;
/// Any type: what an unreachable stack yields. Not a type that a module can name.
inline constexpr auto kBottom = PlainType::Bottom;

/// Width in 4-byte slots of the frame.
constexpr uint32_t slots_of(ValType type) {
  if (type == kI64 || type == kF64) return 2;
  return type == kV128 ? 4 : 1;
}

/// The name of a type in the text format, e.g. "i32".
const char* name_of(ValType type);

/// A function type, decoded on demand from the module's bytes (zero copy). 16 bytes on a 32-bit machine.
struct FuncType {
  const uint8_t* params = nullptr;  ///< first parameter's encoded value type
  uint16_t results_at = 0;          ///< first result's encoded value type lies at params + results_at
  uint16_t param_count = 0;
  uint16_t result_count = 0;
  uint16_t param_slots = 0;
  uint16_t result_slots = 0;
  uint16_t canonical = 0;  ///< index of the first equal type of the same module

  const uint8_t* results() const { return params + results_at; }
};

class Reader;

/// The value type whose first byte is `code` and whose rest, if it has one, the reader stands at (core
/// spec, 5.3.5). A type that the build lacks fails the reader, naming the proposal; kBottom after an error.
ValType value_type(Reader& reader, uint8_t code);
/// Likewise a reference type, whole, where WebAssembly 1.0 has funcref: tables and element segments.
ValType reference_type(Reader& reader);
/// The type of the null reference to the heap type that follows (core spec, 5.3.3).
ValType heap_type(Reader& reader);

/// Reads one valid encoded value type and moves past it.
ValType next_type(const uint8_t*& at);

/// Structural equality of types that may belong to different modules.
bool equal(const FuncType& a, const FuncType& b);

/// Limits of a memory or table (core spec, 2.3.11). `max` is kNoMax when absent.
struct Limits {
  static constexpr uint64_t kNoMax = ~uint64_t{0};
  uint64_t min = 0;
  uint64_t max = kNoMax;
  bool is_64 = false;  ///< memory64 / table64
  bool shared = false;
};

struct MemoryType {
  Limits limits;
  uint8_t page_log2 = 16;  ///< custom-page-sizes: 0 or 16
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
