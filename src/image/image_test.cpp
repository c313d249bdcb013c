// SPDX-License-Identifier: Apache-2.0
// From a module to an image and back: what is built runs, whatever pieces the module came in; what does not
// fit is refused with its reason; nothing outside of an image is read, whatever its bytes are.
#include <gtest/gtest.h>
#include <mote/mote.hpp>

#include <algorithm>
#include <cstring>
#include <random>

#include "compile/isa/target.hpp"
#include "compile/isa/thumb2/features.hpp"
#include "image/build.hpp"
#include "image/crc32.hpp"
#include "image/verify.hpp"
#include "native/features.hpp"
#include "wasm/module_builder.hpp"

namespace mote {
namespace {

using wasm::test::Bytes;
using wasm::test::join;
using wasm::test::ModuleBuilder;
using wasm::test::name;

constexpr uint8_t kI32 = 0x7f, kI64 = 0x7e;

/// Everything that an image keeps: imports, a table with an active segment, memory with data, globals of all
/// kinds, a start function, calls forward and back, calls through the table, traps, exceptions.
Bytes sample() {
  return ModuleBuilder()
      .types({{0x60, 1, kI32, 1, kI32},
              {0x60, 0, 0},
              {0x60, 0, 1, kI32},
              {0x60, 0, 1, kI64},
              {0x60, 1, kI32, 0}})
      .imports({join({name("env"), name("twice"), {0, 0}})})
      .functions({{0}, {1}, {2}, {3}, {2}, {2}})
      .tables({{0x70, 0, 4}})
      .memories({{0, 1}})
      .section(13, {1, 0, 4})
      .globals({{kI32, 1, 0x41, 5, 0x0b}, {kI64, 0, 0x42, 0xc0, 0x00, 0x0b}})
      .exports({join({name("go"), {0, 3}}), join({name("later"), {0, 1}}), join({name("wide"), {0, 4}}),
                join({name("trap"), {0, 5}}), join({name("caught"), {0, 6}}), join({name("tag"), {4, 0}}),
                join({name("memory"), {2, 0}})})
      .start(2)
      .elements({{0, 0x41, 1, 0x0b, 2, 0, 1}})
      .code({
          {0, 0x20, 0, 0x10, 0, 0x23, 0, 0x6a, 0x0b},  // later(x): twice(x) + global 0
          {0, 0x41, 7, 0x24, 0, 0x0b},                 // start: global 0 = 7
          {0, 0x41, 0, 0x2d, 0, 0, 0x10, 1, 0x41, 2, 0x11, 0, 0,
           0x0b},                                   // go: later(memory[0]) through the table
          {0, 0x23, 1, 0x10, 5, 0xac, 0x7c, 0x0b},  // wide: global 1 + trap()
          {0, 0x41, 0xff, 0xff, 0xff, 0xff, 0x07, 0x28, 2, 0, 0x0b},  // trap: a load outside
          {0, 0x02, kI32, 0x1f, 0x40, 1, 0, 0, 0, 0x41, 9, 0x08, 0, 0x0b, 0x00, 0x0b,
           0x0b},  // caught: 9, thrown and caught
      })
      .section(11, {1, 0, 0x41, 0, 0x0b, 3, 21, 22, 23})
      .bytes;
}

int32_t twice(int32_t value) {
  return 2 * value;
}
constexpr HostFunction kHost[] = {bind<twice>("env", "twice")};

std::vector<uint8_t> build(const Bytes& module, const image::BuildOptions& options, size_t piece = 1 << 20,
                           Error* error = nullptr) {
  std::vector<std::byte> memory(1 << 20);
  std::vector<uint8_t> image(1 << 16);
  Pool pool(memory);
  {
    image::Builder builder(pool, image::memory_sink(image), options);
    const std::span<const uint8_t> all(module);
    bool ok = true;
    for (size_t at = 0; at < module.size() && ok; at += piece)
      ok = builder.feed(all.subspan(at, std::min(piece, module.size() - at)));
    ok = ok && builder.finish();
    if (error != nullptr) *error = builder.error();
    EXPECT_EQ(ok, !builder.error());
    image.resize(ok ? builder.length() : 0);
  }
  EXPECT_TRUE(pool.empty());
  return image;
}

std::vector<image::BuildOptions> ways() {
  std::vector<image::BuildOptions> all;
  if (config::kInterpreter) all.push_back({.isa = IsaId::Vm});
  if constexpr (config::kNative) {
    all.push_back({.isa = config::kNativeIsa, .features = native::cpu_features()});
    all.push_back({.isa = config::kNativeIsa, .fuel = true});
    if (config::kGuardPages)
      all.push_back({.isa = config::kNativeIsa, .bounds = runtime::Bounds::GuardPages});
  }
  return all;
}

class Images : public testing::TestWithParam<image::BuildOptions> {};

TEST_P(Images, RunAsTheModuleDoes) {
  const auto image = build(sample(), GetParam());
  ASSERT_FALSE(image.empty());
  std::vector<std::byte> pool(1 << 20);
  Engine engine(pool);
  {
    auto module = engine.load_image(image, {.trusted = true});
    ASSERT_TRUE(module) << module.error().message;
    EXPECT_TRUE(module->in_image());
    auto instance = engine.instantiate(*module, {.functions = kHost}, {.stack_bytes = 16384});
    ASSERT_TRUE(instance) << instance.error().message;
    const auto go = instance->call<int32_t>("go");
    ASSERT_TRUE(go) << go.error().message;
    EXPECT_EQ(*go, 2 * (2 * 21 + 7) + 7);
    const auto trapped = instance->call<int64_t>("wide");
    EXPECT_EQ(trapped.error().trap, Trap::MemoryOutOfBounds);
    Frame frames[4];
    ASSERT_EQ(instance->backtrace(frames), 2u);
    EXPECT_EQ(frames[0].function, 5u);
    EXPECT_EQ(frames[0].name, "trap");
    EXPECT_EQ(frames[1].function, 4u);
    const auto caught = instance->call<int32_t>("caught");
    ASSERT_TRUE(caught) << caught.error().message;
    EXPECT_EQ(*caught, 9);
    EXPECT_EQ(instance->memory("memory").size(), 65536u);
  }
  EXPECT_EQ(engine.usage().used, 0u);
}

TEST_P(Images, AreTheSameWhateverPiecesTheModuleComesIn) {
  const auto whole = build(sample(), GetParam());
  for (const size_t piece : {1, 2, 3, 7, 64}) EXPECT_EQ(build(sample(), GetParam(), piece), whole) << piece;
}

TEST_P(Images, TakeLittleMemoryToLoad) {
  const auto image = build(sample(), GetParam());
  std::vector<std::byte> pool(1 << 20);
  Engine engine(pool);
  const auto module = engine.load_image(image, {.trusted = true});
  ASSERT_TRUE(module);
  EXPECT_EQ(module->usage().code, 0u);
  EXPECT_LT(module->usage().tables, 1000u);
}

INSTANTIATE_TEST_SUITE_P(All, Images, testing::ValuesIn(ways()), [](const auto& way) {
  return std::string(way.param.isa == IsaId::Vm ? "Vm" : "Native") + (way.param.fuel ? "Fuel" : "") +
         (way.param.bounds == runtime::Bounds::GuardPages ? "GuardPages" : "");
});

/// Loads and gives the error.
Error refusal(std::span<const uint8_t> image, const ImageOptions& options = {.trusted = true}) {
  std::vector<std::byte> pool(1 << 20);
  Engine engine(pool);
  const auto module = engine.load_image(image, options);
  return module ? Error{} : module.error();
}

/// An image changed by `change`, with a CRC that fits again.
template <class Change>
std::vector<uint8_t> changed(Change change) {
  auto image = build(sample(), ways()[0]);
  auto& header = *reinterpret_cast<image::Header*>(image.data());
  change(header);
  header.crc = image::crc_of(header, image);
  return image;
}

void expect(const Error& error, ErrorCode code, const char* part) {
  EXPECT_EQ(error.code, code) << error.message;
  EXPECT_NE(std::strstr(error.message, part), nullptr) << error.message;
}

TEST(Image, IsRefusedWithTheReason) {
  using enum ErrorCode;
  const auto good = changed([](image::Header&) {});
  EXPECT_FALSE(refusal(good));
  expect(refusal(good, {}), Untrusted, "trusted");
  expect(refusal(std::span(good).first(100)), ImageDamaged, "shorter");
  expect(refusal(std::span(good).first(good.size() - 8)), ImageDamaged, "long");
  expect(refusal(sample()), ImageDamaged, "not an image");
  auto damaged = good;
  damaged.back() ^= 1;
  expect(refusal(damaged), ImageDamaged, "CRC");
  expect(refusal(changed([](auto& h) { h.magic ^= 1; })), ImageDamaged, "not an image");
  expect(refusal(changed([](auto& h) { ++h.version; })), ImageMismatch, "format version");
  expect(refusal(changed([](auto& h) { ++h.abi; })), ImageMismatch, "engine version");
  expect(refusal(changed([](auto& h) { h.isa = static_cast<uint8_t>(IsaId::Thumb2) + 7; })), ImageMismatch,
         "another CPU");
  expect(refusal(changed([](auto& h) { h.bounds = 9; })), ImageMismatch,
         sizeof(size_t) > 4 ? "another bounds mode" : "needs an MPU");
  expect(refusal(changed([](auto& h) { h.bounds = 2; })), ImageMismatch, "needs an MPU");
  expect(refusal(changed([](auto& h) { h.parts[image::kTablesPart].at += 32; })), ImageDamaged, "outside");
  expect(refusal(changed([](auto& h) { h.parts[image::kCodePart].bytes = 1; })), ImageDamaged, "outside");
  expect(refusal(changed([](auto& h) { h.parts[image::kTablesPart].bytes = 4; })), ImageDamaged, "outside");
  std::vector<uint8_t> shifted(good.size() + 4);
  std::copy(good.begin(), good.end(), shifted.begin() + 4);
  expect(refusal(std::span(shifted).subspan(4)), ImageDamaged, "multiple of 8");
}

TEST(Image, NeedsTheFeaturesThatItSays) {
  if (!config::kNative) GTEST_SKIP() << "this build has no native code";
  const auto asking_for = [](uint32_t features) {
    auto image = build(sample(), {.isa = config::kNativeIsa});
    auto& header = *reinterpret_cast<image::Header*>(image.data());
    header.features = features;
    header.crc = image::crc_of(header, image);
    return image;
  };
  expect(refusal(asking_for(0x8000'0000)), ErrorCode::ImageMismatch, "features");
  const uint32_t has = native::cpu_features();
  for (uint32_t bit = 1; bit <= 16; bit <<= 1) {
    Error missing;
    native::why_missing(bit).write(missing, ErrorCode::ImageMismatch);
    const std::string why = missing.message;
    if ((has & bit) != 0) {
      EXPECT_FALSE(refusal(asking_for(bit)));
    } else {
      expect(refusal(asking_for(bit)), ErrorCode::ImageMismatch, why.c_str());
    }
  }
}

/// What a function needs, and nothing else: an image of integers for a CPU with an FPU runs without one.
TEST(Image, NamesTheFeaturesThatItUses) {
  const auto features = [](uint8_t operation, uint8_t type) {
    const Bytes module = ModuleBuilder()
                             .types({{0x60, 2, type, type, 1, type}})
                             .functions({{0}})
                             .code({{0, 0x20, 0, 0x20, 1, operation, 0x0b}})
                             .bytes;
    std::vector<uint32_t> found;
    for (const uint32_t has : {compile::thumb2::kFloat32, compile::thumb2::kSoftFloat32}) {
      const auto image = build(module, {.isa = IsaId::Thumb2, .features = has});
      found.push_back(reinterpret_cast<const image::Header*>(image.data())->features);
    }
    return found;
  };
  if (!compile::compiles_for(IsaId::Thumb2)) GTEST_SKIP() << "this build does not compile for Thumb-2";
  EXPECT_EQ(features(0x6a, 0x7f), (std::vector<uint32_t>{0, 0}));  // i32.add
  EXPECT_EQ(features(0x92, 0x7d),
            (std::vector<uint32_t>{compile::thumb2::kFloat32, compile::thumb2::kSoftFloat32}));  // f32.add
}

/// Code for guard pages checks nothing: its memory must be one that can lie between them.
TEST(Image, NeedsAMemoryThatSuitsItsBounds) {
  if (!config::kGuardPages) GTEST_SKIP() << "this build has software checks only";
  const auto of = [](const Bytes& memory) {
    const Bytes module =
        ModuleBuilder().types({{0x60, 0, 0}}).functions({{0}}).memories({memory}).code({{0, 0x0b}}).bytes;
    auto image = build(module, {.isa = config::kNativeIsa, .bounds = runtime::Bounds::GuardPages});
    auto& header = *reinterpret_cast<image::Header*>(image.data());
    EXPECT_EQ(header.bounds, memory[0] == 0 ? 1 : 0);  // small pages are compared
    header.bounds = 1;
    header.crc = image::crc_of(header, image);
    return image;
  };
  EXPECT_FALSE(refusal(of({0, 1})));
  if (enabled(Proposal::CustomPageSizes))
    expect(refusal(of({8, 1, 0})), ErrorCode::ImageMismatch, "does not suit");
}

/// Any machine makes code for the MPU of a board, where two regions can cover the memory.
TEST(Image, ForTheMpuIsMadeWhereRegionsCoverTheMemory) {
  if (!compile::compiles_for(IsaId::Thumb2)) GTEST_SKIP() << "this build does not compile for Thumb-2";
  const auto bounds_of = [](const Bytes& memory, IsaId isa = IsaId::Thumb2) {
    const Bytes module = ModuleBuilder()
                             .types({{0x60, 1, kI32, 1, kI32}})
                             .functions({{0}})
                             .memories({memory})
                             .code({{0, 0x20, 0, 0x28, 2, 0, 0x0b}})
                             .bytes;
    const auto image = build(module, {.isa = isa, .bounds = runtime::Bounds::Mpu});
    return static_cast<runtime::Bounds>(reinterpret_cast<const image::Header*>(image.data())->bounds);
  };
  EXPECT_EQ(bounds_of({0, 1}), runtime::Bounds::Mpu);
  EXPECT_EQ(bounds_of({1, 2, 4}), runtime::Bounds::Mpu);
  EXPECT_EQ(bounds_of({0, 17}), runtime::Bounds::Software);  // 17 * 64 KiB: no multiple of what regions have
  if (compile::compiles_for(IsaId::X64)) {
    EXPECT_EQ(bounds_of({0, 1}, IsaId::X64), runtime::Bounds::Software);
  }
}

TEST(Image, IsReplacedByTheModuleAtHand) {
  const Bytes module = sample();
  const auto load = [&](std::span<const uint8_t> image, std::span<const uint8_t> fallback, bool in_image) {
    std::vector<std::byte> pool(1 << 20);
    Engine engine(pool);
    const auto loaded = engine.load_image(image, {.trusted = true, .fallback = fallback});
    ASSERT_TRUE(loaded) << loaded.error().message;
    EXPECT_EQ(loaded->in_image(), in_image);
    EXPECT_TRUE(engine.instantiate(*loaded, {.functions = kHost}));
  };
  const auto good = changed([](image::Header&) {});
  load(good, module, true);
  load(changed([](auto& h) { ++h.abi; }), module, false);
  load(std::span(good).first(60), module, false);
  Bytes other = module;  // the same but for a custom section: another module
  wasm::test::append(other, {0, 2, 1, 'x'});
  load(good, other, false);
}

TEST(Image, AnyDamagedByteIsNoticed) {
  auto image = changed([](image::Header&) {});
  for (size_t i = 0; i < image.size(); ++i) {
    for (const int flip : {0x01, 0x80, 0xff}) {
      image[i] = static_cast<uint8_t>(image[i] ^ flip);
      EXPECT_TRUE(refusal(image)) << "byte " << i;
      image[i] = static_cast<uint8_t>(image[i] ^ flip);
    }
  }
}

/// Under AddressSanitizer: whatever header, module, tables and data say, loading, linking and instantiating
/// reach nothing outside. What the code does then is another matter: it is trusted.
TEST(Image, HostileTablesReachNothingOutside) {
  const auto good = changed([](image::Header&) {});
  const auto& header = *reinterpret_cast<const image::Header*>(good.data());
  const image::Part code = header.part(image::kCodePart);
  std::mt19937 random(20261126);
  uint32_t refused = 0, instances = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::vector<uint8_t> image = good;
    const bool in_header = round % 4 == 0;
    for (auto n = 1 + random() % 3; n > 0; --n) {
      size_t at = in_header ? 12 + random() % (sizeof header - 16) : 128 + random() % (header.length - 128);
      if (!in_header && at >= code.at && at < code.at + code.bytes) at += code.bytes;
      image[at % image.size()] = static_cast<uint8_t>(random() % 4 == 0 ? 0xff : random());
    }
    auto& changed_header = *reinterpret_cast<image::Header*>(image.data());
    changed_header.length = static_cast<uint32_t>(image.size());
    changed_header.crc = image::crc_of(changed_header, image);
    std::vector<std::byte> pool(1 << 17);
    Engine engine(pool);
    {
      auto module = engine.load_image(image, {.trusted = true});
      refused += module ? 0 : 1;
      if (!module) continue;
      const auto instance = engine.instantiate(*module, {.functions = kHost}, {.run_start = false});
      if (!instance) continue;
      ++instances;
      for (const char* export_name : {"go", "memory", "wide", "tag"}) (void)instance->export_(export_name);
    }
    EXPECT_EQ(engine.usage().used, 0u);
  }
  EXPECT_GT(refused, 5'000u);
  EXPECT_GT(instances, 1'000u);
}

/// Segments that are counted and not there: found by the fuzzer.
TEST(Image, ASectionForgedIntoDataIsRefused) {
  if (!wasm::kTypedReferences) GTEST_SKIP() << "this profile's images have no sections";
  auto image = build(ModuleBuilder().types({{0x60, 0, 0}}).bytes, ways()[0]);
  const Bytes section = {1, 4, 1, 0x60, 0, 0};
  const auto at = std::search(image.begin(), image.end(), section.begin(), section.end());
  ASSERT_NE(at, image.end());
  *at = 11;  // data, of one segment
  auto& header = *reinterpret_cast<image::Header*>(image.data());
  header.crc = image::crc_of(header, image);
  expect(refusal(image), ErrorCode::ImageDamaged, "data section is missing");
}

TEST(Image, EveryCutOfAModuleIsRefused) {
  const Bytes module = sample();
  for (size_t size = 0; size < module.size(); ++size) {
    const Bytes cut(module.begin(), module.begin() + static_cast<ptrdiff_t>(size));
    Error error;
    const auto image = build(cut, ways()[0], 5, &error);
    // A module may end after any section that needs no other.
    if (!image.empty()) {
      std::vector<std::byte> pool(1 << 16);
      Engine engine(pool);
      EXPECT_TRUE(engine.load(cut)) << size;
    }
  }
}

TEST(Image, BuilderSaysWhatTheDecoderSays) {
  const Bytes module = sample();
  std::mt19937 random(1);
  for (int round = 0; round < 3'000; ++round) {
    Bytes changed = module;
    changed[random() % changed.size()] = static_cast<uint8_t>(random());
    Error error;
    const auto image = build(changed, ways()[0], 1 + random() % 40, &error);
    std::vector<std::byte> pool(1 << 16);
    Engine engine(pool);
    const auto loaded = engine.load(changed);
    EXPECT_EQ(image.empty(), !loaded) << error.message << " / " << (loaded ? "" : loaded.error().message);
  }
}

/// What a small profile's loader reads in place must be what it knows.
TEST(Image, ForSmallProfilesHasPlainTypes) {
  const auto build_narrow = [](const Bytes& module) {
    Error error;
    const bool made = !build(module, {.isa = ways()[0].isa, .wide_types = false}, 64, &error).empty();
    EXPECT_EQ(made, error.code == ErrorCode::None);
    if (!made) expect(error, ErrorCode::Unsupported, "the target's profile lacks");
    return made;
  };
  EXPECT_TRUE(build_narrow(ModuleBuilder().types({{0x60, 2, 0x70, 0x6f, 0}}).bytes));
  if (!wasm::kTypedReferences) return;
  EXPECT_FALSE(build_narrow(ModuleBuilder().types({{0x60, 1, 0x63, 0x70, 0}}).bytes));  // (ref null func)
  EXPECT_FALSE(build_narrow(ModuleBuilder().types({{0x60, 1, 0x6e, 0}}).bytes));        // anyref
  EXPECT_FALSE(build_narrow(ModuleBuilder().types({{0x60, 1, 0x7b, 0}}).bytes));        // v128
  EXPECT_FALSE(build_narrow(ModuleBuilder().memories({{4, 1}}).bytes));                 // of 64-bit addresses
  EXPECT_FALSE(build_narrow(ModuleBuilder().memories({{3, 1, 1}}).bytes));              // shared
}

TEST(Image, BuilderSaysHowMuchMemoryIsMissing) {
  const Bytes module = sample();
  uint32_t refused = 0;
  for (size_t size = 64; size < 20'000; size += 64) {
    std::vector<std::byte> memory(size);
    std::vector<uint8_t> image(1 << 16);
    Pool pool(memory);
    image::Builder builder(pool, image::memory_sink(image), ways()[0]);
    if (builder.feed(module) && builder.finish()) break;
    ASSERT_EQ(builder.error().code, ErrorCode::OutOfMemory) << builder.error().message;
    ASSERT_GT(builder.error().detail, 0u);
    ++refused;
  }
  EXPECT_GT(refused, 3u);
}

TEST(Image, DoesNotFitIntoASmallSink) {
  std::vector<std::byte> memory(1 << 16);
  Pool pool(memory);
  std::vector<uint8_t> image(256);
  image::Builder builder(pool, image::memory_sink(image), ways()[0]);
  EXPECT_FALSE(builder.feed(sample()) && builder.finish());
  EXPECT_EQ(builder.error().code, ErrorCode::Limit);
}

TEST(Image, OfOtherMachinesAreMadeButNotRun) {
  for (const IsaId isa : {IsaId::Thumb2, IsaId::X64}) {
    if (!compile::compiles_for(isa) || (config::kNative && isa == config::kNativeIsa)) continue;
    const auto image = build(sample(), {.isa = isa});
    ASSERT_FALSE(image.empty());
    Error error;
    EXPECT_TRUE(image::verify(image, error)) << error.message;
    expect(refusal(image), ErrorCode::ImageMismatch, "another CPU");
  }
}

TEST(Crc32, IsTheStandardOne) {
  const std::string_view check = "123456789";
  EXPECT_EQ(image::crc32({reinterpret_cast<const uint8_t*>(check.data()), check.size()}), 0xcbf4'3926u);
}

}  // namespace
}  // namespace mote
