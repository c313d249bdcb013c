// SPDX-License-Identifier: Apache-2.0
// For tests: a module that throws and catches in every way that profiles without typed references know.
#pragma once
#include "wasm/module_builder.hpp"

namespace mote::wasm::test {

/// The value of an exception that `rethrow` throws.
inline Bytes payload_of(const Bytes& rethrow) {
  return join({{0x02, 0x7f, 0x1f, 0x40, 1, 0, 0, 0}, rethrow, {0x0a, 0x0b, 0x00, 0x0b}});
}
/// An exnref of throw(local 0).
inline const Bytes kCaught = {0x02, 0x69, 0x1f, 0x40, 1, 3, 0, 0x20, 0, 0x10, 0, 0x0b, 0x00, 0x0b};

/// "throw"(x); "catch"(x): x; "again"(n): 1 + ... + n, each by an exception that is thrown twice and kept in
/// global 0; "global"(x) and "table"(x): x, by an exception that is kept there while a hundred others come
/// and go; "null".
inline Bytes exceptions_module() {
  const auto exported = [](const char* text, uint8_t function) { return join({name(text), {0, function}}); };
  const Bytes churn = {0x41, 0xe4, 0, 0x10, 2, 0x1a};
  return ModuleBuilder()
      .types({{0x60, 1, 0x7f, 0}, {0x60, 1, 0x7f, 1, 0x7f}})
      .functions({{0}, {1}, {1}, {1}, {1}, {0}})
      .section(4, {1, 0x69, 0, 1})
      .section(13, {1, 0, 0})
      .section(6, {2, 0x69, 1, 0xd0, 0x69, 0x0b, 0x69, 1, 0xd0, 0x69, 0x0b})
      .exports({exported("throw", 0), exported("catch", 1), exported("again", 2), exported("global", 3),
                exported("table", 4), exported("null", 5)})
      .code({{0, 0x20, 0, 0x08, 0, 0x0b},
             {0, 0x02, 0x7f, 0x1f, 0x40, 1, 0, 0, 0, 0x20, 0, 0x10, 0, 0x0b, 0x41, 0x7f, 0x0b, 0x0b},
             join({{1, 1, 0x7f, 0x03, 0x40},
                   kCaught,
                   {0x24, 0},
                   payload_of({0x23, 0}),
                   {0x20, 1, 0x6a, 0x21, 1, 0x20, 0, 0x41, 1, 0x6b, 0x22, 0, 0x0d, 0, 0x0b, 0x20, 1, 0x0b}}),
             join({{0}, kCaught, {0x24, 1}, churn, payload_of({0x23, 1}), {0x0b}}),
             join({{0, 0x41, 0}, kCaught, {0x26, 0}, churn, payload_of({0x41, 0, 0x25, 0}), {0x0b}}),
             {0, 0xd0, 0x69, 0x0a, 0x0b}})
      .bytes;
}

}  // namespace mote::wasm::test
