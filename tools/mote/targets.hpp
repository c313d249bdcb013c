// SPDX-License-Identifier: Apache-2.0
// --target of the tool's commands: machines that code is made for.
#pragma once
#include <string>
#include <vector>

#include "image/build.hpp"

namespace mote::tool {

struct CompileTarget {
  const char* name;
  IsaId isa;
  uint32_t features;
  bool wide_types;  ///< of a build with the profile full: boards usually have mcu
  runtime::Bounds
      fence;  ///< what its CPUs can keep accesses inside with, beside comparisons; Software: nothing
  const char* objdump;    ///< shows its machine code; empty for the interpreter's
  const char* assembler;  ///< makes its object files
};

const std::vector<CompileTarget>& targets();
/// nullptr, after a complaint, when there is none of that name.
const CompileTarget* find_target(const std::string& name);
/// Their names with commas between.
std::string target_names();

/// --bounds of the commands: names of modes, and a line about them.
const std::vector<std::string>& bounds_names();
const char* bounds_help();
/// The mode of that name, for code of the target; an empty one is comparisons. False, after a complaint: its
/// CPUs lack it.
bool find_bounds(const std::string& name, const CompileTarget& target, runtime::Bounds& bounds);

/// A module as an image. Empty when `error` says why it was refused.
std::vector<uint8_t> build_image(const std::vector<uint8_t>& module, const image::BuildOptions& options,
                                 Error& error);

/// Whether the bytes begin like an image.
bool is_image(const std::vector<uint8_t>& bytes);

}  // namespace mote::tool
