// SPDX-License-Identifier: Apache-2.0
#include "exercise.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <memory>
#include <string_view>

#include "config/tiers.hpp"
#include "runtime/engine.hpp"
#include "wasm/opcodes.hpp"

namespace mote::fuzz {

namespace {

/// Stands in for an imported function: logs its arguments and returns numbers that depend on them.
struct StandIn {
  std::string module, name, signature;
  HostFunction row;
  std::string* log = nullptr;
};

uint32_t slots_of_letter(char letter) {
  return letter == 'l' || letter == 'd' ? 2 : 1;
}

uint8_t called(mote_context* context, uint32_t* slots) {
  auto& stand_in = Context::of(context).data_as<StandIn>();
  uint32_t sum = 7;
  const char* letter = stand_in.signature.c_str();
  const uint32_t* at = slots;
  for (; *letter != ':'; ++letter) {
    for (uint32_t i = 0; i < slots_of_letter(*letter); ++i) sum = sum * 31 + *at++;
  }
  *stand_in.log += "host " + stand_in.name + " " + std::to_string(sum) + "\n";
  uint32_t* to = slots;
  for (++letter; *letter != '\0'; ++letter) {
    const bool reference = *letter == 'r' || *letter == 'e';
    for (uint32_t i = 0; i < slots_of_letter(*letter); ++i) *to++ = reference ? 0 : (sum >> 4 * i) & 0xffff;
  }
  return static_cast<uint8_t>(HostStatus::Done);
}

char letter_of(ValueType type) {
  constexpr std::string_view kLetters = "ilfdre";
  constexpr ValueType kTypes[] = {ValueType::I32, ValueType::I64,     ValueType::F32,
                                  ValueType::F64, ValueType::FuncRef, ValueType::ExternRef};
  const auto* found = std::find(std::begin(kTypes), std::end(kTypes), type);
  return found == std::end(kTypes) ? '?' : kLetters[static_cast<size_t>(found - kTypes)];
}

std::string signature_of(const ExternType& type) {
  std::string text;
  for (uint32_t i = 0; i < type.param_count(); ++i) text += letter_of(type.param(i));
  text += ':';
  for (uint32_t i = 0; i < type.result_count(); ++i) text += letter_of(type.result(i));
  return text;
}

uint64_t hash(std::span<const uint8_t> bytes) {
  uint64_t sum = 0xcbf2'9ce4'8422'2325;
  for (const uint8_t byte : bytes) sum = (sum ^ byte) * 0x100'0000'01b3;
  return sum;
}

bool is_nan(const Value& value) {
  if (value.type == ValueType::F32) return std::isnan(value.f32());
  return value.type == ValueType::F64 && std::isnan(value.f64());
}

/// Whether an instruction makes NaNs whose bits are the machine's choice, or does what depends on how much of
/// the pool is left.
bool varies(wasm::Op op) {
  const auto in = [op](wasm::Op first, wasm::Op last) { return op >= first && op <= last; };
  using wasm::Op;
  return in(Op::F32Ceil, Op::F32Max) || in(Op::F64Ceil, Op::F64Max) || op == Op::F32DemoteF64 ||
         op == Op::F64PromoteF32 || op == Op::TableGrow || wasm::prefix_of(op) == 0xfd;
}

/// Whether an instruction may wait for another thread, of which there is none.
bool waits(wasm::Op op) {
  return op == wasm::Op::MemoryAtomicWait32 || op == wasm::Op::MemoryAtomicWait64;
}

/// Whether `is` is true of an instruction.
template <class Is>
bool has(const wasm::Module& module, Is is) {
  wasm::Bodies bodies(module);
  wasm::Body body;
  while (bodies.next(body)) {
    Error error;
    wasm::Reader reader(body.begin, body.end, module.bytes.data(), error);
    for (uint32_t groups = reader.u32(); groups > 0 && reader.ok(); --groups) {
      reader.u32();
      wasm::value_type(reader, reader.u8(), module.types.count);
    }
    while (reader.ok() && !reader.at_end()) {
      wasm::Op op{};
      const wasm::OpcodeRow row = wasm::read_opcode(reader, op);
      if (is(op)) return true;
      wasm::skip_immediates(reader, row.immediate);
    }
  }
  return false;
}

/// One module's way through an engine.
class Exercise {
 public:
  Exercise(std::span<std::byte> pool, const Limits& limits) : engine_(pool), limits_(limits) {}

