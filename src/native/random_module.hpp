// SPDX-License-Identifier: Apache-2.0
// Modules of random functions, for tests.
#pragma once
#include <cmath>
#include <cstring>
#include <random>
#include <vector>

#include "wasm/instruction_bytes.hpp"

namespace mote::wasm::test {

inline constexpr uint8_t kTypes[] = {kI32, kI64, kF32, kF64};

/// Makes one function of the type (i32 i64 f32 f64) -> result. Loops count down in locals of their own, so
/// that all end.
class Maker {
 public:
  Maker(std::mt19937& random, uint32_t callable) : random_(random), callable_(callable) {}

  Bytes function(uint8_t result) {
    for (const uint8_t type : kTypes) locals_.push_back(type);
    const uint32_t extra = 1 + pick(14);
    for (uint32_t i = 0; i < extra; ++i) locals_.push_back(kTypes[pick(10) < 6 ? 0 : pick(4)]);
    budget_ = 30 + pick(150);
    for (uint32_t i = 0; i < 6 && budget_ > 0; ++i) statement(0);
    expression(result, 3);
    Bytes declared;
    for (size_t i = 4; i < locals_.size(); ++i) append(declared, {1, locals_[i]});
    return join({leb128(locals_.size() - 4), declared, code_, {0x0b}});
  }

 private:
  uint32_t pick(uint32_t below) { return static_cast<uint32_t>(random_() % below); }
  void put(const Bytes& bytes) { append(code_, bytes); }
  uint32_t local_of(uint8_t type) {
    for (;;) {
      const uint32_t i = pick(static_cast<uint32_t>(locals_.size()));
      if (locals_[i] == type && !reserved(i)) return i;
    }
  }
  bool reserved(uint32_t local) const {
    for (const uint32_t counter : counters_) {
      if (counter == local) return true;
    }
    return false;
  }

  void constant(uint8_t type) {
    constexpr int64_t kInteresting[] = {
        0, 1, -1, 2, 255, 256, 65535, -128, 0x7fff'ffff, -0x8000'0000ll, 0x1'0000'0000ll};
    const int64_t value = pick(2) ? kInteresting[pick(11)] : static_cast<int64_t>(random_()) - 0x8000'0000ll;
    if (type == kI32) return put(i32_const(static_cast<int32_t>(value)));
    const auto spread = static_cast<int64_t>(static_cast<uint64_t>(value) * 0x1234'5678'9abull);
    if (type == kI64) return put(i64_const(pick(4) ? value : spread));
    constexpr double kFloats[] = {0.0, -0.0, 1.0, -1.5, 1e10, 3.25, -1e30, INFINITY};
    const double number = pick(2) ? kFloats[pick(8)] : static_cast<double>(value);
    Bytes bytes(type == kF32 ? 5 : 9);
    bytes[0] = type == kF32 ? 0x43 : 0x44;
    const auto narrow = static_cast<float>(number);
    if (type == kF32) std::memcpy(&bytes[1], &narrow, 4);
    if (type == kF64) std::memcpy(&bytes[1], &number, 8);
    put(bytes);
  }

  void address(uint32_t depth) {
    expression(kI32, depth);
    // Mostly inside the memory of one page.
    if (pick(8) != 0) put(join({i32_const(0xfff8), {0x71}}));
  }

