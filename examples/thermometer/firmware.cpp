// SPDX-License-Identifier: Apache-2.0
// The thermometer on a real bus and a real LED: the MPS2+ board's own drivers (boards/mps2). In QEMU with
// -device tmp105,address=0x48 there is a sensor on the bus.
#include <cstdio>
#include <mote/mote.hpp>

#include "board.hpp"
#include "mps2/drivers.hpp"

extern "C" const uint8_t module_begin[], module_end[];

namespace {

// What this firmware offers to its module; flash is paid for these alone.
constexpr mote::HostFunction kHost[] = {mote::devices::kI2cOpenDevice,         mote::devices::kI2cWriteRead,
                                        mote::devices::kGpioGetDigitalOut,     mote::devices::kConsoleWrite,
                                        mote::devices::kDigitalOutPinSetState, mote::devices::kClockSleep};

// The module has a page of 64 KiB, as the linker gives it; `mote shrink` leaves what it needs.
alignas(8) std::byte pool[80 * 1024];

int fail(const mote::Error& error) {
  std::printf("thermometer: %s\n", error.message);
  return 1;
}

}  // namespace

int main() {
  mote::devices::Board devices(board::devices());
  board::use(devices);
  mote::devices::App app(devices);
  mote::Engine engine(pool);
  auto module = engine.load({module_begin, module_end});
  if (!module) return fail(module.error());
  auto instance = engine.instantiate(*module, {.functions = kHost}, {.data = &app});
  if (!instance) return fail(instance.error());
  auto last = instance->call<int32_t>("thermometer", 2);
  if (!last) return fail(last.error());
  std::printf("%s: the last value was %d, %u bytes of RAM\n", board::kName, int(*last),
              unsigned(engine.usage().peak));
  return 0;
}
