// SPDX-License-Identifier: Apache-2.0
// mote.h: instantiation. What C names with NUL-terminated text is put into C++'s tables, which lie in the
// pool until the instance is linked.
#include "capi/handles.hpp"

using namespace mote::capi;

namespace {

using mote::NamedExtern;
using mote::NamedInstance;
using Handle = Borrowed<mote::Instance>;

/// C++'s tables, made of C's; all of it in one block.
class Tables {
 public:
  Tables(mote::Pool& pool, const mote_imports& imports) : pool_(pool) {
    static_assert(alignof(NamedExtern) <= mote::Pool::kAlign && sizeof(NamedExtern) % alignof(Handle) == 0);
    const size_t bytes = imports.extern_count * sizeof(NamedExtern) +
                         imports.instance_count * (sizeof(NamedInstance) + sizeof(Handle));
    block_ = static_cast<std::byte*>(pool.allocate_high(bytes));
    if (block_ == nullptr) return;
    auto* externs = reinterpret_cast<NamedExtern*>(block_);
    for (size_t i = 0; i < imports.extern_count; ++i) {
      const mote_named_extern& row = imports.externs[i];
      new (externs + i) NamedExtern{row.module, row.name, to_cpp(row.item)};
    }
    auto* named = reinterpret_cast<NamedInstance*>(externs + imports.extern_count);
    auto* handles = reinterpret_cast<Handle*>(named + imports.instance_count);
    for (size_t i = 0; i < imports.instance_count; ++i) {
      auto* handle = new (handles + i) Handle(state_of(imports.instances[i].instance));
      new (named + i) NamedInstance{imports.instances[i].name, &**handle};
    }
    all_ = {
        .functions = {reinterpret_cast<const mote::HostFunction*>(imports.functions), imports.function_count},
        .externs = {externs, imports.extern_count},
        .instances = {named, imports.instance_count}};
  }
  ~Tables() { pool_.free(block_); }

  explicit operator bool() const { return block_ != nullptr; }
  const mote::Imports& operator*() const { return all_; }

 private:
  mote::Pool& pool_;
  std::byte* block_;
  mote::Imports all_;
};

}  // namespace

mote_instance* mote_instance_new(mote_engine* engine, const mote_module* module, const mote_imports* imports,
                                 const mote_instance_options* options, mote_error* error) {
  mote::Pool& pool = state_of(engine)->pool;
  pool.clear_missing();
  const mote_imports none{};
  const Tables tables(pool, imports != nullptr ? *imports : none);
  if (!tables) return fail(mote::runtime::no_room(pool, "no memory to link"), error), nullptr;
  mote::InstanceOptions chosen;
  if (options != nullptr) {
    chosen = {.stack_bytes = options->stack_bytes,
              .fuel = options->fuel,
              .memory_limit = options->memory_limit,
              .data = options->data,
              .run_start = !options->defer_start};
  }
  auto made = borrow(engine)->instantiate(*borrow(module), *tables, chosen);
  if (!made) return fail(made.error(), error), nullptr;
  return reinterpret_cast<mote_instance*>(Handle(std::move(*made))->state());
}
