// SPDX-License-Identifier: Apache-2.0
// What Mote's optional parts (WASI, samples) ask of an operating system, chosen when the program is linked:
// CMake's mote::platform on hosts, a port's target elsewhere. The engine itself needs none of it. Each
// function costs flash only where it is called. A backend says in its own file what stack its functions take
// and which of them an interrupt may call; unless it says otherwise: none.
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

}  // namespace mote::platform
