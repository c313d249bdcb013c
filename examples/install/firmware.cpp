// SPDX-License-Identifier: Apache-2.0
// An install on a board: the module arrives in pieces, is compiled while it arrives, and lies in (emulated)
// flash as an image, from where it runs; as the CPU's code, as such with the MPU for bounds, as the
// interpreter's. Prints a line of JSON for each. The flash's contents are left in files through semihosting:
// flash-native.bin, flash-mpu.bin, flash-vm.bin.
#include <mote/apps.hpp>

#include <cstdio>

#include "apps/nor_model.hpp"

extern "C" const uint8_t module_begin[], module_end[];

namespace {

int32_t printed;

void no_timer() {}
void print(int32_t value) {
  printed = value;
}

constexpr mote::HostFunction kHost[] = {
    mote::bind<no_timer>("env", "start_timer"),
    mote::bind<no_timer>("env", "end_timer"),
    mote::bind<print>("env", "print"),
};

constexpr uint32_t kSlotBytes = 8 * 1024;
constexpr size_t kPiece = 48;  // as a radio may bring them

alignas(32) uint8_t cells[3 * kSlotBytes];
alignas(8) std::byte install_pool[16 * 1024];
alignas(8) std::byte pool[16 * 1024];

int fail(const char* what, const mote::Error& error) {
  std::printf("{\"error\": \"%s: %s\"}\n", what, error.message);
  return 1;
}

int install_and_run(mote::apps::NorModel& nor, const mote::InstallOptions& options, const char* name,
                    const char* file) {
  mote::AppStore store(nor.flash(), kSlotBytes);
  mote::Installer installer(store, install_pool, options);
  if (const auto begun = installer.begin(name); !begun) return fail("begin", begun.error());
  const std::span<const uint8_t> module(module_begin, module_end);
  for (size_t at = 0; at < module.size(); at += kPiece) {
    const auto taken = installer.write(module.subspan(at, std::min(kPiece, module.size() - at)));
    if (!taken) return fail("write", taken.error());
  }
  if (const auto done = installer.finish(); !done) return fail("finish", done.error());

  mote::App app;
  if (!store.find(name, app)) return 1;
  mote::Engine engine(pool);
  const auto loaded = engine.load_image(app.image, {.trusted = true});
  if (!loaded) return fail("load_image", loaded.error());
  const size_t module_ram = engine.usage().used;
  const auto instance = engine.instantiate(*loaded, {.functions = kHost});
  if (!instance) return fail("instantiate", instance.error());
  if (const auto called = instance->call<int32_t>("main"); !called) return fail("main", called.error());
  uint32_t crc = 0;
  std::memcpy(&crc, app.image.data() + 124, 4);
  std::printf("{\"tier\": \"%s\", \"result\": %ld, \"image\": %u, \"crc\": \"%08lx\", \"install_ram\": %u, ",
              name, static_cast<long>(printed), unsigned(app.image.size()), static_cast<unsigned long>(crc),
              unsigned(installer.peak()));
  std::printf("\"module_ram\": %u, \"rules\": \"%s\"}\n", unsigned(module_ram),
              nor.broken() == nullptr ? "kept" : nor.broken());
  return nor.save(file) && nor.broken() == nullptr ? 0 : 1;
}

}  // namespace

int main() {
  mote::apps::NorModel nor(cells, {.erase_bytes = 4096, .page_bytes = 256, .write_bytes = 8});
  nor.erase_all();
  using mote::Bounds, mote::Tier;
  int failed = install_and_run(nor, {.tier = Tier::Native}, "native", "flash-native.bin");
  failed += install_and_run(nor, {.tier = Tier::Native, .bounds = Bounds::Mpu}, "mpu", "flash-mpu.bin");
  return failed + install_and_run(nor, {.map = true}, "vm", "flash-vm.bin");
}