  void expression(uint8_t type, uint32_t depth) {
    if (budget_ > 0) --budget_;
    const uint32_t choice = depth == 0 || budget_ == 0 ? pick(2) : pick(12);
    if (choice == 0) return constant(type);
    if (choice <= 3) return put(join({{0x20}, leb128(any_local(type))}));
    if (choice == 4) {  // tee
      const uint32_t local = local_of(type);
      expression(type, depth - 1);
      return put(join({{0x22}, leb128(local)}));
    }
    if (choice == 5) {
      expression(type, depth - 1);
      expression(type, depth - 1);
      expression(kI32, depth - 1);
      return put({0x1b});
    }
    if (choice == 6 && callable_ > 0) {
      for (const uint8_t param : kTypes) expression(param, depth - 1);
      const uint32_t callee = pick(callable_) / 4 * 4 + static_cast<uint32_t>(kI32 - type);
      if (pick(3) != 0) return put(join({{0x10}, leb128(callee)}));
      put(join({{0x41}, sleb128(callee), {0x11}, leb128(kI32 - type), {0}}));
      return;
    }
    if (choice == 7) {
      put({0x02, type});
      ++depth_;
      expression(type, depth - 1);
      if (pick(2)) {
        expression(kI32, depth - 1);
        put({0x0d, 0});
      }
      --depth_;
      return put({0x0b});
    }
    if (choice == 8) {
      expression(kI32, depth - 1);
      put({0x04, type});
      expression(type, depth - 1);
      put({0x05});
      expression(type, depth - 1);
      return put({0x0b});
    }
    operation(type, depth);
  }

  uint32_t any_local(uint8_t type) {
    for (;;) {
      const uint32_t i = pick(static_cast<uint32_t>(locals_.size()));
      if (locals_[i] == type) return i;
    }
  }

  void unary(uint8_t opcode, uint8_t operand, uint32_t depth) {
    expression(operand, depth - 1);
    put({opcode});
  }
  void binary(uint8_t opcode, uint8_t operand, uint32_t depth) {
    expression(operand, depth - 1);
    expression(operand, depth - 1);
    put({opcode});
  }
  void load(uint8_t opcode, uint32_t depth) {
    address(depth - 1);
    put(join({{opcode, 0}, leb128(pick(3) ? pick(16) : pick(600))}));
  }

  void operation(uint8_t type, uint32_t depth) {
    const uint32_t kind = pick(10);
    if (type == kI32) {
      constexpr uint8_t kLoads[] = {0x28, 0x2c, 0x2d, 0x2e, 0x2f};
      if (kind < 5) return binary(static_cast<uint8_t>(0x6a + pick(15)), kI32, depth);
      if (kind == 5) return binary(static_cast<uint8_t>(0x46 + pick(10)), kI32, depth);
      if (kind == 6) return binary(static_cast<uint8_t>(0x51 + pick(10)), kI64, depth);
      if (kind == 7) return load(kLoads[pick(5)], depth);
      if (kind == 8)
        return pick(2) ? binary(static_cast<uint8_t>(0x5b + pick(6)), kF32, depth)
                       : binary(static_cast<uint8_t>(0x61 + pick(6)), kF64, depth);
      constexpr uint8_t kUnary[] = {0x45, 0x67, 0x68, 0x69, 0xc0, 0xc1};
      return pick(3)   ? unary(kUnary[pick(6)], kI32, depth)
             : pick(2) ? unary(0xa7, kI64, depth)
                       : unary(0x50, kI64, depth);
    }
    if (type == kI64) {
      constexpr uint8_t kLoads[] = {0x29, 0x30, 0x31, 0x32, 0x33, 0x34, 0x35};
      if (kind < 6) return binary(static_cast<uint8_t>(0x7c + pick(15)), kI64, depth);
      if (kind == 6) return load(kLoads[pick(7)], depth);
      if (kind == 7) return unary(static_cast<uint8_t>(0xac + pick(2)), kI32, depth);
      constexpr uint8_t kUnary[] = {0x79, 0x7a, 0x7b, 0xc2, 0xc3, 0xc4};
      return unary(kUnary[pick(6)], kI64, depth);
    }
    const bool wide = type == kF64;
    const auto base = static_cast<uint8_t>(wide ? 0x99 : 0x8b);
    if (kind < 5) return binary(static_cast<uint8_t>(base + 7 + pick(6)), type, depth);
    if (kind == 5) return unary(static_cast<uint8_t>(base + pick(7)), type, depth);
    if (kind == 6) return load(wide ? 0x2b : 0x2a, depth);
    if (kind == 7) return unary(static_cast<uint8_t>((wide ? 0xb7 : 0xb2) + pick(2)), kI32, depth);
    if (kind == 8) return unary(static_cast<uint8_t>((wide ? 0xb9 : 0xb4) + pick(2)), kI64, depth);
    return wide ? unary(0xbb, kF32, depth) : unary(0xb6, kF64, depth);
  }

