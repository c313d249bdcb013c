// SPDX-License-Identifier: Apache-2.0
// Two apps on the board's devices: examples/button, then examples/thermometer. Nothing here knows what board
// it is: labels are in the apps, pins in the devicetree.
#include <zephyr/kernel.h>
#include <zephyr/sys/printk.h>
#include <mote/mote.hpp>
#include <mote/zephyr_devices.hpp>

#include "emulated.hpp"

extern "C" const uint8_t button_begin[], button_end[], thermometer_begin[], thermometer_end[];

namespace {

// Modules as the linker gives them have a page of 64 KiB; `mote shrink` leaves what they need.
alignas(8) std::byte pool[CONFIG_MOTE_POOL_SIZE];

template <class... Arguments>
int32_t run(mote::devices::Board& board, std::span<const uint8_t> bytes, const char* name,
            Arguments... arguments) {
  mote::devices::App app(board);
  mote::Engine engine(pool);
  mote::Error error;
  if (auto module = engine.load(bytes); !module) {
    error = module.error();
  } else if (auto instance = engine.instantiate(*module, {.functions = mote::devices::kAll}, {.data = &app});
             !instance) {
    error = instance.error();
  } else if (const auto done = instance->template call<int32_t>(name, arguments...); done) {
    return *done;
  } else {
    error = done.error();
  }
  printk("%s: %s\n", name, error.message);
  return -1000;
}

}  // namespace

int main() {
  mote::devices::Board board(mote::zephyr::devices());
  mote::zephyr::use(board);
  for (const mote::devices::Device& device : board.devices()) printk("%s ", device.label);
  printk("\n");
  emulated::begin();
  const int32_t presses = run(board, {button_begin, button_end}, "button");
  printk("button: pressed %d times\n", static_cast<int>(presses));
  const int32_t degrees = run(board, {thermometer_begin, thermometer_end}, "thermometer", int32_t{2});
  printk("thermometer: %d\n", static_cast<int>(degrees));
  emulated::report(presses, degrees);
  return 0;
}
