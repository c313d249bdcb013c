// SPDX-License-Identifier: Apache-2.0
// Runs a module on one tier and says what happened, line by line, as run_log.js does with another engine: for
// scripts/differential. usage: run_log TIER FILE, where TIER is a number; `run_log types FILE` prints the
// types of imports and exports, which run_log.js needs.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <iterator>
#include <string>

#include "exercise.hpp"

namespace {

using mote::Value;
using mote::ValueType;

constexpr std::pair<char, ValueType> kTypes[] = {{'i', ValueType::I32},     {'l', ValueType::I64},
                                                 {'f', ValueType::F32},     {'d', ValueType::F64},
                                                 {'r', ValueType::FuncRef}, {'e', ValueType::ExternRef}};
/// Vectors and exceptions, which the other engine's host cannot take; any other reference.
constexpr char kForeign = 'v', kReference = 'x';

char letter(ValueType type) {
  for (const auto& [name, known] : kTypes) {
    if (known == type) return name;
  }
  const bool foreign = type == ValueType::V128 || type == ValueType::ExnRef || type == ValueType::NullExnRef;
  return foreign ? kForeign : kReference;
}

std::string letters(const mote::ExternType& type) {
  std::string text;
  for (uint32_t i = 0; i < type.param_count(); ++i) text += letter(type.param(i));
  text += ':';
  for (uint32_t i = 0; i < type.result_count(); ++i) text += letter(type.result(i));
  return text;
}

std::string text_of(const Value& value) {
  char text[32];
  switch (value.type) {
    case ValueType::I32:
      return std::to_string(value.i32());
    case ValueType::I64:
      return std::to_string(value.i64());
    case ValueType::F32:
      if (std::isnan(value.f32())) return "nan";
      std::snprintf(text, sizeof text, "%08x", static_cast<unsigned>(value.bits));
      return text;
    case ValueType::F64:
      if (std::isnan(value.f64())) return "nan";
      std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(value.bits));
      return text;
    default:
      return value.bits == 0 ? "null" : "ref";
  }
}

/// Traps in words that both engines can be brought to.
const char* text_of(mote::Trap trap) {
  switch (trap) {
    case mote::Trap::IntegerOverflow:
    case mote::Trap::InvalidConversion:
      return "range";
    case mote::Trap::UninitializedElement:
    case mote::Trap::IndirectCallTypeMismatch:
      return "signature";
    case mote::Trap::UndefinedElement:
    case mote::Trap::TableOutOfBounds:
      return "table";
    case mote::Trap::StackExhausted:
      return "stack";
    case mote::Trap::NullReference:
    case mote::Trap::NullFunctionReference:
    case mote::Trap::NullStructureReference:
    case mote::Trap::NullArrayReference:
    case mote::Trap::NullI31Reference:
    case mote::Trap::NullExceptionReference:
      return "null";
    default:
      return mote::to_string(trap);
  }
}

struct Import {
  std::string module, name, signature;
};

/// Imported functions say their arguments and return zeros.
uint8_t called(mote_context* context, uint32_t* slots) {
  const auto& import = mote::Context::of(context).data_as<Import>();
  std::string line = "host " + import.name;
  const char* at = import.signature.c_str();
  uint32_t* slot = slots;
  for (; *at != ':'; ++at) {
    for (const auto& [name, type] : kTypes) {
      if (name != *at) continue;
      line += " " + text_of(Value(type, mote::detail::read_slots(slot, mote::slots_of(type))));
      slot += mote::slots_of(type);
    }
  }
  std::puts(line.c_str());
  for (++at; *at != '\0'; ++at) {
    for (const auto& [name, type] : kTypes) {
      for (uint32_t i = 0; name == *at && i < mote::slots_of(type); ++i) *slots++ = 0;
    }
  }
  return static_cast<uint8_t>(mote::HostStatus::Done);
}

