// SPDX-License-Identifier: Apache-2.0
// Mote's C++ API. Three steps: an Engine over a pool of memory, a Module loaded from bytes, an Instance to
// call.
//
//   alignas(8) static std::byte pool[16 * 1024];
//   mote::Engine engine(pool);
//   auto module = engine.load(wasm_bytes);
//   auto instance = engine.instantiate(*module, {.functions = kHostFunctions});
//   auto sum = instance->call<int32_t>("add", 2, 3);
#pragma once
#include <mote/bind.hpp>
#include <mote/error.hpp>
#include <mote/host.hpp>
#include <mote/value.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace mote {

namespace runtime {
struct Engine;
struct Function;
struct LoadedModule;
struct Memory;
struct Table;
struct Global;
struct Instance;
struct Tag;
}  // namespace runtime

namespace capi {
template <class Handle>
class Borrowed;
}

/// What an import or export is (core spec, 2.5.10); the numbers are the binary format's.
enum class ExternKind : uint8_t { Function = 0, Table = 1, Memory = 2, Global = 3, Tag = 4 };

/// Limits of a memory (in pages) or table (in elements).
struct ExternLimits {
  uint64_t min = 0;
  uint64_t max = ~uint64_t{0};  ///< all ones: none
  uint8_t page_log2 = 16;       ///< memories
  bool is_64 = false;           ///< addresses are i64 (memory64)
  bool shared = false;          ///< a memory for several threads
};

/// The type of an import or export, to be asked part by part.
class ExternType {
 public:
  ExternKind kind = ExternKind::Function;
  ExternLimits limits;                ///< tables and memories
  ValueType value = ValueType::None;  ///< of globals; of a table's elements
  bool mutable_ = false;              ///< globals
  /// Functions, and tags (whose parameters are the exceptions' payload): counts and types of parameters and
  /// results.
  uint32_t param_count() const;
  uint32_t result_count() const;
  ValueType param(uint32_t index) const;
  ValueType result(uint32_t index) const;

  const void* function = nullptr;  ///< the engine's own description
};

/// An import as the module declares it. Views point into the module's bytes.
struct ImportInfo {
  std::string_view module, name;
  ExternType type;
};
struct ExportInfo {
  std::string_view name;
  ExternType type;
};

/// Something that can be imported: an export of an instance, or made by Engine::new_...(). Not owning. Who
/// imports an instance's export shares that instance's fate: see Instance.
struct Extern {
  ExternKind kind = ExternKind::Function;
  void* item = nullptr;                ///< the engine's own; equal for the same thing
  runtime::Instance* owner = nullptr;  ///< the instance that exports it; nullptr: made by the host
  uint32_t index = 0;                  ///< of an instance's global
};

/// Bytes of the pool.
struct PoolUsage {
  size_t capacity = 0, used = 0, peak = 0, largest_free = 0;
  size_t missing = 0;  ///< what the last refused request lacked, e.g. memory.grow's; 0: none since the last
                       ///< load or instantiation
};

/// Bytes of the pool that a module or an instance takes, by part; block headers not counted.
struct ModuleUsage {
  size_t tables = 0;  ///< decoded tables and descriptor
  size_t code = 0;    ///< code and its table of entries
};
struct InstanceUsage {
  size_t descriptor = 0;  ///< the instance, its globals, functions and links
  size_t stack = 0;
  size_t memories = 0;  ///< linear memories that it defines
  size_t tables = 0;
};

/// The heap of structures, arrays and exceptions. Work is counted in steps: an object marked, a word looked
/// at.
struct HeapUsage {
  size_t arenas = 0;          ///< bytes of the pool that it has
  size_t live_bytes = 0;      ///< after the last collection
  uint32_t live_objects = 0;  ///< likewise
  uint32_t collections = 0;
  uint32_t longest_pause = 0;  ///< steps of the longest collection
};

class Instance;

