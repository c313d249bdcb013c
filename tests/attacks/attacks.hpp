// SPDX-License-Identifier: Apache-2.0
// Attacks on the linear memory's bounds, the same for every tier and bounds mode: each kind of access, at
// each static offset, its address made in each way that a compiler treats of its own, with addresses past the
// end, across it, negative, wrapping, and aimed at whatever else lies in the machine. A model says what must
// happen; what must not change is compared after each.
#pragma once
#include <mote/mote.hpp>

#include <cstdio>
#include <cstring>
#include <span>
#include <vector>

#include "wasm/instruction_bytes.hpp"

namespace mote::attacks {

using wasm::test::append;
using wasm::test::Bytes;
using wasm::test::join;
using wasm::test::leb128;
using wasm::test::name;

/// An access: opcode, bytes of memory, type of its value; loads by the bits of the sign that they extend.
struct Access {
  uint8_t opcode;
  uint8_t bytes;
  uint8_t type;  ///< 0x7f i32 ... 0x7c f64
  bool stores;
  bool sign;
};
inline constexpr Access kAccesses[] = {
    {0x28, 4, 0x7f, false, false}, {0x29, 8, 0x7e, false, false}, {0x2a, 4, 0x7d, false, false},
    {0x2b, 8, 0x7c, false, false}, {0x2c, 1, 0x7f, false, true},  {0x2d, 1, 0x7f, false, false},
    {0x2e, 2, 0x7f, false, true},  {0x2f, 2, 0x7f, false, false}, {0x30, 1, 0x7e, false, true},
    {0x31, 1, 0x7e, false, false}, {0x32, 2, 0x7e, false, true},  {0x33, 2, 0x7e, false, false},
    {0x34, 4, 0x7e, false, true},  {0x35, 4, 0x7e, false, false}, {0x36, 4, 0x7f, true, false},
    {0x37, 8, 0x7e, true, false},  {0x38, 4, 0x7d, true, false},  {0x39, 8, 0x7c, true, false},
    {0x3a, 1, 0x7f, true, false},  {0x3b, 2, 0x7f, true, false},  {0x3c, 1, 0x7e, true, false},
    {0x3d, 2, 0x7e, true, false},  {0x3e, 4, 0x7e, true, false}};

inline constexpr uint32_t kOffsets[] = {0,    1,     8,     252,         255,         256,        4092,
                                        4096, 65528, 65536, 0x7fff'fff8, 0xffff'fff8, 0xffff'ffff};

/// How the access's address comes from the function's argument x.
enum class Shape : uint8_t {
  Plain,       ///< x
  Masked,      ///< x & 0x3ffffff: known to be small
  Minus,       ///< x - 8
  Plus,        ///< x + 8
  Shifted,     ///< x << 2
  Sum,         ///< x + (x & 4)
  Again,       ///< x, after a byte there was read
  AgainMinus,  ///< x - 8, after a byte at x was read
  AgainPlus,   ///< x + 300, after four bytes at x + 16 were read
  Fetched,     ///< what the memory holds at 0
  Constant,    ///< a constant, the memory's first size less 4
  Count,
};

inline constexpr uint32_t kPage = 65536;

inline Bytes number(uint32_t value) {
  return wasm::test::i32_const(static_cast<int32_t>(value));
}

/// Reads of x before the access: {opcode, offset}, 0 for none.
struct Before {
  uint8_t opcode = 0, bytes = 0;
  uint32_t offset = 0;
};
constexpr Before before(Shape shape) {
  if (shape == Shape::Again || shape == Shape::AgainMinus) return {0x2d, 1, 0};
  if (shape == Shape::AgainPlus) return {0x28, 4, 16};
  return {};
}

inline Bytes address_code(Shape shape) {
  const Bytes x = {0x20, 0};
  switch (shape) {
    case Shape::Masked:
      return join({x, number(0x3ff'ffff), {0x71}});
    case Shape::Minus:
    case Shape::AgainMinus:
      return join({x, number(static_cast<uint32_t>(-8)), {0x6a}});
    case Shape::Plus:
      return join({x, number(8), {0x6a}});
    case Shape::AgainPlus:
      return join({x, number(300), {0x6a}});
    case Shape::Shifted:
      return join({x, number(2), {0x74}});
    case Shape::Sum:
      return join({x, x, number(4), {0x71, 0x6a}});
    case Shape::Fetched:
      return join({number(0), {0x28, 0, 0}});
    case Shape::Constant:
      return number(kPage - 4);
    default:
      return x;
  }
}

constexpr uint32_t address_of(Shape shape, uint32_t x) {
  switch (shape) {
    case Shape::Masked:
      return x & 0x3ff'ffff;
    case Shape::Minus:
    case Shape::AgainMinus:
      return x - 8;
    case Shape::Plus:
      return x + 8;
    case Shape::AgainPlus:
      return x + 300;
    case Shape::Shifted:
      return x << 2;
    case Shape::Sum:
      return x + (x & 4);
    case Shape::Constant:
      return kPage - 4;
    default:
      return x;
  }
}

/// (x, value) -> () for stores, x -> value for loads; a memory of one page, three at most, and its bulk
/// instructions. Function i is attack i; then fill, copy, init, grow.
inline constexpr uint32_t kAttacks =
    static_cast<uint32_t>(Shape::Count) * std::size(kAccesses) * std::size(kOffsets);
inline constexpr uint32_t kFill = kAttacks, kCopy = kAttacks + 1, kInit = kAttacks + 2, kGrow = kAttacks + 3;

struct Attack {
  Shape shape;
  Access access;
  uint32_t offset;
};
inline Attack attack(uint32_t index) {
  constexpr auto kCount = static_cast<uint32_t>(std::size(kOffsets));
  const uint32_t offset = index % kCount, rest = index / kCount;
  return {static_cast<Shape>(rest / std::size(kAccesses)), kAccesses[rest % std::size(kAccesses)],
          kOffsets[offset]};
}

inline Bytes function_name(uint32_t index) {
  char text[16];
  std::snprintf(text, sizeof text, "a%u", static_cast<unsigned>(index));
  return name(text);
}

inline Bytes make_module() {
  const auto type_index = [](uint8_t type) { return static_cast<uint8_t>(0x7f - type); };
  std::vector<Bytes> types, functions, exports, bodies;
  constexpr uint8_t kTypes[] = {0x7f, 0x7e, 0x7d, 0x7c};
  for (const uint8_t type : kTypes) types.push_back({0x60, 1, 0x7f, 1, type});
  for (const uint8_t type : kTypes) types.push_back({0x60, 2, 0x7f, type, 0});
  types.push_back({0x60, 3, 0x7f, 0x7f, 0x7f, 0});
  const auto add = [&](uint8_t type, const Bytes& code) {
    exports.push_back(
        join({function_name(static_cast<uint32_t>(functions.size())), {0}, leb128(functions.size())}));
    functions.push_back({type});
    bodies.push_back(join({{0}, code, {0x0b}}));
  };
  for (uint32_t i = 0; i < kAttacks; ++i) {
    const Attack a = attack(i);
    Bytes code;
    if (const Before first = before(a.shape); first.opcode != 0)
      append(code, join({{0x20, 0, first.opcode, 0}, leb128(first.offset), {0x1a}}));
    append(code, address_code(a.shape));
    if (a.access.stores) append(code, {0x20, 1});
    append(code, join({{a.access.opcode, 0}, leb128(a.offset)}));
    add(static_cast<uint8_t>(type_index(a.access.type) + (a.access.stores ? 4 : 0)), code);
  }
  const Bytes arguments = {0x20, 0, 0x20, 1, 0x20, 2};
  add(8, join({arguments, {0xfc, 11, 0}}));
  add(8, join({arguments, {0xfc, 10, 0, 0}}));
  add(8, join({arguments, {0xfc, 8, 0, 0}}));
  add(0, {0x20, 0, 0x40, 0});
  return wasm::test::ModuleBuilder()
      .types(types)
      .functions(functions)
      .memories({{1, 1, 3}})
      .exports(exports)
      .data_count(1)
      .code(bodies)
      .data({join({{1, 16}, Bytes(16, 0x77)})})
      .bytes;
}

/// What is attacked beside the memory's own surroundings: 32-bit machine addresses, where the machine has
/// such, and bytes that must stay as they are (read through this pointer).
struct Victim {
  const char* what;
  uintptr_t address;
  const volatile uint32_t* word = nullptr;
};

/// Runs all attacks. `report` receives a line for each that went wrong.
template <class Report>
class Run {
 public:
  /// With a `stride`, a sample of the attacks: for slow machines.
  Run(std::span<std::byte> pool, const LoadOptions& options, std::span<const Victim> victims, Report report,
      uint32_t stride = 1)
      : bytes_(make_module()),
        engine_(pool),
        options_(options),
        victims_(victims),
        report_(report),
        stride_(stride) {}

  /// On the module, or an image of it. False when it could not be run at all.
  bool all(std::span<const uint8_t> image = {}) {
    auto module =
        image.empty() ? engine_.load(bytes_, options_) : engine_.load_image(image, {.trusted = true});
    in_image_ = !image.empty();
    if (!module) return fail("load", module.error().message), false;
    module_ = std::move(*module);
    auto instance = engine_.instantiate(module_, {}, {.stack_bytes = 2048});
    if (!instance) return fail("instantiate", instance.error().message), false;
    instance_ = std::move(*instance);
    for (uint32_t pages = 1; pages <= 3; ++pages) {
      if (pages > 1 && !grow(pages)) return false;
      start();
      // Of the grown sizes a third is enough.
      const uint32_t step = pages == 1 ? stride_ : 3 * stride_;
      for (uint32_t i = pages % step; i < kAttacks; i += step) attack_all(i);
      bulk();
    }
    return true;
  }

  uint32_t traps = 0, successes = 0, failures = 0;
  const Module& module() const { return module_; }
  const Instance& instance() const { return instance_; }

 private:
  void fail(const char* what, const char* why) {
    ++failures;
    report_(what, why);
  }

  bool grow(uint32_t pages) {
    char text[16];
    std::snprintf(text, sizeof text, "a%u", static_cast<unsigned>(kGrow));
    const auto before = instance_.call<int32_t>(text, int32_t{1});
    if (before && *before == static_cast<int32_t>(pages - 1)) return true;
    return fail("memory.grow", before ? "refused" : before.error().message), false;
  }

  /// A known pattern, in the memory and in the model.
  void start() {
    const auto memory = instance_.memory();
    model_.resize(memory.size());
    for (size_t i = 0; i < model_.size(); ++i) model_[i] = static_cast<uint8_t>(i * 7 + (i >> 8) * 13 + 129);
    std::memcpy(memory.data(), model_.data(), model_.size());
    for (size_t i = 0; i < victims_.size() && i < std::size(kept_); ++i)
      kept_[i] = victims_[i].word != nullptr ? *victims_[i].word : 0;
  }

  void attack_all(uint32_t index) {
    const auto end = static_cast<uint32_t>(model_.size());
    const Attack a = attack(index);
    constexpr uint32_t kAbove[] = {0,           8,           1000,        32768,      0x7fff'ffff,
                                   0x8000'0000, 0x8000'0008, 0x4000'0000, 0xc000'0000};
    for (const uint32_t x : kAbove) strike(index, x);
    for (uint32_t x = end - 9; x != end + 2; ++x) strike(index, x);
    constexpr uint32_t kBelow[] = {1, 2, 4, 7, 8, 9, 16, 256, 4096};
    for (const uint32_t below : kBelow) strike(index, 0 - below);
    constexpr uint32_t kAround[] = {0, 1, 4, 7, 8, 1000};
    for (const uint32_t more : kAround) {
      strike(index, end - a.offset - more);
      strike(index, more - a.offset);
    }
    const auto memory = reinterpret_cast<uintptr_t>(instance_.memory().data());
    for (const Victim& victim : victims_) {
      const auto distance = static_cast<uint32_t>(victim.address - memory);
      strike(index, distance);
      strike(index, distance - a.offset);
    }
    if (std::memcmp(instance_.memory().data(), model_.data(), model_.size()) != 0) {
      complain(index, 0, "the memory is not what it should be");
      start();
    }
  }

  void complain(uint32_t index, uint32_t x, const char* why) {
    const Attack a = attack(index);
    char what[96];
    std::snprintf(what, sizeof what, "shape %u, opcode 0x%02x, offset %u, x 0x%08x, %u bytes",
                  unsigned(a.shape), unsigned(a.access.opcode), unsigned(a.offset), unsigned(x),
                  unsigned(model_.size()));
    fail(what, why);
  }

  bool inside(uint64_t address, uint32_t bytes) const { return address + bytes <= model_.size(); }

  /// One call, compared with the model.
  void strike(uint32_t index, uint32_t x) {
    const Attack a = attack(index);
    if (a.shape == Shape::Fetched) {
      std::memcpy(instance_.memory().data(), &x, 4);
      std::memcpy(model_.data(), &x, 4);
    }
    const uint64_t address = uint64_t{address_of(a.shape, x)} + a.offset;
    const Before first = before(a.shape);
    const bool good = inside(address, a.access.bytes) &&
                      (first.opcode == 0 || inside(uint64_t{x} + first.offset, first.bytes));
    constexpr uint64_t kPattern = 0xf1e2'd3c4'b5a6'9788;
    Value arguments[2] = {Value::i32(static_cast<int32_t>(x)), value(a.access.type, kPattern)};
    Value results[1];
    const uint32_t tag = tag_before();
    const auto done =
        function(index).call({arguments, a.access.stores ? 2u : 1u}, {results, a.access.stores ? 0u : 1u});
    ++(done ? successes : traps);
    if (bool(done) != good)
      return complain(index, x, done ? "it should have trapped" : "it should not have trapped");
    if (!done && done.error().trap != Trap::MemoryOutOfBounds) complain(index, x, "another trap");
    if (!done && traps % 509 == 1) check_place(index, x);
    if (good && a.access.stores)
      std::memcpy(&model_[static_cast<size_t>(address)], &kPattern, a.access.bytes);
    if (good && !a.access.stores && results[0].bits != loaded(a.access, static_cast<size_t>(address)))
      complain(index, x, "another value was loaded");
    if (tag != tag_before() || !same_edges() || !same_victims())
      complain(index, x, "something else was changed");
  }

  static Value value(uint8_t type, uint64_t bits) {
    return {static_cast<ValueType>(type), type == 0x7f || type == 0x7d ? bits & 0xffff'ffff : bits};
  }

  uint64_t loaded(const Access& access, size_t address) const {
    uint64_t bits = 0;
    std::memcpy(&bits, &model_[address], access.bytes);
    const uint32_t shift = 64 - 8u * access.bytes;
    if (access.sign) bits = static_cast<uint64_t>(static_cast<int64_t>(bits << shift) >> shift);
    return access.type == 0x7f || access.type == 0x7d ? bits & 0xffff'ffff : bits;
  }

  Function function(uint32_t index) {
    char text[16];
    if (index != found_) {
      std::snprintf(text, sizeof text, "a%u", static_cast<unsigned>(index));
      function_ = *instance_.function(text);
      found_ = index;
    }
    return function_;
  }

  /// The trap lies in the attack's own function, at the access or the read before it.
  void check_place(uint32_t index, uint32_t x) {
    const Attack a = attack(index);
    Frame frames[2];
    if (instance_.backtrace(frames) != 1 || frames[0].function != index)
      return complain(index, x, "the backtrace is wrong");
    if (in_image_) return;  // it has no offset map
    if (frames[0].offset >= bytes_.size()) return complain(index, x, "the backtrace has no offset");
    const uint8_t opcode = bytes_[frames[0].offset];
    if (opcode != a.access.opcode && opcode != before(a.shape).opcode)
      complain(index, x, "the trap's place is wrong");
  }

  /// The word before the memory: the pool's own.
  uint32_t tag_before() const {
    uint32_t word = 0;
#if !defined(MOTE_SANITIZE)
    if (options_.bounds != Bounds::GuardPages) std::memcpy(&word, instance_.memory().data() - 4, 4);
#endif
    return word;
  }
  bool same_edges() const {
    const uint8_t* memory = instance_.memory().data();
    const size_t end = model_.size() - 32;
    return std::memcmp(memory, model_.data(), 32) == 0 && std::memcmp(memory + end, &model_[end], 32) == 0;
  }
  bool same_victims() const {
    for (size_t i = 0; i < victims_.size() && i < std::size(kept_); ++i) {
      if (victims_[i].word != nullptr && *victims_[i].word != kept_[i]) return false;
    }
    return true;
  }

  void bulk() {
    const auto end = static_cast<uint32_t>(model_.size());
    constexpr uint32_t kNone = 0;
    const uint32_t bad[][3] = {{end, 0, 1},         {end - 7, 0, 8},     {end + 1, 0, kNone},
                               {0xffff'ffff, 0, 1}, {8, 0, end},         {0xffff'fff8, 0, 0x10},
                               {0, 0, 0xffff'ffff}, {4, 0, 0xffff'fffc}, {end - 1, 0, 2}};
    for (const auto& row : bad) {
      bulk(kFill, row[0], 0x11, row[2]);
      bulk(kCopy, row[0], 0, row[2]);
      bulk(kCopy, 0, row[0], row[2]);
      if (row[2] <= 16) bulk(kInit, row[0], 0, row[2]);
    }
    bulk(kInit, 0, 8, 9);
    bulk(kInit, 0, 0xffff'fff8, 16);
    if (std::memcmp(instance_.memory().data(), model_.data(), model_.size()) != 0)
      fail("bulk", "the memory was changed by an instruction that trapped");
  }
  void bulk(uint32_t index, uint32_t a, uint32_t b, uint32_t c) {
    const Value arguments[] = {Value::i32(static_cast<int32_t>(a)), Value::i32(static_cast<int32_t>(b)),
                               Value::i32(static_cast<int32_t>(c))};
    const auto done = function(index).call(arguments, {});
    ++(done ? successes : traps);
    if (done || done.error().trap != Trap::MemoryOutOfBounds) fail("bulk", "it should have trapped");
  }

  Bytes bytes_, model_;
  Engine engine_;
  LoadOptions options_;
  Module module_;
  Instance instance_;
  std::span<const Victim> victims_;
  Report report_;
  uint32_t stride_;
  bool in_image_ = false;
  Function function_;
  uint32_t found_ = ~0u;
  uint32_t kept_[16] = {};
};

}  // namespace mote::attacks
