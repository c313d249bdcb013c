// SPDX-License-Identifier: Apache-2.0
// What a module becomes when it is instantiated: plain structures in the engine's pool. The interpreter's
// handlers (and later native code) reach everything from the Instance; its layout is the engine ABI (SPEC.md,
// "Instance").
#pragma once
#include <mote/error.hpp>
#include <mote/host.hpp>

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "config/tiers.hpp"
#include "runtime/position.hpp"
#include "wasm/module.hpp"

namespace mote::native {
struct Table;
}

namespace mote::runtime {

/// Who runs a module's code.
enum class Tier : uint8_t { Vm, Native };

/// How native code keeps its accesses to memory 0 inside.
enum class Bounds : uint8_t {
  Software,    ///< comparisons, exact
  GuardPages,  ///< the memory lies in a reservation of address space that covers every 33-bit address
  Mpu,         ///< unprivileged loads and stores, to which the MPU grants the memory alone
};

/// What a module's code was compiled for.
struct CodeOptions {
  Tier tier = Tier::Vm;
  Bounds bounds = Bounds::Software;
  bool fuel = false;      ///< native code charges fuel; vm code always does
  bool leaves = false;    ///< finished functions are written elsewhere: nothing is patched later
  IsaId isa = IsaId::Vm;  ///< native: the CPU's, or in a host's tool any that the build compiles for
  /// Whether types have extensions: this build's, or in a host's tool another's.
  bool wide_types = wasm::kTypedReferences;
  uint32_t features = 0;  ///< of the CPU, beyond its ISA's baseline: isa/<isa>/features.hpp
};

struct Engine;
struct Instance;
struct Function;
struct InnerRun;

/// In builds without threads, whose shared memories' fields take no space.
template <class T>
struct NoThreads {};
template <class T>
using IfThreads = std::conditional_t<enabled(Proposal::Threads), T, NoThreads<T>>;

/// The instances, of any engine, whose memory 0 a shared memory is: told when it grows. Under SharedLock.
struct MemoryUser {
  Instance* instance = nullptr;
  MemoryUser* next = nullptr;
};
struct MemoryUsers {
  MemoryUser* first = nullptr;
};

/// A linear memory. `data` may move when it grows: whoever caches it reloads it after anything that may run
/// guest code.
struct Memory {
  uint8_t* data = nullptr;
  uint32_t bytes = 0;  ///< what accesses are checked against; at most pages << page_log2
  uint32_t pages =
      0;  ///< what memory.size answers; bytes are less where nothing can tell (see instantiate.cpp)
  uint32_t max_pages =
      0;  ///< the type's maximum, the instance's memory limit and the pool's size, whichever is least
  wasm::MemoryType type;
  bool host_owned = false;  ///< `data` is the embedder's
  bool guarded = false;     ///< in a reservation of its own: see native/guard_pages.hpp
  bool placed = false;      ///< where the MPU can grant it: see native/mpu_layout.hpp
  [[no_unique_address]] IfThreads<MemoryUsers> users;

