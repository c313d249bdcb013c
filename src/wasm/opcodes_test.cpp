// SPDX-License-Identifier: Apache-2.0
// The table against itself, against the decoder made from it, and against wabt's independent table.
#include "wasm/opcodes.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "wasm/disassemble.hpp"

namespace mote::wasm {
namespace {

using Bytes = std::vector<uint8_t>;

struct Row {
  Op op;
  uint8_t prefix;
  uint32_t code;
  std::string_view text;
  Immediate immediate;
  std::string_view signature;
  unsigned align;
  Proposal proposal;
};

constexpr Row kTable[] = {
#define MOTE_OP(name, prefix, code, text, immediate, signature, align, proposal) \
  {Op::name, prefix, code, text, Immediate::immediate, signature, align, Proposal::proposal},
#include "wasm/opcodes.inc"
};

void leb128(Bytes& bytes, uint32_t value) {
  for (; value >= 0x80; value >>= 7) bytes.push_back(static_cast<uint8_t>(value | 0x80));
  bytes.push_back(static_cast<uint8_t>(value));
}

/// The opcode with the simplest immediates that it may have.
Bytes encode(const Row& row) {
  static const std::map<char, Bytes> kFields = {
      {'u', {0}}, {'1', {0}}, {'b', {0x40}}, {'L', {0, 0}},   {'h', {0x70}},   {'V', {1, 0x7f}}, {'C', {0}},
      {'H', {0}}, {'i', {0}}, {'l', {0}},    {'f', Bytes(4)}, {'d', Bytes(8)}, {'q', Bytes(16)},
  };
  Bytes bytes;
  if (row.prefix) bytes.push_back(row.prefix);
  if (row.prefix) {
    leb128(bytes, row.code);
  } else {
    bytes.push_back(static_cast<uint8_t>(row.code));
  }
  for (const char* field = fields_of(row.immediate); *field; ++field) {
    if (*field == 'm') {
      bytes.push_back(static_cast<uint8_t>(row.align));
      bytes.push_back(0);
    } else {
      const Bytes& more = kFields.at(*field);
      bytes.insert(bytes.end(), more.begin(), more.end());
    }
  }
  return bytes;
}

TEST(Opcodes, NoCodeAndNoNameTwice) {
  std::set<uint16_t> numbers;
  std::set<std::pair<uint8_t, uint32_t>> codes;
  for (const Row& row : kTable) {
    EXPECT_TRUE(numbers.insert(static_cast<uint16_t>(row.op)).second) << row.text;
    EXPECT_TRUE(codes.insert({row.prefix, row.code}).second) << row.text;
    EXPECT_EQ(prefix_of(row.op), row.prefix);
    EXPECT_EQ(code_of(row.op), row.code);
    EXPECT_EQ(name_of(row.op), row.text);
    EXPECT_EQ(proposal_of(row.op), row.proposal) << row.text;
    EXPECT_TRUE(row.prefix != 0 || static_cast<unsigned>(row.op) == row.code) << row.text;
  }
}

/// Counted by hand in the standard's index of instructions and in the proposals.
TEST(Opcodes, CountsPerProposal) {
  std::map<Proposal, size_t> counts;
  for (const Row& row : kTable) ++counts[row.proposal];
  const std::map<Proposal, size_t> expected = {
      {Proposal::Core, 172},
      {Proposal::SignExtension, 5},
      {Proposal::SaturatingFloatToInt, 8},
      {Proposal::BulkMemory, 7},
      {Proposal::ReferenceTypes, 9},
      {Proposal::Simd, 236},
      {Proposal::RelaxedSimd, 20},
      {Proposal::TailCall, 2},
      {Proposal::TypedFunctionReferences, 5},
      {Proposal::Gc, 32},
      {Proposal::ExceptionHandling, 3},
      {Proposal::Threads, 67},
      {Proposal::WideArithmetic, 4},
      {Proposal::StackSwitching, 7},
      {Proposal::LegacyExceptionHandling, 5},
  };
  EXPECT_EQ(counts, expected);
}

TEST(Opcodes, SignaturesAreUnpackedAsWritten) {
  const std::map<char, ValType> types = {{'i', kI32},  {'l', kI64}, {'f', kF32},      {'d', kF64},
                                         {'v', kV128}, {'a', kI64}, {'e', kExternRef}};
  size_t enabled_rows = 0;
  for (const Row& row : kTable) {
    const OpcodeRow packed = row_of(row.op);
    ASSERT_EQ(packed.valid, enabled(row.proposal)) << row.text;
    if (!packed.valid) continue;
    ++enabled_rows;
    EXPECT_EQ(packed.immediate, row.immediate) << row.text;
    EXPECT_EQ(packed.align, row.align) << row.text;
    EXPECT_EQ(packed.by_hand, row.signature == "*") << row.text;
    if (packed.by_hand) continue;
    const size_t colon = row.signature.find(':');
    ASSERT_NE(colon, std::string::npos);
    ASSERT_EQ(packed.param_count(), colon) << row.text;
    ASSERT_EQ(packed.result_count(), row.signature.size() - colon - 1) << row.text;
    for (uint32_t i = 0; i < colon; ++i) {
      EXPECT_EQ(packed.param(i, kI64, kExternRef), types.at(row.signature[i])) << row.text;
    }
    for (uint32_t i = 0; i < packed.result_count(); ++i) {
      EXPECT_EQ(packed.result(i, kI64, kExternRef), types.at(row.signature[colon + 1 + i])) << row.text;
    }
    if (packed.param_count() < OpcodeRow::kMaxParams) {
      EXPECT_EQ(packed.param(packed.param_count()), kBottom);
    }
  }
  EXPECT_GE(enabled_rows, 172u);
}

TEST(Opcodes, EveryCodeIsDecodedOrRefusedByName) {
  std::map<std::pair<uint8_t, uint32_t>, const Row*> rows;
  for (const Row& row : kTable) rows[{row.prefix, row.code}] = &row;
  for (const uint8_t prefix : Bytes{0x00, 0xfb, 0xfc, 0xfd, 0xfe}) {
    for (uint32_t code = 0; code < (prefix ? 0x2000u : 0x100u); ++code) {
      if (prefix == 0 && code >= 0xfb && code <= 0xfe) continue;
      Bytes bytes = {0x01};
      if (prefix) bytes.push_back(prefix);
      if (prefix) {
        leb128(bytes, code);
      } else {
        bytes.push_back(static_cast<uint8_t>(code));
      }
      Error error;
      Reader reader(bytes.data() + 1, bytes.data() + bytes.size(), bytes.data(), error);
      Op op{};
      const OpcodeRow packed = read_opcode(reader, op);
      const auto found = rows.find({prefix, code});
      if (found == rows.end()) {
        ASSERT_FALSE(packed.valid);
        ASSERT_EQ(error.code, ErrorCode::Malformed);
        ASSERT_STREQ(error.message, "illegal opcode");
        ASSERT_EQ(error.offset, 1u);
      } else if (enabled(found->second->proposal)) {
        ASSERT_TRUE(packed.valid);
        ASSERT_FALSE(error);
        ASSERT_EQ(op, found->second->op);
        ASSERT_TRUE(reader.at_end());
      } else {
        ASSERT_EQ(error.code, ErrorCode::Unsupported);
        ASSERT_EQ(error.message,
                  "needs the " + std::string(to_string(found->second->proposal)) + " proposal");
        ASSERT_EQ(error.offset, 1u);
      }
    }
  }
}

TEST(Opcodes, ImmediatesAreSkippedExactly) {
  for (const Row& row : kTable) {
    const Bytes bytes = encode(row);
    Error error;
    Reader reader(bytes.data(), bytes.data() + bytes.size(), bytes.data(), error);
    reader.u8();
    if (row.prefix) reader.u32();
    skip_immediates(reader, row.immediate);
    EXPECT_TRUE(reader.ok()) << row.text << ": " << error.message;
    EXPECT_TRUE(reader.at_end()) << row.text;
    const size_t opcode = row.prefix == 0 ? 1 : row.code < 0x80 ? 2 : 3;
    for (size_t size = opcode; size < bytes.size(); ++size) {  // and never past the end
      Error early;
      Reader cut(bytes.data() + opcode, bytes.data() + size, bytes.data(), early);
      skip_immediates(cut, row.immediate);
      EXPECT_EQ(early.code, ErrorCode::Malformed) << row.text << " cut to " << size;
    }
  }
}

/// A module with one function for each row: its opcode and an end.
Bytes one_function_each(const std::vector<Row>& rows) {
  Bytes module = {0, 'a', 's', 'm', 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0};
  const auto section = [&](uint8_t id, const Bytes& contents) {
    module.push_back(id);
    leb128(module, static_cast<uint32_t>(contents.size()));
    module.insert(module.end(), contents.begin(), contents.end());
  };
  Bytes functions, code;
  leb128(functions, static_cast<uint32_t>(rows.size()));
  leb128(code, static_cast<uint32_t>(rows.size()));
  for (const Row& row : rows) {
    functions.push_back(0);
    Bytes body = encode(row);
    body.insert(body.begin(), 0);
    body.push_back(0x0b);
    leb128(code, static_cast<uint32_t>(body.size()));
    code.insert(code.end(), body.begin(), body.end());
  }
  section(3, functions);
  section(4, {1, 0x70, 0, 0});
  section(5, {1, 0, 1});
  section(12, {1});  // a data count, for the instructions that name segments
  section(10, code);
  section(11, {1, 1, 0});
  return module;
}

std::string output_of(const std::string& command) {
  std::string output;
  FILE* pipe = popen(command.c_str(), "r");
  char piece[4096];
  while (pipe && fgets(piece, sizeof piece, pipe)) output += piece;
  if (pipe) pclose(pipe);
  return output;
}

/// Name of the first instruction of each function, as `wasm-objdump -d` prints them: " 00001a: 6a   |
/// i32.add".
std::vector<std::string> objdump_names(const std::string& listing) {
  std::vector<std::string> names;
  std::istringstream lines(listing);
  bool first = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.find(" func[") != std::string::npos) {
      first = true;
      continue;
    }
    const size_t bar = line.find("| ");
    if (!first || bar == std::string::npos) continue;
    std::istringstream words(line.substr(bar + 2));
    std::string name;
    words >> name;
    if (name.empty()) continue;
    names.push_back(name);
    first = false;
  }
  return names;
}

