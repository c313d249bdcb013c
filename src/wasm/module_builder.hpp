// SPDX-License-Identifier: Apache-2.0
// For tests: modules made byte by byte, good and bad.
#pragma once
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

namespace mote::wasm::test {

using Bytes = std::vector<uint8_t>;

inline void append(Bytes& to, const Bytes& more) {
  to.insert(to.end(), more.begin(), more.end());
}

inline Bytes leb128(uint64_t value) {
  Bytes bytes;
  for (; value >= 0x80; value >>= 7) bytes.push_back(static_cast<uint8_t>(value | 0x80));
  bytes.push_back(static_cast<uint8_t>(value));
  return bytes;
}

inline Bytes name(std::string_view text) {
  Bytes bytes = leb128(text.size());
  append(bytes, Bytes(text.begin(), text.end()));
  return bytes;
}

inline Bytes join(std::initializer_list<Bytes> pieces) {
  Bytes bytes;
  for (const Bytes& piece : pieces) append(bytes, piece);
  return bytes;
}

/// A vector: its count, then its elements.
inline Bytes vec(const std::vector<Bytes>& elements) {
  Bytes bytes = leb128(elements.size());
  for (const Bytes& element : elements) append(bytes, element);
  return bytes;
}

struct ModuleBuilder {
  Bytes bytes = {0x00, 'a', 's', 'm', 1, 0, 0, 0};

  ModuleBuilder& section(uint8_t id, const Bytes& contents) {
    bytes.push_back(id);
    append(bytes, leb128(contents.size()));
    append(bytes, contents);
    return *this;
  }
  ModuleBuilder& types(const std::vector<Bytes>& rows) { return section(1, vec(rows)); }
  ModuleBuilder& imports(const std::vector<Bytes>& rows) { return section(2, vec(rows)); }
  ModuleBuilder& functions(const std::vector<Bytes>& rows) { return section(3, vec(rows)); }
  ModuleBuilder& tables(const std::vector<Bytes>& rows) { return section(4, vec(rows)); }
  ModuleBuilder& memories(const std::vector<Bytes>& rows) { return section(5, vec(rows)); }
  ModuleBuilder& globals(const std::vector<Bytes>& rows) { return section(6, vec(rows)); }
  ModuleBuilder& exports(const std::vector<Bytes>& rows) { return section(7, vec(rows)); }
  ModuleBuilder& start(uint32_t function) { return section(8, leb128(function)); }
  ModuleBuilder& elements(const std::vector<Bytes>& rows) { return section(9, vec(rows)); }
  ModuleBuilder& data_count(uint32_t count) { return section(12, leb128(count)); }
  ModuleBuilder& data(const std::vector<Bytes>& rows) { return section(11, vec(rows)); }
  /// `code` of each body: locals and instructions, its size is put before it.
  ModuleBuilder& code(const std::vector<Bytes>& bodies) {
    std::vector<Bytes> rows;
    for (const Bytes& body : bodies) rows.push_back(join({leb128(body.size()), body}));
    return section(10, vec(rows));
  }
  ModuleBuilder& custom(std::string_view title, const Bytes& contents) {
    return section(0, join({name(title), contents}));
  }
};

/// A module with every section and every form that this build accepts.
inline Bytes rich_module() {
  const Bytes none = {0x60, 0, 0}, unary = {0x60, 1, 0x7f, 1, 0x7f},
              wide = {0x60, 3, 0x7e, 0x7d, 0x7c, 2, 0x7f, 0x6f};
  const Bytes body = {0, 0x0b}, same = {1, 2, 0x7f, 0x20, 0, 0x0b};
  return ModuleBuilder()
      .custom("before", {1, 2, 3})
      .types({none, unary, wide, unary})
      .imports({join({name("env"), name("f"), {0, 1}}), join({name("env"), name("t"), {1, 0x70, 0, 2}}),
                join({name("env"), name("m"), {2, 1, 1, 2}}), join({name("env"), name("g"), {3, 0x7f, 0}}),
                join({name(""), name("h"), {3, 0x7e, 1}})})
      .functions({{0}, {1}, {3}})
      .tables({{0x70, 1, 2, 9}, {0x6f, 0, 1}})
      .memories({{0, 1}, {9, 0, 8, 0}})
      .globals({{0x7f, 0, 0x41, 5, 0x0b},
                {0x7e, 1, 0x42, 0x7f, 0x42, 2, 0x7c, 0x0b},
                {0x7d, 0, 0x43, 0, 0, 0x80, 0x3f, 0x0b},
                {0x7c, 1, 0x44, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0x0b},
                {0x70, 0, 0xd2, 2, 0x0b},
                {0x6f, 1, 0xd0, 0x6f, 0x0b},
                {0x7f, 0, 0x23, 0, 0x23, 2, 0x6a, 0x41, 3, 0x6c, 0x0b}})
      .exports({join({name("run"), {0, 2}}), join({name("memory"), {2, 0}}), join({name("table"), {1, 1}}),
                join({name("\xc3\xbc"), {3, 3}})})
      .start(1)
      .elements({{0, 0x41, 0, 0x0b, 2, 0, 1},
                 {1, 0, 1, 2},
                 {2, 1, 0x41, 1, 0x0b, 0, 1, 3},
                 {3, 0, 1, 3},
                 {4, 0x23, 0, 0x0b, 2, 0xd0, 0x70, 0x0b, 0xd2, 1, 0x0b},
                 {5, 0x6f, 1, 0xd0, 0x6f, 0x0b},
                 {6, 2, 0x41, 0, 0x0b, 0x6f, 0},
                 {7, 0x70, 1, 0xd2, 3, 0x0b}})
      .data_count(3)
      .code({body, same, same})
      .data({{0, 0x41, 4, 0x0b, 2, 'h', 'i'}, {1, 3, 1, 2, 3}, {2, 2, 0x41, 0, 0x0b, 0}})
      .custom("name", join({{0, 3}, name("it"), {1, 11, 2}, leb128(1), name("one"), leb128(2), name("two")}))
      .bytes;
}

}  // namespace mote::wasm::test
