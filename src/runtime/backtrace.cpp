// SPDX-License-Identifier: Apache-2.0
#include "runtime/backtrace.hpp"

#include "compile/compile.hpp"
#include "image/offset_map.hpp"
#include "native/continuation.hpp"
#include "runtime/continuation.hpp"
#include "runtime/inner_run.hpp"
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
  if constexpr (config::kOffsetMaps) {
    if (module.in_image && place.function != Error::kNoOffset)
      frame.offset =
          image::mapped_offset(module, module.entries[place.function - module.wasm.imported_functions],
                               static_cast<uint32_t>(ip - module.code));
  }
  if (place.function != Error::kNoOffset) frame.name = wasm::function_name(module.wasm, place.function);
  return frame;
}

/// Frames from the innermost out, of which the first ones are kept.
struct Frames {
  std::span<Frame> kept;
  uint32_t count = 0;

  void add(const Instance& inside, const uint8_t* ip) {
    if (count < kept.size()) kept[count] = describe(inside, ip);
    ++count;
  }
};

/// Of native code, down the stacks that were resumed from others. `owner` of the run.
[[maybe_unused]] void add_native(Frames& frames, const Instance& owner, const Instance* inside,
                                 native::Place place) {
  auto end = reinterpret_cast<uintptr_t>(area_of(owner.run).end);
  [[maybe_unused]] const GuestStack* stack = nullptr;
  if constexpr (kStackSwitching) stack = stacks_of(owner.run).current;
  for (;;) {
    do {
      frames.add(*inside, place.ip);
    } while (native::unwind(*inside->module, place, end));
    if (native::to_caller(place, inside)) continue;
    if constexpr (!kStackSwitching) return;
    if constexpr (kStackSwitching) {
      if (!native::to_resumer(owner.run, place, stack, inside)) return;
      end = reinterpret_cast<uintptr_t>(stack == nullptr ? owner.stack_end : stack->end());
    }
  }
}

/// Of vm code: through whatever instances its links lead, and down the stacks that were resumed from others.
/// `owner` of the run.
void add_linked(Frames& frames, const Instance& owner, const Instance* inside, const uint8_t* ip,
                const vm::Link* link) {
  const auto* end = reinterpret_cast<const vm::Link*>(area_of(owner.run).end);
  [[maybe_unused]] const GuestStack* stack = nullptr;
  if constexpr (kStackSwitching) stack = stacks_of(owner.run).current;
  for (;;) {
    frames.add(*inside, ip);
    if (link >= end || link->ip == vm::kHaltCode) return;
    if constexpr (kStackSwitching && config::kInterpreter) {
      if (link->ip == vm::kStackEndCode) {
        const Position& resumer = resumer_of(owner.run, *stack);
        stack = owner.pool->at<const GuestStack>(stack->parent);
        inside = resumer.inside;
        ip = resumer.ip - 1;
        link = reinterpret_cast<const vm::Link*>(resumer.links);
        end = reinterpret_cast<const vm::Link*>(stack == nullptr ? owner.stack_end : stack->end());
        continue;
      }
    }
    if (link->ip == vm::kLeaveInstanceCode) {
      ++link;
      inside = reinterpret_cast<const vm::InstanceLink*>(link)->caller;
      ++link;
      if (link >= end || link->ip == vm::kHaltCode) return;
      if constexpr (kStackSwitching && config::kInterpreter) {
        // The function's caller in tail position began the stack.
        if (link->ip == vm::kStackEndCode) continue;
      }
    }
    ip = link->ip - 1;  // a link names the instruction behind the call
    ++link;
  }
}

/// `stack`: the links of vm code, or the stack pointer of native code.
[[maybe_unused]] void add_run(Frames& frames, const Instance& owner, const Instance& inside,
                              const uint8_t* ip, uintptr_t stack) {
  if (!config::kInterpreter || inside.module->options.tier == Tier::Native)
    return add_native(frames, owner, &inside, {ip, stack});
  add_linked(frames, owner, &inside, ip, reinterpret_cast<const vm::Link*>(stack));
}

/// Of the runs inside of one that trapped for them. Each knows the next one inside: the innermost comes
/// first.
template <class R>
void add_inner(Frames& frames, const R& run) {
  uint32_t depth = 0;
  for (const InnerRun* at = run.native.inner; at != nullptr; at = at->inner) ++depth;
  for (; depth > 0; --depth) {
    const InnerRun* at = run.native.inner;
    for (uint32_t i = 1; i < depth; ++i) at = at->inner;
    add_run(frames, *run.owner, *at->inside, at->ip, at->stack);
  }
}

template <class R>
void add_all(Frames& frames, const R& run) {
  if (run.status == Status::Trapped) add_inner(frames, run);
  const bool native = !config::kInterpreter || run.inside->module->options.tier == Tier::Native;
  add_run(frames, *run.owner, *run.inside, run.ip,
          native ? run.native.unwind_sp : reinterpret_cast<uintptr_t>(run.links));
}

}  // namespace

uint32_t backtrace(Instance& instance, std::span<Frame> kept) {
  const Run& run = instance.run;
  if (run.status != Status::Trapped && run.status != Status::Suspended) return 0;
  Frames frames{kept};
  if constexpr (config::kNative) {
    add_all(frames, run);
  } else {
    add_linked(frames, instance, run.inside, run.ip, reinterpret_cast<const vm::Link*>(run.links));
  }
  return frames.count;
}

}  // namespace mote::runtime