  Outcome run(std::span<const uint8_t> bytes, const LoadOptions& load) {
    const size_t before = engine_.usage().used;
    through(bytes, load);
    for (const NamedExtern& item : externs_) engine_.release(item.item);
    if (engine_.usage().used != before) fail("something stayed in the pool");
    if (engine_.state() != nullptr && !engine_.state()->pool.consistent())
      fail("the pool's tags are damaged");
    return std::move(outcome_);
  }

  /// See instantiate_image().
  bool run_image(std::span<const uint8_t> image) {
    const size_t before = engine_.usage().used;
    bool loaded = false;
    {
      const auto module = engine_.load_image(image, {.trusted = true});
      loaded = static_cast<bool>(module);
      if (!loaded) {
        note(module.error());
      } else {
        stand_in(*module);
        InstanceOptions options;
        options.memory_limit = limits_.memory_bytes;
        options.run_start = false;
        if (const auto instance = engine_.instantiate(*module, {.externs = externs_}, options))
          look_at(*module, *instance);
      }
    }
    for (const NamedExtern& item : externs_) engine_.release(item.item);
    if (engine_.usage().used != before) fail("something stayed in the pool");
    return loaded;
  }

 private:
  void note(const std::string& line) { outcome_.log += line + '\n'; }

  void note(const Error& error) {
    if (error.message[0] == '\0') fail("an error that says nothing");
    if (error.code == ErrorCode::OutOfMemory && error.detail == 0)
      fail(std::string("out of memory, but no bytes are missing: ") + error.message);
    const bool exhausted = error.code == ErrorCode::Trapped &&
                           (error.trap == Trap::StackExhausted || error.trap == Trap::HeapExhausted);
    if (error.code == ErrorCode::OutOfMemory || error.code == ErrorCode::Limit || exhausted)
      outcome_.comparable = false;
    note(std::string("error ") + to_string(error.code) + ": " + error.message);
  }

  void through(std::span<const uint8_t> bytes, const LoadOptions& load) {
    const auto module = engine_.load(bytes, load);
    if (!module) return note(module.error());
    outcome_.loaded = true;
    outcome_.comparable = !has(module->state()->wasm, varies);
    if (has(module->state()->wasm, waits)) return;
    stand_in(*module);
    InstanceOptions options;
    options.stack_bytes = limits_.stack_bytes;
    options.memory_limit = limits_.memory_bytes;
    options.fuel = limits_.fuel;
    const auto instance = engine_.instantiate(*module, {.externs = externs_}, options);
    if (!instance) return note(instance.error());
    outcome_.instantiated = true;
    call_all(*module, *instance);
    look_at(*module, *instance);
  }

  void stand_in(const Module& module) {
    module.imports([&](const ImportInfo& import) {
      if (externs_.size() > 200) return;  // what more there are is missing, and said to be
      Result<Extern> made = Error{ErrorCode::NotFound, "a kind that the host does not make"};
      if (import.type.kind == ExternKind::Function) {
        StandIn& it = stand_ins_.emplace_back();
        it.module = import.module;
        it.name = import.name;
        it.signature = signature_of(import.type);
        it.log = &outcome_.log;
        it.row = {it.module.c_str(), it.name.c_str(), it.signature.c_str(), called};
        add(import, engine_.new_function(it.row, &it));
      } else if (import.type.kind == ExternKind::Memory) {
        if (import.type.limits.min << import.type.limits.page_log2 <= limits_.memory_bytes)
          add(import, engine_.new_memory(import.type.limits));
      } else if (import.type.kind == ExternKind::Table) {
        if (import.type.limits.min < 65536)
          add(import, engine_.new_table(import.type.value, import.type.limits));
      } else if (import.type.kind == ExternKind::Tag) {
        add(import, tag_of(import.type));
      } else if (import.type.kind == ExternKind::Global) {
        add(import, engine_.new_global(Value(import.type.value, 0), import.type.mutable_));
      }
    });
  }

  Result<Extern> tag_of(const ExternType& type) {
    std::vector<ValueType> payload;
    for (uint32_t i = 0; i < type.param_count(); ++i) payload.push_back(type.param(i));
    return engine_.new_tag(payload);
  }

  void add(const ImportInfo& import, const Result<Extern>& made) {
    if (made) {
      externs_.push_back({import.module, import.name, *made});
    } else {
      note(made.error());
    }
  }

  void call_all(const Module& module, const Instance& instance) {
    int calls = 0;
    module.exports([&](const ExportInfo& item) {
      if (item.type.kind == ExternKind::Function && ++calls <= 32) call(instance, item.name);
    });
  }