/// A module that is loaded: owns its decoded tables and code in the pool. Instances keep it alive.
class Module {
 public:
  Module() = default;
  Module(Module&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {}
  Module& operator=(Module&& other) noexcept {
    std::swap(state_, other.state_);
    return *this;
  }
  ~Module();

  /// Calls `visit(ImportInfo)` or `visit(ExportInfo)` for each, in order.
  template <class Visit>
  void imports(Visit visit) const;
  template <class Visit>
  void exports(Visit visit) const;
  /// The index-th import or export; false past the last. Walks the section up to there.
  bool import(uint32_t index, ImportInfo& info) const;
  bool export_(uint32_t index, ExportInfo& info) const;

  ModuleUsage usage() const;
  /// Whether its code lies in an image; not after load_image() had to compile anew.
  bool in_image() const;
  runtime::LoadedModule* state() const { return state_; }

 private:
  friend class Engine;
  template <class>
  friend class capi::Borrowed;
  explicit Module(runtime::LoadedModule* state) : state_(state) {}
  void each_import(void (*visit)(void* context, const ImportInfo&), void* context) const;
  void each_export(void (*visit)(void* context, const ExportInfo&), void* context) const;
  runtime::LoadedModule* state_ = nullptr;
};

/// An instance by the name under which others import it.
struct NamedInstance {
  std::string_view name;
  const Instance* instance = nullptr;
};
struct NamedExtern {
  std::string_view module, name;
  Extern item;
};

/// What an instance is linked with; searched in this order, the first match wins.
struct Imports {
  std::span<const HostFunction> functions{};
  std::span<const NamedExtern> externs{};
  std::span<const NamedInstance> instances{};
  const Imports* more = nullptr;  ///< searched after these
  /// Instead of all that: an extern for each of the module's imports, in their order, whatever its name.
  std::span<const Extern> in_order{};
};

/// Who runs a module's code.
enum class Tier : uint8_t {
  Vm,      ///< the interpreter
  Native,  ///< the CPU, in builds that have a compiler for it (CMake: MOTE_TIERS)
};

/// How native code keeps accesses inside the linear memory.
enum class Bounds : uint8_t {
  Software,    ///< comparisons
  GuardPages,  ///< address space around it that faults, on hosts; where that cannot be, comparisons
  Mpu,         ///< the MPU of a Cortex-M, see cortex_m.hpp; where that cannot be, comparisons
};

struct LoadOptions {
  Tier tier = Tier::Vm;
  Bounds bounds = Bounds::GuardPages;
  bool fuel =
      false;  ///< native code counts fuel, for about a tenth of its speed; the interpreter always does
};

/// How an image is loaded (`mote compile` makes them, and so does an install on the device).
struct ImageOptions {
  /// An image is code that runs as it is. The embedder says that it comes from where its own firmware does;
  /// otherwise load_image() takes none.
  bool trusted = false;
  /// The module that the image was made from, if it is at hand: compiled instead when the image is damaged,
  /// or was made for another engine or CPU or from another module.
  std::span<const uint8_t> fallback{};
  LoadOptions fallback_options{};
};

struct InstanceOptions {
  static constexpr uint64_t kUnlimited = ~uint64_t{0};
  uint32_t stack_bytes = 1024;          ///< the guest's frames and links; deeper recursion traps
  uint64_t fuel = kUnlimited;           ///< function entries and turns of loops before a call suspends
  uint32_t memory_limit = 0xffff'ffff;  ///< bytes that each linear memory may grow to
  void* data = nullptr;                 ///< what Context::data() gives to host functions
  bool run_start = true;                ///< false: the caller runs the start function, by Instance::start()
};

enum class Status : uint8_t { Idle, Running, Suspended, Trapped };

/// A function of an instance, found once and called often. Valid as long as the instance.
class Function {
 public:
  Function() = default;
  explicit operator bool() const { return state_ != nullptr; }
  ExternType type() const;
  /// Dynamic call; `results` must have room for all. Error Suspended: see Instance::resume().
  Result<void> call(std::span<const Value> arguments, std::span<Value> results) const;
  template <class R, class... As>
  Result<R> call(As... arguments) const;
  runtime::Function* state() const { return state_; }
  explicit Function(runtime::Function* state) : state_(state) {}

