// SPDX-License-Identifier: Apache-2.0
// The pass that drives all ISAs makes the very code that each ISA's own makes.
#include "compile/any_isa.hpp"

#include <gtest/gtest.h>

#include "compile/compile.hpp"
#include "compile/isa/thumb2/assembler.hpp"
#include "compile/isa/vm/assembler.hpp"
#include "compile/module_compiler.hpp"
#include "native/random_module.hpp"
#include "runtime/engine.hpp"

namespace mote::compile {
namespace {

using namespace wasm::test;

template <class I>
Bytes code_of(const Bytes& bytes, const runtime::CodeOptions& options) {
  std::vector<std::byte> memory(1 << 20);
  Pool pool(memory);
  auto& loaded = runtime::module_at_zeros(pool.array<std::byte>(sizeof(runtime::LoadedModule)));
  Error error;
  EXPECT_TRUE(wasm::decode(bytes, pool, loaded.wasm, error)) << error.message << " at " << error.offset;
  EXPECT_TRUE(place_globals(loaded.wasm, error));
  loaded.options = options;
  auto* entries = pool.array<uint32_t>(loaded.wasm.defined_functions());
  CodeBuffer code(pool);
  EXPECT_TRUE(compile_functions<I>(pool, loaded, code, entries, error)) << error.message;
  return {code.at(0), code.at(0) + code.position()};
}

template <class I>
void expect_same(const Bytes& bytes, const runtime::CodeOptions& options) {
  const Bytes own = code_of<I>(bytes, options);
  EXPECT_GT(own.size(), 8u);
  EXPECT_EQ(code_of<Virtual<I>>(bytes, options), own);
}

void expect_same_on_all(const Bytes& bytes) {
  expect_same<VmAssembler>(bytes, {});
  for (const uint32_t features :
       {uint32_t{0}, thumb2::kFloat32 | 0u, thumb2::kFloat32 | thumb2::kFloat64 | 0u}) {
    for (const bool fuel : {false, true})
      expect_same<Thumb2Assembler>(
          bytes, {.tier = runtime::Tier::Native, .fuel = fuel, .isa = IsaId::Thumb2, .features = features});
  }
}

TEST(AnyIsa, RandomFunctions) {
  std::mt19937 random(20261127);
  for (int round = 0; round < 60 && !testing::Test::HasFailure(); ++round)
    expect_same_on_all(make_module(random));
}

/// What those do not have: several results, globals, calls in tail position, helpers, a return from a branch.
TEST(AnyIsa, OtherInstructions) {
  const Bytes swap = {0, 0x20, 1, 0x20, 0, 0x0b};
  const Bytes tail = {0, 0x20, 0, 0x20, 1, 0x12, 0, 0x0b};
  const Bytes tail_through_table = {0, 0x23, 0, 0x41, 1, 0x6a, 0x24, 0, 0x20,
                                    0, 0x20, 1, 0x41, 0, 0x13, 0,    0, 0x0b};
  const Bytes helpers = {1,    1,    kI32, 0x20, 0, 0x40, 0, 0x21, 2, 0x41, 0, 0x41, 1, 0x20, 2,
                         0xfc, 0x0b, 0,    0x20, 2, 0x3f, 0, 0x20, 1, 0x0d, 0, 0x10, 0, 0x0b};
  expect_same_on_all(ModuleBuilder()
                         .types({{0x60, 2, kI32, kI32, 2, kI32, kI32}})
                         .functions({{0}, {0}, {0}, {0}})
                         .tables({{0x70, 0, 1}})
                         .memories({{0, 1}})
                         .globals({join({{kI32, 1}, {0x41, 7, 0x0b}})})
                         .elements({{0, 0x41, 0, 0x0b, 1, 0}})
                         .code({swap, tail, tail_through_table, helpers})
                         .bytes);
}

}  // namespace
}  // namespace mote::compile