  void store(uint32_t depth) {
    address(depth);
    const bool wide = pick(3) == 0;
    constexpr uint8_t kNarrow[] = {0x36, 0x3a, 0x3b}, kWide[] = {0x37, 0x3c, 0x3d, 0x3e};
    expression(wide ? kI64 : kI32, depth);
    put(join({{wide ? kWide[pick(4)] : kNarrow[pick(3)], 0}, leb128(pick(3) ? pick(16) : pick(600))}));
  }

  void statement(uint32_t nesting) {
    if (budget_ > 0) --budget_;
    const uint32_t choice = pick(nesting < 4 && budget_ > 0 ? 10 : 5);
    if (choice < 3) {
      const uint8_t type = kTypes[pick(3) ? pick(2) : pick(4)];
      const uint32_t local = local_of(type);
      expression(type, 4);
      return put(join({{0x21}, leb128(local)}));
    }
    if (choice == 3) return store(3);
    if (choice == 4) {
      expression(kTypes[pick(4)], 3);
      return put({0x1a});
    }
    if (choice <= 6) {  // if, with or without else
      expression(kI32, 3);
      put({0x04, 0x40});
      for (uint32_t i = pick(3); i > 0; --i) statement(nesting + 1);
      if (pick(2)) {
        put({0x05});
        statement(nesting + 1);
      }
      return put({0x0b});
    }
    if (choice == 7) {  // br_table over three blocks
      put({0x02, 0x40, 0x02, 0x40, 0x02, 0x40});
      expression(kI32, 2);
      put({0x0e, 2, 0, 1, 2, 0x0b});
      statement(nesting + 1);
      put({0x0b});
      statement(nesting + 1);
      return put({0x0b});
    }
    loop(nesting);
  }

  void loop(uint32_t nesting) {
    const auto counter = static_cast<uint32_t>(locals_.size());
    locals_.push_back(kI32);
    counters_.push_back(counter);
    put(join({{0x41}, sleb128(1 + pick(5)), {0x21}, leb128(counter), {0x02, 0x40, 0x03, 0x40}}));
    for (uint32_t i = 1 + pick(3); i > 0; --i) statement(nesting + 1);
    if (pick(2)) {
      expression(kI32, 2);
      put({0x0d, 1});  // out of the block
    }
    put(join({{0x20}, leb128(counter), {0x41, 0x7f, 0x6a, 0x22}, leb128(counter), {0x0d, 0, 0x0b, 0x0b}}));
  }

  std::mt19937& random_;
  uint32_t callable_, budget_ = 0, depth_ = 0;
  Bytes code_;
  std::vector<uint8_t> locals_;
  std::vector<uint32_t> counters_;
};

/// Four functions for each round, one for each result; later ones call earlier ones.
inline Bytes make_module(std::mt19937& random) {
  std::vector<Bytes> types, functions, exports, bodies;
  for (const uint8_t result : kTypes) types.push_back({0x60, 4, kI32, kI64, kF32, kF64, 1, result});
  constexpr uint32_t kFunctions = 12;
  Bytes elements = {0, 0x41, 0, 0x0b, kFunctions};
  for (uint32_t i = 0; i < kFunctions; ++i) {
    functions.push_back({static_cast<uint8_t>(i % 4)});
    exports.push_back(join({name("f" + std::to_string(i)), {0, static_cast<uint8_t>(i)}}));
    bodies.push_back(Maker(random, i / 4 * 4).function(kTypes[i % 4]));
    elements.push_back(static_cast<uint8_t>(i));
  }
  exports.push_back(join({name("memory"), {2, 0}}));
  return ModuleBuilder()
      .types(types)
      .functions(functions)
      .tables({{0x70, 0, kFunctions}})
      .memories({{0, 1}})
      .exports(exports)
      .elements({elements})
      .code(bodies)
      .bytes;
}

}  // namespace mote::wasm::test
