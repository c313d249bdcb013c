// SPDX-License-Identifier: Apache-2.0
#include "vm/disassemble.hpp"

#include <array>
#include <charconv>
#include <cstring>

#include "vm/compute.hpp"
#include "vm/tokens.hpp"

namespace mote::vm {

namespace {

/// What the disassembler knows of a token: its parts (one, or those of a fused instruction).
struct Part {
  Operation op = Operation::Raise;
  uint8_t form = 0;
  uint8_t operands = 0;
};
struct TokenRow {
  Operands operands;
  std::array<Part, 4> parts{};
  uint8_t count = 0;

  constexpr void add(Operation op, uint8_t form, size_t n) {
    parts[count++] = {op, form, static_cast<uint8_t>(n)};
  }
};

template <class I>
constexpr void add_parts(TokenRow& row, I*) {
  row.add(I::kOperation, I::kForm, I::kOperands.count);
}
template <class A, class B>
constexpr void add_parts(TokenRow& row, Fused<A, B>*) {
  add_parts(row, static_cast<A*>(nullptr));
  add_parts(row, static_cast<B*>(nullptr));
}

/// Rows of one-byte tokens; behind the one of Extend those of what follows it.
template <class... Ps, class... Xs>
constexpr auto make_rows(List<Ps...>, List<Xs...>) {
  std::array<TokenRow, sizeof...(Ps) + 1 + sizeof...(Xs)> rows{};
  const auto fill = [](TokenRow& row, auto* instruction) {
    row.operands = std::remove_pointer_t<decltype(instruction)>::kOperands;
    add_parts(row, instruction);
  };
  (fill(rows[token_of<Ps>()], static_cast<Ps*>(nullptr)), ...);
  (fill(rows[kExtend + 1 + extended_number(Xs::kOperation)], static_cast<Xs*>(nullptr)), ...);
  return rows;
}

constexpr auto kRows = make_rows(Primary{}, Extended{});

struct Named {
  Operation op;
  const char* name;
};
constexpr Named kNames[] = {{Operation::Raise, "trap"},
                            {Operation::Jump, "jump"},
                            {Operation::JumpFar, "jump.far"},
                            {Operation::BranchNonZero, "branch.nz"},
                            {Operation::BranchZero, "branch.z"},
                            {Operation::BranchEq, "branch.eq"},
                            {Operation::BranchNe, "branch.ne"},
                            {Operation::BranchLtS, "branch.lt_s"},
                            {Operation::BranchLtU, "branch.lt_u"},
                            {Operation::BranchGeS, "branch.ge_s"},
                            {Operation::BranchGeU, "branch.ge_u"},
                            {Operation::BranchTable, "branch.table"},
                            {Operation::BranchTableFar, "branch.table.far"},
                            {Operation::Call, "call"},
                            {Operation::CallEntry, "call.entry"},
                            {Operation::CallImport, "call.import"},
                            {Operation::CallIndirect, "call.indirect"},
                            {Operation::TailCallEntry, "tail_call.entry"},
                            {Operation::TailCallImport, "tail_call.import"},
                            {Operation::TailCallIndirect, "tail_call.indirect"},
                            {Operation::Return, "return"},
                            {Operation::Return32, "return32"},
                            {Operation::Return64, "return64"},
                            {Operation::LeaveInstance, "leave_instance"},
                            {Operation::Halt, "halt"},
                            {Operation::Move32, "move32"},
                            {Operation::Move64, "move64"},
                            {Operation::Const32, "const32"},
                            {Operation::Const64, "const64"},
                            {Operation::Select32, "select32"},
                            {Operation::Select64, "select64"},
                            {Operation::MoveBlock, "move.block"},
                            {Operation::Zero, "zero"},
                            {Operation::ZeroWide, "zero.wide"},
                            {Operation::GlobalGet32, "global.get32"},
                            {Operation::GlobalSet32, "global.set32"},
                            {Operation::AnyGlobalGet, "any.global.get"},
                            {Operation::AnyGlobalSet, "any.global.set"},
                            {Operation::AnyNumeric, "any"},
                            {Operation::AnyNumericConstant, "any"},
                            {Operation::AnyAccess, "any"},
                            {Operation::Helper, "helper"},
                            {Operation::CallRef, "call_ref"},
                            {Operation::TailCallRef, "tail_call.ref"},
                            {Operation::Narrow, "narrow"},
                            {Operation::HelperWide, "helper.wide"}};

const char* name_of(Operation op) {
  for (const Named& named : kNames) {
    if (named.op == op) return named.name;
  }
  const auto code = static_cast<uint16_t>(op);
  if (code >= static_cast<uint16_t>(Operation::TruncSat) &&
      code < static_cast<uint16_t>(Operation::TruncSat) + 8) {
    return wasm::name_of(
        static_cast<wasm::Op>(static_cast<uint16_t>(wasm::Op::I32TruncSatF32S) + (code & 7)));
  }
  return wasm::name_of(static_cast<wasm::Op>(code));
}

/// Of the operation that a byte names.
const char* name_of_any(Operation op, uint8_t byte) {
  return name_of(op == Operation::AnyAccess ? static_cast<Operation>(byte) : computed_operation(byte));
}

class Writer {
 public:
  Writer(std::span<const uint8_t> code, uint32_t at, wasm::TextSink sink)
      : code_(code), at_(at), sink_(sink) {}

