// SPDX-License-Identifier: Apache-2.0
// Engine::load(): from a module's bytes to code, on this machine.
#include "compile/compile.hpp"
#include "native/features.hpp"
#include "runtime/bounds.hpp"
#include "runtime/engine.hpp"

namespace mote {

using runtime::LoadedModule;

namespace {

runtime::CodeOptions code_options([[maybe_unused]] const wasm::Module& module, const LoadOptions& options) {
  runtime::CodeOptions chosen{.tier = static_cast<runtime::Tier>(options.tier), .fuel = options.fuel};
  if constexpr (config::kNative) {
    if (options.tier == Tier::Native) {
      chosen.isa = config::kNativeIsa;
      chosen.features = native::cpu_features();
      if constexpr (config::kGuardPages || config::kMpu) {
        const auto wanted = static_cast<runtime::Bounds>(options.bounds);
        chosen.bounds = runtime::module_bounds(module, runtime::machine_bounds(wanted));
      }
    }
  }
  return chosen;
}

/// nullptr: `error` says why. One way out for errors: each copy of one takes much code.
LoadedModule* load_module(runtime::Engine* engine, std::span<const uint8_t> wasm, const LoadOptions& options,
                          Error& error) {
  if (engine == nullptr) {
    Message("the pool is too small for an engine").write(error);
    error.detail = sizeof(runtime::Engine);
    return nullptr;
  }
  Pool& pool = engine->pool;
  pool.clear_missing();
  auto* place = pool.array<std::byte>(sizeof(LoadedModule));
  if (place == nullptr) {
    runtime::refuse_memory(error, pool, "no memory for the module");
    return nullptr;
  }
  LoadedModule* loaded = &runtime::module_at_zeros(place);
  loaded->engine = engine;
  if (wasm::decode(wasm, pool, loaded->wasm, error)) {
    if (runtime::register_types(*engine, loaded->wasm, error)) {
      loaded->options = code_options(loaded->wasm, options);
      if (compile::compile_module(pool, *loaded, error)) return loaded;
      if constexpr (wasm::kTypedReferences) runtime::forget_types(*engine, loaded->wasm);
    }
    wasm::release(loaded->wasm, pool);
  }
  pool.free(loaded);
  return nullptr;
}

}  // namespace

Result<Module> Engine::load(std::span<const uint8_t> wasm, const LoadOptions& options) {
  Result<Module> result;
  Error& error = result.refusal();
  LoadedModule* loaded = nullptr;
  if (options.tier == Tier::Native ? !config::kNative : !config::kInterpreter) {
    Message("this build does not have the tier: see MOTE_TIERS").write(error);
  } else if constexpr (config::kCompiler) {
    loaded = load_module(state_, wasm, options, error);
  } else {
    Message("this build has no compiler, it runs images only: see MOTE_COMPILERS").write(error);
  }
  if (loaded != nullptr) result.set(Module(loaded));
  return result;
}

}  // namespace mote
