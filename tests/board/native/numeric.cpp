// SPDX-License-Identifier: Apache-2.0
// Every numeric instruction on this board's CPU, with and without an FPU: native code and the interpreter
// agree on results and traps for all pairs of awkward operands.
#include <mote/mote.hpp>

#include <cstdio>

#include "native/features.hpp"
#include "wasm/module_builder.hpp"
#include "wasm/opcodes.hpp"

namespace {

using mote::wasm::Op;
using mote::wasm::OpcodeRow;
using mote::wasm::test::Bytes;
using mote::wasm::test::join;
using mote::wasm::test::leb128;
using mote::wasm::test::ModuleBuilder;
using mote::wasm::test::name;

alignas(8) std::byte pool[256 * 1024];

constexpr uint64_t kI32[] = {0, 1, 2, 31, 33, 0x7fff'ffff, 0x8000'0000, 0xffff'ffff, 0x1234'5678};
constexpr uint64_t kI64[] = {
    0, 1, 63, 65, ~0ull, 1ull << 63, ~0ull >> 1, 0x1'0000'0000, 0xfedc'ba98'7654'3210};
constexpr uint64_t kF32[] = {0,           0x8000'0000, 0x3f80'0000, 0xbfc0'0000, 0x7f80'0000, 0xff80'0000,
                             0x7fc0'0000, 1,           0x4f00'0000, 0xcf00'0001, 0x5f00'0000, 0x4049'0fdb};
constexpr uint64_t kF64[] = {0,
                             1ull << 63,
                             0x3ff0'0000'0000'0000,
                             0xbff8'0000'0000'0000,
                             0x7ff0'0000'0000'0000,
                             0x7ff8'0000'0000'0000,
                             1,
                             0x41e0'0000'0000'0000,
                             0xc3e0'0000'0000'0000,
                             0x4009'21fb'5444'2d18,
                             0x47ef'ffff'f000'0000};

std::span<const uint64_t> values_of(mote::wasm::ValType type) {
  if (type == mote::wasm::kI32) return kI32;
  if (type == mote::wasm::kI64) return kI64;
  if (type == mote::wasm::kF32) return kF32;
  return kF64;
}

uint8_t byte_of(mote::wasm::ValType type) {
  return type == mote::wasm::kI32   ? 0x7f
         : type == mote::wasm::kI64 ? 0x7e
         : type == mote::wasm::kF32 ? 0x7d
                                    : 0x7c;
}

struct Outcome {
  bool trapped = false;
  mote::Trap trap = mote::Trap::None;
  uint64_t bits = 0;
};

/// Which NaN it is may differ (core spec, 4.3.3).
bool same(const Outcome& a, const Outcome& b, uint8_t type) {
  if (a.trapped != b.trapped || a.trap != b.trap) return false;
  const bool nan = type == 0x7d ? (a.bits & 0x7fff'ffff) > 0x7f80'0000 && (b.bits & 0x7fff'ffff) > 0x7f80'0000
                                : type == 0x7c && (a.bits << 1) > 0xffe0'0000'0000'0000 &&
                                      (b.bits << 1) > 0xffe0'0000'0000'0000;
  return nan || a.bits == b.bits;
}

struct Machine {
  mote::Engine engine{pool};
  mote::Module module;
  mote::Instance instance;
  mote::Function function;

  bool load(const Bytes& bytes, mote::Tier tier) {
    auto loaded = engine.load(bytes, {.tier = tier, .bounds = mote::Bounds::Software});
    if (!loaded) return std::printf("FAILED: %s\n", loaded.error().message), false;
    module = std::move(*loaded);
    auto made = engine.instantiate(module, {}, {.stack_bytes = 4096});
    if (!made) return std::printf("FAILED: %s\n", made.error().message), false;
    instance = std::move(*made);
    function = *instance.function("f");
    return true;
  }
  Outcome call(std::span<const mote::Value> arguments) {
    mote::Value result[1];
    const auto done = function.call(arguments, result);
    if (!done) return {true, done.error().trap, 0};
    return {false, mote::Trap::None, result[0].bits};
  }
};

unsigned failures = 0, compared = 0;

/// Interpreter first, then the CPU: one pool serves both in turn.
void check(const Bytes& code, const OpcodeRow& row) {
  const uint8_t x = byte_of(row.param(0)), result = byte_of(row.result());
  const bool binary = row.param_count() == 2;
  Bytes type = {0x60, static_cast<uint8_t>(binary ? 2 : 1), x};
  if (binary) type.push_back(byte_of(row.param(1)));
  type.insert(type.end(), {1, result});
  const Bytes get_y = binary ? Bytes{0x20, 1} : Bytes{};
  const Bytes bytes = ModuleBuilder()
                          .types({type})
                          .functions({{0}})
                          .exports({join({name("f"), {0, 0}})})
                          .code({join({{0, 0x20, 0}, get_y, code, {0x0b}})})
                          .bytes;
  static Outcome expected[256];
  for (const mote::Tier tier : {mote::Tier::Vm, mote::Tier::Native}) {
    Machine machine;
    if (!machine.load(bytes, tier)) return void(++failures);
    unsigned at = 0;
    for (const uint64_t a : values_of(row.param(0))) {
      for (const uint64_t b : binary ? values_of(row.param(1)) : std::span(kI32).first(1)) {
        const mote::Value arguments[] = {{static_cast<mote::ValueType>(x), a},
                                         {static_cast<mote::ValueType>(x), b}};
        const Outcome outcome = machine.call(std::span(arguments).first(binary ? 2 : 1));
        if (tier == mote::Tier::Vm) {
          expected[at++] = outcome;
          continue;
        }
        ++compared;
        if (same(expected[at], outcome, result) || ++failures > 20) {
          ++at;
          continue;
        }
        std::printf("FAILED: opcode %02x %02x of %08x%08x and %08x%08x: %08x%08x, not %08x%08x\n", code[0],
                    code.size() > 1 ? code[1] : 0, unsigned(a >> 32), unsigned(a), unsigned(b >> 32),
                    unsigned(b), unsigned(outcome.bits >> 32), unsigned(outcome.bits),
                    unsigned(expected[at].bits >> 32), unsigned(expected[at].bits));
        ++at;
      }
    }
  }
}

}  // namespace

int main() {
  for (uint32_t code = 0x45; code <= 0xc4; ++code)
    check({static_cast<uint8_t>(code)}, mote::wasm::row_of(static_cast<Op>(code)));
  for (uint8_t code = 0; code < 8; ++code)
    check({0xfc, code},
          mote::wasm::row_of(static_cast<Op>(static_cast<uint32_t>(Op::I32TruncSatF32S) + code)));
  std::printf("features of the CPU %x: %u results compared\n", unsigned(mote::native::cpu_features()),
              compared);
  std::printf(failures == 0 ? "passed\n" : "failed\n");
  return failures == 0 ? 0 : 1;
}
