// SPDX-License-Identifier: Apache-2.0
// Engine::load(): from a module's bytes to code, on this machine.
#include "compile/compile.hpp"
#include "native/features.hpp"
#include "native/mpu.hpp"
#include "native/mpu_layout.hpp"
#include "runtime/engine.hpp"

namespace mote {

using runtime::LoadedModule;

namespace {

/// Guard pages need a memory of whole pages of the machine, the MPU one that regions can cover now and when
/// it has grown; both one that the engine makes itself.
runtime::Bounds possible_bounds(const wasm::Module& module, const LoadOptions& options) {
  if (options.tier != Tier::Native || module.memories.count == 0 || module.imported_memories > 0)
    return runtime::Bounds::Software;
  const wasm::MemoryType& memory = module.memories[0];
  if constexpr (config::kGuardPages) {
    if (options.bounds == Bounds::GuardPages && memory.page_log2 >= 12) return runtime::Bounds::GuardPages;
  }
  if constexpr (config::kMpu) {
    const uint64_t bytes = uint64_t{memory.limits.min} << memory.page_log2;
    const bool fixed = memory.page_log2 >= 12 || memory.limits.min == memory.limits.max;
    if (options.bounds == Bounds::Mpu && fixed && bytes < 0x8000'0000 &&
        native::mpu::is_coverable(static_cast<uint32_t>(bytes)) && native::mpu::is_usable())
      return runtime::Bounds::Mpu;
  }
  return runtime::Bounds::Software;
}

runtime::CodeOptions code_options(const wasm::Module& module, const LoadOptions& options) {
  runtime::CodeOptions chosen{.tier = static_cast<runtime::Tier>(options.tier), .fuel = options.fuel};
  if constexpr (config::kNative) {
    if (options.tier == Tier::Native) {
      chosen.isa = config::kNativeIsa;
      chosen.features = native::cpu_features();
    }
  }
  chosen.bounds = possible_bounds(module, options);
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