  bool is_shared() const { return type.limits.is_shared(); }
};

/// A memory's size, which other threads may change when it is shared.
inline uint32_t bytes_of(const Memory& memory) {
  if constexpr (enabled(Proposal::Threads)) return __atomic_load_n(&memory.bytes, __ATOMIC_RELAXED);
  return memory.bytes;
}
inline uint32_t pages_of(const Memory& memory) {
  if constexpr (enabled(Proposal::Threads)) return __atomic_load_n(&memory.pages, __ATOMIC_RELAXED);
  return memory.pages;
}

struct Table {
  uint32_t* elements = nullptr;  ///< references: see Reference below
  uint32_t size = 0;
  uint32_t max = 0;
  wasm::TableType type;
};

/// An imported or exported global's cell: `slots` are 4-byte slots as in a frame.
struct Global {
  uint32_t* slots = nullptr;  ///< of a host's global: behind the structure
  wasm::GlobalType type;
};

/// What a function reference names. References are 4-byte slots: 0 is null, a funcref is
/// Pool::handle(Function*), an externref is any non-zero number that the host chose.
struct Function {
  const wasm::FuncType* type = nullptr;
  Instance* instance = nullptr;        ///< nullptr: a host function
  const uint8_t* entry = nullptr;      ///< code; of a host function: what native code calls, or nullptr
  const HostFunction* host = nullptr;  ///< when instance is nullptr
  void* data = nullptr;                ///< the host function's closure
};

/// A tag of exceptions: its identity is where it lies.
struct TagOfNumber {
  uint32_t type = 0;  ///< number of its function type in the engine
  static inline const wasm::FuncType* function = nullptr;
};
/// Where types have no numbers.
struct TagOfType {
  static inline uint32_t type = 0;
  const wasm::FuncType* function = nullptr;
};
struct alignas(8) Tag : std::conditional_t<wasm::kTypedReferences, TagOfNumber, TagOfType> {};

/// A catch clause of a try_table, or a hole: a place in a guarded range whose exceptions pass by (a tail
/// call). A module's are in order of `end`, so inner ones come before outer ones. Offsets in the module's
/// code.
struct Handler {
  static constexpr uint32_t kHole = 0xffff'ffff;
  static constexpr uint16_t kAnyTag = 0xffff;
  /// What a row is: a clause of a try_table, or of a resume.
  enum class Kind : uint8_t { Catch, On, Switch };

  uint32_t begin = 0, end = 0;  ///< code from which exceptions are caught; of a resume its operation
  uint32_t target = kHole;      ///< where execution goes on
  uint32_t place = 0;           ///< bytes from the frame's start to where values are left: payload, then
                                ///< reference; of a resume its clause's number, from 1
  uint16_t tag = kAnyTag;       ///< index of the tag
  bool with_reference = false;  ///< also leaves the exception
  Kind kind = Kind::Catch;
};

/// Of a module, in the pool or in its image.
struct Handlers {
  Handler* rows = nullptr;
  uint32_t count = 0;
};
struct NoHandlers {
  static inline Handler* rows = nullptr;
  static inline uint32_t count = 0;
};

/// Segments of a module in an image, decoded apart from the rest.
struct ImageData {
  wasm::DataSegment* rows = nullptr;
};
struct NoImageData {
  static inline wasm::DataSegment* rows = nullptr;
};

/// A module that is loaded: decoded tables and its code.
struct LoadedModule {
  Engine* engine = nullptr;
  wasm::Module wasm;
  uint8_t* code = nullptr;  ///< all functions' code, position independent
  uint32_t code_bytes = 0;
  uint32_t* entries = nullptr;  ///< offset in `code` of each defined function's entry
  [[no_unique_address]] std::conditional_t<wasm::kExceptions, Handlers, NoHandlers> handlers;
  [[no_unique_address]] std::conditional_t<wasm::kTypedReferences, ImageData, NoImageData> image_data;
  bool in_image = false;        ///< code, entries and handlers are not the pool's
  bool touches_memory = false;  ///< false: no instruction reads, writes, grows or measures a memory, or sets
                                ///< a global (a stack pointer?)
  uint16_t instances = 0;
  bool released = false;  ///< its handle is gone; freed with the last instance
  CodeOptions options;
};

/// A module that is being loaded, in bytes that are zero, as everything in it is at first but for the start
/// function: a constructor would store them one by one.
inline LoadedModule& module_at_zeros(std::byte* bytes) {
  auto& module = *reinterpret_cast<LoadedModule*>(bytes);
  module.wasm.start = wasm::Module::kNone;
  return module;
}

enum class Status : uint8_t { Idle, Running, Suspended, Trapped };

/// What native code adds to a run (SPEC.md, "Native code"). The guest's frames grow down from Run::links.
struct NativeRun {
  uintptr_t c_stack = 0;  ///< C's stack pointer while guest code runs
  uintptr_t sp = 0;       ///< the guest's stack pointer while C runs, or where a suspended guest goes on
  uintptr_t unwind_sp =
      0;  ///< the stack pointer of the function that Run::ip lies in, when suspended or trapped
  const void* resume_at = nullptr;       ///< stub that makes a suspended guest go on
  uint32_t* frame = nullptr;             ///< the entered function's arguments and results, in slots
  const wasm::FuncType* type = nullptr;  ///< the entered function's
  uint8_t* outgoing = nullptr;           ///< its area for what does not fit in registers
  uintptr_t interrupted_at = 0;          ///< by mote_preempt(): where the guest was
  uintptr_t interrupted_flags = 0;       ///< and its program status
  const InnerRun* inner = nullptr;       ///< inside this run, that it traps for: see runtime/inner_run.hpp
};

/// What native code adds to an instance; its layout is in native/layout.hpp as well.
struct NativeInstance {
  uintptr_t stack_limit = 0;  ///< prologues trap when the stack pointer is below
  const native::Table* table = nullptr;
  const wasm::FuncType* types = nullptr;
  uintptr_t memory_bytes = 0;  ///< of memory 0
  uintptr_t pool_base = 0;     ///< what references are offsets from

