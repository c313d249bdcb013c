// SPDX-License-Identifier: Apache-2.0
// The ISAs that this build compiles for, and the choice between them by LoadedModule::options.
#pragma once
#include "compile/per_isa.hpp"

// MOTE_FOR_EACH_ISA(X): X(name) for each of them.
#if defined(MOTE_COMPILER_VM)
#define MOTE_ISA_VM(X) X(Vm)
#else
#define MOTE_ISA_VM(X)
#endif
#if defined(MOTE_COMPILER_THUMB2)
#define MOTE_ISA_THUMB2(X) X(Thumb2)
#else
#define MOTE_ISA_THUMB2(X)
#endif
#if defined(MOTE_COMPILER_X64)
#define MOTE_ISA_X64(X) X(X64)
#else
#define MOTE_ISA_X64(X)
#endif
#define MOTE_FOR_EACH_ISA(X) MOTE_ISA_VM(X) MOTE_ISA_THUMB2(X) MOTE_ISA_X64(X)

namespace mote::compile {

constexpr bool compiles_for([[maybe_unused]] IsaId isa) {
#define MOTE_CASE(name) \
  if (isa == IsaId::name) return true;
  MOTE_FOR_EACH_ISA(MOTE_CASE)
#undef MOTE_CASE
  return false;
}

/// The function of PerIsa for an ISA that the build has. One ISA: no switch.
template <class Visit>
auto for_isa([[maybe_unused]] IsaId isa, Visit visit) {
  using Answer = decltype(visit.template operator()<IsaId::Vm>());
#define MOTE_CASE(name) \
  if (isa == IsaId::name) return visit.template operator()<IsaId::name>();
  MOTE_FOR_EACH_ISA(MOTE_CASE)
#undef MOTE_CASE
  return Answer();
}

}  // namespace mote::compile
