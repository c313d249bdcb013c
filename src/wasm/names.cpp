// SPDX-License-Identifier: Apache-2.0
// Names of functions, for people: from the name section (core spec, appendix "Custom Sections"), which nobody
// has validated, or from exports and imports.
#include "wasm/module.hpp"

namespace mote::wasm {

namespace {

constexpr uint8_t kFunctionNames = 1;

/// The name of `index` in a name map; empty when there is none. Indices rise.
std::string_view find_in_map(Reader map, uint32_t index) {
  for (uint32_t left = map.u32(); left > 0 && map.ok(); --left) {
    const uint32_t found = map.u32();
    const std::string_view name = map.name();
    if (found == index && map.ok()) return name;
    if (found > index) break;
  }
  return {};
}

std::string_view from_name_section(const Module& module, uint32_t function) {
  if (!module.name_section) return {};
  Error error;
  Reader reader(module.name_section, module.name_section + module.name_section_size, module.bytes.data(),
                error);
  while (reader.ok() && !reader.at_end()) {
    const uint8_t id = reader.u8();
    const Reader contents = reader.sub(reader.u32());
    if (reader.ok() && id == kFunctionNames) return find_in_map(contents, function);
  }
  return {};
}

}  // namespace

std::string_view function_name(const Module& module, uint32_t function) {
  const std::string_view name = from_name_section(module, function);
  if (!name.empty()) return name;
  Exports exports(module);
  for (Export item; exports.next(item);) {
    if (item.kind == ExternKind::Function && item.index == function) return item.name;
  }
  if (function >= module.imported_functions) return {};
  Imports imports(module);
  for (Import import; imports.next(import);) {
    if (import.kind == ExternKind::Function && import.index == function) return import.name;
  }
  return {};
}

}  // namespace mote::wasm
