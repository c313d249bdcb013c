// SPDX-License-Identifier: Apache-2.0
#include "agent/spectest.hpp"

namespace mote::spec {

namespace {

void print() {}
void print_i32(int32_t) {}
void print_i64(int64_t) {}
void print_f32(float) {}
void print_f64(double) {}
void print_i32_f32(int32_t, float) {}
void print_f64_f64(double, double) {}

constexpr const char* kName = "spectest";

constexpr HostFunction kFunctions[] = {
    bind<print>(kName, "print"),
    bind<print_i32>(kName, "print_i32"),
    bind<print_i64>(kName, "print_i64"),
    bind<print_f32>(kName, "print_f32"),
    bind<print_f64>(kName, "print_f64"),
    bind<print_i32_f32>(kName, "print_i32_f32"),
    bind<print_f64_f64>(kName, "print_f64_f64"),
};

struct Item {
  std::string_view name;
  Result<Extern> (*make)(Engine& engine);
};

constexpr Item kItems[] = {
    {"global_i32", [](Engine& engine) { return engine.new_global(mote::Value::i32(666), false); }},
    {"global_i64", [](Engine& engine) { return engine.new_global(mote::Value::i64(666), false); }},
    {"global_f32", [](Engine& engine) { return engine.new_global(mote::Value::f32(666.6f), false); }},
    {"global_f64", [](Engine& engine) { return engine.new_global(mote::Value::f64(666.6), false); }},
    {"table", [](Engine& engine) { return engine.new_table(ValueType::FuncRef, {.min = 10, .max = 20}); }},
    {"table64",
     [](Engine& engine) {
       return engine.new_table(ValueType::FuncRef, {.min = 10, .max = 20, .is_64 = true});
     }},
    {"memory", [](Engine& engine) { return engine.new_memory({.min = 1, .max = 2}); }},
};

}  // namespace

std::span<const HostFunction> Spectest::functions() const {
  return kFunctions;
}

Result<void> Spectest::provide(Engine& engine, const Module& module) {
  static_assert(std::size(kItems) == kExterns);
  Error error;
  module.imports([&](const ImportInfo& import) {
    if (error || import.module != kName) return;
    for (const NamedExtern& made : externs()) {
      if (made.name == import.name) return;
    }
    for (const Item& item : kItems) {
      if (item.name != import.name) continue;
      const auto made = item.make(engine);
      if (!made) {
        error = made.error();
      } else {
        externs_[count_++] = {kName, item.name, *made};
      }
    }
  });
  return error;
}

void Spectest::release(Engine& engine) {
  while (count_ > 0) engine.release(externs_[--count_].item);
}

}  // namespace mote::spec
