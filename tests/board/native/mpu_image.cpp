// SPDX-License-Identifier: Apache-2.0
// Images for the MPU: one that the host has made runs in place from flash, and what reaches past its memory
// traps; an install of the same module on the board makes the same bytes; where no MPU may be used, and where
// the memory does not suit, it is refused by name.
#include <mote/apps.hpp>

#include <cstdio>
#include <cstring>

#include "apps/nor_model.hpp"
#include "image/verify.hpp"
#include "runtime/instance.hpp"

extern "C" const uint8_t image_begin[], image_end[], module_begin[], module_end[];

namespace {

alignas(8) std::byte pool[512 * 1024];
alignas(8) std::byte install_pool[32 * 1024];
alignas(32) uint8_t cells[2 * 8192];
volatile uint32_t other_data = 0x1234'5678;

unsigned failures = 0;
void expect(const char* what, bool good) {
  if (good) return;
  ++failures;
  std::printf("FAILED: %s\n", what);
}

void expect_trap(const char* what, const mote::Result<void>& done, mote::Trap trap) {
  expect(what, !done && done.error().trap == trap);
}

/// Accesses inside of `bytes` of memory, and outside.
void attack(const mote::Instance& instance, uint32_t bytes) {
  const auto inside = instance.call<void>("write", int32_t(bytes - 4), 77);
  const auto read = instance.call<int32_t>("read", int32_t(bytes - 4));
  expect("the last word", inside && read && *read == 77);
  const auto memory = reinterpret_cast<uintptr_t>(instance.memory("memory").data());
  const uint32_t outside[] = {bytes - 3,
                              bytes,
                              bytes + 256,
                              0xffff'fffc,
                              uint32_t(reinterpret_cast<uintptr_t>(&other_data) - memory),
                              uint32_t(reinterpret_cast<uintptr_t>(image_begin) - memory),
                              uint32_t(0xe000'ed94 - memory)};
  for (const uint32_t at : outside) {
    const auto done = instance.call<int32_t>("read", int32_t(at));
    expect("a read outside", !done && done.error().trap == mote::Trap::MemoryOutOfBounds);
    expect_trap("a store outside", instance.call<void>("write", int32_t(at), 1),
                mote::Trap::MemoryOutOfBounds);
    expect_trap("a wide store outside", instance.call<void>("write64", int32_t(at - 4), int64_t{1}),
                mote::Trap::MemoryOutOfBounds);
  }
  mote::Frame frames[2];
  expect("the trap's place", instance.backtrace(frames) == 1 && frames[0].function == 2);
  expect("other data", other_data == 0x1234'5678);
}

/// Runs it, wherever it lies.
void run(std::span<const uint8_t> image) {
  mote::Engine engine(pool);
  {
    const auto module = engine.load_image(image, {.trusted = true});
    if (!module) return expect(module.error().message, false);
    expect("in place",
           module->state()->code >= image.data() && module->state()->code < image.data() + image.size());
    expect("the mode", module->state()->options.bounds == mote::runtime::Bounds::Mpu);
    const auto instance = engine.instantiate(*module, {}, {.stack_bytes = 2048});
    if (!instance) return expect(instance.error().message, false);
    const auto sum = instance->call<int32_t>("sum", 65536);
    expect("sum", sum && *sum == 'f' + 'l' + 'a' + 's' + 'h');
    attack(*instance, 65536);
    const auto grown = instance->call<int32_t>("grow");
    expect("grow", grown && *grown == 1);
    attack(*instance, 2 * 65536);
    const auto deep = instance->call<int32_t>("deep", 1'000'000);
    expect("too deep", !deep && deep.error().trap == mote::Trap::StackExhausted);
    const auto again = instance->call<int32_t>("deep", 20);
    expect("deep", again && *again == 20);
  }
  expect("all is given back", engine.usage().used == 0);
}

/// Installed here, by the device's own compiler.
void install(std::span<const uint8_t> host) {
  mote::apps::NorModel nor(cells, {.erase_bytes = 4096, .page_bytes = 256, .write_bytes = 8});
  nor.erase_all();
  mote::AppStore store(nor.flash(), 8192);
  mote::Installer installer(store, install_pool, {.tier = mote::Tier::Native, .bounds = mote::Bounds::Mpu});
  const bool done =
      installer.begin("app") && installer.write({module_begin, module_end}) && installer.finish();
  mote::App app;
  if (!done || !store.find("app", app)) return expect("install", false);
  expect("host and board make the same bytes",
         app.image.size() == host.size() && std::memcmp(app.image.data(), host.data(), host.size()) == 0);
  run(app.image);
}

void refused(const char* what, const mote::Result<mote::Module>& module, const char* why) {
  expect(what, !module && module.error().code == mote::ErrorCode::ImageMismatch &&
                   std::strstr(module.error().message, why) != nullptr);
}

/// Unprivileged code may not program the MPU.
void check_without(std::span<const uint8_t> image) {
  *reinterpret_cast<volatile uint32_t*>(0xe000'ed94) = 0;      // MPU_CTRL: or it could not run at all
  asm volatile("msr control, %0\n\tisb" ::"r"(5) : "memory");  // with the FPU's state
  mote::Engine engine(pool);
  const auto module = engine.load_image(image, {.trusted = true});
  asm volatile("svc 0" ::: "memory");
  refused("an unprivileged thread", module, "needs an MPU");
}

/// The image's memory made one of 17 pages of 4 KB, which no two regions cover; such an image nobody makes.
void check_memory(std::span<const uint8_t> image) {
  alignas(8) static uint8_t copy[4096];
  std::memcpy(copy, image.data(), image.size());
  auto& header = *reinterpret_cast<mote::image::Header*>(copy);
  // Rows of the tables: types first, then memories' (image/rows.hpp): limits 64 bits each, then two bytes.
  uint8_t* minimum = nullptr;
  for (size_t at = header.part(mote::image::kTablesPart).at; at + 24 < image.size(); ++at) {
    const uint8_t row[] = {1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 16};
    if (std::memcmp(copy + at, row, sizeof row) == 0) minimum = copy + at;
  }
  if (minimum == nullptr) return expect("the memory's row", false);
  const auto change = [&](uint8_t pages, uint8_t log2) {
    minimum[0] = pages;
    minimum[18] = log2;
    std::memset(minimum + 19, 0, 4);
    header.crc = mote::image::crc_of(header, {copy, image.size()});
  };
  change(1, 16);
  mote::Engine engine(pool);
  expect("as it was", bool(engine.load_image({copy, image.size()}, {.trusted = true})));
  change(17, 12);
  refused("a memory that no two regions cover", engine.load_image({copy, image.size()}, {.trusted = true}),
          "does not suit");
}

}  // namespace

/// Makes the thread privileged again.
extern "C" void SVC_Handler() {
  *reinterpret_cast<volatile uint32_t*>(0xe000'ed94) = 0;  // MPU_CTRL: or it could not run at all
  asm volatile("msr control, %0\n\tisb" ::"r"(4) : "memory");
}

int main() {
  const std::span<const uint8_t> image(image_begin, image_end);
  run(image);
  install(image);
  check_memory(image);
  check_without(image);
  std::printf(failures == 0 ? "passed\n" : "FAILED\n");
  return failures == 0 ? 0 : 1;
}
