// SPDX-License-Identifier: Apache-2.0
// What must hold of the value stack between two instructions, in builds that check the compiler
// (config/tuning.hpp). ISAs check what they know themselves in a member verify(values).

namespace mote::compile {

/// Stops the process in builds that check the compiler.
inline void require(bool holds) {
  if (!holds) __builtin_trap();
}

/// Values lie in their homes without gaps, refer to locals that count them, and the only register has one
/// owner.
template <Isa I>
void SinglePass<I>::verify() const {
  if (!live()) return;
  uint32_t home = local_slots_, in_locals = 0, references = 0;
  for (uint32_t i = 0; i < values_.size(); ++i) {
    const Value& value = values_[i];
    require(value.home == home);
    home += value.slots();
    require(i >= flushed_ || value.kind == Value::Kind::Stack || value.is_constant());
    require(keeps() || !value.in_register() || owner_ == static_cast<int32_t>(i));
    if (value.kind != Value::Kind::Local) continue;
    ++in_locals;
    require(value.local < locals_.size() && value.slot == locals_[value.local].slot &&
            locals_[value.local].references > 0);
  }
  require(home == top_home_ && home <= (frame_slots_ > local_slots_ ? frame_slots_ : local_slots_));
  constexpr uint32_t kCounted = 256;  // of more locals the sum would take too long
  if (locals_.size() <= kCounted) {
    for (uint32_t i = 0; i < locals_.size(); ++i) references += locals_[i].references;
    require(references == in_locals);
  }
  if constexpr (requires { isa_.verify({}); }) isa_.verify({values_.data(), values_.size()});
}

}  // namespace mote::compile
