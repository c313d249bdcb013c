// SPDX-License-Identifier: Apache-2.0
// Instantiation (core spec, 4.5.4). An instance is two blocks of the pool, its structure with its globals and
// everything that hangs on it, besides its stack, memories and tables.
#include <cstring>

#include "compile/compile.hpp"
#include "native/mpu.hpp"
#include "native/mpu_layout.hpp"
#include "native/native.hpp"
#include "runtime/constant.hpp"
#include "runtime/continuation.hpp"
#include "runtime/engine.hpp"
#include "runtime/thrown.hpp"
#include "vm/arithmetic.hpp"
#include "wasm/subtype.hpp"

namespace mote::runtime {

void join(Instance& a, Instance& b) {
  for (const Instance* i = a.ring; i != &a; i = i->ring) {
    if (i == &b) return;
  }
  if (&a != &b) std::swap(a.ring, b.ring);
}

Global global_of(Instance& instance, uint32_t index) {
  const wasm::Module& module = instance.module->wasm;
  if (index < module.imported_globals) return instance.imported_globals[index];
  wasm::GlobalType type = module.globals[index].type;
  type.type = engine_type(module, type.type);
  return {instance.globals() + module.globals[index].slot, type};
}

Function* function_object(Instance& instance, uint32_t index) {
  const wasm::Module& module = instance.module->wasm;
  if (index < module.imported_functions) return instance.imported_functions[index];
  // Images may name any.
  if (index >= module.functions.count || !module.is_declared(index)) return nullptr;
  uint32_t rank = 0;
  for (uint32_t word = 0; word < index / 32; ++word) rank += vm::popcount(module.declared[word]);
  rank += vm::popcount(module.declared[index / 32] & ((uint32_t{1} << index % 32) - 1));
  return instance.functions + rank;
}

Extern export_of(Instance& instance, const wasm::Export& item) {
  Extern found;
  found.kind = item.kind;
  if (item.kind == wasm::ExternKind::Function) found.function = function_object(instance, item.index);
  if (item.kind == wasm::ExternKind::Table) found.table = instance.tables[item.index];
  if (item.kind == wasm::ExternKind::Memory) found.memory = instance.memories[item.index];
  if (item.kind == wasm::ExternKind::Global) {
    found.cell = global_of(instance, item.index);
    found.slots = found.cell.slots;
  }
  if constexpr (wasm::kExceptions) {
    if (item.kind == wasm::ExternKind::Tag) found.tag = instance.tags()[item.index];
  }
  return found;
}

namespace {

uint32_t count_declared(const wasm::Module& module) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < (module.functions.count + 31) / 32; ++i) count += vm::popcount(module.declared[i]);
  return count;
}

uint32_t global_slots(const wasm::Module& module) {
  if (module.globals.count == module.imported_globals) return 0;
  const wasm::Global& last = module.globals[module.globals.count - 1];
  return last.slot + wasm::slots_of(last.type.type);
}

/// Cuts arrays from one block.
class Cutter {
 public:
  explicit Cutter(std::byte* at) : at_(at) {}
  template <class T>
  T* cut(uint32_t count) {
    return reinterpret_cast<T*>(bytes(sizeof(T) * count));
  }
  size_t size() const { return size_; }

 private:
  [[gnu::noinline]] std::byte* bytes(size_t count) {
    std::byte* array = at_ == nullptr ? nullptr : at_ + size_;
    size_ += (count + 7) & ~size_t{7};
    return array;
  }

  std::byte* at_;
  size_t size_ = 0;
};

bool is_fenced(const Instance& instance) {
  return config::kMpu && instance.module->options.bounds == Bounds::Mpu;
}

/// With an MPU, where one region can cover it, behind a guard.
bool allocate_stack(Instance& instance, uint32_t bytes) {
  uint32_t guard = 0;
  void* block = nullptr;
  if (is_fenced(instance)) {
    namespace mpu = native::mpu;
    guard = mpu::kGuardBytes;
    const uint32_t whole = mpu::Layout::rounded(bytes + guard);
    block = instance.pool->allocate_placed(whole, mpu::Layout::granule(whole), mpu::Layout::block(whole));
    bytes = whole - guard;
  } else {
    block = instance.pool->allocate(bytes);
  }
  if (block == nullptr) return false;
  instance.stack = static_cast<uint32_t*>(block) + guard / 4;
  instance.stack_end = instance.stack + bytes / 4;
  return true;
}

void free_stack(Instance& instance) {
  if (instance.stack == nullptr) return;
  instance.pool->free(is_fenced(instance) ? instance.stack - native::mpu::kGuardBytes / 4 : instance.stack);
  instance.stack = instance.stack_end = nullptr;
}

