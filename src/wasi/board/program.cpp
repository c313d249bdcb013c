// SPDX-License-Identifier: Apache-2.0
// WASI on a board: arguments, clocks, random numbers, the end.
#include <mote/wasi_board.hpp>

#include <cstring>

#include "wasi/types.hpp"

namespace mote::wasi::board {

namespace {

constexpr uint32_t kRealtime = 0, kMonotonic = 1;

size_t bytes_of(const Program& program) {
  size_t bytes = 0;
  for (const char* text : program.arguments) bytes += std::strlen(text) + 1;
  return bytes;
}

bool now(uint32_t clock, uint64_t& out) {
  if (clock > kMonotonic) return false;
  out = clock == kRealtime ? platform::wall_ns() : platform::monotonic_ns();
  return true;
}

}  // namespace

Errno args_get(Context& context, uint32_t pointers, uint32_t text) {
  const auto& program = context.data_as<Program>();
  const auto count = static_cast<uint32_t>(program.arguments.size());
  uint8_t* table = context.guest_bytes(pointers, 4 * count);
  uint8_t* bytes = context.guest_bytes(text, static_cast<uint32_t>(bytes_of(program)));
  if (table == nullptr || bytes == nullptr) return Errno::Fault;
  for (const char* argument : program.arguments) {
    const size_t size = std::strlen(argument) + 1;
    std::memcpy(table, &text, 4);
    std::memcpy(bytes, argument, size);
    table += 4;
    bytes += size;
    text += static_cast<uint32_t>(size);
  }
  return Errno::Success;
}

Errno args_sizes_get(Context& context, GuestRef<uint32_t> count, GuestRef<uint32_t> bytes) {
  const auto& program = context.data_as<Program>();
  count.set(static_cast<uint32_t>(program.arguments.size()));
  bytes.set(static_cast<uint32_t>(bytes_of(program)));
  return Errno::Success;
}

Errno environ_get(Context&, uint32_t, uint32_t) {
  return Errno::Success;
}
Errno environ_sizes_get(Context&, GuestRef<uint32_t> count, GuestRef<uint32_t> bytes) {
  count.set(0);
  bytes.set(0);
  return Errno::Success;
}

Errno clock_res_get(Context&, uint32_t clock, GuestRef<uint64_t> out) {
  constexpr uint64_t kMillisecond = 1'000'000;  // what every backend has at least
  if (clock > kMonotonic) return Errno::Inval;
  out.set(kMillisecond);
  return Errno::Success;
}

Errno clock_time_get(Context&, uint32_t clock, uint64_t, GuestRef<uint64_t> out) {
  uint64_t time;
  if (!now(clock, time)) return Errno::Inval;
  if (clock == kRealtime && time == 0) return Errno::Notsup;  // nobody knows the date
  out.set(time);
  return Errno::Success;
}

/// Sleeps until the first clock has come; other subscriptions are answered at once with Notsup.
Errno poll_oneoff(Context& context, uint32_t subscriptions, uint32_t events, uint32_t count,
                  GuestRef<uint32_t> happened) {
  constexpr uint32_t kMost = 64;
  if (count == 0 || count > kMost) return Errno::Inval;
  uint8_t* in = context.guest_bytes(subscriptions, count * static_cast<uint32_t>(sizeof(Subscription)));
  uint8_t* out = context.guest_bytes(events, count * static_cast<uint32_t>(sizeof(Event)));
  if (in == nullptr || out == nullptr) return Errno::Fault;
  uint64_t least = ~uint64_t{0};
  Event first{};
  for (uint32_t i = 0; i < count; ++i) {
    const Subscription one = GuestSpan<const Subscription>(in, count)[i];
    uint64_t left = 0, time = 0;
    Event event{one.userdata, Errno::Success, one.type, 0, 0};
    if (one.type != EventType::Clock) {
      event.error = Errno::Notsup;
    } else if (!now(one.clock.id, time)) {
      event.error = Errno::Inval;
    } else {
      left = one.clock.timeout;
      if ((one.clock.flags & 1) != 0) left = left > time ? left - time : 0;
    }
    if (left >= least) continue;
    least = left;
    first = event;
  }
  if (least > 0) platform::sleep_ns(least);
  GuestSpan<Event>(out, count).set(0, first);
  happened.set(1);
  return Errno::Success;
}

HostResult<void> proc_exit(Context& context, uint32_t code) {
  auto& program = context.data_as<Program>();
  program.exited = true;
  program.exit_code = code;
  return HostResult<void>::trap("the program has exited");
}

Errno random_get(Context&, GuestSpan<uint8_t> out) {
  const std::span<uint8_t> bytes(out.bytes(), out.size());
  return platform::entropy(std::as_writable_bytes(bytes)) ? Errno::Success : Errno::Notsup;
}

Errno sched_yield(Context&) {
  platform::yield();
  return Errno::Success;
}

}  // namespace mote::wasi::board
