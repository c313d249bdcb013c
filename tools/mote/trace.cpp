// SPDX-License-Identifier: Apache-2.0
#include "trace.hpp"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "instructions.hpp"
#include "runtime/engine.hpp"
#include "values.hpp"
#include "wasm/module.hpp"

namespace mote::tool {

namespace {

constexpr uint32_t kDeepestIndent = 32;

void line(uint32_t depth, const std::string& text) {
  std::fflush(stdout);  // traces and prints in the order in which they happen
  std::fprintf(stderr, "trace: %*s%s\n", static_cast<int>(2 * std::min(depth, kDeepestIndent)), "",
               text.c_str());
}

/// "1, 2.5": values of the letters in `types`, up to a colon, out of slots.
std::string values_by_letters(const char* types, const uint32_t* slots) {
  constexpr std::pair<char, ValueType> kTypes[] = {
      {'i', ValueType::I32},  {'l', ValueType::I64},     {'f', ValueType::F32},      {'d', ValueType::F64},
      {'v', ValueType::V128}, {'r', ValueType::FuncRef}, {'e', ValueType::ExternRef}};
  std::string text;
  for (; *types != '\0' && *types != ':'; ++types) {
    const auto* found = std::find_if(std::begin(kTypes), std::end(kTypes),
                                     [&](const auto& pair) { return pair.first == *types; });
    if (found == std::end(kTypes)) return text + "...";
    if (!text.empty()) text += ", ";
    text += print_value(detail::read_value(found->second, slots));
    slots += slots_of(found->second);
  }
  return text;
}

std::string parameters(const wasm::FuncType& type, const uint32_t* slots) {
  std::string text;
  const uint8_t* types = type.params;
  for (uint32_t i = 0; i < type.param_count; ++i) {
    const ValueType value = runtime::public_type(wasm::next_type(types));
    text += (i > 0 ? ", " : "") + print_value(detail::read_value(value, slots));
    slots += slots_of(value);
  }
  return text;
}

std::string list(std::span<const Value> values) {
  std::string text;
  for (const Value& value : values) text += (text.empty() ? "" : ", ") + print_value(value);
  return text;
}

std::string returned(const std::string& results) {
  return results.empty() ? "" : " -> " + results;
}

/// Calls on the stack while a host function runs: vm code keeps a link of two words for each.
uint32_t depth_of(const runtime::Instance& inside) {
  const runtime::Run& run = *inside.active;
  if (run.owner == nullptr || inside.module == nullptr || inside.module->options.tier != runtime::Tier::Vm)
    return 0;
  const auto* end = reinterpret_cast<const uintptr_t*>(run.owner->stack_end);
  return static_cast<uint32_t>(end - run.links) / 2;
}

/// The index of the function whose entry is next, or none.
uint32_t function_at_entry(const runtime::Instance& instance) {
  const runtime::LoadedModule& module = *instance.module;
  const auto offset = static_cast<uint32_t>(instance.run.ip - module.code);
  const uint32_t* end = module.entries + module.wasm.defined_functions();
  const uint32_t* entry = std::lower_bound(static_cast<const uint32_t*>(module.entries), end, offset);
  if (entry == end || *entry != offset) return Error::kNoOffset;
  return module.wasm.imported_functions + static_cast<uint32_t>(entry - module.entries);
}

/// Whether a loop's start is the function's entry.
bool begins_with_loop(const wasm::Module& module, uint32_t function) {
  bool at_start = true, begins = false;
  for_each_instruction(module, [&](const Instruction& instruction) {
    if (instruction.function != function || !at_start) return;
    begins |= instruction.op == wasm::Op::Loop;
    at_start = instruction.op == wasm::Op::Block || instruction.op == wasm::Op::Nop;
  });
  return begins;
}

}  // namespace

Tracer::Tracer(Engine& engine, std::span<const HostFunction> table, void* data)
    : engine_(engine), data_(data) {
  for (const HostFunction& inner : table) {
    Wrapped& wrapped =
        wrapped_.emplace_back(Wrapped{{inner.module, inner.name, inner.signature, call_host}, &inner, this});
    if (const auto made = engine.new_function(wrapped.row, &wrapped))
      externs_.push_back({inner.module, inner.name, *made});
  }
}

Tracer::~Tracer() {
  for (const NamedExtern& item : externs_) engine_.release(item.item);
}

uint8_t Tracer::call_host(mote_context* caller, uint32_t* slots) {
  const Context& context = Context::of(caller);
  const auto& wrapped = context.data_as<Wrapped>();
  const std::string name = std::string(wrapped.row.module) + '.' + std::string(wrapped.row.name);
  const std::string call = name + '(' + values_by_letters(wrapped.row.signature, slots) + ')';
  Context inner(context.instance(), wrapped.tracer->data_);
  const auto status = static_cast<HostStatus>(wrapped.inner->thunk(&inner, slots));
  const char* results = wrapped.row.signature;
  while (*results != ':') ++results;
  line(depth_of(context.instance()) + 1,
       "host " + call +
           (status == HostStatus::Done      ? returned(values_by_letters(results + 1, slots))
            : status == HostStatus::Trapped ? " traps"
                                            : " waits"));
  return static_cast<uint8_t>(status);
}

void Tracer::function_entered(const runtime::Instance& instance, uint32_t depth) {
  const Place place{instance.run.links, *instance.run.links};
  const bool stayed = place == std::exchange(last_, place);
  const uint32_t index = function_at_entry(instance);
  if (index == Error::kNoOffset) return;  // a turn of a loop
  if (stayed && begins_with_loop(instance.module->wasm, index)) return;
  const wasm::Module& module = instance.module->wasm;
  const std::string name(wasm::function_name(module, index));
  line(depth, (name.empty() ? "function " + std::to_string(index) : name) + '(' +
                  parameters(module.type_of(index), instance.run.fp) + ')');
}

Error Tracer::step(const Instance& instance, std::span<Value> results, uint64_t fuel, Error error) {
  while (error.code == ErrorCode::Suspended && fuel > 0) {
    function_entered(*instance.state(), instance.backtrace({}));
    if (fuel != InstanceOptions::kUnlimited) --fuel;
    instance.set_fuel(0);
    error = instance.resume(results).error();
  }
  return error;
}

Result<void> Tracer::call(const Instance& instance, const std::string& name, const Function& function,
                          std::span<const Value> arguments, std::span<Value> results, uint64_t fuel) {
  line(0, "call " + name + '(' + list(arguments) + ')');
  const bool by_step = instance.state()->module->options.tier == runtime::Tier::Vm;
  if (by_step) instance.set_fuel(0);
  Error error = function.call(arguments, results).error();
  if (by_step) error = step(instance, results, fuel, error);
  line(0, name + (error ? std::string(" ends: ") + error.message : " returns" + returned(list(results))));
  return error;
}

}  // namespace mote::tool
