// SPDX-License-Identifier: Apache-2.0
// Cortex-M, with any operating system or none: code runs from the pool, in RAM. Stack: under 64 bytes. From
// interrupts: all of it.
#include <mote/platform.hpp>

#include "caches.hpp"

namespace mote::platform {

namespace {

struct Registers {
  static uint32_t read(uint32_t address) { return *reinterpret_cast<const volatile uint32_t*>(address); }
  static void write(uint32_t address, uint32_t value) {
    *reinterpret_cast<volatile uint32_t*>(address) = value;
  }
  static void barrier() { asm volatile("dsb\n\tisb" ::: "memory"); }
};

}  // namespace

void sync_code(const void* begin, size_t bytes) {
  Registers registers;
  caches::sync(registers, static_cast<uint32_t>(reinterpret_cast<uintptr_t>(begin)),
               static_cast<uint32_t>(bytes));
}

}  // namespace mote::platform
