// SPDX-License-Identifier: Apache-2.0
// The suite's agent as a firmware: lines come and go over semihosting.
#include "agent/agent.hpp"

#include <cstdio>
#include <new>

namespace {

alignas(
    8) std::byte ram[RAM_BYTES];  // pool, then store; empty where the board has memory beside its main RAM
alignas(mote::spec::Agent) std::byte room[sizeof(mote::spec::Agent)];

/// All that the board gives: EXTRA_BEGIN is memory that no linker script mentions, 0 for none.
mote::spec::AgentMemory memory() {
  std::byte* at = EXTRA_BEGIN != 0 ? reinterpret_cast<std::byte*>(EXTRA_BEGIN) : ram;
  return {.pool = {at, POOL_BYTES},
          .store = {reinterpret_cast<uint8_t*>(at) + POOL_BYTES, STORE_BYTES},
          .stack_bytes = STACK_BYTES,
          .load = {LOAD_OPTIONS}};
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