 private:
  Result<void> call_slots(const char* signature, const uint32_t* arguments, uint32_t* results) const;
  runtime::Function* state_ = nullptr;
};

/// One call on the stack, the innermost first.
struct Frame {
  uint32_t function = Error::kNoOffset;  ///< index in the module
  uint32_t offset = Error::kNoOffset;    ///< byte offset of the instruction in the module
  std::string_view name;                 ///< from the name section, the exports or the imports; may be empty
  const runtime::Instance* instance = nullptr;  ///< the engine's own name of the instance it ran in
};

/// A module made alive. Owns its memories, tables and globals; linked instances are freed together, with the
/// last of them.
class Instance {
 public:
  Instance() = default;
  Instance(Instance&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {}
  Instance& operator=(Instance&& other) noexcept {
    std::swap(state_, other.state_);
    return *this;
  }
  ~Instance();

  /// An exported function; NotFound otherwise.
  Result<Function> function(std::string_view name) const;
  /// Calls an exported function with C++ types, which must be the function's: R is void or a scalar.
  template <class R, class... As>
  Result<R> call(std::string_view name, As... arguments) const {
    Result<Function> found = function(name);
    if (!found) return found.error();
    return found->template call<R>(arguments...);
  }
  /// Runs the start function, after instantiation with run_start = false.
  Result<void> start() const;

  Status status() const;
  /// Goes on with a suspended call; its results come as with Function::call().
  Result<void> resume(std::span<Value> results = {}) const;
  /// Asks the call that runs to be suspended; from anywhere, also from interrupts, signals and other threads.
  /// The interpreter, and native code that counts fuel, stop within some 65,000 units of fuel; other native
  /// code when mote_preempt() (cortex_m.hpp) finds it. The request ends with the call or the suspension.
  /// Inside of a host function that calls back, or of a call between instances where one is native code,
  /// nothing can be suspended: what runs there traps instead (Trap::Killed), as soon.
  void interrupt() const;
  /// Ends a suspended call: the instance can be called again, its memory is as the call left it.
  void kill() const;
  void set_fuel(uint64_t fuel) const;
  uint64_t fuel() const;

  /// After a trap or while suspended: fills `frames` from the innermost out; how many there are.
  uint32_t backtrace(std::span<Frame> frames) const;
  /// The words of the host function that trapped, or nullptr.
  const char* trap_message() const;

  Result<Extern> export_(std::string_view name) const;
  /// The bytes of an exported memory, or of memory 0 when `name` is empty. They may move when guest code
  /// runs.
  std::span<uint8_t> memory(std::string_view name = {}) const;
  Result<Value> global(std::string_view name) const;
  Result<void> set_global(std::string_view name, const Value& value) const;
  InstanceUsage usage() const;
  runtime::Instance* state() const { return state_; }

 private:
  friend class Engine;
  template <class>
  friend class capi::Borrowed;
  explicit Instance(runtime::Instance* state) : state_(state) {}
  runtime::Instance* state_ = nullptr;
};

/// One pool, and what is loaded into it. Not thread-safe: one engine per thread, or a lock of the caller's.
class Engine {
 public:
  /// Works in `pool` alone, which must outlive the engine. A pool that is too small shows at the first load.
  explicit Engine(std::span<std::byte> pool);
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// Decodes, validates and compiles. `wasm` must stay where it is (flash is fine) until the module is gone.
  Result<Module> load(std::span<const uint8_t> wasm, const LoadOptions& options = {});
  /// Takes compiled code from an image, which must lie at a multiple of 8 bytes and stay where it is (flash
  /// is fine: it is run in place; native code of hosts is copied) until the module is gone. Errors:
  /// Untrusted, ImageDamaged, ImageMismatch, each with its reason, and OutOfMemory.
  Result<Module> load_image(std::span<const uint8_t> image, const ImageOptions& options);
  Result<Instance> instantiate(const Module& module, const Imports& imports = {},
                               const InstanceOptions& options = {});

  /// Things for instances to import, made by the host. Each is given back with release(), once nothing
  /// imports it any more. A shared memory, made here or exported by an instance, may be imported by instances
  /// of other engines too, in threads of their own, as long as it lives; it takes its maximum from the pool.
  Result<Extern> new_memory(const ExternLimits& limits, std::span<uint8_t> storage = {});
  Result<Extern> new_table(ValueType element, const ExternLimits& limits, uint32_t initial_reference = 0);
  Result<Extern> new_global(const Value& value, bool is_mutable);
  /// `function` and what it points to must outlive the extern; `data` is what its Context::data() gives. A
  /// signature with other letters than WasmType's is refused.
  Result<Extern> new_function(const HostFunction& function, void* data);
  void release(const Extern& item);
  /// A tag of exceptions with a payload of these types. Part of the engine until it is released.
  Result<Extern> new_tag(std::span<const ValueType> payload);

