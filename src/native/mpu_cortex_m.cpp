// SPDX-License-Identifier: Apache-2.0
// The MPU and the fault registers of Armv7-M (manual, B3.2 and B3.5) and Armv8-M (D1.2).
#include <mote/cortex_m.hpp>

#include "native/mpu.hpp"
#include "native/native.hpp"
#include "native/preempt_thumb2.hpp"

extern "C" {
extern const uint8_t mote_native_fault[];  // enter_thumb2.S
}

namespace mote::native::mpu {

using runtime::Bounds;
using runtime::Instance;

namespace {

volatile uint32_t& reg(uint32_t address) {
  return *reinterpret_cast<volatile uint32_t*>(address);
}
constexpr uint32_t kShcsr = 0xe000'ed24, kCfsr = 0xe000'ed28;
constexpr uint32_t kMpuType = 0xe000'ed90, kMpuCtrl = 0xe000'ed94, kMpuRnr = 0xe000'ed98,
                   kMpuRbar = 0xe000'ed9c, kMpuRasr = 0xe000'eda0, kMpuMair1 = 0xe000'edc4;
constexpr uint32_t kEnable = 1, kPrivDefEna = 4;             // MPU_CTRL
constexpr uint32_t kMemAndBusFaultEna = 3u << 16;            // SHCSR
constexpr uint32_t kDaccViol = 1 << 1, kPrecisErr = 1 << 9;  // CFSR
constexpr uint32_t kMemAndBusFaults = 0xbfbf;                // its bits for MemManage and BusFault

const Instance* g_running = nullptr;
bool g_granting = false;  ///< some of our regions are enabled

uint32_t first_region() {
  return (reg(kMpuType) >> 8 & 0xff) - Layout::kRegions;
}

/// Disabled first: with another base the old attributes would hold somewhere for a moment.
void write(uint32_t number, const Region& region) {
  reg(kMpuRnr) = number;
  reg(kMpuRasr) = 0;
  if (region.attributes == 0) return;
  reg(kMpuRbar) = region.base;
  reg(kMpuRasr) = region.attributes;
}

void write(uint32_t first, Grant grant, uintptr_t begin, uint32_t bytes, uint32_t part = 0) {
  write(first + static_cast<uint32_t>(grant) + part, Layout::region(grant, begin, bytes, part));
}

void grant_memory(const Instance& instance, uint32_t first) {
  const auto memory = reinterpret_cast<uintptr_t>(instance.memory);
  // A memory that no instruction of the module touches lies anywhere.
  const uint32_t bytes = instance.memories[0]->placed ? instance.memories[0]->bytes : 0;
  for (uint32_t part = 0; part < Layout::kMemoryRegions; ++part)
    write(first, Grant::Memory, memory, bytes, part);
}

void grant(const Instance& instance) {
  const uint32_t first = first_region();
  const runtime::LoadedModule& module = *instance.module;
  // An image lies where its owner has put it: in flash.
  const uint32_t code_bytes = module.in_image ? 0 : Layout::rounded(module.code_bytes);
  write(first, Grant::Code, reinterpret_cast<uintptr_t>(module.code), code_bytes);
  const auto stack = reinterpret_cast<uintptr_t>(instance.stack) - kGuardBytes;
  const auto stack_bytes = static_cast<uint32_t>(reinterpret_cast<uintptr_t>(instance.stack_end) - stack);
  write(first, Grant::Stack, stack + Layout::kStackSkips, stack_bytes - Layout::kStackSkips);
  write(first, Grant::Guard, stack, kGuardBytes);
  grant_memory(instance, first);
  // Normal memory, write-back, as the default map has it for RAM.
  if constexpr (Layout::kSharesAttributes) reg(kMpuMair1) = reg(kMpuMair1) | 0xff00'0000;
  reg(kShcsr) = reg(kShcsr) | kMemAndBusFaultEna;
  reg(kMpuCtrl) = reg(kMpuCtrl) | kEnable | kPrivDefEna;
  g_granting = true;
}

void revoke() {
  const uint32_t first = first_region();
  for (uint32_t i = 0; i < Layout::kRegions; ++i) write(first + i, {});
  g_granting = false;
}

/// What was written to the MPU holds for the next instruction.
void synchronise() {
  asm volatile("dsb\n\tisb" ::: "memory");
}

/// LDRT, LDRBT, STRHT and so on (A7.7.68 ...): what guest code accesses the linear memory with.
bool is_unprivileged_access(const uint16_t* instruction) {
  return (instruction[0] & 0xfe80) == 0xf800 && (instruction[1] & 0x0f00) == 0x0e00;
}

}  // namespace

bool is_usable() {
  uint32_t control = 0;
  asm("mrs %0, control" : "=r"(control));
  return (control & 1) == 0 && (reg(kMpuType) >> 8 & 0xff) >= Layout::kRegions;
}

const Instance* switch_to(const Instance* instance) {
  const Instance* before = g_running;
  if (before == instance) return before;
  g_running = instance;
  if (instance != nullptr && instance->module->options.bounds == Bounds::Mpu) {
    grant(*instance);
    synchronise();
  } else if (g_granting) {
    revoke();
    synchronise();
  }
  return before;
}

void refresh(const Instance& instance) {
  if (&instance != g_running || !g_granting) return;
  grant_memory(instance, first_region());
  synchronise();
}

extern "C" {

/// With the exception frame: r0-r3, r12, lr, pc, xPSR (B1.5.6). True: the guest traps when the handler
/// returns.
bool mote_native_memory_fault(uint32_t* frame) {
  if constexpr (!config::kMpu) return false;
  const uint32_t status = reg(kCfsr) & kMemAndBusFaults;
  const auto* pc = reinterpret_cast<const uint8_t*>(frame[6]);
  if ((status & (kDaccViol | kPrecisErr)) == 0 || (status & ~(kDaccViol | kPrecisErr | 0x8080)) != 0 ||
      g_running == nullptr)
    return false;
  const runtime::LoadedModule& module = *g_running->module;
  if (module.options.bounds != Bounds::Mpu || pc < module.code || pc >= module.code + module.code_bytes ||
      !is_unprivileged_access(reinterpret_cast<const uint16_t*>(pc)))
    return false;
  reg(kCfsr) = status;  // which clears it
  frame[0] = static_cast<uint32_t>(Trap::MemoryOutOfBounds);
  frame[1] = saves_nothing(module, pc) ? frame[5] : 0;  // the only copy of the return address
  frame[5] = frame[6] + 2;
  frame[6] = reinterpret_cast<uintptr_t>(mote_native_fault) & ~uintptr_t{1};
  frame[7] &= ~0x0600'fc00u;  // no IT block goes on there
  return true;
}

[[gnu::weak, noreturn]] void mote_unhandled_fault() {
  for (;;) {
  }
}

[[gnu::naked]] void mote_memory_fault() {
  asm volatile(
      "tst    lr, #4\n\t"  // EXC_RETURN (B1.5.8): the frame is on the process stack or the main one
      "ite    eq\n\t"
      "mrseq  r0, msp\n\t"
      "mrsne  r0, psp\n\t"
      "push   {r3, lr}\n\t"
      "bl     mote_native_memory_fault\n\t"
      "pop    {r3, lr}\n\t"
      "cmp    r0, #0\n\t"
      "it     ne\n\t"
      "bxne   lr\n\t"
      "b      mote_unhandled_fault");
}

bool mote_preempt(uint32_t* frame) {
  // It asks the instance to stop, which is no business of those that only grant.
  auto* instance = const_cast<Instance*>(g_running);
  if (instance == nullptr || instance->active->interrupt.made == 0) return true;
  const runtime::LoadedModule& module = *instance->module;
  const auto* pc = reinterpret_cast<const uint8_t*>(frame[6]);
  if (pc < module.code || pc >= module.code + module.code_bytes) return false;
  return stop_at(*instance, frame[6], frame[7]);
}

const void* mote_switch_task(const void* incoming) {
  return switch_to(static_cast<const Instance*>(incoming));
}
}

}  // namespace mote::native::mpu
