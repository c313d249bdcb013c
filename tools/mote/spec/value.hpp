// SPDX-License-Identifier: Apache-2.0
// WebAssembly values as the suite's scripts and the line protocol have them, and the patterns that results
// must match.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mote::spec {

/// A value. Numbers are their bits in little-endian bytes; a reference is null, a host's number, or opaque.
struct Value {
  enum class Reference : uint8_t { No, Null, Host, Opaque };

  std::string type;                 ///< "i32", "v128", "externref" ...
  std::array<uint8_t, 16> bytes{};  ///< numbers and vectors
  Reference reference = Reference::No;
  uint64_t host = 0;  ///< Reference::Host: the N of (ref.extern N)

  uint64_t bits(unsigned at, unsigned size) const;
  void set_bits(unsigned at, unsigned size, uint64_t value);
};

/// One lane (or the whole) of an expected number.
struct LanePattern {
  enum class Kind : uint8_t { Bits, CanonicalNan, ArithmeticNan };
  Kind kind = Kind::Bits;
  uint64_t bits = 0;
};

/// What a result must look like.
struct Expected {
  std::string type;         ///< as Value::type, or "refnull", or "either"
  unsigned lane_bytes = 0;  ///< numbers: width of each lane
  bool floating = false;
  std::vector<LanePattern> lanes;  ///< numbers: one, or a vector's
  Value::Reference reference = Value::Reference::No;
  uint64_t host = 0;
  std::vector<Expected> alternatives;  ///< "either": one of these
};

bool matches(const Expected& expected, const Value& value);

/// As people write it: "i32 7 (0x7)", "f32 nan:0x200000", "externref null".
std::string describe(const Value& value);
std::string describe(const Expected& expected);

/// Width in bytes of a number type or lane type ("i32", "f64", "v128", "i8"); 0 when it is not one.
unsigned number_bytes(std::string_view type);

/// The protocol's word for a value: "i32:0000002a", "v128:<32 digits, byte 0 first>", "externref:null",
/// "externref:5", "funcref:ref". Docs: docs/conformance.md, "Values".
std::string to_wire(const Value& value);
bool from_wire(std::string_view word, Value& value);

}  // namespace mote::spec