/// Lays out everything that hangs on an instance in one block of zeros, which are what all of it begins with;
/// with no block, only its size is found.
size_t lay_out(Instance& instance, std::byte* block) {
  const wasm::Module& module = instance.module->wasm;
  Cutter cutter(block);
  [[maybe_unused]] Tag** tags_of = nullptr;
  if constexpr (wasm::kExceptions) tags_of = cutter.cut<Tag*>(module.tags.count);
  instance.memories = cutter.cut<Memory*>(module.memories.count);
  instance.tables = cutter.cut<Table*>(module.tables.count);
  instance.imported_globals = cutter.cut<Global>(module.imported_globals);
  instance.imported_functions = cutter.cut<Function*>(module.imported_functions);
  instance.functions = cutter.cut<Function>(count_declared(module));
  instance.dropped = cutter.cut<uint32_t>((module.data.count + module.elements.count + 31) / 32);
  auto* host_functions = cutter.cut<Function>(module.imported_functions);
  auto* memories = cutter.cut<Memory>(module.memories.count - module.imported_memories);
  auto* tables = cutter.cut<Table>(module.tables.count - module.imported_tables);
  [[maybe_unused]] Tag* tags = nullptr;
  if constexpr (wasm::kTypedReferences) {
    instance.references.items = cutter.cut<uint32_t*>(module.elements.count);
    instance.references.tags = tags_of;
  }
  if constexpr (wasm::kExceptions) tags = cutter.cut<Tag>(module.tags.count - module.tags.imported);
  if (block == nullptr) return cutter.size();
  if constexpr (wasm::kExceptions) {
    for (uint32_t i = module.tags.imported; i < module.tags.count; ++i) {
      Tag& tag = tags[i - module.tags.imported];
      set_type(tag, module.type_of_tag(i));
      tags_of[i] = &tag;
    }
  }
  for (uint32_t i = 0; i < module.imported_functions; ++i)
    instance.imported_functions[i] = &host_functions[i];
  for (uint32_t i = module.imported_memories; i < module.memories.count; ++i) {
    instance.memories[i] = &memories[i - module.imported_memories];
  }
  for (uint32_t i = module.imported_tables; i < module.tables.count; ++i) {
    instance.tables[i] = &tables[i - module.imported_tables];
  }
  return cutter.size();
}

class Instantiation {
 public:
  Instantiation(Engine& engine, LoadedModule& loaded, Error& error)
      : pool_(engine.pool), engine_(engine), loaded_(loaded), module_(loaded.wasm), error_(error) {}

  Instance* run(const mote::Imports& imports, const InstanceOptions& options) {
    pool_.clear_missing();
    auto* block = pool_.array<std::byte>(sizeof(Instance) + 4 * global_slots(module_));
    if (block == nullptr) return fail(), nullptr;
    instance_ = &at_zeros(block);
    prepare(options);
    if (stoppable(options) && allocate(options) && resolve(*instance_, imports, error_) && define(options) &&
        initialise())
      return instance_;
    abandon();
    return nullptr;
  }

 private:
  bool fail(Message message = "no memory for the instance") { return refuse_memory(error_, pool_, message); }

  void prepare(const InstanceOptions& options) {
    Instance& instance = *instance_;
    instance.module = &loaded_;
    instance.engine = &engine_;
    instance.pool = &pool_;
    instance.code = loaded_.code;
    instance.entries = loaded_.entries;
    if constexpr (config::kNative) {
      if (loaded_.options.tier == Tier::Native) native::prepare(instance);
    }
    instance.host_data = options.data;
    instance.fuel_left = options.fuel;
    instance.run.owner = &instance;
    instance.active = &instance.run;
    instance.ring = &instance;
    instance.next = engine_.instances;
    engine_.instances = &instance;
    ++loaded_.instances;
  }

  /// Native code counts fuel only when it was asked to.
  bool stoppable(const InstanceOptions& options) {
    if (!config::kNative || options.fuel == InstanceOptions::kUnlimited || loaded_.options.tier == Tier::Vm ||
        loaded_.options.fuel)
      return true;
    return refuse(error_, "the module was compiled without fuel: load it with LoadOptions::fuel");
  }

  bool allocate(const InstanceOptions& options) {
    const size_t size = lay_out(*instance_, nullptr);
    instance_->attached = pool_.array<std::byte>(size);
    if (instance_->attached == nullptr) return fail();
    lay_out(*instance_, instance_->attached);
    uint32_t stack_bytes = options.stack_bytes & ~uint32_t{7};
    if constexpr (config::kNative) {
      if (loaded_.options.tier == Tier::Native) stack_bytes = native::stack_bytes(stack_bytes);
    }
    if (!allocate_stack(*instance_, stack_bytes)) return fail();
    return true;
  }

