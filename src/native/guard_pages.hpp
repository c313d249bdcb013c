// SPDX-License-Identifier: Apache-2.0
// Linear memories that need no bounds checks: each lies at the start of a reservation of address space that
// covers every sum of a 32-bit address and a 32-bit offset, and only the memory's own pages are mapped.
// Any other access faults; the fault becomes a trap (native/faults.hpp).
#pragma once
#include <cstddef>
#include <cstdint>

namespace mote::native {

/// 8 GiB, and a page for the width of the access.
inline constexpr size_t kReservation = (size_t{8} << (sizeof(size_t) == 8 ? 30 : 0)) + 64 * 1024;

/// A zeroed memory of `bytes`, rounded up to pages; nullptr when the system refuses it.
uint8_t* reserve_memory(size_t bytes);
/// Makes it larger where it is; what is new is zero.
bool grow_reserved(uint8_t* memory, size_t bytes);
void release_reserved(uint8_t* memory);

}  // namespace mote::native
