// SPDX-License-Identifier: Apache-2.0
// What Mote asks of an operating system, chosen when the program is linked: CMake's mote::platform on hosts,
// a port's target elsewhere. The engine itself needs nothing but the functions for machine code, at the end,
// and those only if it makes some; the rest is for the optional parts (WASI, samples). Each function costs
// flash only where it is called. A backend says in its own file what stack its functions take and which of
// them an interrupt may call; unless it says otherwise: none.
//
// Threads, mutexes and conditions are in <mote/threads.hpp>, which every backend brings along.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace mote::platform {

/// Nanoseconds since some moment, never going back; the step is the backend's.
uint64_t monotonic_ns();
/// Nanoseconds since 1970-01-01 UTC; 0 where nobody knows.
uint64_t wall_ns();

/// Lets others run; may come back at once.
void yield();
/// At least so long. Other threads run meanwhile.
void sleep_ns(uint64_t nanoseconds);

/// How many bytes the console took or gave: at least one unless it failed or ended. Reading waits.
size_t console_write(std::span<const std::byte> bytes);
size_t console_read(std::span<std::byte> bytes);
/// The whole text, unless the console fails.
inline void console_print(std::string_view text) {
  auto bytes = std::as_bytes(std::span(text.data(), text.size()));
  while (!bytes.empty()) {
    const size_t count = console_write(bytes);
    if (count == 0) return;
    bytes = bytes.subspan(count);
  }
}

/// Random bytes, fit for keys; false: there is no such source.
bool entropy(std::span<std::byte> bytes);

// Storage: blobs by name (no '/', at most kBlobName bytes). A blob is replaced as a whole: after a crash it
// is the old one or the new one.
inline constexpr size_t kBlobName = 64;

/// Bytes of a blob; -1: there is none of this name.
int64_t blob_size(std::string_view name);
/// Fills `out` from a place in the blob on; how much there was, -1 on an error.
int64_t blob_read(std::string_view name, uint64_t from, std::span<std::byte> out);
/// False: there is no room, and the blob is as it was.
bool blob_write(std::string_view name, std::span<const std::byte> bytes);
bool blob_remove(std::string_view name);

// Machine code. These come with the engine's library (src/platform/posix/code_mapped.cpp and
// src/platform/cortex_m/code.cpp); a firmware whose memories or caches are not the CPU's usual ones defines
// its own.

/// What was written there as data is fetched as code from now on: caches and the pipeline are told. Bytes of
/// the pool, on systems whose memory may be written and executed.
void sync_code(const void* begin, size_t bytes);

// Hosts alone: memory for machine code, which is never writable and executable at once.

/// To be written to; nullptr: the system refuses.
std::byte* map_code(size_t bytes);
/// Makes it executable, and read-only; false: the system refuses.
bool seal_code(std::byte* code, size_t bytes);
void unmap_code(std::byte* code, size_t bytes);

}  // namespace mote::platform
