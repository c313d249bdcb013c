// SPDX-License-Identifier: Apache-2.0
// The vm's instruction set: which operations exist with their operands where. A row is a token; the order is
// the numbering.
//
// Every operation has a general form (all operands in slots). The other forms pay for their flash (about 40
// bytes each) by how often real code runs them: measured over bench/kernels, see docs/benchmarks.md. To tune,
// add, move or delete rows.
#pragma once
#include "vm/instruction.hpp"

namespace mote::vm {

template <Place D, Place X, Place Y = Place::N>
struct Form {};

inline constexpr Place A = Place::A, S = Place::S, K = Place::K, N = Place::N;
using A_A = Form<A, A>;
using A_S = Form<A, S>;
using S_A = Form<S, A>;
using S_S = Form<S, S>;
using A_K = Form<A, K>;
using S_K = Form<S, K>;
using A_SS = Form<A, S, S>;
using S_SS = Form<S, S, S>;
using A_AS = Form<A, A, S>;
using S_AS = Form<S, A, S>;
using A_SA = Form<A, S, A>;
using S_SA = Form<S, S, A>;
using A_SK = Form<A, S, K>;
using S_SK = Form<S, S, K>;
using A_AK = Form<A, A, K>;
using S_AK = Form<S, A, K>;

template <Operation Op, class F>
struct NumericOf;
template <Operation Op, Place D, Place X, Place Y>
struct NumericOf<Op, Form<D, X, Y>> {
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
inline constexpr Offset O0 = Offset::None, O8 = Offset::Byte, O16 = Offset::Half, O32 = Offset::Word,
                        OC = Offset::Constant;

template <Operation Op>
using CompareBranches =
    Concat<Branches<Op, S, S>, Branches<Op, A, S>, Branches<Op, S, K>, Branches<Op, A, K>>;
template <Operation... Ops>
using GeneralLoads = List<Load<Ops, S, S, Offset::Word>...>;
template <Operation... Ops>
using GeneralStores = List<Store<Ops, S, S, Offset::Word>...>;
template <Operation... Ops>
using GeneralBranches = Concat<Branches<Ops, S, S>...>;

template <wasm::Op Op, class F>
using Int = typename NumericOf<op(Op), F>::Type;
using LoadByteAA = Load<op(W::I32Load8U), A, A, O0>;
using LoadByteSA = Load<op(W::I32Load8U), S, A, O0>;
using LoadWordAA = Load<op(W::I32Load), A, A, O0>;
using LoadWordSA = Load<op(W::I32Load), S, A, O0>;
using LoadHalfAA = Load<op(W::I32Load16S), A, A, O0>;
template <Operation Op, Place X, Place Y>
using Back = Branch<Op, X, Y, true>;

/// Instructions that often follow each other, in one token. Only the last may branch or access memory: the
/// slow path of an access goes on behind the whole.
using Pairs = List<
    Fused<Int<W::I32Add, A_SK>, LoadByteAA>, Fused<Int<W::I32Add, A_SK>, LoadByteSA>,
    Fused<Int<W::I32Add, A_SK>, LoadWordAA>, Fused<Int<W::I32Add, A_SK>, LoadWordSA>,
    Fused<Int<W::I32Add, A_SK>, LoadHalfAA>, Fused<Int<W::I32Add, A_AK>, LoadWordSA>,
    Fused<Int<W::I32Add, A_AK>, LoadByteSA>, Fused<Int<W::I32Add, S_AS>, Int<W::I32Add, S_SK>>,
    Fused<Int<W::I32Add, S_SK>, Back<BranchNe32, A, K>>, Fused<Int<W::I32Add, S_SK>, Int<W::I32Add, S_SK>>,
    Fused<NumericOf<Move32, S_S>::Type, NumericOf<Move32, S_S>::Type>,
    Fused<Int<W::I32Shl, A_AK>, Int<W::I32Xor, S_AS>>, Fused<Int<W::I32Shl, A_SK>, Int<W::I32Xor, S_AS>>,
    Fused<Int<W::I32ShrU, A_AK>, Int<W::I32Xor, S_AS>>, Fused<Int<W::I32ShrU, A_SK>, Int<W::I32Xor, S_AS>>,
    Fused<Int<W::I32Rotl, A_SK>, Int<W::I32Xor, S_AS>>, Fused<Int<W::F32Mul, A_SS>, Int<W::F32Add, S_AS>>,
    Fused<Int<W::I32Add, S_SS>, Back<BranchLtU32, A, K>>,
    Fused<Int<W::I32Add, S_SK>, Store<op(W::I32Store8), S, K, O0>>,
    Fused<Int<W::I32Add, S_SK>, NumericOf<Move32, S_A>::Type>,
    Fused<Int<W::I32Add, S_SK>, Back<BranchNonZero, A, N>>, Fused<Int<W::I32Add, A_AS>, Int<W::I32Add, S_AS>>,
    Fused<Int<W::I32Add, S_SK>, NumericOf<Move32, S_S>::Type>,
    Fused<Int<W::I32Add, A_SS>, Other<Return32, A, A>>, Fused<Int<W::I32Add, S_SK>, Back<BranchGeU32, A, K>>,
    Fused<NumericOf<Move32, S_A>::Type, Int<W::I32Add, A_SK>>,
    Fused<Int<W::I32Add, S_SS>, Int<W::I32Add, A_AK>>, Fused<Int<W::I32Add, S_SK>, Int<W::I32Add, A_SK>>,
    Fused<Int<W::I32Xor, S_AS>, Int<W::I32And, S_AK>>, Fused<Int<W::I32Shl, A_AK>, Int<W::I32Add, A_AK>>,
    Fused<NumericOf<Const32, S_K>::Type, NumericOf<Const32, S_K>::Type>,
    Fused<Int<W::I32Xor, A_AS>, Int<W::I32Shl, A_AK>>, Fused<Int<W::I32Mul, A_AS>, Int<W::I32Add, A_AS>>,
    Fused<Int<W::I32And, A_SK>, Int<W::I32Add, A_AK>>, Fused<Int<W::I32Shl, A_SK>, Int<W::I32ShrS, A_AK>>,
    Fused<NumericOf<Const32, S_K>::Type, Branch<BranchLtU32, S, K, false>>,
    Fused<Int<W::I32Add, S_SK>, Other<Call, A, N, Kind::Slot, Kind::Displacement>>,
    Fused<Int<W::I32Shl, A_SK>, Int<W::I32Add, A_AS>>, Fused<Int<W::I32Add, A_AS>, LoadWordAA>,
    Fused<Int<W::I32Add, A_SS>, LoadByteAA>>;

/// One-byte tokens, numbered from 0; at most 255.
using Primary = Concat<
    // Moves and constants.
    Rows<Move32, S_S, S_A, A_S, A_A>, Rows<Move64, S_S, S_A>, Rows<Const32, S_K, A_K>,
    List<Other<Const32, A, N, Kind::Word>, Other<Const32, S, N, Kind::Word>>,
    List<Other<Const64, S, N, Kind::Word, Kind::Word>>,
    List<Other<GlobalGet32, S, N, Kind::Half>, Other<GlobalGet32, A, N, Kind::Half>>,
    List<Other<GlobalSet32, A, S, Kind::Half>, Other<GlobalSet32, A, A, Kind::Half>>,
    List<Other<Zero, S, N, Kind::Byte>>,
    // i32 arithmetic.
    Rows<op(W::I32Add), S_SS, A_SS, S_AS, A_AS, S_SK, A_SK, S_AK, A_AK>,
    Rows<op(W::I32Sub), S_SS, A_SS, S_AS, S_SA, A_SA>, Rows<op(W::I32Mul), S_SS, A_SS, A_AS, S_AS>,
    Rows<op(W::I32And), S_SS, A_SS, A_AS, S_AS, S_SK, A_SK, A_AK, S_AK>,
    Rows<op(W::I32Or), S_SS, A_SS, A_AS, S_AS>, Rows<op(W::I32Xor), S_SS, A_SS, A_AS, S_AS, A_AK, S_SK>,
    Rows<op(W::I32Shl), S_SS, A_SK, S_SK, A_AK, S_AK>, Rows<op(W::I32ShrU), S_SS, A_SK, S_SK, A_AK, S_AK>,
    Rows<op(W::I32ShrS), S_SS, A_SK, A_AK>, Rows<op(W::I32Rotl), S_SS, A_SK, S_SK, A_AK, S_AK>,
    Rows<op(W::I32Eqz), S_S, A_A>, Rows<op(W::I32GeU), S_SS>, Rows<op(W::I32Eq), S_SK>,
    // i64 arithmetic.
    Rows<op(W::I64Add), S_SS>, Rows<op(W::I64Mul), S_SS>, Rows<op(W::I64And), S_SS>,
    Rows<op(W::I64ShrU), S_SK>,
    // Float arithmetic.
    Rows<op(W::F32Add), S_SS, S_AS>, Rows<op(W::F32Sub), S_SS>, Rows<op(W::F32Mul), S_SS, A_SS>,
    Rows<op(W::F64Add), S_SS>, Rows<op(W::F64Sub), S_SS>, Rows<op(W::F64Mul), S_SS>,
    // i32 branches.
    Branches<BranchNonZero, S, N>, Branches<BranchNonZero, A, N>, Branches<BranchZero, S, N>,
    Branches<BranchZero, A, N>, CompareBranches<BranchEq32>, CompareBranches<BranchNe32>,
    CompareBranches<BranchLtS32>, CompareBranches<BranchLtU32>, Branches<BranchGeS32, S, S>,
    List<Branch<BranchGeS32, A, S, false>, Branch<BranchGeS32, S, K, false>,
         Branch<BranchGeS32, A, K, false>>,
    CompareBranches<BranchGeU32>, List<Branch<Jump, N, N, false>, Branch<Jump, N, N, true>>,
    List<Other<BranchTable, A, A, Kind::Half>, Other<BranchTable, A, S, Kind::Half>>,
    // Calls.
    List<Other<Call, A, N, Kind::Slot, Kind::Displacement>, Other<CallEntry, A, N, Kind::Slot, Kind::Half>,
         Other<CallImport, A, N, Kind::Slot, Kind::Half>,
         Other<CallIndirect, A, S, Kind::Slot, Kind::Half, Kind::Half>, Other<Return, A, N>,
         Other<Return32, A, S>, Other<Return32, A, A>, Other<Return32, A, K>, Other<Return64, A, S>>,
    // Loads and stores of memory 0.
    Loads<op(W::I32Load), S, S, O0, O8, O16>, Loads<op(W::I32Load), A, S, O0, O8>,
    Loads<op(W::I32Load), S, A, O0, O8, O16>, Loads<op(W::I32Load), A, A, O0, O8>,
    Loads<op(W::I32Load), S, N, OC>, Loads<op(W::I32Load), A, N, OC>, Loads<op(W::I32Load8U), S, S, O0, O8>,
    Loads<op(W::I32Load8U), A, S, O0, O8>, Loads<op(W::I32Load8U), S, A, O0, O16>,
    Loads<op(W::I32Load8U), A, A, O0, O16>, Loads<op(W::I32Load8S), A, S, O0>,
    Loads<op(W::I32Load16U), A, S, O0, O8>, Loads<op(W::I32Load16U), A, A, O0>,
    Loads<op(W::I32Load16S), A, S, O0>, Loads<op(W::I32Load16S), A, A, O0>,
    Loads<op(W::I64Load), S, S, O0, O8>, Stores<op(W::I32Store), S, S, O0, O8, O16>,
    Stores<op(W::I32Store), S, A, O0, O8>, Stores<op(W::I32Store), A, S, O0>,
    Stores<op(W::I32Store), S, K, O0, O8>, Stores<op(W::I32Store), N, A, OC>,
    Stores<op(W::I32Store), N, S, OC>, Stores<op(W::I32Store8), S, S, O0, O8>,
    Stores<op(W::I32Store8), S, A, O0, O8>, Stores<op(W::I32Store8), S, K, O0>,
    Stores<op(W::I32Store16), S, S, O0>, Stores<op(W::I32Store16), S, A, O0>,
    Stores<op(W::I64Store), S, S, O0, O8>,
    // Selection.
    List<Select<Select32, S, S, S, S>, Select<Select32, S, S, S, A>, Select<Select32, A, S, S, A>>,
    // Pairs, by how often they run.
    Pairs>;

template <Operation... Ops>
using Binaries = Each<S_SS, Ops...>;
template <Operation... Ops>
using Unaries = Each<S_S, Ops...>;

/// Rare instructions: Extend, then their number here; at most 256.
using Extended = Concat<
    List<Other<Raise, A, N, Kind::Byte>, FarJump<false>, FarJump<true>,
         Other<BranchTableFar, A, S, Kind::Half>>,
    List<Other<CallEntryWide, A, N, Kind::Half, Kind::Half>,
         Other<CallImportWide, A, N, Kind::Half, Kind::Half>,
         Other<CallIndirectWide, A, S, Kind::Half, Kind::Half, Kind::Half>,
         Other<TailCallEntry, A, N, Kind::Half, Kind::Half, Kind::Half>,
         Other<TailCallImport, A, N, Kind::Half, Kind::Half, Kind::Half>,
         Other<TailCallIndirect, A, S, Kind::Half, Kind::Half, Kind::Half, Kind::Half>>,
    List<Other<Zero, A, N, Kind::Half, Kind::Half>>, List<Other<LeaveInstance, A, N>, Other<Halt, A, N>>,
    List<Other<MoveWide32, A, N, Kind::Half, Kind::Half>, Other<MoveWide64, A, N, Kind::Half, Kind::Half>,
         Other<MoveBlock, A, N, Kind::Half, Kind::Half, Kind::Half>>,
    List<Select<Select64, S, S, S, S>>,
    List<Other<GlobalGet64, S, N, Kind::Half>, Other<GlobalSet64, A, S, Kind::Half>,
         Other<ImportedGlobalGet32, S, N, Kind::Half>, Other<ImportedGlobalGet64, S, N, Kind::Half>,
         Other<ImportedGlobalSet32, A, S, Kind::Half>, Other<ImportedGlobalSet64, A, S, Kind::Half>>,
    List<Other<Helper, A, N, Kind::Byte, Kind::Half, Kind::Half, Kind::Word>>,
    // i32.
    Binaries<op(W::I32DivS), op(W::I32DivU), op(W::I32RemS), op(W::I32RemU), op(W::I32Rotr), op(W::I32Eq),
             op(W::I32Ne), op(W::I32LtS), op(W::I32LtU), op(W::I32GeS)>,
    Each<S_SK, op(W::I32Ne), op(W::I32LtS), op(W::I32LtU), op(W::I32GeS), op(W::I32GeU), op(W::I32Mul),
         op(W::I32Or), op(W::I32ShrS)>,
    Unaries<op(W::I32Clz), op(W::I32Ctz), op(W::I32Popcnt), op(W::I32Extend8S), op(W::I32Extend16S),
            op(W::I32WrapI64)>,
    // i64.
    Binaries<op(W::I64Sub), op(W::I64DivS), op(W::I64DivU), op(W::I64RemS), op(W::I64RemU), op(W::I64Or),
             op(W::I64Xor), op(W::I64Shl), op(W::I64ShrS), op(W::I64ShrU), op(W::I64Rotl), op(W::I64Rotr),
             op(W::I64Eq), op(W::I64Ne), op(W::I64LtS), op(W::I64LtU), op(W::I64GeS), op(W::I64GeU)>,
    Each<S_SK, op(W::I64Add), op(W::I64And), op(W::I64Shl), op(W::I64ShrS)>,
    Unaries<op(W::I64Eqz), op(W::I64Clz), op(W::I64Ctz), op(W::I64Popcnt), op(W::I64Extend8S),
            op(W::I64Extend16S), op(W::I64Extend32S), op(W::I64ExtendI32S), op(W::I64ExtendI32U)>,
    GeneralBranches<BranchEq64, BranchNe64, BranchLtS64, BranchLtU64, BranchGeS64, BranchGeU64>,
    // f32, f64.
    Binaries<op(W::F32Div), op(W::F32Min), op(W::F32Max), op(W::F32Copysign), op(W::F32Eq), op(W::F32Ne),
             op(W::F32Lt), op(W::F32Gt), op(W::F32Le), op(W::F32Ge), op(W::F64Div), op(W::F64Min),
             op(W::F64Max), op(W::F64Copysign), op(W::F64Eq), op(W::F64Ne), op(W::F64Lt), op(W::F64Gt),
             op(W::F64Le), op(W::F64Ge)>,
    Unaries<op(W::F32Abs), op(W::F32Neg), op(W::F32Ceil), op(W::F32Floor), op(W::F32Trunc), op(W::F32Nearest),
            op(W::F32Sqrt), op(W::F64Abs), op(W::F64Neg), op(W::F64Ceil), op(W::F64Floor), op(W::F64Trunc),
            op(W::F64Nearest), op(W::F64Sqrt)>,
    Unaries<op(W::I32TruncF32S), op(W::I32TruncF32U), op(W::I32TruncF64S), op(W::I32TruncF64U),
            op(W::I64TruncF32S), op(W::I64TruncF32U), op(W::I64TruncF64S), op(W::I64TruncF64U),
            op(W::F32ConvertI32S), op(W::F32ConvertI32U), op(W::F32ConvertI64S), op(W::F32ConvertI64U),
            op(W::F32DemoteF64), op(W::F64ConvertI32S), op(W::F64ConvertI32U), op(W::F64ConvertI64S),
            op(W::F64ConvertI64U), op(W::F64PromoteF32)>,
    Unaries<TruncSat, Operation(0xd9), Operation(0xda), Operation(0xdb), Operation(0xdc), Operation(0xdd),
            Operation(0xde), Operation(0xdf)>,
    // Memory 0, any offset.
    GeneralLoads<op(W::I32Load), op(W::I64Load), op(W::I32Load8S), op(W::I32Load8U), op(W::I32Load16S),
                 op(W::I32Load16U), op(W::I64Load8S), op(W::I64Load8U), op(W::I64Load16S), op(W::I64Load16U),
                 op(W::I64Load32S), op(W::I64Load32U)>,
    GeneralStores<op(W::I32Store), op(W::I64Store), op(W::I32Store8), op(W::I32Store16), op(W::I64Store8),
                  op(W::I64Store16), op(W::I64Store32)>>;

static_assert(Primary::kSize <= 255, "the last one-byte token is Extend");
static_assert(Extended::kSize <= 256);

}  // namespace mote::vm
