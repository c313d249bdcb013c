// SPDX-License-Identifier: Apache-2.0
// What an embedder on a Cortex-M with an MPU gives to Mote, for modules that are loaded with Bounds::Mpu.
//
// 1. The vector table's entries for MemManage and BusFault are mote_memory_fault().
// 2. With more than one task: each switch of tasks calls mote_switch_task().
// 3. On Armv8-M, where regions must not overlap: no region of the embedder's own covers anything of the pool.
// Instances that use the MPU must be called from privileged thread mode, not from interrupts.
#pragma once
#include <cstdint>

extern "C" {

/// Handler of the exceptions MemManage (4) and BusFault (5). An access outside of the linear memory by guest
/// code becomes a trap of the guest; every other fault goes to mote_unhandled_fault().
void mote_memory_fault();

/// The embedder's own handler: entered as by the hardware, the stack and all registers but r0 to r3 and r12
/// as they were. Without a definition it is an endless loop.
[[noreturn]] void mote_unhandled_fault();

/// Suspends the guest that was interrupted, if Instance::interrupt() asked it to: for a handler of a timer,
/// which passes the exception frame (r0-r3, r12, lr, pc, xPSR) that the hardware has pushed. The guest stops
/// when the handler returns, its call answers ErrorCode::Suspended, and resume() goes on at the very
/// instruction. False: it cannot stop there (in a host function, in an IT block); call again soon. Host
/// functions return to a guest that was asked to stop by stopping it, too.
bool mote_preempt(uint32_t* frame);

/// Tells that another task runs from now on; call it while switching, from the kernel. `incoming` is what it
/// returned when that task was switched out, nullptr at first. Writes the MPU's five highest regions (of
/// Armv8-M four), if either of the tasks is running an instance that uses them.
const void* mote_switch_task(const void* incoming);
}
