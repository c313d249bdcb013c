// SPDX-License-Identifier: Apache-2.0
// What an embedder on a Cortex-M with an MPU gives to Mote, for modules that are loaded with Bounds::Mpu.
//
// 1. The vector table's entries for MemManage and BusFault are mote_memory_fault().
// 2. With more than one task: each switch of tasks calls mote_switch_task().
// Instances that use the MPU must be called from privileged thread mode, not from interrupts.
#pragma once

extern "C" {

/// Handler of the exceptions MemManage (4) and BusFault (5). An access outside of the linear memory by guest
/// code becomes a trap of the guest; every other fault goes to mote_unhandled_fault().
void mote_memory_fault();

/// The embedder's own handler: entered as by the hardware, the stack and all registers but r0 to r3 and r12
/// as they were. Without a definition it is an endless loop.
[[noreturn]] void mote_unhandled_fault();

/// Tells that another task runs from now on; call it while switching, from the kernel. `incoming` is what it
/// returned when that task was switched out, nullptr at first. Writes the MPU's five highest regions, if
/// either of the tasks is running an instance that uses them.
const void* mote_switch_task(const void* incoming);
}
