// SPDX-License-Identifier: Apache-2.0
// Installs into modelled flash: what is installed runs in place, and whenever power goes, the old app is
// there or the new one.
#include <gtest/gtest.h>
#include <mote/apps.hpp>

#include <algorithm>
#include <random>
#include <vector>

#include "apps/nor_model.hpp"
#include "config/tiers.hpp"
#include "wasm/module_builder.hpp"

namespace mote {
namespace {

using apps::NorGeometry;
using apps::NorModel;
using wasm::test::Bytes;
using wasm::test::join;
using wasm::test::leb128;
using wasm::test::ModuleBuilder;
using wasm::test::name;

constexpr uint32_t kSlotBytes = 4096;

/// A module whose "version" answers `version`, from a function that is called before it is defined, and from
/// data.
Bytes app_of(uint8_t version) {
  return ModuleBuilder()
      .types({{0x60, 0, 1, 0x7f}})
      .functions({{0}, {0}})
      .memories({{0, 1}})
      .exports({join({name("version"), {0, 0}})})
      .code({{0, 0x10, 1, 0x0b}, {0, 0x41, 0, 0x2d, 0, 0, 0x0b}})
      .section(11, {1, 0, 0x41, 0, 0x0b, 1, version})
      .bytes;
}

/// A device with one flash.
class Device {
 public:
  explicit Device(uint32_t slots = 3, const NorGeometry& geometry = {.erase_bytes = 1024},
                  const InstallOptions& options = {})
      : cells_(slots * kSlotBytes / 8),
        nor_(bytes(), geometry),
        store_(nor_.flash(), kSlotBytes),
        options_(options) {
    nor_.erase_all();
  }

  NorModel& nor() { return nor_; }
  AppStore& store() { return store_; }
  std::vector<uint64_t>& cells() { return cells_; }

  Result<App> install(std::string_view app, const Bytes& module, size_t piece = 64) {
    Installer installer(store_, pool_, options_);
    const auto begun = installer.begin(app);
    if (!begun) return begun.error();
    for (size_t at = 0; at < module.size(); at += piece) {
      const auto written =
          installer.write(std::span(module).subspan(at, std::min(piece, module.size() - at)));
      if (!written) return written.error();
    }
    auto done = installer.finish();
    peak_ = installer.peak();
    return done;
  }

