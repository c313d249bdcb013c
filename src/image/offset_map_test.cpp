// SPDX-License-Identifier: Apache-2.0
// Offset maps of images: they say what the compiler would say, and forged ones lead nowhere.
#include "image/offset_map.hpp"

#include <gtest/gtest.h>
#include <mote/mote.hpp>

#include <array>
#include <random>
#include <utility>
#include <vector>

#include "compile/compile.hpp"
#include "image/build.hpp"
#include "image/verify.hpp"
#include "native/features.hpp"
#include "runtime/engine.hpp"
#include "wasm/instruction_bytes.hpp"

namespace mote {
namespace {

using namespace wasm::test;

int32_t twice(int32_t value) {
  return 2 * value;
}
constexpr HostFunction kHost[] = {bind<twice>("env", "twice")};

std::vector<uint8_t> build(const Bytes& module, const image::BuildOptions& options) {
  std::vector<std::byte> memory(1 << 20);
  std::vector<uint8_t> image(1 << 16);
  Pool pool(memory);
  image::Builder builder(pool, image::memory_sink(image), options);
  EXPECT_TRUE(builder.feed(module) && builder.finish()) << builder.error().message;
  image.resize(builder.length());
  return image;
}

std::vector<image::BuildOptions> ways() {
  std::vector<image::BuildOptions> all;
  if (config::kInterpreter) all.push_back({.isa = IsaId::Vm});
  if constexpr (config::kNative) {
    all.push_back({.isa = config::kNativeIsa});
    all.push_back({.isa = config::kNativeIsa, .fuel = true});
    if (config::kGuardPages)
      all.push_back({.isa = config::kNativeIsa, .bounds = runtime::Bounds::GuardPages});
  }
  return all;
}

class OffsetMaps : public testing::TestWithParam<image::BuildOptions> {};

/// (p, q) -> i32 with accesses, a division, a loop, a table of labels, calls of both kinds, in an order that
/// has code out of line; then a function that is never left but by a trap.
Bytes varied() {
  const Bytes main = {
      2,    1,    kI32, 1,    kI64,                                               // i32 2, i64 3
      0x03, 0x40, 0x20, 2,    0x20, 0,    0x28, 2,    8,    0x6a, 0x21, 2,        // loop: s += [p + 8]
      0x20, 0,    0x20, 2,    0x36, 2,    16,   0x20, 0,    0x20, 1,    0x6d,     // [p + 16] = s; p / q
      0x20, 2,    0x6a, 0x21, 2,    0x20, 2,    0xac, 0x20, 3,    0x7c, 0x42, 7,  // w = (w + s) / 7
      0x7f, 0x21, 3,    0x02, 0x40, 0x02, 0x40, 0x20, 1,    0x0e, 1,    0,    1,  // q: 0, or others
      0x0b, 0x20, 2,    0x10, 0,    0x21, 2,    0x0b, 0x20, 2,    0x20, 1,        // s = twice(s)
      0x11, 1,    0,    0x21, 2,    0x20, 0,    0x41, 4,    0x6a, 0x22, 0,        // s = table[q](s)
      0x41, 0x80, 0x02, 0x48, 0x0d, 0,    0x0b, 0x20, 2,    0x20, 3,    0xa7,     // p += 4 < 256: again
      0x6a, 0x0b};
  const Bytes trap = {0, 0x20, 0, 0x04, 0x40, 0x00, 0x0b, 0x20, 0, 0x10, 3, 0x41, 1, 0x6a, 0x0b};
  const Bytes deep = {0, 0x20, 0, 0x45, 0x04, 0x40, 0x00, 0x0b, 0x20, 0, 0x41, 1, 0x6b, 0x10, 3, 0x0b};
  return ModuleBuilder()
      .types({{0x60, 2, kI32, kI32, 1, kI32}, {0x60, 1, kI32, 1, kI32}})
      .imports({join({name("env"), name("twice"), {0, 1}})})
      .functions({{0}, {1}, {1}})
      .tables({{0x70, 0, 4}})
      .memories({{0, 1}})
      .exports({join({name("main"), {0, 1}}), join({name("trap"), {0, 2}}), join({name("deep"), {0, 3}})})
      .elements({{0, 0x41, 1, 0x0b, 2, 0, 2}})
      .code({main, trap, deep})
      .bytes;
}

/// Likewise the module, compiled by the engine.
LoadOptions load_options(const image::BuildOptions& way) {
  return {.tier = way.isa == IsaId::Vm ? Tier::Vm : Tier::Native,
          .bounds = way.bounds == runtime::Bounds::GuardPages ? Bounds::GuardPages : Bounds::Software,
          .fuel = way.fuel};
}

TEST_P(OffsetMaps, KnowWhereAllCodeComesFrom) {
  if (!config::kMakesOffsetMaps) GTEST_SKIP() << "this build makes no maps";
  image::BuildOptions options = GetParam();
  options.map = true;
  if constexpr (config::kNative) {
    if (options.isa != IsaId::Vm) options.features = native::cpu_features();
  }
  const Bytes bytes = varied();
  const auto image = build(bytes, options);
  ASSERT_FALSE(image.empty());
  std::vector<std::byte> memory(1 << 20), memory_for_image(1 << 20);
  Engine engine(memory), engine_for_image(memory_for_image);
  const auto module = engine.load(bytes, load_options(options));
  const auto mapped = engine_for_image.load_image(image, {.trusted = true});
  ASSERT_TRUE(module && mapped);
  const runtime::LoadedModule &a = *module->state(), &b = *mapped->state();
  uint32_t known = 0, all = 0;
  for (uint32_t i = 0; i < a.wasm.defined_functions(); ++i) {
    const bool last = i + 1 == a.wasm.defined_functions();
    const uint32_t size = (last ? a.code_bytes : a.entries[i + 1] - 4) - a.entries[i];
    ASSERT_EQ(last ? size : b.entries[i + 1] - 4 - b.entries[i], size) << "the same code";
    for (uint32_t at = 0; at < size; ++at) {
      const uint32_t offset = image::mapped_offset(b, b.entries[i], b.entries[i] + at);
      ++all;
      const uint32_t wanted = compile::locate(a, engine.state()->pool, a.entries[i] + at).offset;
      // In a prologue the map is silent, in a table of labels the compiler.
      if (offset == Error::kNoOffset || wanted == Error::kNoOffset) continue;
      ++known;
      ASSERT_EQ(offset, wanted) << "function " << i << " at " << at;
    }
  }
  EXPECT_GT(known, all / 2);
  const auto* header = reinterpret_cast<const image::Header*>(image.data());
  EXPECT_LT(image.size() - image::map_at(*header), b.code_bytes / 3);
}

TEST_P(OffsetMaps, GiveBacktracesTheirOffsets) {
  if (!config::kMakesOffsetMaps) GTEST_SKIP() << "this build makes no maps";
  const Bytes bytes = varied();
  const auto frames_of = [&](bool in_image, bool map) {
    image::BuildOptions options = GetParam();
    options.map = map;
    const auto image = build(bytes, options);
    std::vector<std::byte> pool(1 << 20);
    Engine engine(pool);
    const auto module =
        in_image ? engine.load_image(image, {.trusted = true}) : engine.load(bytes, load_options(options));
    EXPECT_TRUE(module);
    const auto instance = engine.instantiate(*module, {.functions = kHost}, {.stack_bytes = 16384});
    EXPECT_TRUE(instance);
    std::vector<uint32_t> offsets;
    for (const auto& [function, argument] :
         {std::pair("trap", 1), std::pair("trap", 0), std::pair("deep", 3)}) {
      EXPECT_FALSE(instance->call<int32_t>(function, argument));
      std::array<Frame, 8> frames;
      const uint32_t count = instance->backtrace(frames);
      for (uint32_t i = 0; i < count; ++i) offsets.push_back(frames[i].offset);
    }
    for (const auto& [p, q] : {std::pair(0, 0), std::pair(70'000, 1), std::pair(0, 9)}) {
      EXPECT_FALSE(instance->call<int32_t>("main", p, q));
      std::array<Frame, 8> frames;
      EXPECT_EQ(instance->backtrace(frames), 1u);
      offsets.push_back(frames[0].offset);
    }
    return offsets;
  };
  const auto wanted = frames_of(false, false);
  EXPECT_EQ(wanted.size(), 1u + 2u + 4u + 3u);
  EXPECT_EQ(frames_of(true, true), wanted);
  EXPECT_EQ(frames_of(true, false), std::vector<uint32_t>(wanted.size(), Error::kNoOffset));
}

TEST_P(OffsetMaps, ForgedAreReadNowhereElse) {
  if (!config::kMakesOffsetMaps) GTEST_SKIP() << "this build makes no maps";
  image::BuildOptions options = GetParam();
  options.map = true;
  const auto good = build(varied(), options);
  std::mt19937 random(7);
  for (int round = 0; round < 300; ++round) {
    std::vector<uint8_t> image = good;
    auto& header = *reinterpret_cast<image::Header*>(image.data());
    const uint32_t begin = image::map_at(header);
    for (size_t at = begin; at < image.size(); ++at) {
      if (random() % 3 == 0) image[at] = static_cast<uint8_t>(random() % 2 == 0 ? 0 : random() | 0x80);
    }
    // Cut anywhere, before its begin too.
    image.resize(begin - 32 + random() % (image.size() - begin + 33));
    image.shrink_to_fit();
    auto& cut = *reinterpret_cast<image::Header*>(image.data());
    cut.length = static_cast<uint32_t>(image.size());
    cut.crc = image::crc_of(cut, image);
    std::vector<std::byte> pool(1 << 20);
    Engine engine(pool);
    const auto module = engine.load_image(image, {.trusted = true});
    if (!module) continue;  // the tables are cut
    const runtime::LoadedModule& loaded = *module->state();
    for (uint32_t i = 0; i < loaded.code_bytes; i += 3) (void)image::mapped_offset(loaded, 0, i);
  }
}

INSTANTIATE_TEST_SUITE_P(All, OffsetMaps, testing::ValuesIn(ways()), [](const auto& way) {
  return std::string(way.param.isa == IsaId::Vm ? "Vm" : "Native") + (way.param.fuel ? "Fuel" : "") +
         (way.param.bounds == runtime::Bounds::GuardPages ? "GuardPages" : "");
});

}  // namespace
}  // namespace mote
