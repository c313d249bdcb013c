// SPDX-License-Identifier: Apache-2.0
#include "agent/session.hpp"

#include <algorithm>
#include <cstring>

namespace mote::spec {

namespace {

Error not_found(const char* message, uint32_t id) {
  Error error;
  error.code = ErrorCode::NotFound;
  error.detail = id;
  error.say(message);
  return error;
}

Error out_of_memory(const char* message, size_t missing) {
  Error error;
  error.code = ErrorCode::OutOfMemory;
  error.detail = static_cast<uint32_t>(missing);
  error.say(message);
  return error;
}

/// Index of the first row that is free, or `count`.
template <class Row>
uint32_t first_free(const Row* rows, uint32_t count) {
  uint32_t index = 0;
  while (index < count && rows[index].state() != nullptr) ++index;
  return index;
}

}  // namespace

/// Compiled code counts only when it was compiled to.
uint64_t Session::fuel() const {
  const bool counts = memory_.load.tier == Tier::Vm || memory_.load.fuel;
  return counts ? memory_.fuel : InstanceOptions::kUnlimited;
}

Session::Session(const AgentMemory& memory) : memory_(memory), engine_(memory.pool), store_(memory.store) {
  empty_used_ = engine_->usage().used;
  engine_->collect_always(memory_.collect_always);
}

size_t Session::reset() {
  registered_count_ = adopted_count_ = shared_count_ = 0;
  names_size_ = 0;
  for (Instance& instance : instances_) instance = Instance();
  for (Module& module : modules_) module = Module();
  spectest_.release(*engine_);
  const size_t left = engine_->usage().used - empty_used_;
  engine_.emplace(memory_.pool);
  engine_->collect_always(memory_.collect_always);
  store_.clear();
  upload_ = {};
  received_ = 0;
  return left;
}

Result<void> Session::begin(uint32_t size) {
  size_t missing = 0;
  store_.refuse();  // an upload that was never loaded
  upload_ = store_.push(size, engine_->usage().used, missing);
  received_ = 0;
  if (missing != 0)
    return out_of_memory("the store of the agent is too small for the module's bytes", missing);
  return {};
}

Result<uint32_t> Session::load() {
  const uint32_t id = first_free(modules_, kModules);
  if (id == kModules) return out_of_memory("the agent keeps no more modules", 0);
  auto module = memory_.load_module != nullptr ? memory_.load_module(*engine_, upload_, memory_.load)
                                               : engine_->load(upload_, memory_.load);
  if (!module) {
    store_.refuse();
  } else {
    modules_[id] = std::move(*module);
    store_.accept(id);
  }
  upload_ = {};
  received_ = 0;
  if (!module) return module.error();
  return id;
}

Result<uint32_t> Session::instantiate(uint32_t module) {
  if (module >= kModules || modules_[module].state() == nullptr) return not_found("no such module", module);
  const uint32_t id = first_free(instances_, kInstances);
  if (id == kInstances) return out_of_memory("the agent keeps no more instances", 0);
  if (const auto provided = spectest_.provide(*engine_, modules_[module]); !provided) return provided.error();
  const Imports shared{.externs = {shared_, shared_count_}};
  const Imports imports{.functions = spectest_.functions(),
                        .externs = spectest_.externs(),
                        .instances = {registered_, registered_count_},
                        .more = &shared};
  auto instance =
      engine_->instantiate(modules_[module], imports, {.stack_bytes = memory_.stack_bytes, .fuel = fuel()});
  if (!instance) return instance.error();
  instances_[id] = std::move(*instance);
  module_of_[id] = module;
  return id;
}

Instance* Session::find(uint32_t instance) {
  return instance < kInstances && instances_[instance].state() != nullptr ? &instances_[instance] : nullptr;
}

bool Session::keep_name(std::string_view name, std::string_view& kept) {
  if (name.size() > kNamesBytes - names_size_) return false;
  std::memcpy(names_ + names_size_, name.data(), name.size());
  kept = {names_ + names_size_, name.size()};
  names_size_ += name.size();
  return true;
}

bool Session::adopt(const Session& from, uint32_t instance, uint32_t& as) {
  if (adopted_count_ == kAdopted) return false;
  Adopted& adopted = adopted_[adopted_count_];
  adopted.count = 0;
  if (instance >= kInstances) {  // adopted there already
    if (instance - kInstances >= from.adopted_count_) return false;
    adopted = from.adopted_[instance - kInstances];
  } else if (from.instances_[instance].state() != nullptr) {
    from.modules_[from.module_of_[instance]].exports([&](const ExportInfo& item) {
      if (item.type.kind != ExternKind::Memory || !item.type.limits.shared || adopted.count == kShared)
        return;
      if (const auto memory = from.instances_[instance].export_(item.name))
        adopted.externs[adopted.count++] = {{}, item.name, *memory};
    });
  } else {
    return false;
  }
  as = kInstances + adopted_count_++;
  return true;
}

Result<void> Session::register_adopted(uint32_t index, std::string_view name) {
  if (index >= adopted_count_) return not_found("no such instance", kInstances + index);
  std::string_view kept;
  const Adopted& adopted = adopted_[index];
  if (shared_count_ + adopted.count > std::size(shared_) || !keep_name(name, kept))
    return out_of_memory("the agent keeps no more names", 0);
  for (const NamedExtern& item : std::span(adopted.externs, adopted.count))
    shared_[shared_count_++] = {kept, item.name, item.item};
  return {};
}

Result<void> Session::register_as(uint32_t instance, std::string_view name) {
  if (instance >= kInstances) return register_adopted(instance - kInstances, name);
  const Instance* found = find(instance);
  if (found == nullptr) return not_found("no such instance", instance);
  for (NamedInstance& row : std::span(registered_, registered_count_)) {
    if (row.name == name) {
      row.instance = found;
      return {};
    }
  }
  std::string_view kept;
  if (registered_count_ == kNames || !keep_name(name, kept))
    return out_of_memory("the agent keeps no more names", 0);
  registered_[registered_count_++] = {kept, found};
  return {};
}

Result<size_t> Session::invoke(uint32_t instance, std::string_view name, std::span<const mote::Value> args,
                               std::span<mote::Value> results, uint64_t& lacked) {
  const Instance* found = find(instance);
  if (found == nullptr) return not_found("no such instance", instance);
  const auto function = found->function(name);
  if (!function) return function.error();
  const size_t count = function->type().result_count();
  if (count > results.size())
    return out_of_memory("more results than the agent takes", count - results.size());
  found->set_fuel(fuel());
  const auto called = function->call(args, results);
  lacked = engine_->usage().missing;
  if (called) return count;
  if (called.error().code == ErrorCode::Suspended) found->kill();
  return called.error();
}

Result<mote::Value> Session::get(uint32_t instance, std::string_view name) {
  const Instance* found = find(instance);
  if (found == nullptr) return not_found("no such instance", instance);
  return found->global(name);
}

void Session::drop_instance(uint32_t instance) {
  Instance* found = find(instance);
  if (found == nullptr) return;
  uint32_t kept = 0;
  for (uint32_t i = 0; i < registered_count_; ++i) {
    if (registered_[i].instance != found) registered_[kept++] = registered_[i];
  }
  registered_count_ = kept;
  *found = Instance();
  store_.instance_dropped(module_of_[instance]);
  store_.settle(engine_->usage().used, empty_used_);
}

void Session::drop_module(uint32_t module) {
  if (module >= kModules || modules_[module].state() == nullptr) return;
  modules_[module] = Module();
  store_.drop(module);
  store_.settle(engine_->usage().used, empty_used_);
}

}  // namespace mote::spec
