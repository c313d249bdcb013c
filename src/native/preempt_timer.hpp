// SPDX-License-Identifier: Apache-2.0
// For tests: a timer whose signals stop a guest wherever it is (mote/signals.hpp).
#pragma once
#include <signal.h>
#include <sys/time.h>
#include <mote/mote.hpp>
#include <mote/signals.hpp>

#include <array>
#include <atomic>

#include "config/tiers.hpp"

namespace mote::test {

inline const Instance* g_instance = nullptr;
inline std::atomic<int> g_taken{0};  ///< signals that found the guest where it could stop

inline void handle(int, siginfo_t*, void* context) {
  g_instance->interrupt();
  if constexpr (config::kNative) {
    if (mote_preempt_signal(context)) g_taken.fetch_add(1);
  }
}

/// A signal every `microseconds`, on a stack of its own, while it lives.
class Timer {
 public:
  explicit Timer(suseconds_t microseconds) {
    stack_t stack = {};
    stack.ss_sp = stack_.data();
    stack.ss_size = stack_.size();
    sigaltstack(&stack, nullptr);
    struct sigaction action = {};
    action.sa_sigaction = handle;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART;
    sigaction(SIGALRM, &action, &before_);
    const itimerval every = {{0, microseconds}, {0, microseconds}};
    setitimer(ITIMER_REAL, &every, nullptr);
  }
  ~Timer() {
    const itimerval never = {};
    setitimer(ITIMER_REAL, &never, nullptr);
    sigaction(SIGALRM, &before_, nullptr);
    stack_t none = {};
    none.ss_flags = SS_DISABLE;
    sigaltstack(&none, nullptr);
  }
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

 private:
  std::array<std::byte, 64 * 1024> stack_;
  struct sigaction before_ = {};
};

}  // namespace mote::test