TEST(Opcodes, NamesAndImmediatesAgreeWithWabt) {
  if (output_of("wasm-objdump --version 2>/dev/null").empty())
    GTEST_SKIP() << "wasm-objdump (wabt) is not installed";
  // What wabt 1.0.32 does not know.
  const std::set<Proposal> unknown = {Proposal::Gc, Proposal::StackSwitching, Proposal::WideArithmetic,
                                      Proposal::TypedFunctionReferences};
  std::vector<Row> rows;
  for (const Row& row : kTable) {
    const bool newer = row.op == Op::TryTable || row.op == Op::ThrowRef;
    if (!unknown.count(row.proposal) && !newer && row.op != Op::End) rows.push_back(row);
  }
  const std::string path = testing::TempDir() + "mote_opcodes.wasm";
  const Bytes module = one_function_each(rows);
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(module.data()), std::ssize(module));
  const std::string listing = output_of("wasm-objdump -d " + path + " 2>&1");
  const std::vector<std::string> names = objdump_names(listing);
  ASSERT_EQ(names.size(), rows.size())
      << listing.substr(0, 500) << "\n..." << listing.substr(listing.size() > 300 ? listing.size() - 300 : 0);
  for (size_t i = 0; i < rows.size(); ++i) {
    std::string name = names[i];
    // wabt 1.0.32 has the names of an earlier draft for these two.
    if (const size_t at = name.find(".dot_i8x16_i7x16"); at != std::string::npos)
      name.insert(at + 1, "relaxed_");
    EXPECT_EQ(rows[i].text, name) << i;
  }
  std::remove(path.c_str());
}

