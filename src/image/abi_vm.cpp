// SPDX-License-Identifier: Apache-2.0
// The interpreter's instruction set: every token's operation, form and operands, in order.
#include "image/abi.hpp"
#include "vm/instruction_set.hpp"

namespace mote::image {

namespace {

using namespace vm;

constexpr uint32_t mix(uint32_t hash, uint32_t number) {
  return fingerprint({hash, number});
}

template <class I>
constexpr uint32_t of(uint32_t hash, I*) {
  hash = mix(hash, static_cast<uint32_t>(I::kOperation) << 8 | I::kForm);
  for (uint32_t i = 0; i < I::kOperands.count; ++i)
    hash = mix(hash, static_cast<uint32_t>(I::kOperands.kinds[i]));
  return hash;
}
template <class A, class B>
constexpr uint32_t of(uint32_t hash, Fused<A, B>*) {
  return of(of(hash, static_cast<A*>(nullptr)), static_cast<B*>(nullptr));
}
/// Rows behind Helper exist in builds with typed references only and shift no others: images say by their
/// flag whether they may have them.
template <class... Is>
constexpr uint32_t of_list(uint32_t hash, List<Is...>) {
  ((hash = Is::kOperation > Operation::Helper ? hash : of(hash, static_cast<Is*>(nullptr))), ...);
  return hash;
}

constexpr uint32_t of_computed(uint32_t hash) {
#define MOTE_COMPUTED(name) hash = mix(hash, static_cast<uint32_t>(wasm::Op::name));
#include "vm/computed.inc"
  return hash;
}

}  // namespace

const uint32_t kVmAbi = of_computed(of_list(of_list(kAbiRevision, Primary{}), Extended{}));

}  // namespace mote::image
