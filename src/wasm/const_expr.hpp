// SPDX-License-Identifier: Apache-2.0
// Constant expressions (core spec, 3.4.12 "Constant Expressions"): what globals, segments and tables begin
// with.
#pragma once
#include <array>
#include <cstdint>

#include "config/limits.hpp"
#include "wasm/module.hpp"
#include "wasm/opcodes.hpp"

namespace mote::wasm {

/// Validates the expression that the reader stands at and moves past its `end`. It may read the first
/// `visible` globals, if they are immutable. Functions that it names become declared.
ConstExpr validate_const_expr(Reader& reader, Module& module, ValType expected, uint32_t visible);

/// The arithmetic that constant expressions may have: add, sub and mul of i32 and of i64.
constexpr uint64_t constant_arithmetic(Op op, uint64_t a, uint64_t b) {
  const bool is_long = op >= Op::I64Add;
  const auto which = static_cast<uint32_t>(op) - static_cast<uint32_t>(is_long ? Op::I64Add : Op::I32Add);
  const uint64_t result = which == 0 ? a + b : which == 1 ? a - b : a * b;
  return is_long ? result : static_cast<uint32_t>(result);
}

/// The opcode of a validated expression.
inline Op next_opcode(Walk& walk) {
  const uint8_t code = walk.u8();
  return static_cast<Op>(code < 0xfb ? code : opcode_number(code, walk.u32()));
}

/// Computes a validated expression and moves `at` past its `end`. Numbers are zero-extended bits, null is 0.
/// One in an image may be anything: then it yields any number, and nothing else happens.
/// Env has `uint64_t global(uint32_t index)` and `uint64_t function(uint32_t index)`, the reference to a
/// function; if it can make objects also `void aggregate(Op, Walk&, uint64_t* stack, uint32_t& size)`, for
/// operations behind 0xfb and v128.const, and `bool vector(uint32_t index, uint64_t* stack, uint32_t& size)`,
/// which pushes a global if that is a vector: two numbers.
template <class Env>
uint64_t evaluate(const Module& module, const uint8_t*& at, Env&& env) {
  std::array<uint64_t, (enabled(Proposal::Simd) ? 2 : 1) * limits::kConstStack> stack;
  uint32_t size = 0;
  Walk walk(module.bytes, at);
  for (;;) {
    const Op op = next_opcode(walk);
    uint64_t value = 0;
    switch (op) {
      case Op::I32Const:
        value = static_cast<uint32_t>(walk.s32());
        break;
      case Op::I64Const:
        value = static_cast<uint64_t>(walk.s64());
        break;
      case Op::F32Const:
        value = walk.fixed32();
        break;
      case Op::F64Const:
        value = walk.fixed64();
        break;
      case Op::RefNull:
        walk.s33();
        break;
      case Op::RefFunc:
        value = env.function(walk.u32());
        break;
      case Op::GlobalGet: {
        const uint32_t index = walk.u32();
        if constexpr (enabled(Proposal::Simd) && requires { env.vector(index, stack.data(), size); }) {
          if (env.vector(index, stack.data(), size)) continue;
        }
        value = env.global(index);
        break;
      }
      case Op::I32Add:
      case Op::I32Sub:
      case Op::I32Mul:
      case Op::I64Add:
      case Op::I64Sub:
      case Op::I64Mul:
        if (size < 2) return 0;
        size -= 2;
        value = constant_arithmetic(op, stack[size], stack[size + 1]);
        break;
      default:  // End, or an operation that makes an object
        if constexpr (enabled(Proposal::Gc) && requires { env.aggregate(op, walk, stack.data(), size); }) {
          if (op != Op::End) {
            env.aggregate(op, walk, stack.data(), size);
            continue;
          }
        }
        at = walk.position();
        return size == 0 ? 0 : stack[0];
    }
    if (size == stack.size()) return 0;
    stack[size++] = value;
  }
}

/// Likewise, where only the value matters.
template <class Env>
uint64_t evaluate(const Module& module, ConstExpr expression, Env&& env) {
  const uint8_t* at = expression.at;
  return evaluate(module, at, env);
}

}  // namespace mote::wasm