  void set_memory_bytes(uint32_t bytes) { memory_bytes = bytes; }
};

/// In builds without native code; a type of its own for each, so that none takes space.
template <class T>
struct NoNative {
  void set_memory_bytes(uint32_t) {}
};

template <class T>
using IfNative = std::conditional_t<config::kNative, T, NoNative<T>>;

/// A request that may come at any time, from an interrupt or a signal.
struct Request {
  volatile uint8_t made = 0;
};

/// Where a call stands: kept in the instance that was called from outside (its owner), while its frames are
/// on its stack. While the interpreter runs, ip, fp, links and fuel may be in registers; they are here at
/// every call to the host and at exit.
struct Run {
  const uint8_t* ip =
      nullptr;  ///< next instruction when suspended or in a host call; the trapping one when trapped
  uint32_t* fp = nullptr;      ///< frame, in 4-byte slots
  uintptr_t* links = nullptr;  ///< return links, growing down from the end of the stack
  int32_t fuel = 0;            ///< what is left of the present slice; below 0: exhausted
  uint32_t address = 0;        ///< of the memory access that took the slow path
  Instance* inside = nullptr;  ///< instance whose code ip lies in
  Instance* owner = nullptr;   ///< the instance that holds this run
  Trap trap = Trap::None;
  Status status = Status::Idle;
  uint8_t depth = 0;                 ///< nested calls from host functions
  Request interrupt;                 ///< to suspend the guest as soon as can be
  uint32_t* top = nullptr;           ///< in a host call: first slot that is free for a nested call
  const Function* callee = nullptr;  ///< the function that was called
  const char* message = nullptr;     ///< a host function's own words for its trap
  [[no_unique_address]] IfNative<NativeRun> native;

  Run() = default;
  /// All but `interrupt`, which may be made meanwhile.
  Run(const Run& run);
  Run& operator=(const Run& run);
};

/// `memory_limit` is this much below the memory's size, so that one comparison covers an access of 8 bytes
/// with an 8-bit offset; accesses above it take a slow, exact path.
inline constexpr uint32_t kMemorySlack = 255 + 7;

/// What typed references and exceptions add to an instance.
struct InstanceReferences {
  Tag** tags = nullptr;  ///< of each index
  uint32_t** items =
      nullptr;  ///< of each element segment, in the pool; nullptr: they are computed when they are used
  [[no_unique_address]] Stacks stacks;  ///< of Instance::run
};
struct NoInstanceReferences {
  static inline Tag** tags = nullptr;
  static inline uint32_t** items = nullptr;
  static inline NoRunStacks stacks;
};

struct alignas(8) Instance {
  // What handlers read; offsets are part of the ABI.
  uint8_t* memory = nullptr;  ///< memory 0's data
  uint32_t memory_limit = 0;  ///< addresses below are good: max(0, bytes - kMemorySlack)
  Run* active = nullptr;  ///< the run that executes in this instance now: another's when called from there
  [[no_unique_address]] IfNative<NativeInstance> native;
  Run run;  ///< of calls to this instance from outside
  Memory** memories = nullptr;
  Table** tables = nullptr;
  Global* imported_globals = nullptr;
  Function** imported_functions = nullptr;
  const uint8_t* code = nullptr;
  const uint32_t* entries = nullptr;
  const LoadedModule* module = nullptr;
  Pool* pool = nullptr;
  Function* functions = nullptr;  ///< one for each declared function, by rank (see function_object)
  uint32_t* dropped = nullptr;    ///< bitmap: data segments, then element segments, that have been dropped
  [[no_unique_address]] std::conditional_t<wasm::kTypedReferences, InstanceReferences, NoInstanceReferences>
      references;
  // What only the runtime reads.
  Engine* engine = nullptr;
  std::byte* attached = nullptr;  ///< the block that the arrays above lie in
  uint32_t* stack = nullptr;      ///< frames grow up from here, links down from stack_end
  uint32_t* stack_end = nullptr;
  Function start_function;    ///< the start function need not be one that references can name
  uint64_t fuel_left = 0;     ///< beyond run.fuel; all ones: unlimited
  void* host_data = nullptr;  ///< the embedder's
  Instance* ring = nullptr;   ///< circular list of instances that are linked together and freed together
  Instance* next = nullptr;   ///< the engine's list
  bool released = false;      ///< its handle is gone; freed when all in the ring are
  // Defined globals' slots follow: see globals().

