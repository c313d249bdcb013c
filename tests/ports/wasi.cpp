// SPDX-License-Identifier: Apache-2.0
// A WASI program on a bare board: console, arguments, clocks, files in RAM; and one that wants too much.
#include <mote/mote.hpp>
#include <mote/wasi_board.hpp>

#include <cstdio>
#include <cstring>

extern "C" const uint8_t program_begin[], program_end[];

namespace mote::platform {
void use_storage(std::span<std::byte> region);

/// QEMU's board has no source of entropy: numbers for the test, and for nothing else.
bool entropy(std::span<std::byte> bytes) {
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(monotonic_ns() * 2654435761u >> 13);
  return true;
}
}  // namespace mote::platform

namespace {

using namespace mote::wasi::board;

constexpr mote::HostFunction kAll[] = {kArgsGet,          kArgsSizesGet, kEnvironGet,       kEnvironSizesGet,
                                       kClockResGet,      kClockTimeGet, kPollOneoff,       kProcExit,
                                       kRandomGet,        kSchedYield,   kFdClose,          kFdFdstatGet,
                                       kFdFdstatSetFlags, kFdPrestatGet, kFdPrestatDirName, kFdRead,
                                       kFdSeek,           kFdWrite,      kPathOpen,         kPathUnlinkFile};
constexpr mote::HostFunction kFew[] = {kArgsGet, kArgsSizesGet, kFdWrite, kProcExit};

alignas(8) std::byte pool[512 * 1024], storage[4096], file_buffer[1024];

/// The name of the first function that is missing.
std::string_view missing(mote::Engine& engine, const mote::Module& module) {
  const auto refused = engine.instantiate(module, {.functions = kFew});
  return refused ? std::string_view() : refused.error().name;
}

}  // namespace

int main() {
  static constexpr const char* kArguments[] = {"board", "argument"};
  mote::platform::use_storage(storage);
  mote::Engine engine(pool);
  const auto module = engine.load({program_begin, program_end});
  if (!module) return std::printf("load: %s\n", module.error().message), 1;
  const std::string_view name = missing(engine, *module);
  std::printf("left out: %.*s\n", static_cast<int>(name.size()), name.data());
  Program program;
  program.arguments = kArguments;
  program.buffer = file_buffer;
  const auto instance =
      engine.instantiate(*module, {.functions = kAll}, {.stack_bytes = 16 * 1024, .data = &program});
  if (!instance) {
    const std::string_view wanted = instance.error().name;
    return std::printf("%s %.*s\n", instance.error().message, static_cast<int>(wanted.size()), wanted.data()),
           1;
  }
  const auto done = instance->call<void>("_start");
  const bool good = !done && program.exited && program.exit_code == 7 && !name.empty();
  std::printf("exit code %u: %s\n", static_cast<unsigned>(program.exit_code),
              good   ? "all ok"
              : done ? "returned"
                     : done.error().message);
  return good ? 0 : 1;
}
