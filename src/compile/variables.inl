// SPDX-License-Identifier: Apache-2.0
// Locals and globals.

namespace mote::compile {

template <Isa I>
uint32_t SinglePass<I>::read_local() {
  const uint32_t index = reader_.u32();
  if (index >= locals_.size()) {
    fail("unknown local");
    return 0;
  }
  return index;
}

/// A local that is read must have been written in a block that is still open, or be cleared at entry.
template <Isa I>
void SinglePass<I>::note_read(uint32_t index) {
  Local& local = locals_[index];
  if (!local.parameter && !local.needs_zero && !is_written(local)) local.needs_zero = true;
}

template <Isa I>
bool SinglePass<I>::is_written(const Local& local) const {
  return local.set_depth > 0 && local.set_depth <= controls_.size() &&
         controls_[local.set_depth - 1].serial == local.set_serial;
}

template <Isa I>
void SinglePass<I>::note_write(uint32_t index) {
  Local& local = locals_[index];
  if (local.parameter || local.needs_zero || is_written(local)) return;
  local.set_depth = controls_.size();
  local.set_serial = controls_.top().serial;
}

template <Isa I>
void SinglePass<I>::local_get() {
  const uint32_t index = read_local();
  if (!reader_.ok()) return;
  // A reference that cannot be null has no value to begin with (core spec, 3.3.3 "Local Types").
  if (!locals_[index].type.has_default()) {
    if (!locals_[index].parameter && !is_written(locals_[index])) return fail("uninitialized local");
  } else if (live()) {
    note_read(index);
  }
  Value value = in_home(locals_[index].type);
  value.kind = Value::Kind::Local;
  value.slot = locals_[index].slot;
  value.local = static_cast<uint16_t>(index);
  push(value);
}

/// Values on the stack that are still in a local leave it before it is written.
template <Isa I>
void SinglePass<I>::preserve(uint32_t index, Value& value) {
  if (locals_[index].references == 0) return;
  keep(value);
  for (uint32_t i = values_.size(); locals_[index].references > 0; --i) {
    const Value& waiting = values_[i - 1];
    if (waiting.kind == Value::Kind::Local && waiting.local == index) leave_local(i - 1);
  }
}

template <Isa I>
void SinglePass<I>::leave_local(uint32_t index) {
  if (!keeps() || values_[index].type == wasm::kV128) return to_home(index);
  release_local(values_[index]);
  if constexpr (kMayKeep) isa_.hold(values_[index]);
}

template <Isa I>
void SinglePass<I>::local_set(bool tee) {
  const uint32_t index = read_local();
  if (!reader_.ok()) return;
  const Local& local = locals_[index];
  Value value = pop(local.type);
  if (live() && reader_.ok()) {
    spill();
    preserve(index, value);
    if (value.kind != Value::Kind::Local || value.local != index) isa_.move(local.slot, value);
    drop(value);
  }
  if (live() || !local.type.has_default()) note_write(index);
  if (!tee) return;
  Value copy = in_home(local.type);
  if (value.is_constant()) {
    copy.kind = Value::Kind::Constant;
    copy.constant = value.constant;
  } else {
    copy.kind = Value::Kind::Local;
    copy.slot = local.slot;
    copy.local = static_cast<uint16_t>(index);
  }
  push(copy);
}

template <Isa I>
void SinglePass<I>::global_get() {
  const uint32_t index = reader_.u32();
  if (index >= module_.globals.count) return fail("unknown global");
  const wasm::Global& global = module_.globals[index];
  if constexpr (enabled(Proposal::Simd)) {
    if (global.type.type == wasm::kV128) return help(Op::GlobalGet, {}, wasm::kV128, index, 0);
  }
  spill();
  Value result = register_result(global.type.type);
  if (live()) isa_.global_get(result, global, index);
  push(result);
}

template <Isa I>
void SinglePass<I>::global_set() {
  const uint32_t index = reader_.u32();
  if (index >= module_.globals.count) return fail("unknown global");
  const wasm::Global& global = module_.globals[index];
  if (!global.type.mutable_) return fail("immutable global");
  if constexpr (enabled(Proposal::Simd)) {
    if (global.type.type == wasm::kV128) return help(Op::GlobalSet, {wasm::kV128}, wasm::kBottom, index, 0);
  }
  // A stack pointer, for all that is known: what host functions are handed may lie behind the data.
  touches_memory_ = true;
  const Value value = pop(global.type.type);
  spill();
  if (live()) isa_.global_set(value, global, index);
}

}  // namespace mote::compile
