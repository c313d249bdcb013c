// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <bit>
#include <cstdint>
#include <type_traits>

namespace mote {

/// The type of a dynamic value: the binary format's byte (core spec, 5.3.1).
enum class ValueType : uint8_t {
  None = 0,
  I32 = 0x7f,
  I64 = 0x7e,
  F32 = 0x7d,
  F64 = 0x7c,
  V128 = 0x7b,
  FuncRef = 0x70,
  ExternRef = 0x6f,
  // WebAssembly 3.0. Types that are never null have the same names; references to defined types are Ref or
  // RefNull.
  ExnRef = 0x69,
  ArrayRef = 0x6a,
  StructRef = 0x6b,
  I31Ref = 0x6c,
  EqRef = 0x6d,
  AnyRef = 0x6e,
  NullRef = 0x71,
  NullExternRef = 0x72,
  NullFuncRef = 0x73,
  NullExnRef = 0x74,
  ContRef = 0x68,
  NullContRef = 0x75,
  RefNull = 0x63,
  Ref = 0x64,
};

constexpr bool is_reference(ValueType type) {
  return static_cast<uint8_t>(type) >= 0x63 && static_cast<uint8_t>(type) <= 0x75;
}

/// What a reference refers to.
enum class RefKind : uint8_t { Null, Function, Host, I31, Struct, Array, Exception, Continuation };

const char* to_string(ValueType type);

/// A reference to whatever the host means by a number; 0 is null. Guests can keep it and hand it back,
/// nothing else. Where guests have structures and arrays (profile full) the number is below 2^31.
struct ExternRef {
  uint32_t id = 0;
};
/// A reference to a function: 0 is null. See Instance::function(FuncRef).
struct FuncRef {
  uint32_t id = 0;
};

/// A vector: its bytes in the order of memory.
struct V128 {
  std::array<uint8_t, 16> bytes{};

  constexpr bool operator==(const V128&) const = default;
};

/// Frame slots (4 bytes) of a value.
constexpr uint32_t slots_of(ValueType type) {
  if (type == ValueType::V128) return 4;
  return type == ValueType::I64 || type == ValueType::F64 ? 2 : 1;
}

/// A value whose type is known at run time only: for tools and the C API. Typed calls do not need it.
struct Value {
  ValueType type = ValueType::None;
  uint64_t bits = 0;  ///< integers and references zero-extended, floats as their bits, a vector's low half
  uint64_t high = 0;  ///< a vector's high half

  Value() = default;
  constexpr Value(ValueType t, uint64_t b) : type(t), bits(b) {}
  static constexpr Value i32(int32_t v) { return {ValueType::I32, static_cast<uint32_t>(v)}; }
  static constexpr Value i64(int64_t v) { return {ValueType::I64, static_cast<uint64_t>(v)}; }
  static constexpr Value f32(float v) { return {ValueType::F32, std::bit_cast<uint32_t>(v)}; }
  static constexpr Value f64(double v) { return {ValueType::F64, std::bit_cast<uint64_t>(v)}; }
  static constexpr Value v128(const V128& v) {
    Value value(ValueType::V128, 0);
    for (unsigned i = 8; i > 0; --i) {
      value.bits = value.bits << 8 | v.bytes[i - 1];
      value.high = value.high << 8 | v.bytes[i + 7];
    }
    return value;
  }
  static constexpr Value func_ref(uint32_t id) { return {ValueType::FuncRef, id}; }
  static constexpr Value extern_ref(uint32_t id) { return {ValueType::ExternRef, id}; }

  constexpr int32_t i32() const { return static_cast<int32_t>(static_cast<uint32_t>(bits)); }
  constexpr int64_t i64() const { return static_cast<int64_t>(bits); }
  constexpr float f32() const { return std::bit_cast<float>(static_cast<uint32_t>(bits)); }
  constexpr double f64() const { return std::bit_cast<double>(bits); }
  constexpr V128 v128() const {
    V128 vector;
    for (unsigned i = 0; i < 16; ++i)
      vector.bytes[i] = static_cast<uint8_t>((i < 8 ? bits : high) >> (8 * (i % 8)));
    return vector;
  }
  constexpr uint32_t ref() const { return static_cast<uint32_t>(bits); }
};

/// How a C++ type travels: its value type, and its letter in a signature.
template <class T>
struct WasmType;
template <class T>
requires((std::is_integral_v<T> || std::is_enum_v<T>)&&sizeof(T) <= 4) struct WasmType<T> {
  static constexpr ValueType kType = ValueType::I32;
  static constexpr char kLetter = 'i';
  static constexpr uint64_t to_bits(T v) { return static_cast<uint32_t>(static_cast<int32_t>(v)); }
  static constexpr T from_bits(uint64_t bits) { return static_cast<T>(static_cast<uint32_t>(bits)); }
};
template <class T>
requires((std::is_integral_v<T> || std::is_enum_v<T>)&&sizeof(T) == 8) struct WasmType<T> {
  static constexpr ValueType kType = ValueType::I64;
  static constexpr char kLetter = 'l';
  static constexpr uint64_t to_bits(T v) { return static_cast<uint64_t>(v); }
  static constexpr T from_bits(uint64_t bits) { return static_cast<T>(bits); }
};
template <>
struct WasmType<float> {
  static constexpr ValueType kType = ValueType::F32;
  static constexpr char kLetter = 'f';
  static constexpr uint64_t to_bits(float v) { return std::bit_cast<uint32_t>(v); }
  static constexpr float from_bits(uint64_t bits) {
    return std::bit_cast<float>(static_cast<uint32_t>(bits));
  }
};
template <>
struct WasmType<double> {
  static constexpr ValueType kType = ValueType::F64;
  static constexpr char kLetter = 'd';
  static constexpr uint64_t to_bits(double v) { return std::bit_cast<uint64_t>(v); }
  static constexpr double from_bits(uint64_t bits) { return std::bit_cast<double>(bits); }
};
template <>
struct WasmType<FuncRef> {
  static constexpr ValueType kType = ValueType::FuncRef;
  static constexpr char kLetter = 'r';
  static constexpr uint64_t to_bits(FuncRef v) { return v.id; }
  static constexpr FuncRef from_bits(uint64_t bits) { return {static_cast<uint32_t>(bits)}; }
};
template <>
struct WasmType<ExternRef> {
  static constexpr ValueType kType = ValueType::ExternRef;
  static constexpr char kLetter = 'e';
  static constexpr uint64_t to_bits(ExternRef v) { return v.id; }
  static constexpr ExternRef from_bits(uint64_t bits) { return {static_cast<uint32_t>(bits)}; }
};

template <>
struct WasmType<V128> {
  static constexpr ValueType kType = ValueType::V128;
  static constexpr char kLetter = 'v';
};

}  // namespace mote
