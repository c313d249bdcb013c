// SPDX-License-Identifier: Apache-2.0
#include "wasm/opcodes.hpp"

#include <array>
#include <cstddef>

namespace mote::wasm {

namespace {

/// One line of opcodes.inc, as the tables below are computed from it. None of these reaches flash.
struct Entry {
  Op op;
  OpcodeRow row;
  Proposal proposal;
};

consteval OpcodeRow make_row(Immediate immediate, const char* signature, unsigned align) {
  OpcodeRow row;
  row.valid = 1;
  row.immediate = immediate;
  row.align = align & 7;
  if (signature[0] == '*') {
    row.by_hand = 1;
    return row;
  }
  unsigned place = 0;
  for (const char* c = signature; *c != 0; ++c) {
    if (*c == ':') {
      place = OpcodeRow::kMaxParams;
      continue;
    }
    unsigned code = 1;
    while (kOperands[code] != *c) ++code;
    row.signature = (row.signature | code << (3 * place++)) & 0x3'ffff;
  }
  return row;
}

constexpr Entry kEntries[] = {
#define MOTE_OP(name, prefix, code, text, immediate, signature, align, proposal) \
  {Op::name, make_row(Immediate::immediate, signature, align), Proposal::proposal},
#include "wasm/opcodes.inc"
};

constexpr unsigned kGroups = 5;  // no prefix, 0xfb to 0xfe
constexpr unsigned group_of(Op op) {
  return static_cast<unsigned>(op) >> 12;
}

constexpr bool same(const OpcodeRow& a, const OpcodeRow& b) {
  return a.by_hand == b.by_hand && a.immediate == b.immediate && a.align == b.align &&
         a.signature == b.signature;
}

/// Codes of each group up to its last enabled one, laid end to end; a group's end is the next one's begin.
consteval std::array<uint16_t, kGroups + 1> group_begins() {
  std::array<uint16_t, kGroups + 1> begins{};
  for (const Entry& e : kEntries) {
    const auto size = static_cast<uint16_t>(code_of(e.op) + 1);
    if (enabled(e.proposal) && begins[group_of(e.op) + 1] < size) begins[group_of(e.op) + 1] = size;
  }
  for (unsigned g = 1; g <= kGroups; ++g) begins[g] = static_cast<uint16_t>(begins[g] + begins[g - 1]);
  return begins;
}
constexpr auto kBegins = group_begins();

/// Many opcodes share a row (all of type "ii:i", say), so a code has a byte that names one of few rows. Row 0
/// is invalid.
struct Rows {
  uint8_t count = 1;
  std::array<OpcodeRow, 255> rows{};
  std::array<uint8_t, kBegins[kGroups]> names{};
};
consteval Rows collect_rows() {
  Rows all;
  for (const Entry& e : kEntries) {
    if (!enabled(e.proposal)) continue;
    uint8_t name = 1;
    while (name < all.count && !same(all.rows[name], e.row)) ++name;
    if (name == all.count) all.rows[all.count++] = e.row;
    all.names[kBegins[group_of(e.op)] + code_of(e.op)] = name;
  }
  return all;
}
consteval auto trimmed_rows() {
  constexpr Rows all = collect_rows();
  std::array<OpcodeRow, all.count> rows{};
  for (size_t i = 0; i < rows.size(); ++i) rows[i] = all.rows[i];
  return rows;
}
constexpr auto kRows = trimmed_rows();
constexpr auto kNames = collect_rows().names;

/// Opcodes of consecutive codes that the build lacks for the same reason.
struct Run {
  uint16_t first;
  uint8_t more;  // codes after the first
  Proposal proposal;
};
template <bool All>
consteval size_t fill_runs(Run* runs) {
  size_t count = 0;
  Run run{};
  bool open = false;
  for (const Entry& e : kEntries) {
    const auto number = static_cast<uint16_t>(e.op);
    if (!All && enabled(e.proposal)) continue;
    if (open && run.proposal == e.proposal && number == run.first + run.more + 1 && run.more < 255) {
      ++run.more;
    } else {
      if (open && runs) runs[count] = run;
      if (open) ++count;
      run = {number, 0, e.proposal};
      open = true;
    }
  }
  if (open && runs) runs[count] = run;
  return open ? count + 1 : count;
}
template <bool All>
consteval auto make_runs() {
  std::array<Run, fill_runs<All>(nullptr)> runs{};
  fill_runs<All>(runs.data());
  return runs;
}
constexpr auto kMissing = make_runs<false>();

template <size_t N>
const Run* find_run(const std::array<Run, N>& runs, uint32_t number) {
  for (const Run& run : runs) {
    if (number >= run.first && number - run.first <= run.more) return &run;
  }
  return nullptr;
}

OpcodeRow lookup(unsigned group, uint32_t code) {
  const uint32_t at = kBegins[group] + code;
  if (at < code || at >= kBegins[group + 1]) return OpcodeRow{};
  return kRows[kNames[at]];
}

/// Why there is no row: a disabled proposal's opcode, or nobody's.
void refuse_opcode(Reader& reader, unsigned group, uint32_t code, uint32_t offset) {
  const Run* run = code > 0xfff ? nullptr : find_run(kMissing, group << 12 | code);
  if (run) {
    refuse(reader, run->proposal, offset);
  } else {
    const uint32_t prefix = group == 0 ? 0 : (0xfa + group) << 16;
    reader.fail_at("illegal opcode", offset, prefix | code);
  }
}

}  // namespace

/// Behind a prefix, or an opcode that the build lacks.
[[gnu::noinline]] static OpcodeRow read_rare_opcode(Reader& reader, uint32_t first, Op& op) {
  const uint32_t offset = reader.offset() - 1;
  unsigned group = 0;
  uint32_t code = first;
  if (first >= 0xfb && first <= 0xfe) {
    group = first - 0xfa;
    code = reader.u32();
  }
  const OpcodeRow row = lookup(group, code);
  op = static_cast<Op>(group << 12 | code);
  if (!row.valid && reader.ok()) refuse_opcode(reader, group, code, offset);
  return row;
}

OpcodeRow read_opcode(Reader& reader, Op& op) {
  const uint32_t code = reader.u8();
  if (code < kBegins[1] && kNames[code] != 0) {
    op = static_cast<Op>(code);
    return kRows[kNames[code]];
  }
  return read_rare_opcode(reader, code, op);
}

OpcodeRow row_of(Op op) {
  return group_of(op) < kGroups ? lookup(group_of(op), code_of(op)) : OpcodeRow{};
}

void refuse(Reader& reader, Proposal proposal, uint32_t offset) {
  reader.fail_at(Message(proposal), offset);
}

const char* name_of(Op op) {
  switch (op) {
#define MOTE_OP(name, prefix, code, text, immediate, signature, align, proposal) \
  case Op::name:                                                                 \
    return text;
#include "wasm/opcodes.inc"
  }
  return "illegal";
}

Proposal proposal_of(Op op) {
  static constexpr auto kAll = make_runs<true>();
  const Run* run = find_run(kAll, static_cast<uint32_t>(op));
  return run ? run->proposal : Proposal::Core;
}

}  // namespace mote::wasm
