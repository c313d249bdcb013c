// SPDX-License-Identifier: Apache-2.0
#include "timeout.hpp"

#include <signal.h>
#include <sys/time.h>
#include <mote/signals.hpp>

#include <array>
#include <cmath>

#include "config/tiers.hpp"

namespace mote::tool {

namespace {

const Instance* g_instance = nullptr;
/// A guest's own stack has no room for signals on every machine.
alignas(16) std::array<std::byte, 64 * 1024> g_stack;

void handle(int, siginfo_t*, [[maybe_unused]] void* context) {
  g_instance->interrupt();
  if constexpr (config::kNative) mote_preempt_signal(context);
}

/// The first signal after `seconds`, then one every millisecond: the guest may not be where it can stop.
void arm(double seconds) {
  itimerval timer = {};
  if (seconds > 0) {
    const double whole = std::floor(seconds);
    timer.it_value.tv_sec = static_cast<time_t>(whole);
    timer.it_value.tv_usec = static_cast<suseconds_t>((seconds - whole) * 1e6) + 1;
    timer.it_interval.tv_usec = 1000;
  }
  setitimer(ITIMER_REAL, &timer, nullptr);
}

}  // namespace

Timeout::Timeout(const Instance& instance, double seconds) {
  if (seconds <= 0) return;
  g_instance = &instance;
  stack_t stack = {};
  stack.ss_sp = g_stack.data();
  stack.ss_size = g_stack.size();
  sigaltstack(&stack, nullptr);
  struct sigaction action = {};
  action.sa_sigaction = handle;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigaction(SIGALRM, &action, nullptr);
  arm(seconds);
}

Timeout::~Timeout() {
  arm(0);
}

}  // namespace mote::tool