TEST(Disassemble, WritesTheTextFormat) {
  const Module module;
  const auto text_of = [&](Bytes bytes) {
    std::string text;
    Error error;
    Reader reader(bytes.data(), bytes.data() + bytes.size(), bytes.data(), error);
    write_instruction(
        reader, module,
        {[](void* context, std::string_view piece) { *static_cast<std::string*>(context) += piece; }, &text});
    return error ? std::string(error.message) : text;
  };
  EXPECT_EQ(text_of({0x6a}), "i32.add");
  EXPECT_EQ(text_of({0x41, 0x7f}), "i32.const -1");
  EXPECT_EQ(text_of({0x28, 0x02, 0x08}), "i32.load offset=8");
  EXPECT_EQ(text_of({0x28, 0x41, 0x03, 0x08}), "i32.load 3 offset=8 align=2");
  EXPECT_EQ(text_of({0x02, 0x7f}), "block (result i32)");
  EXPECT_EQ(text_of({0x03, 0x40}), "loop");
  EXPECT_EQ(text_of({0x04, 0x05}), "if (type 5)");
  EXPECT_EQ(text_of({0x0e, 0x02, 0x01, 0x02, 0x00}), "br_table 1 2 0");
  EXPECT_EQ(text_of({0x11, 0x02, 0x01}), "call_indirect 1 (type 2)");
  EXPECT_EQ(text_of({0xfc, 0x08, 0x03, 0x00}), "memory.init 3");
  EXPECT_EQ(text_of({0xfc, 0x0a, 0x01, 0x00}), "memory.copy 1 0");
  EXPECT_EQ(text_of({0x43, 0, 0, 0xc0, 0x7f}), "f32.const nan:0x400000");
  EXPECT_EQ(text_of({0x44, 0, 0, 0, 0, 0, 0, 0xf8, 0x3f}), "f64.const 1.5");
  EXPECT_EQ(text_of({0xd0, 0x6f}), "ref.null extern");
  EXPECT_EQ(text_of({0x1c, 0x01, 0x7e}), "select (result i64)");
  EXPECT_EQ(text_of({0x28, 0x02}), "unexpected end of section or function");
  EXPECT_EQ(text_of({0xff}), "illegal opcode");
}

}  // namespace
}  // namespace mote::wasm
