// SPDX-License-Identifier: Apache-2.0
// The suite's agent as a firmware: lines come and go over semihosting, whose command line names the tier.
#include "agent/agent.hpp"

#include <cstdio>
#include <new>
#include <string_view>

namespace {

alignas(
    8) std::byte ram[RAM_BYTES];  // pool, then store; empty where the board has memory beside its main RAM
alignas(mote::spec::Agent) std::byte room[sizeof(mote::spec::Agent)];

/// The last word of the command line (Semihosting for AArch32, SYS_GET_CMDLINE); empty if there is none.
std::string_view last_argument() {
  static char line[128];
  struct {
    char* at;
    int size;
  } block{line, sizeof line};
  register int operation asm("r0") = 0x15;
  register void* parameter asm("r1") = &block;
  asm volatile("bkpt 0xab" : "+r"(operation) : "r"(parameter) : "memory");
  if (operation != 0) return {};
  const std::string_view words(line);
  return words.substr(words.rfind(' ') + 1);
}

/// `tier` as `mote run --tier` names it; the interpreter when it is no tier's name.
mote::LoadOptions load_options(std::string_view tier) {
  if (tier == "thumb2") return {.tier = mote::Tier::Native};
  if (tier == "thumb2-mpu") return {.tier = mote::Tier::Native, .bounds = mote::Bounds::Mpu};
  return {};
}

/// All that the board gives: EXTRA_BEGIN is memory that no linker script mentions, 0 for none. With the MPU
/// less of it, so that no memory gets larger than what two of its regions cover (core/local_tee grows one to
/// 41 pages, where there is room).
mote::spec::AgentMemory memory() {
  std::byte* at = EXTRA_BEGIN != 0 ? reinterpret_cast<std::byte*>(EXTRA_BEGIN) : ram;
  const mote::LoadOptions load = load_options(last_argument());
  constexpr size_t kMost = 2'621'440;
  const size_t pool = load.bounds == mote::Bounds::Mpu && POOL_BYTES > kMost ? kMost : POOL_BYTES;
  return {.pool = {at, pool},
          .store = {reinterpret_cast<uint8_t*>(at) + POOL_BYTES, STORE_BYTES},
          .stack_bytes = STACK_BYTES,
          .load = load};
}

}  // namespace

int main() {
  auto* agent = new (room) mote::spec::Agent(memory());
  char line[mote::spec::kLineBytes + 3];  // "\r\n" and a NUL
  while (std::fgets(line, sizeof line, stdin) != nullptr) {
    const std::string_view answer = agent->answer(line);
    std::fwrite(answer.data(), 1, answer.size(), stdout);
    std::fflush(stdout);
  }
  return 0;
}
