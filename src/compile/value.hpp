// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <type_traits>

#include "wasm/module.hpp"

namespace mote::compile {

/// An operand on Wasm's stack, as the compiler tracks it: nothing is moved before it must be.
struct Value {
  enum class Kind : uint8_t {
    Stack,     ///< in its home, a slot of the frame that its depth on the stack gives it
    Register,  ///< the ISA holds it, under the number `reg`
    Constant,  ///< nowhere: `constant`
    Local,     ///< still in local `local`, which has not been written since
  };

  wasm::ValType type;
  Kind kind = Kind::Stack;
  uint8_t reg = 0;
  uint16_t home = 0;  ///< first slot of its home
  union {
    uint64_t constant = 0;  ///< Constant
    struct {                ///< Local
      uint16_t slot;        ///< the local's first slot
      uint16_t local;       ///< its index
    };
  };

  bool in_register() const { return kind == Kind::Register; }
  bool is_constant() const { return kind == Kind::Constant; }
  bool in_frame() const { return kind == Kind::Stack || kind == Kind::Local; }
  /// Where in the frame it is, when it is there.
  uint16_t frame_slot() const { return kind == Kind::Local ? slot : home; }
  uint32_t slots() const { return wasm::slots_of(type); }
};

/// A place in the code that branches name. While it is not bound, the branches to it form a chain through
/// their own displacement fields; `at` is the last of them.
struct Label {
  static constexpr uint32_t kNowhere = 0xffff'ffff;
  uint32_t at = kNowhere;
  bool bound = false;

  bool used() const { return bound || at != kNowhere; }
};

/// What a try_table has beyond a block.
struct TryPart {
  const uint8_t* catches = nullptr;  ///< its clauses' bytes, from their count on
  uint32_t begin = 0;                ///< position of the code that they guard
};
struct NoTryPart {
  static inline const uint8_t* catches = nullptr;
  static inline uint32_t begin = 0;
};

/// A block of structured control flow (core spec, 3.3.8) while its body is compiled.
struct Control {
  enum class Kind : uint8_t { Function, Block, Loop, If, Else, Try };

  Kind kind = Kind::Block;
  bool unreachable = false;  ///< behind an unconditional branch: the stack yields any type (core spec, 3.3.8)
  bool dead = false;         ///< code here cannot run: checked, not emitted
  bool entered_dead = false;             ///< so is the code around the block
  uint32_t height = 0;                   ///< values on the stack below the block's parameters
  const wasm::FuncType* type = nullptr;  ///< nullptr: no parameters and at most one result
  wasm::ValType result;                  ///< with type == nullptr: its result, or kBottom for none
  uint32_t serial = 0;                   ///< unique in the function; an else-branch has its own
  Label label;                           ///< where a branch to the block goes
  Label else_label;                      ///< If: where a false condition goes
  Label stub;  ///< of the br_table that is being compiled: code that moves values, then goes to `label`
  [[no_unique_address]] std::conditional_t<wasm::kExceptions, TryPart, NoTryPart> guard;
};

/// A local variable, parameters included.
struct Local {
  wasm::ValType type;
  uint16_t slot = 0;
  bool parameter = false;
  bool needs_zero = false;  ///< may be read before it is written
  uint32_t set_depth = 0;   ///< control depth of the block in which it was written, plus 1; 0: not written
  uint32_t set_serial = 0;  ///< that block's serial: the write counts while the block is open
  uint32_t references = 0;  ///< values on the stack that are still in this local
};

}  // namespace mote::compile