  uint32_t write() {
    if (at_ + 2 > code_.size()) return 0;
    const bool extended = code_[at_] == kExtend;
    const size_t index = extended ? kExtend + 1u + code_[at_ + 1] : code_[at_];
    if (index >= kRows.size()) return 0;
    const TokenRow& row = kRows[index];
    const size_t size = row.operands.size(extended);
    if (row.count == 0 || at_ + size > code_.size()) return 0;
    size_t first = 0;
    for (size_t i = 0; i < row.count; ++i) {
      if (i > 0) text(" + ");
      part(row, row.parts[i], first, extended);
      first += row.parts[i].operands;
    }
    return table(row, static_cast<uint32_t>(size), extended);
  }

 private:
  void text(std::string_view piece) { sink_.write(sink_.context, piece); }
  void number(int64_t value) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    text({digits, static_cast<size_t>(end - digits)});
  }
  template <class T>
  T read(size_t at) const {
    T value;
    std::memcpy(&value, code_.data() + at, sizeof value);
    return value;
  }

  /// "name", places of the accumulator as `a`, then the encoded operands in order.
  void part(const TokenRow& row, const Part& part, size_t first, bool extended) {
    const bool any = part.op == Operation::AnyNumeric || part.op == Operation::AnyNumericConstant ||
                     part.op == Operation::AnyAccess;
    text(any ? "any " : "");
    text(any ? name_of_any(part.op, code_[at_ + 1]) : name_of(part.op));
    const auto x = static_cast<Place>(part.form >> 1 & 3), y = static_cast<Place>(part.form >> 3 & 3);
    if (x == Place::A) text(" a");
    for (size_t i = any ? 1 : 0; i < part.operands; ++i) {
      text(" ");
      if (i == 1 && y == Place::A) text("a ");
      const size_t at = at_ + row.operands.offset_of(first + i, extended);
      switch (row.operands.kinds[first + i]) {
        case Kind::Slot:
          text("s");
          number(code_[at]);
          break;
        case Kind::Byte:
          number(code_[at]);
          break;
        case Kind::Half:
          number(read<int16_t>(at));
          break;
        case Kind::Displacement:
          text("@");
          number(static_cast<int64_t>(at) + 2 * read<int16_t>(at));
          break;
        case Kind::Word:
          number(read<int32_t>(at));
          break;
      }
    }
    if (y == Place::A && part.operands < 2) text(" a");
  }

  uint32_t table(const TokenRow& row, uint32_t size, bool extended) {
    const Operation op = row.parts[0].op;
    if (op != Operation::BranchTable && op != Operation::BranchTableFar) return size;
    const size_t count_at = at_ + row.operands.offset_of(row.operands.count - 1u, extended);
    const uint32_t width = op == Operation::BranchTable ? 2 : 4;
    for (uint32_t i = 0; i <= read<uint16_t>(count_at); ++i) {
      const size_t entry = at_ + size;
      if (entry + width > code_.size()) return 0;
      text(" @");
      number(static_cast<int64_t>(entry) + (width == 2 ? 2 * read<int16_t>(entry) : read<int32_t>(entry)));
      size += width;
    }
    return size;
  }

  std::span<const uint8_t> code_;
  uint32_t at_;
  wasm::TextSink sink_;
};

}  // namespace

uint32_t disassemble(std::span<const uint8_t> code, uint32_t at, wasm::TextSink sink) {
  return Writer(code, at, sink).write();
}

}  // namespace mote::vm