  bool define(const InstanceOptions& options) {
    Function* function = instance_->functions;
    for (uint32_t i = 0; i < module_.functions.count; ++i) {
      if (!module_.is_declared(i)) continue;
      Function& object = *function++;
      if (i < module_.imported_functions) continue;  // an import's object is elsewhere
      object.type = &module_.types[module_.type_of(i).canonical];
      object.instance = instance_;
      object.entry = loaded_.code + loaded_.entries[i - module_.imported_functions];
    }
    for (uint32_t i = module_.imported_memories; i < module_.memories.count; ++i) {
      if (!define_memory(i, options.memory_limit)) return false;
    }
    for (uint32_t i = module_.imported_tables; i < module_.tables.count; ++i) {
      if (!define_table(i)) return false;
    }
    refresh_memory(*instance_);
    return join_users(*instance_) || fail();
  }

  bool define_memory(uint32_t index, uint32_t limit) {
    const wasm::MemoryType& type = module_.memories[index];
    Memory& memory = *instance_->memories[index];
    const uint32_t bytes = type.at_first, most = limit >> type.page_log2;
    if (bytes > limit || bytes == wasm::MemoryType::kTooMuch)
      return refuse(error_, "the linear memory exceeds the memory limit", bytes);
    memory.type = type;
    memory.placed = index == 0 && loaded_.touches_memory && is_fenced(*instance_);
    memory.guarded = index == 0 && loaded_.options.bounds == Bounds::GuardPages;
    memory.pages = static_cast<uint32_t>(type.limits.min);
    memory.max_pages = static_cast<uint32_t>(type.limits.max < most ? type.limits.max : most);
    if (type.limits.is_shared()) {
      allocate_shared(memory, pool_);
    } else {
      memory.data = allocate_memory(memory, pool_, bytes);
    }
    if (memory.data == nullptr) return fail("no memory for the linear memory");
    memory.bytes = bytes;
    return true;
  }

  bool define_table(uint32_t index) {
    const wasm::Table& declared = module_.tables[index];
    Table& table = *instance_->tables[index];
    const uint64_t min = declared.type.limits.min;
    const auto size = static_cast<size_t>(min > 0xffff'ffff ? 0xffff'ffff : min);  // more than any pool has
    table.type = declared.type;
    table.type.element = engine_type(module_, declared.type.element);
    table.elements = pool_.array<uint32_t>(size);
    if (table.elements == nullptr) return fail();
    table.size = static_cast<uint32_t>(size);
    table.max = declared.type.limits.max > 0xffff'fffe ? 0xffff'fffe
                                                       : static_cast<uint32_t>(declared.type.limits.max);
    return true;
  }

  /// Initial values of tables may be those of globals.
  bool fill_tables() {
    for (uint32_t index = module_.imported_tables; index < module_.tables.count; ++index) {
      if (module_.tables[index].init.at == nullptr) continue;
      Table& table = *instance_->tables[index];
      const auto value = static_cast<uint32_t>(constant(*instance_, module_.tables[index].init));
      for (uint32_t i = 0; i < table.size; ++i) table.elements[i] = value;
    }
    return check(instance_->run.trap);
  }

  /// Items of segments that make objects are computed once; functions are named by their numbers until they
  /// are used.
  bool compute_items() {
    for (uint32_t index = 0; index < module_.elements.count; ++index) {
      const wasm::ElementSegment& segment = module_.elements[index];
      if (!segment.expressions || wasm::top_of(module_, segment.type) == wasm::kFuncRef) continue;
      // Each is kept as soon as it is there: the next may collect.
      auto* items = pool_.array<uint32_t>(segment.count);
      if (items == nullptr) return fail("no memory for an element segment");
      instance_->references.items[index] = items;
      const uint8_t* at = segment.items;
      for (uint32_t i = 0; i < segment.count; ++i) items[i] = static_cast<uint32_t>(constant(*instance_, at));
    }
    return check(instance_->run.trap);
  }

  /// Globals, then active segments in order: a trap leaves what was written before it.
  bool initialise() {
    for (uint32_t i = module_.imported_globals; i < module_.globals.count; ++i) {
      const Global global = global_of(*instance_, i);
      constant_to_slots(*instance_, module_.globals[i].init, global.type.type, global.slots);
    }
    if constexpr (wasm::kTypedReferences) {
      if (!check(instance_->run.trap) || !fill_tables() || !compute_items()) return false;
    }
    for (uint32_t i = 0; i < module_.elements.count; ++i) {
      const wasm::ElementSegment& segment = module_.elements[i];
      if (segment.mode == wasm::SegmentMode::Active) {
        uint32_t to = 0;
        if (!check(constant_address(*instance_, segment.offset, to, Trap::TableOutOfBounds)) ||
            !check(table_init(*instance_, segment.table, i, to, 0, segment.count)))
          return false;
      }
      if (segment.mode != wasm::SegmentMode::Passive) elem_drop(*instance_, i);
    }
    for (uint32_t i = 0; i < module_.data.count; ++i) {
      const wasm::DataSegment& segment = module_.data[i];
      if (segment.mode != wasm::SegmentMode::Active) continue;
      uint32_t to = 0;
      if (!check(constant_address(*instance_, segment.offset, to, Trap::MemoryOutOfBounds)) ||
          !check(memory_init(*instance_, segment.memory, i, to, 0, segment.size)))
        return false;
      data_drop(*instance_, i);
    }
    return true;
  }

