// SPDX-License-Identifier: Apache-2.0
#include "targets.hpp"

#include <algorithm>
#include <cstring>
#include <iterator>

#include "compile/isa/target.hpp"
#include "compile/isa/thumb2/features.hpp"
#include "compile/isa/x64/features.hpp"
#include "errors.hpp"
#include "native/features.hpp"

namespace mote::tool {

namespace {

using namespace compile;
using runtime::Bounds;

constexpr const char* kArmObjdump =
    "arm-none-eabi-objdump -D -b binary -m arm -M force-thumb --no-show-raw-insn ";
constexpr const char* kX64Objdump = "objdump -D -b binary -m i386:x86-64 -M intel --no-show-raw-insn ";
constexpr uint32_t kX64Version3 = x64::kSse41 | x64::kPopcnt | x64::kLzcnt | x64::kBmi1 | x64::kBmi2;

constexpr bool kOwn = wasm::kTypedReferences;

uint32_t own_features() {
  if constexpr (config::kNative) return native::cpu_features();
  return 0;
}

std::vector<CompileTarget> all_targets() {
  const CompileTarget all[] = {
      {"vm", IsaId::Vm, 0, kOwn, Bounds::Software, "", "arm-none-eabi-gcc"},
      {"cortex-m3", IsaId::Thumb2, thumb2::kSoftFloat32, false, Bounds::Mpu, kArmObjdump,
       "arm-none-eabi-gcc -mcpu=cortex-m3"},
      {"cortex-m4", IsaId::Thumb2, thumb2::kSoftFloat32, false, Bounds::Mpu, kArmObjdump,
       "arm-none-eabi-gcc -mcpu=cortex-m4"},
      {"cortex-m4f", IsaId::Thumb2, thumb2::kFloat32, false, Bounds::Mpu, kArmObjdump,
       "arm-none-eabi-gcc -mcpu=cortex-m4 -mfpu=fpv4-sp-d16 -mfloat-abi=hard"},
      {"cortex-m7", IsaId::Thumb2, thumb2::kFloat32 | thumb2::kFloat64, false, Bounds::Mpu, kArmObjdump,
       "arm-none-eabi-gcc -mcpu=cortex-m7 -mfpu=fpv5-d16 -mfloat-abi=hard"},
      {"cortex-m33", IsaId::Thumb2, thumb2::kFloat32, false, Bounds::Software, kArmObjdump,
       "arm-none-eabi-gcc -mcpu=cortex-m33 -mfpu=fpv5-sp-d16 -mfloat-abi=hard"},
      {"x86-64", IsaId::X64, 0, kOwn, Bounds::GuardPages, kX64Objdump, "cc"},
      {"x86-64-v3", IsaId::X64, kX64Version3, kOwn, Bounds::GuardPages, kX64Objdump, "cc"},
      {"native", config::kNativeIsa, own_features(), kOwn,
       config::kGuardPages ? Bounds::GuardPages : Bounds::Software,
       config::kNativeIsa == IsaId::X64 ? kX64Objdump : kArmObjdump, "cc"},
  };
  std::vector<CompileTarget> found;
  for (const CompileTarget& target : all) {
    if (compiles_for(target.isa)) found.push_back(target);
  }
  return found;
}

/// CPUs that have no Thumb-2 but for a few instructions: Armv6-M and Armv8-M Baseline.
bool lacks_thumb2(const std::string& name) {
  constexpr const char* kNames[] = {"cortex-m0", "cortex-m0+", "cortex-m0plus", "cortex-m1", "cortex-m23"};
  return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
}

}  // namespace

const std::vector<CompileTarget>& targets() {
  static const std::vector<CompileTarget> all = all_targets();
  return all;
}

std::string target_names() {
  std::string names;
  for (const CompileTarget& target : targets())
    names += (names.empty() ? "" : ", ") + std::string(target.name);
  return names;
}

const CompileTarget* find_target(const std::string& name) {
  std::vector<std::string> names;
  for (const CompileTarget& target : targets()) {
    if (target.name == name) return &target;
    names.emplace_back(target.name);
  }
  if (lacks_thumb2(name)) {
    complain("no machine code for " + name + ": it lacks Thumb-2 (Armv7-M and Armv8-M Mainline have it)" +
             "\n  the interpreter serves it: --target vm");
    return nullptr;
  }
  const std::string meant = closest(name, names);
  complain("no target \"" + name + '"' + (meant.empty() ? "" : "; did you mean " + meant + "?") +
           "\n  there are: " + target_names());
  return nullptr;
}

const std::vector<std::string>& bounds_names() {
  static const std::vector<std::string> names = {"software", "guard-pages", "mpu"};  // as runtime::Bounds
  return names;
}

const char* bounds_help() {
  return "software (default); on x86-64 guard-pages; on Cortex-M3, M4 and M7 mpu";
}

bool find_bounds(const std::string& name, const CompileTarget& target, runtime::Bounds& bounds) {
  const auto found = std::find(bounds_names().begin(), bounds_names().end(), name);
  bounds = name.empty() ? Bounds::Software : static_cast<Bounds>(found - bounds_names().begin());
  if (bounds == Bounds::Software || bounds == target.fence) return true;
  complain(std::string("code for ") + target.name + " has no bounds mode " + name +
           (bounds == Bounds::Mpu ? ": Cortex-M3, M4 and M7 have it" : ": x86-64 has it"));
  return false;
}

std::vector<uint8_t> build_image(const std::vector<uint8_t>& module, const image::BuildOptions& options,
                                 Error& error) {
  std::vector<std::byte> memory(64 << 20);
  // Code is at most some times as long as the module's; data that a module names cannot be longer than it.
  std::vector<uint8_t> image((4 << 20) + 32 * module.size());
  Pool pool(memory);
  image::Builder builder(pool, image::memory_sink(image), options);
  const bool ok = builder.feed(module) && builder.finish();
  error = builder.error();
  image.resize(ok ? builder.length() : 0);
  return image;
}

bool is_image(const std::vector<uint8_t>& bytes) {
  uint32_t magic = 0;
  if (bytes.size() >= sizeof magic) std::memcpy(&magic, bytes.data(), sizeof magic);
  return magic == image::kMagic;
}

}  // namespace mote::tool
