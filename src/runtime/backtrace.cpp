// SPDX-License-Identifier: Apache-2.0
#include "runtime/backtrace.hpp"

#include "compile/compile.hpp"
#include "native/native.hpp"
#include "runtime/continuation.hpp"
#include "vm/frame.hpp"

namespace mote::runtime {

namespace {

Frame describe(const Instance& inside, const uint8_t* ip) {
  Frame frame;
  frame.instance = &inside;
  const LoadedModule& module = *inside.module;
  if (ip < module.code || ip >= module.code + module.code_bytes) return frame;
  const compile::Location place =
      compile::locate(module, *inside.pool, static_cast<uint32_t>(ip - module.code));
  frame.function = place.function;
  frame.offset = place.offset;
  if (place.function != Error::kNoOffset) frame.name = wasm::function_name(module.wasm, place.function);
  return frame;
}

}  // namespace

namespace {

template <class R>
uint32_t native_backtrace(const R& run, std::span<Frame> frames) {
  const auto end = reinterpret_cast<uintptr_t>(run.owner->stack_end);
  native::Place place{run.ip, run.native.unwind_sp};
  uint32_t count = 0;
  do {
    if (count < frames.size()) frames[count] = describe(*run.inside, place.ip);
    ++count;
  } while (native::unwind(*run.inside->module, place, end));
  return count;
}

}  // namespace

uint32_t backtrace(Instance& instance, std::span<Frame> frames) {
  const Run& run = instance.run;
  if (run.status != Status::Trapped && run.status != Status::Suspended) return 0;
  if constexpr (config::kNative) {
    if (!config::kInterpreter || run.inside->module->options.tier == Tier::Native)
      return native_backtrace(run, frames);
  }
  const Instance* inside = run.inside;
  const uint8_t* ip = run.ip;
  const auto* link = reinterpret_cast<const vm::Link*>(run.links);
  const auto* end = reinterpret_cast<const vm::Link*>(area_of(run).end);
  [[maybe_unused]] const GuestStack* stack = nullptr;
  if constexpr (kStackSwitching) stack = stacks_of(run).current;
  uint32_t count = 0;
  for (;;) {
    if (count < frames.size()) frames[count] = describe(*inside, ip);
    ++count;
    if (link >= end || link->ip == vm::kHaltCode) return count;
    if constexpr (kStackSwitching && config::kInterpreter) {
      if (link->ip == vm::kStackEndCode) {
        const Position& resumer = resumer_of(run, *stack);
        stack = instance.pool->at<const GuestStack>(stack->parent);
        inside = resumer.inside;
        ip = resumer.ip - 1;
        link = reinterpret_cast<const vm::Link*>(resumer.links);
        end = reinterpret_cast<const vm::Link*>(stack == nullptr ? instance.stack_end : stack->end());
        continue;
      }
    }
    if (link->ip == vm::kLeaveInstanceCode) {
      ++link;
      inside = reinterpret_cast<const vm::InstanceLink*>(link)->caller;
      ++link;
      if (link >= end || link->ip == vm::kHaltCode) return count;
      if constexpr (kStackSwitching && config::kInterpreter) {
        // The function's caller in tail position began the stack.
        if (link->ip == vm::kStackEndCode) continue;
      }
    }
    ip = link->ip - 1;  // a link names the instruction behind the call
    ++link;
  }
}

}  // namespace mote::runtime