  bool check(Trap trap) {
    if (trap == Trap::None) return true;
    refuse(error_, "a segment does not fit");
    error_.trap = trap;
    if constexpr (wasm::kTypedReferences) {
      if (trap != Trap::HeapExhausted) return false;
      fail("no memory for the objects that it begins with");
      if (error_.detail == 0) error_.detail = ~uint32_t{0};  // an array that no pool can hold
    }
    return false;
  }

  /// Others may already hold references to its functions: then it lives on, out of reach, with the ring.
  void abandon() {
    if (instance_->ring == instance_) {
      destroy(*instance_);
    } else {
      instance_->released = true;
    }
  }

  Pool& pool_;
  Engine& engine_;
  LoadedModule& loaded_;
  const wasm::Module& module_;
  Error& error_;
  Instance* instance_ = nullptr;
};

}  // namespace

Instance* instantiate(Engine& engine, LoadedModule& module, const mote::Imports& imports,
                      const InstanceOptions& options, Error& error) {
  Instance* instance = Instantiation(engine, module, error).run(imports, options);
  if (instance == nullptr || !options.run_start || module.wasm.start == wasm::Module::kNone) return instance;
  start(*instance, error);
  if (!error) return instance;
  instance->run.status = runtime::Status::Idle;
  release(*instance);
  return nullptr;
}

void destroy(Instance& instance) {
  leave_users(instance);
  if constexpr (kStackSwitching) forget_stacks(instance);
  const wasm::Module& module = instance.module->wasm;
  Pool& pool = *instance.pool;
  if (instance.attached != nullptr) {
    for (uint32_t i = module.imported_memories; i < module.memories.count; ++i)
      free_memory(*instance.memories[i], pool);
    for (uint32_t i = module.imported_tables; i < module.tables.count; ++i)
      pool.free(instance.tables[i]->elements);
    if constexpr (wasm::kTypedReferences) {
      for (uint32_t i = 0; i < module.elements.count; ++i) pool.free(instance.references.items[i]);
    }
  }
  Instance** link = &instance.engine->instances;
  while (*link != &instance) link = &(*link)->next;
  *link = instance.next;
  auto& loaded = const_cast<LoadedModule&>(*instance.module);
  free_stack(instance);
  pool.free(instance.attached);
  pool.free(&instance);
  if constexpr (wasm::kExceptions && !wasm::kTypedReferences) forget_thrown(*loaded.engine);
  if (--loaded.instances == 0 && loaded.released) release(loaded);
}

void forget_types(Engine& engine, const wasm::Module& module) {
  // Without modules there are no instances: nothing refers to objects but what the host holds.
  if (--engine.modules == 0) {
    engine.heap.release(engine.pool);
    engine.spare_stack = 0;
    engine.pool.free(engine.held);
    engine.held = nullptr;
    engine.held_count = engine.held_capacity = engine.exception = 0;
  }
  engine.types.remove(engine.pool, module, engine.heap.empty());
}

void release(Instance& instance) {
  instance.released = true;
  // Nobody can call it from outside any more; calls from others in the ring run on the caller's stack.
  if (instance.run.status != Status::Running) free_stack(instance);
  const Instance* member = &instance;
  do {
    if (!member->released) return;
    member = member->ring;
  } while (member != &instance);
  Instance* next = instance.ring;
  while (next != &instance) {
    Instance* after = next->ring;
    next->ring = nullptr;
    destroy(*next);
    next = after;
  }
  destroy(instance);
}

void release(LoadedModule& module) {
  module.released = true;
  if (module.instances > 0) return;
  Pool& pool = module.engine->pool;
  if constexpr (wasm::kTypedReferences) forget_types(*module.engine, module.wasm);
  if (!module.in_image) {
    if constexpr (wasm::kExceptions) pool.free(module.handlers.rows);
    pool.free(module.entries);
  }
  compile::release_code(module, pool);
  release_tables(module, pool);
  pool.free(&module);
}

}  // namespace mote::runtime
