// SPDX-License-Identifier: Apache-2.0
// Bounds::Mpu: generated code is privileged and accesses the linear memory by unprivileged loads and stores
// (LDRT, STRT, ...), to which the MPU grants the linear memory and nothing else. The regions with the highest
// numbers belong to the instance that runs; what no region covers is for privileged code only.
// SPEC.md, "Regions of the MPU".
#pragma once
#include <cstdint>

#include "native/mpu_layout.hpp"
#include "runtime/instance.hpp"

namespace mote::native::mpu {

/// Below the guest's stack: nobody may write to it.
inline constexpr uint32_t kGuardBytes = 32;

/// Whether this CPU has an MPU that this thread may program.
bool is_usable();

/// The instance whose code runs from now on, or nullptr; the one before. Programs the MPU for it, if its
/// module was compiled for that.
const runtime::Instance* switch_to(const runtime::Instance* instance);
/// The instance's memory lies elsewhere, or is larger, now.
void refresh(const runtime::Instance& instance);

/// While it lives, an instance's code runs.
class Running {
 public:
  explicit Running(const runtime::Instance& instance) : outer_(switch_to(&instance)) {}
  ~Running() { (void)switch_to(outer_); }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

 private:
  const runtime::Instance* outer_;
};

}  // namespace mote::native::mpu
