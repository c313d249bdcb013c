// SPDX-License-Identifier: Apache-2.0
// What a program is told, and how it ends.
#include <sched.h>
#include <sys/random.h>

#include <cerrno>
#include <cstring>

#include "wasi/functions.hpp"

namespace mote::wasi {

namespace {

size_t bytes_of(const std::vector<std::string>& strings) {
  size_t bytes = 0;
  for (const std::string& text : strings) bytes += text.size() + 1;
  return bytes;
}

/// Strings behind each other, each with a NUL, and pointers to them.
Errno put_strings(const Context& context, const std::vector<std::string>& strings, uint32_t pointers,
                  uint32_t text) {
  uint8_t* table = context.guest_bytes(pointers, static_cast<uint32_t>(4 * strings.size()));
  uint8_t* bytes = context.guest_bytes(text, static_cast<uint32_t>(bytes_of(strings)));
  if (table == nullptr || bytes == nullptr) return Errno::Fault;
  for (const std::string& string : strings) {
    std::memcpy(table, &text, 4);
    std::memcpy(bytes, string.c_str(), string.size() + 1);
    table += 4;
    bytes += string.size() + 1;
    text += static_cast<uint32_t>(string.size() + 1);
  }
  return Errno::Success;
}

Errno put_sizes(const std::vector<std::string>& strings, Out<uint32_t> count, Out<uint32_t> bytes) {
  count.set(static_cast<uint32_t>(strings.size()));
  bytes.set(static_cast<uint32_t>(bytes_of(strings)));
  return Errno::Success;
}

constexpr const char* kExited = "the program has exited";

}  // namespace

Errno args_get(Context& context, uint32_t pointers, uint32_t text) {
  return put_strings(context, process_of(context).arguments, pointers, text);
}
Errno args_sizes_get(Context& context, Out<uint32_t> count, Out<uint32_t> bytes) {
  return put_sizes(process_of(context).arguments, count, bytes);
}
Errno environ_get(Context& context, uint32_t pointers, uint32_t text) {
  return put_strings(context, process_of(context).environment, pointers, text);
}
Errno environ_sizes_get(Context& context, Out<uint32_t> count, Out<uint32_t> bytes) {
  return put_sizes(process_of(context).environment, count, bytes);
}

HostResult<void> proc_exit(Context& context, uint32_t code) {
  process_of(context).exit_code = code;
  return HostResult<void>::trap(kExited);
}

/// There are no handlers, so a signal ends the program or does nothing (POSIX, <signal.h>: default actions).
HostResult<Errno> proc_raise(Context& context, uint32_t signal) {
  constexpr uint32_t kNone = 0, kChild = 16, kContinue = 17, kStop = 18, kTerminalOut = 21, kUrgent = 22,
                     kWindow = 27, kLast = 30;
  if (signal > kLast) return Errno::Inval;
  if (signal == kNone || signal == kChild || signal == kContinue || signal == kUrgent || signal == kWindow)
    return Errno::Success;
  if (signal >= kStop && signal <= kTerminalOut) return Errno::Notsup;  // nobody could continue it
  process_of(context).exit_code = 128 + signal;
  return HostResult<Errno>::trap(kExited);
}

Errno sched_yield(Context&) {
  ::sched_yield();
  return Errno::Success;
}

Errno random_get(Context&, GuestSpan<uint8_t> out) {
  for (size_t at = 0; at < out.size();) {
    const ssize_t count = getrandom(out.bytes() + at, out.size() - at, 0);
    if (count < 0 && errno != EINTR) return last_error();
    if (count > 0) at += static_cast<size_t>(count);
  }
  return Errno::Success;
}

}  // namespace mote::wasi