uint64_t argument(ValueType type, uint32_t index) {
  if (type == ValueType::F32) return Value::f32(1.5F * static_cast<float>(index + 1)).bits;
  if (type == ValueType::F64) return Value::f64(-2.25 * (index + 1)).bits;
  return mote::is_reference(type) ? 0 : 5 + 3 * uint64_t{index};
}

/// False: the stack is exhausted, and engines differ in how much they have.
bool call(const mote::Instance& instance, const mote::ExportInfo& item) {
  const auto function = instance.function(item.name);
  if (!function || letters(item.type).find(kForeign) != std::string::npos) return true;
  std::vector<Value> arguments, results(item.type.result_count());
  for (uint32_t i = 0; i < item.type.param_count(); ++i)
    arguments.emplace_back(item.type.param(i), argument(item.type.param(i), i));
  const auto done = function->call(arguments, results);
  std::string line(item.name);
  if (!done && done.error().code == mote::ErrorCode::Trapped) {
    line += std::string(" trap ") + text_of(done.error().trap);
  } else if (!done && done.error().code == mote::ErrorCode::Signature) {
    line += " refused";  // null where that may not be
  } else if (!done) {
    line += std::string(" error ") + done.error().message;
  } else {
    for (const Value& value : results) line += " " + text_of(value);
  }
  std::puts(line.c_str());
  return done || done.error().trap != mote::Trap::StackExhausted;
}

void print_memory(const mote::Instance& instance) {
  uint32_t hash = 0x811c'9dc5;
  const auto bytes = instance.memory("memory");
  for (const uint8_t byte : bytes) hash = (hash ^ byte) * 0x0100'0193;
  std::printf("memory %zu %08x\n", bytes.size(), hash);
}

int run(const mote::Module& module, mote::Engine& engine) {
  std::deque<Import> imports;
  std::deque<mote::HostFunction> rows;
  std::vector<mote::NamedExtern> externs;
  module.imports([&](const mote::ImportInfo& info) {
    if (info.type.kind != mote::ExternKind::Function) return;
    const Import& import =
        imports.emplace_back(Import{std::string(info.module), std::string(info.name), letters(info.type)});
    rows.push_back({import.module.c_str(), import.name.c_str(), import.signature.c_str(), called});
    if (const auto made = engine.new_function(rows.back(), &imports.back()))
      externs.push_back({info.module, info.name, *made});
  });
  const auto instance =
      engine.instantiate(module, {.externs = externs}, {.stack_bytes = 1 << 20, .fuel = 1 << 28});
  if (!instance) {
    std::printf("instantiate: %s\n", instance.error().message);
    return 0;
  }
  bool going = true;
  module.exports([&](const mote::ExportInfo& item) {
    if (going && item.type.kind == mote::ExternKind::Function) going = call(*instance, item);
  });
  if (going) print_memory(*instance);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  std::ifstream stream(argv[2], std::ios::binary);
  const std::vector<uint8_t> bytes{std::istreambuf_iterator<char>(stream), {}};
  std::vector<std::byte> pool(64 << 20);
  mote::Engine engine(pool);
  const bool types = std::string(argv[1]) == "types";
  const auto tiers = mote::fuzz::tiers();
  const auto tier = static_cast<size_t>(std::atoi(argv[1]));
  if (tier >= tiers.size()) return 3;  // there are no more
  const auto module = engine.load(bytes, tiers[tier].load);
  if (!module) {
    std::printf("load: %s at byte %u\n", module.error().message, module.error().offset);
    return types ? 1 : 0;
  }
  if (!types) return run(*module, engine);
  module->imports([](const mote::ImportInfo& info) {
    if (info.type.kind == mote::ExternKind::Function)
      std::printf("import %s %s %s\n", std::string(info.module).c_str(), std::string(info.name).c_str(),
                  letters(info.type).c_str());
  });
  module->exports([](const mote::ExportInfo& info) {
    if (info.type.kind == mote::ExternKind::Function)
      std::printf("export %s %s\n", std::string(info.name).c_str(), letters(info.type).c_str());
  });
  return 0;
}
