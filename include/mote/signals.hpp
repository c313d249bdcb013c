// SPDX-License-Identifier: Apache-2.0
// Stopping native code on a host (x86-64 and 32-bit Arm Linux), at no cost in the code: a signal finds it.
//
// A handler of a timer's signal, or of one that pthread_kill() sends to the thread that runs the guest, asks
// the instance to stop, and lets the guest do so:
//
//     void handle(int, siginfo_t*, void* context) {   // with SA_SIGINFO and SA_ONSTACK
//       instance.interrupt();
//       if (!mote_preempt_signal(context)) ...         // a periodic timer comes again by itself
//     }
//
// The interpreter, and native code that counts fuel, need Instance::interrupt() alone.
#pragma once

extern "C" {

/// Suspends the guest that the signal interrupted, if Instance::interrupt() asked it to. `context` is the
/// handler's third argument (a ucontext_t). The guest stops when the handler returns, its call answers
/// ErrorCode::Suspended, and resume() goes on at the very instruction. False: it cannot stop there (in a host
/// function, in a prologue); signal again soon. Host functions return to a guest that was asked to stop by
/// stopping it, too. On 32-bit Arm the thread needs an alternate signal stack (sigaltstack), as a guest's
/// stack has no room for signals.
bool mote_preempt_signal(void* context);
}