  void call(const Instance& instance, std::string_view name) {
    const auto function = instance.function(name);
    if (!function) return;  // two exports of one name are refused before
    const ExternType type = function->type();
    for (uint32_t i = 0; i < type.param_count(); ++i) {
      if (letter_of(type.param(i)) == '?') return;  // a reference that may not be null, or a vector
    }
    std::vector<Value> arguments, results(type.result_count());
    for (uint32_t i = 0; i < type.param_count(); ++i)
      arguments.emplace_back(type.param(i), argument(type.param(i), i));
    instance.set_fuel(limits_.fuel);
    const auto done = function->call(arguments, results);
    if (!done) {
      note(done.error());
      if (done.error().code == ErrorCode::Suspended) {
        Frame frames[4];
        instance.backtrace(frames);
        instance.kill();
      } else if (done.error().code == ErrorCode::Trapped) {
        Frame frames[4];
        const uint32_t depth = instance.backtrace(frames);
        note("depth " + std::to_string(depth) + " at " + std::to_string(frames[0].offset));
      }
      return;
    }
    std::string line = "fuel " + std::to_string(instance.fuel());
    for (const Value& value : results)
      line += " " +
              (is_nan(value) ? "nan" : std::to_string(reference(value.type) ? value.bits != 0 : value.bits));
    note(line);
  }

  static bool reference(ValueType type) { return is_reference(type); }

  /// Something that leads somewhere: small numbers, and references that are null.
  static uint64_t argument(ValueType type, uint32_t index) {
    if (reference(type)) return 0;
    if (type == ValueType::F32) return Value::f32(1.5F * static_cast<float>(index + 1)).bits;
    if (type == ValueType::F64) return Value::f64(-2.25 * (index + 1)).bits;
    return 5 + 3 * uint64_t{index};
  }

  void look_at(const Module& module, const Instance& instance) {
    const wasm::Module& decoded = module.state()->wasm;
    for (uint32_t i = 0; i < decoded.memories.count; ++i) {
      const runtime::Memory& memory = *instance.state()->memories[i];
      note("memory " + std::to_string(memory.bytes) + " " +
           std::to_string(hash({memory.data, memory.bytes})));
    }
  }

  Engine engine_;
  Limits limits_;
  Outcome outcome_;
  std::deque<StandIn> stand_ins_;
  std::vector<NamedExtern> externs_;
};

/// Memory for a pool; its bytes are what the last module left, as on a device.
std::span<std::byte> pool_of(size_t bytes) {
  static std::vector<std::byte> memory;
  if (memory.size() < bytes) memory.resize(bytes);
  return {memory.data(), bytes};
}

}  // namespace

void fail(const std::string& sentence) {
  std::fprintf(stderr, "%s\n", sentence.c_str());
  std::abort();
}

std::span<const TierOptions> tiers() {
  static const std::vector<TierOptions> all = [] {
    std::vector<TierOptions> list{{"vm", {.bounds = Bounds::Software}}};
    if (config::kGuardPages) list.push_back({"vm, guard pages", {}});
    if (config::kNative)
      list.push_back({"native", {.tier = Tier::Native, .bounds = Bounds::Software, .fuel = true}});
    if (config::kGuardPages)
      list.push_back(
          {"native, guard pages", {.tier = Tier::Native, .bounds = Bounds::GuardPages, .fuel = true}});
    return list;
  }();
  return all;
}

bool instantiate_image(std::span<const uint8_t> image, const Limits& limits) {
  std::vector<std::byte> pool(limits.pool_bytes);
  return Exercise(pool, limits).run_image(image);
}

Outcome exercise(std::span<const uint8_t> bytes, const LoadOptions& load, const Limits& limits) {
  // Where the bytes end is where they end: a copy of their size, so that reading on is seen.
  const std::unique_ptr<uint8_t[]> copy(new uint8_t[bytes.size()]);
  std::copy(bytes.begin(), bytes.end(), copy.get());
  return Exercise(pool_of(limits.pool_bytes), limits).run({copy.get(), bytes.size()}, load);
}

bool compare_tiers(std::span<const uint8_t> bytes, const Limits& limits) {
  Outcome first;
  for (const TierOptions& tier : tiers()) {
    const Outcome outcome = exercise(bytes, tier.load, limits);
    if (&tier == tiers().data()) {
      first = outcome;
    } else if (first.comparable && outcome.comparable && first.log != outcome.log) {
      fail(std::string("tiers differ\n--- ") + tiers()[0].name + '\n' + first.log + "--- " + tier.name +
           '\n' + outcome.log);
    }
  }
  return first.loaded;
}

}  // namespace mote::fuzz
