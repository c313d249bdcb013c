// SPDX-License-Identifier: Apache-2.0
// mote.h: engines and modules.
#include "capi/handles.hpp"

using namespace mote::capi;

static_assert(static_cast<int>(mote::Tier::Native) == MOTE_TIER_NATIVE);
static_assert(static_cast<int>(mote::Bounds::GuardPages) == MOTE_BOUNDS_GUARD_PAGES);

mote_engine* mote_engine_new(void* pool, size_t bytes) {
  const mote::Engine engine(std::span(static_cast<std::byte*>(pool), bytes));
  return reinterpret_cast<mote_engine*>(engine.state());
}

mote_usage mote_engine_usage(const mote_engine* engine) {
  const mote::PoolUsage usage = borrow(engine)->usage();
  return {usage.capacity, usage.used, usage.peak, usage.largest_free, usage.missing};
}

mote_module* mote_module_load(mote_engine* engine, const void* wasm, size_t bytes,
                              const mote_load_options* options, mote_error* error) {
  mote::LoadOptions chosen;
  if (options != nullptr) {
    chosen = {.tier = static_cast<mote::Tier>(options->tier),
              .bounds = static_cast<mote::Bounds>(options->bounds),
              .fuel = options->fuel};
  }
  mote::Result<mote::Module> loaded =
      borrow(engine)->load(std::span(static_cast<const uint8_t*>(wasm), bytes), chosen);
  if (!loaded) return fail(loaded.error(), error), nullptr;
  return reinterpret_cast<mote_module*>(Borrowed<mote::Module>(std::move(*loaded))->state());
}

void mote_module_release(mote_module* module) {
  if (module != nullptr) mote::runtime::release(*state_of(module));
}

bool mote_module_import(const mote_module* module, uint32_t index, mote_import_info* info) {
  mote::ImportInfo found;
  if (!borrow(module)->import(index, found)) return false;
  *info = {to_c(found.module), to_c(found.name), to_c(found.type)};
  return true;
}

bool mote_module_export(const mote_module* module, uint32_t index, mote_export_info* info) {
  mote::ExportInfo found;
  if (!borrow(module)->export_(index, found)) return false;
  *info = {to_c(found.name), to_c(found.type)};
  return true;
}
