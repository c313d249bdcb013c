// SPDX-License-Identifier: Apache-2.0
// The attacks of tests/attacks with the MPU, and with software checks: on the pool's other blocks, the stack,
// the code, flash, peripherals and the core's own registers.
#include "attacks/attacks.hpp"

#include "image/build.hpp"
#include "native/features.hpp"
#include "runtime/instance.hpp"

extern "C" const uint32_t vectors[];

namespace {

using mote::attacks::Victim;

alignas(8) std::byte pool[1536 * 1024];  // the rest of the 4 MB is the heap that the module is built in
volatile uint32_t other_data[16];
const uint32_t constant_data = 0x1357'9bdf;

const volatile uint32_t* word(uint32_t address) {
  return reinterpret_cast<const volatile uint32_t*>(address);
}

const Victim kVictims[] = {
    {"other data", reinterpret_cast<uintptr_t>(&other_data[8]), &other_data[8]},
    {"the vectors", reinterpret_cast<uintptr_t>(vectors), vectors},
    {"constants in flash", reinterpret_cast<uintptr_t>(&constant_data), &constant_data},
    {"a peripheral: the UART's CTRL", BOARD_UART + 8, word(BOARD_UART + 8)},
    {"a peripheral: the UART's BAUDDIV", BOARD_UART + 0x10, word(BOARD_UART + 0x10)},
    {"the core: SysTick's reload", 0xe000'e014, word(0xe000'e014)},
    {"the core: VTOR", 0xe000'ed08, word(0xe000'ed08)},
    {"the MPU itself", 0xe000'ed94, nullptr},
    {"the pool's first bytes", reinterpret_cast<uintptr_t>(pool), nullptr},
    {"the pool's Non-secure address (Armv8-M), or another RAM",
     reinterpret_cast<uintptr_t>(pool) ^ 0x1000'0000, nullptr},
    {"the pool's last bytes", reinterpret_cast<uintptr_t>(pool + sizeof pool - 16), nullptr},
};

unsigned printed = 0;
void report(const char* what, const char* why) {
  if (++printed <= 20) std::printf("FAILED: %s: %s\n", what, why);
}

bool attack(const char* name, mote::Bounds bounds, mote::runtime::Bounds wanted, uint32_t stride,
            std::span<const uint8_t> image = {}) {
  for (uint32_t i = 0; i < 16; ++i) other_data[i] = 0xabcd'0000 + i;
  mote::attacks::Run run(pool, {.tier = mote::Tier::Native, .bounds = bounds}, kVictims, report, stride);
  const bool ran = run.all(image);
  const bool mode = run.module().state() != nullptr && run.module().state()->options.bounds == wanted;
  if (!mode) report(name, "the module was compiled for other bounds");
  std::printf("%s: %u traps, %u accesses inside, %u failures\n", name, unsigned(run.traps),
              unsigned(run.successes), unsigned(run.failures));
  return ran && mode && run.failures == 0 && run.traps > 10'000 / THINNED && run.successes > 2'000 / THINNED;
}

/// The module of the attacks as an image for the MPU, made in the pool.
std::vector<uint8_t> make_image() {
  std::vector<uint8_t> image(768 * 1024);
  mote::Pool memory(pool);
  mote::image::Builder builder(memory, mote::image::memory_sink(image),
                               {.isa = mote::IsaId::Thumb2,
                                .bounds = mote::runtime::Bounds::Mpu,
                                .features = mote::native::cpu_features()});
  const bool made = builder.feed(mote::attacks::make_module()) && builder.finish();
  if (!made) report("the image", builder.error().message);
  image.resize(made ? builder.length() : 0);
  return image;
}

}  // namespace

int main() {
  using mote::Bounds;
  // The one MPU or the other: half of the attacks; a board more of the same kind: fewer.
  const bool software = attack("software", Bounds::Software, mote::runtime::Bounds::Software, 11 * THINNED);
  const bool mpu = attack("mpu", Bounds::Mpu, mote::runtime::Bounds::Mpu, 2 * THINNED);
  const std::vector<uint8_t> made = make_image();
  const bool image =
      !made.empty() && attack("mpu, an image", Bounds::Mpu, mote::runtime::Bounds::Mpu, 7 * THINNED, made);
  std::printf(software && mpu && image ? "passed\n" : "failed\n");
  return software && mpu && image ? 0 : 1;
}
