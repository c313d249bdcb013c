// SPDX-License-Identifier: Apache-2.0
// Numeric operations that a CPU does not have, done as the interpreter does them.
#include "vm/numeric.hpp"

#include <cstring>

#include "native/layout.hpp"
#include "runtime/instance.hpp"
#include "wasm/opcodes.hpp"

namespace mote::native {

namespace {

using wasm::Op;

template <class C>
Trap apply(uint32_t* slots) {
  typename C::X x;
  typename C::R result{};
  std::memcpy(&x, slots, sizeof(x));
  if constexpr (C::kTraps) {
    const Trap trap = C::apply(x, result);
    if (trap != Trap::None) return trap;
  } else {
    result = C::apply(x);
  }
  std::memcpy(slots, &result, sizeof(result));
  return Trap::None;
}

template <uint32_t Which>
using Saturating =
    vm::Compute<static_cast<vm::Operation>(static_cast<uint8_t>(vm::Operation::TruncSat) + Which)>;

Trap numeric(Op op, uint32_t* slots) {
  switch (op) {
#define MOTE_NUMERIC(name) \
  case Op::name:           \
    return apply<vm::Compute<vm::operation_of(Op::name)>>(slots);
    MOTE_NUMERIC(I32Clz)
    MOTE_NUMERIC(I32Ctz)
    MOTE_NUMERIC(I32Popcnt)
    MOTE_NUMERIC(I64Clz)
    MOTE_NUMERIC(I64Ctz)
    MOTE_NUMERIC(I64Popcnt)
    MOTE_NUMERIC(F32Ceil)
    MOTE_NUMERIC(F32Floor)
    MOTE_NUMERIC(F32Trunc)
    MOTE_NUMERIC(F32Nearest)
    MOTE_NUMERIC(F64Ceil)
    MOTE_NUMERIC(F64Floor)
    MOTE_NUMERIC(F64Trunc)
    MOTE_NUMERIC(F64Nearest)
    MOTE_NUMERIC(F32ConvertI64U)
    MOTE_NUMERIC(F64ConvertI64U)
    MOTE_NUMERIC(I32TruncF32S)
    MOTE_NUMERIC(I32TruncF32U)
    MOTE_NUMERIC(I32TruncF64S)
    MOTE_NUMERIC(I32TruncF64U)
    MOTE_NUMERIC(I64TruncF32S)
    MOTE_NUMERIC(I64TruncF32U)
    MOTE_NUMERIC(I64TruncF64S)
    MOTE_NUMERIC(I64TruncF64U)
#undef MOTE_NUMERIC
#define MOTE_SATURATING(name, which) \
  case Op::name:                     \
    return apply<Saturating<which>>(slots);
    MOTE_SATURATING(I32TruncSatF32S, 0)
    MOTE_SATURATING(I32TruncSatF32U, 1)
    MOTE_SATURATING(I32TruncSatF64S, 2)
    MOTE_SATURATING(I32TruncSatF64U, 3)
    MOTE_SATURATING(I64TruncSatF32S, 4)
    MOTE_SATURATING(I64TruncSatF32U, 5)
    MOTE_SATURATING(I64TruncSatF64S, 6)
    MOTE_SATURATING(I64TruncSatF64U, 7)
#undef MOTE_SATURATING
    default:
      return Trap::Unreachable;  // the compiler asks for nothing else
  }
}

}  // namespace

/// Called through native::Table: the operand lies in `slots`, the result takes its place. Answers a vm::Exit.
extern "C" uint32_t mote_native_numeric_function(runtime::Instance* instance, uint32_t op, uint32_t* slots) {
  const Trap trap = numeric(static_cast<Op>(op), slots);
  if (trap == Trap::None) return MOTE_EXIT_RETURNED;
  instance->active->trap = trap;
  return MOTE_EXIT_TRAPPED;
}

}  // namespace mote::native
