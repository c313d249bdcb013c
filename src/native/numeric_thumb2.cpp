// SPDX-License-Identifier: Apache-2.0
// Numeric operations that Thumb-2 code leaves to C++: those that the CPU does not have and that are rare or
// slow enough for the way out not to matter.
#include "vm/numeric.hpp"

#include <cstring>
#include <span>

#include "native/layout.hpp"
#include "runtime/instance.hpp"

namespace mote::native {

namespace {

using vm::Operation;
using wasm::Op;

template <class T>
T read(const uint32_t* slots) {
  T value;
  std::memcpy(&value, slots, sizeof(T));
  return value;
}

/// Operands lie in `slots`, the result takes their place.
template <Operation O>
Trap compute(uint32_t* slots) {
  using C = vm::Compute<O>;
  using X = typename C::X;
  const X x = read<X>(slots);
  typename C::R result{};
  Trap trap = Trap::None;
  if constexpr (requires { C::apply(x, x, result); }) {
    trap = C::apply(x, read<X>(slots + sizeof(X) / 4), result);
  } else if constexpr (requires { C::apply(x, result); } && C::kTraps) {
    trap = C::apply(x, result);
  } else if constexpr (requires { C::apply(x, x); }) {
    result = C::apply(x, read<X>(slots + sizeof(X) / 4));
  } else {
    result = C::apply(x);
  }
  if (trap == Trap::None) std::memcpy(slots, &result, sizeof(result));
  return trap;
}

constexpr Operation saturating(uint32_t index) {
  return static_cast<Operation>(static_cast<uint8_t>(Operation::TruncSat) + index);
}

struct Row {
  Op op;
  Trap (*compute)(uint32_t* slots);
};

#define MOTE_ROW(name) {Op::name, compute<vm::operation_of(Op::name)>},
constexpr Row kRows[] = {
    MOTE_ROW(I64DivS) MOTE_ROW(I64DivU) MOTE_ROW(I64RemS) MOTE_ROW(I64RemU) MOTE_ROW(I64Rotl)
        MOTE_ROW(I64Rotr) MOTE_ROW(I64Popcnt) MOTE_ROW(F32Ceil) MOTE_ROW(F32Floor) MOTE_ROW(F32Trunc)
            MOTE_ROW(F32Nearest) MOTE_ROW(F32Min) MOTE_ROW(F32Max) MOTE_ROW(F32Copysign) MOTE_ROW(F64Ceil)
                MOTE_ROW(F64Floor) MOTE_ROW(F64Trunc) MOTE_ROW(F64Nearest) MOTE_ROW(F64Sqrt) MOTE_ROW(F64Min)
                    MOTE_ROW(F64Max) MOTE_ROW(F64Copysign) MOTE_ROW(I32TruncF32S) MOTE_ROW(I32TruncF32U)
                        MOTE_ROW(I32TruncF64S) MOTE_ROW(I32TruncF64U) MOTE_ROW(I64TruncF32S)
                            MOTE_ROW(I64TruncF32U) MOTE_ROW(I64TruncF64S) MOTE_ROW(I64TruncF64U)
                                MOTE_ROW(F32ConvertI64S) MOTE_ROW(F32ConvertI64U) MOTE_ROW(F32DemoteF64)
                                    MOTE_ROW(F64ConvertI32S) MOTE_ROW(F64ConvertI32U) MOTE_ROW(F64ConvertI64S)
                                        MOTE_ROW(F64ConvertI64U) MOTE_ROW(F64PromoteF32){
                                            Op::I32TruncSatF32S, compute<saturating(0)>},
    {Op::I32TruncSatF32U, compute<saturating(1)>},
    {Op::I32TruncSatF64S, compute<saturating(2)>},
    {Op::I32TruncSatF64U, compute<saturating(3)>},
    {Op::I64TruncSatF32S, compute<saturating(4)>},
    {Op::I64TruncSatF32U, compute<saturating(5)>},
    {Op::I64TruncSatF64S, compute<saturating(6)>},
    {Op::I64TruncSatF64U, compute<saturating(7)>},
};

/// And those of code that is generated for CPUs without an FPU.
constexpr Row kSoftRows[] = {MOTE_ROW(F32Sqrt) MOTE_ROW(F32ConvertI32S) MOTE_ROW(F32ConvertI32U)};

}  // namespace

extern "C" uint32_t mote_native_numeric_function(runtime::Instance* instance, uint32_t op, uint32_t* slots) {
  Trap trap = Trap::Unreachable;  // an operation that is missing here: a test of every opcode would show it
  const auto find = [&](std::span<const Row> rows) {
    for (const Row& row : rows) {
      if (static_cast<uint32_t>(row.op) == op) return trap = row.compute(slots), true;
    }
    return false;
  };
  if (!find(kRows) && config::kSoftFloat32) find(kSoftRows);
  if (trap == Trap::None) return MOTE_EXIT_RETURNED;
  instance->active->trap = trap;
  return MOTE_EXIT_TRAPPED;
}

}  // namespace mote::native