  /// What the app of that name answers when it runs from flash; -1: there is none.
  int32_t version(std::string_view app_name) {
    App app;
    if (!store_.find(app_name, app)) return -1;
    std::vector<std::byte> pool(200'000);
    Engine engine(pool);
    const auto module = engine.load_image(app.image, {.trusted = true});
    EXPECT_TRUE(module) << module.error().message;
    if (!module) return -2;
    EXPECT_TRUE(module->in_image());
    const auto instance = engine.instantiate(*module, {}, {.stack_bytes = 8192});
    EXPECT_TRUE(instance);
    const auto answer = instance->call<int32_t>("version");
    return answer ? *answer : -3;
  }
  size_t peak() const { return peak_; }

 private:
  std::span<uint8_t> bytes() { return {reinterpret_cast<uint8_t*>(cells_.data()), 8 * cells_.size()}; }

  std::vector<uint64_t> cells_;  // aligned
  NorModel nor_;
  AppStore store_;
  InstallOptions options_;
  std::vector<std::byte> pool_ = std::vector<std::byte>(64 * 1024);
  size_t peak_ = 0;
};

TEST(Install, RunsFromFlashOnEveryTierAndGeometry) {
  for (const Tier tier : {Tier::Vm, Tier::Native}) {
    if (tier == Tier::Native ? !config::kNative : !config::kInterpreter) continue;
    for (const NorGeometry geometry : {NorGeometry{1024, 256, 8}, NorGeometry{4096, 4096, 32},
                                       NorGeometry{512, 32, 1}, NorGeometry{2048, 64, 16}}) {
      Device device(3, geometry, {.tier = tier});
      for (const size_t piece : {1, 5, 1000}) {
        const auto app = device.install("app", app_of(static_cast<uint8_t>(piece & 0x7f)), piece);
        ASSERT_TRUE(app) << app.error().message;
        EXPECT_EQ(device.version("app"), static_cast<int32_t>(piece & 0x7f));
      }
      EXPECT_EQ(device.nor().broken(), nullptr);
      EXPECT_GT(device.peak(), 0u);
      EXPECT_LT(device.peak(), 20'000u);
    }
  }
}

TEST(Install, AddsAnOffsetMapWhenAsked) {
  const Bytes module = ModuleBuilder()
                           .types({{0x60, 0, 1, 0x7f}})
                           .functions({{0}})
                           .exports({join({name("version"), {0, 0}})})
                           .code({{0, 0x41, 1, 0x1a, 0x00, 0x0b}})
                           .bytes;
  for (const Tier tier : {Tier::Vm, Tier::Native}) {
    if (tier == Tier::Native ? !config::kNative : !config::kInterpreter) continue;
    for (const bool map : {false, true}) {
      Device device(3, {.erase_bytes = 1024}, {.tier = tier, .map = map});
      ASSERT_TRUE(device.install("app", module));
      App app;
      ASSERT_TRUE(device.store().find("app", app));
      std::vector<std::byte> pool(200'000);
      Engine engine(pool);
      const auto loaded = engine.load_image(app.image, {.trusted = true});
      ASSERT_TRUE(loaded) << loaded.error().message;
      const auto instance = engine.instantiate(*loaded, {}, {.stack_bytes = 8192});
      ASSERT_TRUE(instance);
      EXPECT_EQ(instance->call<int32_t>("version").error().trap, Trap::Unreachable);
      Frame frames[1];
      ASSERT_EQ(instance->backtrace(frames), 1u);
      EXPECT_EQ(frames[0].offset, map ? module.size() - 2 : Error::kNoOffset);
    }
  }
}

TEST(Install, KeepsAppsApart) {
  Device device(4);
  ASSERT_TRUE(device.install("a", app_of(1)));
  ASSERT_TRUE(device.install("b", app_of(2)));
  ASSERT_TRUE(device.install("a", app_of(3)));
  ASSERT_TRUE(device.install("b", app_of(4)));
  ASSERT_TRUE(device.install("a", app_of(5)));
  EXPECT_EQ(device.version("a"), 5);
  EXPECT_EQ(device.version("b"), 4);
  App app;
  std::vector<std::string> names;
  for (uint32_t i = 0; device.store().app(i, app); ++i) names.emplace_back(app.name);
  std::sort(names.begin(), names.end());
  EXPECT_EQ(names, (std::vector<std::string>{"a", "b"}));
  ASSERT_TRUE(device.store().remove("a"));
  EXPECT_EQ(device.version("a"), -1);
  EXPECT_EQ(device.version("b"), 4);
  EXPECT_EQ(device.store().remove("a").error().code, ErrorCode::NotFound);
  EXPECT_EQ(device.nor().broken(), nullptr);
}

TEST(Install, RefusesWhatDoesNotFit) {
  Device device(2);
  ASSERT_TRUE(device.install("a", app_of(1)));
  ASSERT_TRUE(device.install("b", app_of(2)));
  EXPECT_EQ(device.install("c", app_of(3)).error().code, ErrorCode::Storage);
  ASSERT_TRUE(device.store().remove("b"));
  Bytes data = {1, 0, 0x41, 0, 0x0b};
  wasm::test::append(data, leb128(5000));
  data.resize(data.size() + 5000);
  const Bytes big = ModuleBuilder().memories({{0, 1}}).section(11, data).bytes;
  EXPECT_EQ(device.install("big", big).error().code, ErrorCode::Limit);
  EXPECT_EQ(device.version("a"), 1);
  EXPECT_EQ(device.install("", app_of(1)).error().code, ErrorCode::Limit);
  EXPECT_EQ(device.install(std::string(32, 'n'), app_of(1)).error().code, ErrorCode::Limit);
  Bytes invalid = app_of(1);
  invalid.resize(invalid.size() - 3);
  EXPECT_EQ(device.install("b", invalid).error().code, ErrorCode::Malformed);
  EXPECT_EQ(device.version("b"), -1);
  EXPECT_EQ(device.nor().broken(), nullptr);
}

TEST(Install, SaysHowMuchMemoryIsMissing) {
  Device device;
  const Bytes module = app_of(1);
  uint32_t refused = 0;
  for (size_t size = 0; size < 64 * 1024; size += 128) {
    std::vector<std::byte> pool(size);
    Installer installer(device.store(), pool);
    auto begun = installer.begin("app");
    Error error = begun.error();
    if (begun) error = installer.write(module).error();
    if (!error && installer.finish()) break;
    if (!error) continue;
    ASSERT_EQ(error.code, ErrorCode::OutOfMemory) << error.message;
    ASSERT_GT(error.detail, 0u);
    ++refused;
  }
  EXPECT_GT(refused, 10u);
  EXPECT_EQ(device.version("app"), 1);
}

/// Power goes at every single step of an install of version 2 over version 1, then of 3 over what is there,
/// with and without a third app beside them. What is found afterwards runs, and the next install succeeds.
class PowerCuts : public testing::TestWithParam<NorGeometry> {};

TEST_P(PowerCuts, LeaveTheOldAppOrTheNewOne) {
  uint64_t cuts = 0, olds = 0, news = 0;
  Device device(3, GetParam());
  ASSERT_TRUE(device.install("other", app_of(9)));
  ASSERT_TRUE(device.install("app", app_of(1)));
  int32_t old_version = 1;
  for (int next = 2; next <= 4; ++next) {
    const auto before = device.cells();
    const uint64_t start = device.nor().steps();
    ASSERT_TRUE(device.install("app", app_of(static_cast<uint8_t>(next))));
    const uint64_t steps = device.nor().steps() - start;
    const auto after = device.cells();
    for (uint64_t cut = 0; cut < steps; ++cut) {
      device.cells() = before;
      device.nor().cut_after(cut);
      EXPECT_FALSE(device.install("app", app_of(static_cast<uint8_t>(next))));
      ASSERT_TRUE(device.nor().dead());
      device.nor().power_up();
      const int32_t found = device.version("app");
      ASSERT_TRUE(found == old_version || found == next) << "cut " << cut << " found " << found;
      ASSERT_EQ(device.version("other"), 9) << "cut " << cut;
      ++cuts;
      ++(found == next ? news : olds);
      if (cut % 16 != 0) continue;
      ASSERT_TRUE(device.install("app", app_of(static_cast<uint8_t>(next))));
      ASSERT_EQ(device.version("app"), next);
    }
    device.cells() = after;
    old_version = next;
  }
  ASSERT_EQ(device.nor().broken(), nullptr) << device.nor().broken();
  EXPECT_GT(cuts, 700u);
  EXPECT_GT(olds, 700u);
  std::printf("%llu cuts: the old app %llu times, the new one %llu times\n",
              static_cast<unsigned long long>(cuts), static_cast<unsigned long long>(olds),
              static_cast<unsigned long long>(news));
}

/// Installs one after the other on the same flash, most of them cut somewhere: wear and half-written slots
/// add up.
TEST_P(PowerCuts, MayFollowEachOther) {
  Device device(3, GetParam());
  ASSERT_TRUE(device.install("other", app_of(9)));
  ASSERT_TRUE(device.install("app", app_of(0)));
  std::mt19937 random(20261126);
  int32_t old_version = 0;
  uint32_t completed = 0;
  for (int round = 1; round <= 400; ++round) {
    const int next = round % 100;
    device.nor().cut_after(random() % 600);
    const bool done = device.install("app", app_of(static_cast<uint8_t>(next))).ok();
    device.nor().power_up();
    const int32_t found = device.version("app");
    ASSERT_TRUE(found == next || (!done && found == old_version)) << "round " << round << " found " << found;
    ASSERT_EQ(device.version("other"), 9) << "round " << round;
    completed += done ? 1 : 0;
    old_version = found;
  }
  ASSERT_EQ(device.nor().broken(), nullptr) << device.nor().broken();
  EXPECT_GT(completed, 10u);
  EXPECT_LT(completed, 390u);
}

TEST_P(PowerCuts, LeaveARemovedAppWholeOrGone) {
  Device device(4, GetParam());
  ASSERT_TRUE(device.install("app", app_of(1)));
  ASSERT_TRUE(device.install("app", app_of(2)));
  const auto before = device.cells();
  uint64_t gone = 0, there = 0;
  for (uint64_t cut = 0;; ++cut) {
    device.cells() = before;
    device.nor().cut_after(cut);
    const bool done = device.store().remove("app").ok();
    device.nor().power_up();
    const int32_t found = device.version("app");
    ASSERT_TRUE(found == 2 || found == -1) << "cut " << cut << " found " << found;
    ++(found == 2 ? there : gone);
    if (done) break;
  }
  EXPECT_GT(there, 0u);
  EXPECT_GT(gone, 0u);
}

INSTANTIATE_TEST_SUITE_P(Geometries, PowerCuts,
                         testing::Values(NorGeometry{1024, 256, 8}, NorGeometry{4096, 64, 32},
                                         NorGeometry{512, 32, 1}),
                         [](const auto& geometry) {
                           return "Page" + std::to_string(geometry.param.page_bytes);
                         });

TEST(NorModel, EnforcesItsRules) {
  Device device(1);
  const Flash flash = device.nor().flash();
  const uint8_t bytes[64] = {};
  const auto breaks = [&](auto act) {
    Device other(1);
    const Flash driver = other.nor().flash();
    EXPECT_FALSE(act(driver));
    EXPECT_NE(other.nor().broken(), nullptr);
  };
  breaks([&](const Flash& f) { return f.program(f.context, 4, bytes, 8); });
  breaks([&](const Flash& f) { return f.program(f.context, 8, bytes, 4); });
  breaks([&](const Flash& f) { return f.program(f.context, 248, bytes, 16); });
  breaks(
      [&](const Flash& f) { return f.program(f.context, 0, bytes, 8) && f.program(f.context, 0, bytes, 8); });
  breaks([&](const Flash& f) { return f.erase(f.context, 8); });
  EXPECT_TRUE(flash.program(flash.context, 0, bytes, 64));
  EXPECT_TRUE(flash.erase(flash.context, 0));
  EXPECT_EQ(device.nor().erases(0), 1u);
  EXPECT_EQ(flash.base[0], 0xff);
}

TEST(NorModel, KeepsItsContentsInAFile) {
  const std::string path = testing::TempDir() + "mote_nor_model";
  Device device(2), other(2);
  ASSERT_TRUE(device.install("app", app_of(7)));
  ASSERT_TRUE(device.nor().save(path.c_str()));
  ASSERT_TRUE(other.nor().load(path.c_str()));
  EXPECT_EQ(other.version("app"), 7);
  (void)std::remove(path.c_str());
}

TEST(Install, WearsSlotsAlike) {
  Device device(4);
  for (int i = 0; i < 40; ++i) ASSERT_TRUE(device.install("app", app_of(static_cast<uint8_t>(i))));
  uint32_t least = ~0u, most = 0;
  for (uint32_t slot = 0; slot < 4; ++slot) {
    const uint32_t erases = device.nor().erases(slot * kSlotBytes / 1024);
    least = std::min(least, erases);
    most = std::max(most, erases);
  }
  EXPECT_LE(most - least, 1u);
}

}  // namespace
}  // namespace mote
