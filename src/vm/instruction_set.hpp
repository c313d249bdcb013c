// SPDX-License-Identifier: Apache-2.0
// The vm's instruction set: which operations exist with their operands where. A row is a token; the order is
// the numbering.
//
// AnyNumeric and AnyAccess do every numeric and every memory operation, slowly. The forms pay for their flash
// (about 35 bytes each) by how often real code runs them: measured over bench/kernels, see
// docs/benchmarks.md. To tune, add, move or delete rows; what computed.inc leaves to rows must have one with
// all operands in slots.
#pragma once
#include <type_traits>

#include "config/tuning.hpp"
#include "vm/instruction.hpp"

namespace mote::vm {

template <Place D, Place X, Place Y = Place::N>
struct Shape {};

inline constexpr Place A = Place::A, S = Place::S, K = Place::K, N = Place::N;
using A_A = Shape<A, A>;
using A_S = Shape<A, S>;
using S_A = Shape<S, A>;
using S_S = Shape<S, S>;
using A_K = Shape<A, K>;
using S_K = Shape<S, K>;
using A_SS = Shape<A, S, S>;
using S_SS = Shape<S, S, S>;
using A_AS = Shape<A, A, S>;
using S_AS = Shape<S, A, S>;
using A_SA = Shape<A, S, A>;
using S_SA = Shape<S, S, A>;
using A_SK = Shape<A, S, K>;
using S_SK = Shape<S, S, K>;
using A_AK = Shape<A, A, K>;
using S_AK = Shape<S, A, K>;

template <Operation Op, class F>
struct NumericOf;
template <Operation Op, Place D, Place X, Place Y>
struct NumericOf<Op, Shape<D, X, Y>> {
  using Type = Numeric<Op, D, X, Y>;
};
/// Rows of one numeric operation, a form each.
template <Operation Op, class... Fs>
using Rows = List<typename NumericOf<Op, Fs>::Type...>;
/// Rows of one form for many operations.
template <class F, Operation... Ops>
using Each = List<typename NumericOf<Ops, F>::Type...>;

template <Operation Op, Place D, Place X, Offset... Os>
using Loads = List<Load<Op, D, X, Os>...>;
template <Operation Op, Place X, Place Y, Offset... Os>
using Stores = List<Store<Op, X, Y, Os>...>;
template <Operation Op, Place X, Place Y>
using Branches = List<Branch<Op, X, Y, false>, Branch<Op, X, Y, true>>;

constexpr Operation op(wasm::Op wasm_op) {
  return operation_of(wasm_op);
}
using enum Operation;
using W = wasm::Op;
inline constexpr Offset O0 = Offset::None, O8 = Offset::Byte, O16 = Offset::Half, OC = Offset::Constant;

template <Operation Op, Place X, Place Y>
using Forward = List<Branch<Op, X, Y, false>>;

template <wasm::Op Op, class F>
using Int = typename NumericOf<op(Op), F>::Type;
using LoadByteAA = Load<op(W::I32Load8U), A, A, O0>;
using LoadByteSA = Load<op(W::I32Load8U), S, A, O0>;
using LoadWordAA = Load<op(W::I32Load), A, A, O0>;
using LoadWordSA = Load<op(W::I32Load), S, A, O0>;
using LoadHalfAA = Load<op(W::I32Load16S), A, A, O0>;
template <Operation Op, Place X, Place Y>
using Back = Branch<Op, X, Y, true>;

/// Rows that are left out where flash counts more than speed: others do the same, some instructions later.
template <class... Ls>
using Fast = std::conditional_t<config::kCompactVm, List<>, Concat<List<>, Ls...>>;

/// Instructions that often follow each other, in one token. Only the last may branch or access memory: the
/// slow path of an access goes on behind the whole.
using Pairs = Fast<List<
    Fused<Int<W::I32Add, A_SK>, LoadByteAA>, Fused<Int<W::I32Add, A_SK>, LoadByteSA>,
    Fused<Int<W::I32Add, A_SK>, LoadWordAA>, Fused<Int<W::I32Add, A_SK>, LoadWordSA>,
    Fused<Int<W::I32Add, S_AS>, Int<W::I32Add, S_SK>>, Fused<Int<W::I32Add, S_SK>, Back<BranchNe, A, K>>,
    Fused<Int<W::I32Add, S_SK>, Int<W::I32Add, S_SK>>,
    Fused<NumericOf<Move32, S_S>::Type, NumericOf<Move32, S_S>::Type>,
    Fused<Int<W::I32Add, S_SK>, Store<op(W::I32Store8), S, K, O0>>,
    Fused<NumericOf<Move32, S_A>::Type, Int<W::I32Add, A_SK>>,
    Fused<Int<W::I32Add, S_SS>, Int<W::I32Add, A_AK>>, Fused<Int<W::I32Add, S_SK>, Int<W::I32Add, A_SK>>,
    Fused<NumericOf<Const32, S_K>::Type, NumericOf<Const32, S_K>::Type>,
    Fused<Int<W::I32Add, A_SK>, LoadHalfAA>, Fused<Int<W::I32Add, A_AK>, LoadWordSA>,
    Fused<Int<W::I32Add, A_AK>, LoadByteSA>, Fused<Int<W::I32Shl, A_AK>, Int<W::I32Xor, S_AS>>,
    Fused<Int<W::I32Shl, A_SK>, Int<W::I32Xor, S_AS>>, Fused<Int<W::I32ShrU, A_AK>, Int<W::I32Xor, S_AS>>,
    Fused<Int<W::I32ShrU, A_SK>, Int<W::I32Xor, S_AS>>, Fused<Int<W::I32Rotl, A_SK>, Int<W::I32Xor, S_AS>>,
    Fused<Int<W::F32Mul, A_SS>, Int<W::F32Add, S_AS>>, Fused<Int<W::I32Add, S_SS>, Back<BranchLtU, A, K>>,
    Fused<Int<W::I32Add, S_SK>, NumericOf<Move32, S_A>::Type>,
    Fused<Int<W::I32Add, S_SK>, Back<BranchNonZero, A, N>>, Fused<Int<W::I32Add, A_AS>, Int<W::I32Add, S_AS>>,
    Fused<Int<W::I32Add, S_SK>, NumericOf<Move32, S_S>::Type>,
    Fused<Int<W::I32Add, A_SS>, Other<Return32, A, A>>, Fused<Int<W::I32Xor, A_AS>, Int<W::I32Shl, A_AK>>,
    Fused<Int<W::I32Mul, A_AS>, Int<W::I32Add, A_AS>>, Fused<Int<W::I32And, A_SK>, Int<W::I32Add, A_AK>>,
    Fused<Int<W::I32Shl, A_SK>, Int<W::I32ShrS, A_AK>>,
    Fused<NumericOf<Const32, S_K>::Type, Branch<BranchLtU, S, K, false>>,
    Fused<Int<W::I32Add, S_SK>, Other<Call, A, N, Kind::Slot, Kind::Displacement>>,
    Fused<Int<W::I32Add, A_AS>, LoadWordAA>, Fused<Int<W::I32Add, A_SS>, LoadByteAA>>>;
inline constexpr bool kHasPairs = Pairs::kSize > 0;

/// Tokens, a byte each; at most 254.
using Primary = Concat<
    // Moves and constants.
    Rows<Move32, S_S, S_A>, Rows<Move64, S_S, S_A>, Rows<Const32, S_K, A_K>,
    List<Other<Const32, A, N, Kind::Word>, Other<Const32, S, N, Kind::Word>>,
    List<Other<Const64, S, N, Kind::Word, Kind::Word>>,
    List<Other<GlobalGet32, S, N, Kind::Half>, Other<GlobalSet32, A, S, Kind::Half>>,
    Fast<List<Other<GlobalGet32, A, N, Kind::Half>, Other<GlobalSet32, A, A, Kind::Half>>>,
    List<Other<Zero, A, N, Kind::Slot, Kind::Byte>>,
    // i32 arithmetic.
    Rows<op(W::I32Add), S_SS, S_AS, A_AS, S_SK, A_SK, S_AK, A_AK>, Fast<Rows<op(W::I32Add), A_SS>>,
    Rows<op(W::I32Sub), S_SS>, Fast<Rows<op(W::I32Sub), S_AS>>,  //
    Rows<op(W::I32Mul), S_SS, S_AS, S_SK>, Fast<Rows<op(W::I32Mul), A_AS>>,
    Rows<op(W::I32And), S_SS, S_SK, A_SK, A_AK, S_AK>, Fast<Rows<op(W::I32And), A_SS, A_AS, S_AS>>,
    Rows<op(W::I32Or), S_SS, S_AS>, Fast<Rows<op(W::I32Or), A_AS>>,  //
    Rows<op(W::I32Xor), S_SS, S_AS, S_SK>, Fast<Rows<op(W::I32Xor), A_SS, A_AS>>,
    Rows<op(W::I32Shl), S_SS, S_SK>, Fast<Rows<op(W::I32Shl), A_SK, A_AK, S_AK>>,
    Rows<op(W::I32ShrU), S_SS, S_SK, A_SK, A_AK>, Fast<Rows<op(W::I32ShrU), S_AK>>,
    Rows<op(W::I32ShrS), S_SS, S_SK>, Fast<Rows<op(W::I32ShrS), A_AK>>,  //
    Rows<op(W::I32Rotl), S_SS, S_SK>, Fast<Rows<op(W::I32Rotl), A_SK, S_AK>>,
    Each<S_SS, op(W::I32DivS), op(W::I32DivU), op(W::I32RemU)>,
    Each<S_S, op(W::I32Extend8S), op(W::I32Extend16S)>,
    Each<S_SS, op(W::I32Eq), op(W::I32Ne), op(W::I32LtS), op(W::I32LtU), op(W::I32GeS), op(W::I32GeU)>,
    Fast<Each<S_SK, op(W::I32Eq), op(W::I32Ne), op(W::I32LtS), op(W::I32LtU), op(W::I32GeS), op(W::I32GeU)>>,
    // i64 arithmetic.
    Each<S_SS, op(W::I64Add), op(W::I64Sub), op(W::I64Mul)>, Rows<op(W::I64ShrU), S_SK>,
    Each<S_S, op(W::I64ExtendI32U)>,
    Fast<Each<S_SS, op(W::I64And), op(W::I64Or), op(W::I64Xor), op(W::I64ShrU)>, Rows<op(W::I64Shl), S_SK>,
         Each<S_S, op(W::I64Eqz), op(W::I64ExtendI32S)>>,
    // Float arithmetic.
    Each<S_SS, op(W::F32Add), op(W::F32Mul), op(W::F32Sub)>,
    Fast<Rows<op(W::F32Add), S_AS>, Rows<op(W::F32Mul), A_SS>,
         Each<S_SS, op(W::F32Div), op(W::F32Lt), op(W::F32Le), op(W::F64Add), op(W::F64Sub), op(W::F64Mul)>>,
    // The rest of arithmetic, and all of memory.
    List<Other<AnyNumeric, S, N, Kind::Byte, Kind::Slot, Kind::Slot>,
         Other<AnyNumericConstant, S, N, Kind::Byte, Kind::Slot, Kind::Half>,
         Other<AnyAccess, S, N, Kind::Byte, Kind::Slot, Kind::Word>,
         Other<AnyAccess, A, N, Kind::Byte, Kind::Slot, Kind::Slot, Kind::Word>>,
    // Branches. Back is left out where it is rare: a branch over a jump back does it.
    Forward<BranchNonZero, S, N>, Branches<BranchNonZero, A, N>, Forward<BranchZero, A, N>,
    Forward<BranchEq, S, S>, Forward<BranchEq, A, K>, Forward<BranchNe, S, S>, Forward<BranchNe, A, S>,
    Branches<BranchNe, A, K>, Branches<BranchLtS, S, S>, Forward<BranchLtS, A, K>, Branches<BranchLtU, S, S>,
    Forward<BranchLtU, A, K>, Forward<BranchGeS, S, S>, Forward<BranchGeU, S, S>, Branches<BranchGeU, A, K>,
    Branches<Jump, N, N>,
    Fast<List<Back<BranchNonZero, S, N>>, Forward<BranchZero, S, N>, List<Back<BranchZero, A, N>>,
         Branches<BranchEq, A, S>, Branches<BranchEq, S, K>, List<Back<BranchNe, A, S>>,
         Forward<BranchNe, S, K>, Branches<BranchLtS, A, S>, Forward<BranchLtS, S, K>,
         Branches<BranchLtU, A, S>, Forward<BranchLtU, S, K>, List<Back<BranchLtU, A, K>>,
         Forward<BranchGeS, A, S>, List<Back<BranchGeU, S, S>>, Branches<BranchGeU, A, S>,
         Forward<BranchGeU, S, K>>,
    List<Other<BranchTable, A, A, Kind::Half>, Other<BranchTable, A, S, Kind::Half>>,
    // Calls.
    List<Other<Call, A, N, Kind::Slot, Kind::Displacement>, Other<CallEntry, A, N, Kind::Half, Kind::Half>,
         Other<CallImport, A, N, Kind::Half, Kind::Half>,
         Other<CallIndirect, A, S, Kind::Half, Kind::Half, Kind::Half>, Other<Return, A, N>,
         Other<Return32, A, S>, Other<Return32, A, A>, Other<Return32, A, K>, Other<Return64, A, S>>,
    // Loads and stores of memory 0. One with an offset of a byte does for a rare type without one as well.
    Loads<op(W::I32Load), S, S, O0, O8, O16>, Loads<op(W::I32Load), S, A, O0>,
    Loads<op(W::I32Load), A, A, O0>, Loads<op(W::I32Load), S, N, OC>,
    Fast<Loads<op(W::I32Load), A, S, O0>, Loads<op(W::I32Load), S, A, O8>, Loads<op(W::I32Load), A, N, OC>>,
    Loads<op(W::I32Load8U), S, S, O0, O8>, Loads<op(W::I32Load8U), S, A, O0>,
    Loads<op(W::I32Load8U), A, A, O0, O16>,
    Fast<Loads<op(W::I32Load8U), A, S, O0>, Loads<op(W::I32Load8U), S, A, O16>>,
    Loads<op(W::I32Load8S), S, S, O16>, Fast<Loads<op(W::I32Load8S), A, S, O0>>,
    Loads<op(W::I32Load16U), A, S, O8>,
    Fast<Loads<op(W::I32Load16U), A, S, O0>, Loads<op(W::I32Load16U), A, A, O0>>,
    Loads<op(W::I32Load16S), A, A, O0>, Loads<op(W::I32Load16S), S, S, O16>,
    Fast<Loads<op(W::I32Load16S), A, S, O0>>, Loads<op(W::I64Load), S, S, O8>,
    Fast<Loads<op(W::I64Load), S, S, O0>>, Stores<op(W::I32Store), S, S, O8, O16>,
    Stores<op(W::I32Store), S, A, O0>, Stores<op(W::I32Store), N, S, OC>,
    Fast<Stores<op(W::I32Store), S, S, O0>, Stores<op(W::I32Store), S, A, O8>,
         Stores<op(W::I32Store), A, S, O0>, Stores<op(W::I32Store), S, K, O0, O8>,
         Stores<op(W::I32Store), N, A, OC>>,
    Stores<op(W::I32Store8), S, S, O8>, Stores<op(W::I32Store8), S, A, O0>,
    Stores<op(W::I32Store8), S, K, O0>,
    Fast<Stores<op(W::I32Store8), S, S, O0>, Stores<op(W::I32Store8), S, A, O8>>,
    Stores<op(W::I32Store16), S, S, O8>,
    Fast<Stores<op(W::I32Store16), S, S, O0>, Stores<op(W::I32Store16), S, A, O0>>,
    Stores<op(W::I64Store), S, S, O8>, Fast<Stores<op(W::I64Store), S, S, O0>>,
    // Selection.
    List<Select<Select32, S, S, S, S>, Select<Select32, S, S, S, A>, Select<Select64, S, S, S, S>>,
    // Pairs, by how often they run.
    Pairs>;

/// Rare instructions: the token Extend, then their number here. In the order of Operation.
using Extended = Concat<
    List<Other<Raise, A, N, Kind::Byte>, Other<JumpFar, A, N, Kind::Word>,
         Other<BranchTableFar, A, S, Kind::Half>, Other<LeaveInstance, A, N>, Other<Halt, A, N>,
         Other<MoveBlock, A, N, Kind::Half, Kind::Half, Kind::Half>,
         Other<ZeroWide, A, N, Kind::Half, Kind::Half>, Other<AnyGlobalGet, S, N, Kind::Byte, Kind::Half>,
         Other<AnyGlobalSet, A, S, Kind::Byte, Kind::Half>,
         Other<Helper, A, N, Kind::Byte, Kind::Half, Kind::Half, Kind::Word>>,
    std::conditional_t<mote::enabled(mote::Proposal::TailCall),
                       List<Other<TailCallEntry, A, N, Kind::Half, Kind::Half, Kind::Half>,
                            Other<TailCallImport, A, N, Kind::Half, Kind::Half, Kind::Half>,
                            Other<TailCallIndirect, A, S, Kind::Half, Kind::Half, Kind::Half, Kind::Half>>,
                       List<>>,
    std::conditional_t<
        wasm::kTypedReferences,
        List<Other<CallRef, A, S, Kind::Half>, Other<TailCallRef, A, S, Kind::Half, Kind::Half>>, List<>>,
    std::conditional_t<mote::enabled(mote::Proposal::Memory64), List<Other<Narrow, S, S, Kind::Byte>>,
                       List<>>,
    std::conditional_t<
        kManyHelpers, List<Other<HelperWide, A, N, Kind::Half, Kind::Half, Kind::Half, Kind::Word>>, List<>>>;

static_assert(Primary::kSize <= 254, "one token is Extend, one means none");

}  // namespace mote::vm