  /// Collects the garbage of structures, arrays and exceptions now; otherwise that happens when memory is
  /// wanted.
  void collect();
  /// For tests: collects at every allocation.
  void collect_always(bool always);
  /// Bytes for frames and links of each continuation made from now on (stack switching); 2048 at first, 16 MB
  /// at most. Native code takes more, as for an instance's stack. They lie in the heap, and end with the last
  /// reference to them.
  void set_continuation_stack(uint32_t bytes);
  /// Keeps what a reference refers to until unhold(): references in the host's own variables are not seen by
  /// the collector. False: no memory.
  bool hold(const Value& reference);
  void unhold(const Value& reference);
  /// What a reference refers to; of a host's number or an i31, also which.
  RefKind kind_of(const Value& reference, uint32_t* number = nullptr) const;
  /// A host's reference as anyref (any.convert_extern).
  Result<Value> as_any(ExternRef reference);
  /// After a call that ended in Trap::Exception: its tag and payload; how many values that are. The tag is
  /// compared by Extern::item.
  Result<size_t> exception(Extern& tag, std::span<Value> payload) const;
  HeapUsage heap_usage() const;

  PoolUsage usage() const;
  runtime::Engine* state() const { return state_; }

 private:
  template <class>
  friend class capi::Borrowed;
  explicit Engine(runtime::Engine* state) : state_(state) {}
  runtime::Engine* state_ = nullptr;
};

/// Access to externs from the host. An instance's are there as long as the instance.
Value get_global(const Extern& global);
Result<void> set_global(const Extern& global, const Value& value);
std::span<uint8_t> memory_bytes(const Extern& memory);
uint32_t memory_pages(const Extern& memory);
/// The old size in pages, or -1.
int32_t memory_grow(Engine& engine, const Extern& memory, uint32_t pages);
uint32_t table_size(const Extern& table);
/// References are ids: see FuncRef and ExternRef. False: no such element.
bool table_get(const Extern& table, uint32_t index, uint32_t& reference);
bool table_set(const Extern& table, uint32_t index, uint32_t reference);
int32_t table_grow(Engine& engine, const Extern& table, uint32_t elements, uint32_t reference);
ExternType type_of(const Extern& item);
/// The function that an extern is.
Function function_of(const Extern& function);
/// A function by its reference, and the other way round.
Function function_of(const Engine& engine, FuncRef reference);
FuncRef reference_to(const Engine& engine, const Function& function);

// --- Templates.

template <class Visit>
void Module::imports(Visit visit) const {
  each_import([](void* context, const ImportInfo& info) { (*static_cast<Visit*>(context))(info); }, &visit);
}

template <class Visit>
void Module::exports(Visit visit) const {
  each_export([](void* context, const ExportInfo& info) { (*static_cast<Visit*>(context))(info); }, &visit);
}

template <class R, class... As>
Result<R> Function::call(As... arguments) const {
  static constexpr auto kSignature = [] {
    std::array<char, sizeof...(As) + 3> text{};
    size_t at = 0;
    ((text[at++] = WasmType<As>::kLetter), ...);
    text[at++] = ':';
    if constexpr (!std::is_void_v<R>) text[at++] = WasmType<R>::kLetter;
    return text;
  }();
  uint32_t slots[(slots_of(WasmType<As>::kType) + ... + 4)] = {};
  uint32_t* at = slots;
  [[maybe_unused]] const auto put = [&]<class T>(T value) {
    detail::store<T>(at, value);
    at += slots_of(WasmType<T>::kType);
  };
  (put(arguments), ...);
  const Result<void> done = call_slots(kSignature.data(), slots, slots);
  if (!done) return done.error();
  if constexpr (std::is_void_v<R>) {
    return {};
  } else {
    return detail::load<R>(slots);
  }
}

}  // namespace mote
