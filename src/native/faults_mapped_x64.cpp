// SPDX-License-Identifier: Apache-2.0
// x86-64 Linux.
#include <signal.h>
#include <ucontext.h>

#include <atomic>

#include "native/code_ranges.hpp"
#include "native/faults.hpp"
#include "native/guard_pages.hpp"
#include "runtime/instance.hpp"

extern "C" const uint8_t mote_native_fault[];

namespace mote::native {

namespace {

struct sigaction g_before_segv, g_before_bus;

/// To whoever came before us.
void pass_on(int signal, siginfo_t* info, void* context) {
  const struct sigaction& before = signal == SIGSEGV ? g_before_segv : g_before_bus;
  if ((before.sa_flags & SA_SIGINFO) != 0) return before.sa_sigaction(signal, info, context);
  if (before.sa_handler == SIG_DFL || before.sa_handler == SIG_IGN) {
    // The access is made again, and ends the process as it would have.
    struct sigaction plain = {};
    plain.sa_handler = SIG_DFL;
    sigaction(signal, &plain, nullptr);
    return;
  }
  before.sa_handler(signal);
}

void handle(int signal, siginfo_t* info, void* context) {
  auto* registers = static_cast<ucontext_t*>(context)->uc_mcontext.gregs;
  const auto pc = static_cast<uintptr_t>(registers[REG_RIP]);
  if (is_code(pc)) {
    const auto* instance = reinterpret_cast<const runtime::Instance*>(registers[REG_RBX]);
    const auto address = reinterpret_cast<uintptr_t>(info->si_addr);
    const auto memory = reinterpret_cast<uintptr_t>(instance->memory);
    if (instance->module->options.bounds == runtime::Bounds::GuardPages && address >= memory &&
        address - memory < kReservation) {
      registers[REG_RAX] = registers[REG_RIP];
      registers[REG_RIP] = reinterpret_cast<greg_t>(mote_native_fault);
      return;
    }
  }
  pass_on(signal, info, context);
}

}  // namespace

bool catch_faults() {
  static std::atomic<int> state{0};  // 0 not yet, 1 being done, 2 done
  int expected = 0;
  if (!state.compare_exchange_strong(expected, 1)) {
    while (state.load() == 1) {
    }
    return state.load() == 2;
  }
  struct sigaction action = {};
  action.sa_sigaction = handle;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigemptyset(&action.sa_mask);
  const bool ok =
      sigaction(SIGSEGV, &action, &g_before_segv) == 0 && sigaction(SIGBUS, &action, &g_before_bus) == 0;
  state.store(ok ? 2 : 0);
  return ok;
}

}  // namespace mote::native