  uint32_t* globals() { return reinterpret_cast<uint32_t*>(this + 1); }
  /// Of each index. Without typed references they are what `attached` begins with: native code counts on
  /// where globals lie.
  Tag** tags() const { return wasm::kTypedReferences ? references.tags : reinterpret_cast<Tag**>(attached); }
};

/// An instance that has just begun, in bytes that are zero, as everything in it is at first: a constructor
/// would store them one by one. Its fuel and links to others are still to be set.
inline Instance& at_zeros(std::byte* bytes) {
  return *reinterpret_cast<Instance*>(bytes);
}

/// What a name of an import or export stands for.
struct Extern {
  wasm::ExternKind kind = wasm::ExternKind::Function;
  union {
    Function* function = nullptr;
    Table* table;
    Memory* memory;
    uint32_t* slots;  ///< a global's
    Tag* tag;
  };
  Global cell;  ///< likewise, and its type
};

/// Zeroed bytes for a shared memory, which never moves: room for `max_pages`, or where that does not fit, for
/// what it has, and then it cannot grow. False when that does not fit either.
bool allocate_shared(Memory& memory, Pool& pool);
/// Makes the instance hear of a shared memory 0's growth, and no longer. False: no room in the pool.
bool join_users(Instance& instance);
void leave_users(Instance& instance);

/// Zeroed bytes for a memory, whose `guarded` and `placed` say from where; nullptr when there are not enough.
uint8_t* allocate_memory(const Memory& memory, Pool& pool, size_t bytes);
void free_memory(Memory& memory, Pool& pool);

/// Copies memory 0's place and size into the fields that handlers use.
void refresh_memory(Instance& instance);

/// The Function of a function index: an import's own, or the object of a declared function.
Function* function_object(Instance& instance, uint32_t index);

/// memory.grow and table.grow: the old size, or -1. Every instance that uses the memory is refreshed.
int32_t grow(Engine& engine, Memory& memory, uint32_t pages);
int32_t grow(Engine& engine, Table& table, uint32_t elements, uint32_t value);

/// Bulk instructions (core spec, 4.4): a trap, or None.
Trap memory_init(Instance&, uint32_t memory, uint32_t segment, uint32_t to, uint32_t from, uint32_t size);
Trap memory_copy(Memory& to_memory, const Memory& from_memory, uint32_t to, uint32_t from, uint32_t size);
Trap memory_fill(Memory&, uint32_t to, uint8_t value, uint32_t size);
Trap table_init(Instance&, uint32_t table, uint32_t segment, uint32_t to, uint32_t from, uint32_t size);
Trap table_copy(Table& to_table, const Table& from_table, uint32_t to, uint32_t from, uint32_t size);
Trap table_fill(Table&, uint32_t to, uint32_t value, uint32_t size);
void data_drop(Instance&, uint32_t segment);
void elem_drop(Instance&, uint32_t segment);

}  // namespace mote::runtime
