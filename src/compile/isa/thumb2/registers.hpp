// SPDX-License-Identifier: Apache-2.0
// Core registers of Armv7-M and how generated code uses them (SPEC.md, "Native code").
#pragma once
#include <cstdint>

namespace mote::compile::thumb2 {

using Reg = uint8_t;

inline constexpr Reg r0 = 0, r1 = 1, r2 = 2, r3 = 3, r4 = 4, r9 = 9;
inline constexpr Reg kInstance = 10;  ///< runtime::Instance*
inline constexpr Reg kMemory = 11;    ///< first byte of memory 0
inline constexpr Reg kScratch = 12;   ///< lives within one Wasm instruction
inline constexpr Reg sp = 13, lr = 14, pc = 15;
inline constexpr Reg kNoReg = 0xff;

/// A set of core registers.
using RegSet = uint16_t;
constexpr RegSet set_of(Reg r) {
  return static_cast<RegSet>(1u << r);
}
constexpr bool has(RegSet set, Reg r) {
  return (set >> r & 1) != 0;
}

inline constexpr RegSet kArguments = 0x000f;    ///< r0 to r3: arguments and results
inline constexpr RegSet kCallerSaved = 0x400f;  ///< and lr: a call destroys them
inline constexpr RegSet kCalleeSaved = 0x03f0;  ///< r4 to r9: pinned locals, and values that outlive calls

/// Single precision values live in s-registers where the CPU computes with them: s16 to s31 are the callee's
/// to save; s0 to s15 are temporaries. So do double precision ones, in d-registers: dn is s2n and s2n+1.
inline constexpr Reg kFirstSavedSingle = 16;

constexpr bool is_low(Reg r) {
  return r < 8;
}

/// Condition codes (Armv7-M manual, A7.3). Their lowest bit inverts.
enum class Cond : uint8_t { Eq, Ne, Hs, Lo, Mi, Pl, Vs, Vc, Hi, Ls, Ge, Lt, Gt, Le, Al };
constexpr Cond inverse(Cond c) {
  return static_cast<Cond>(static_cast<uint8_t>(c) ^ 1);
}
/// The condition for the operands the other way round.
constexpr Cond swapped(Cond c) {
  switch (c) {
    case Cond::Hs:
      return Cond::Ls;
    case Cond::Lo:
      return Cond::Hi;
    case Cond::Hi:
      return Cond::Lo;
    case Cond::Ls:
      return Cond::Hs;
    case Cond::Ge:
      return Cond::Le;
    case Cond::Lt:
      return Cond::Gt;
    case Cond::Gt:
      return Cond::Lt;
    case Cond::Le:
      return Cond::Ge;
    default:
      return c;
  }
}

enum class Shift : uint8_t { Lsl, Lsr, Asr, Ror };

}  // namespace mote::compile::thumb2
