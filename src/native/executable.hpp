// SPDX-License-Identifier: Apache-2.0
// Where native code runs. On hosts it is copied into pages of its own, which are never writable and
// executable at once; on microcontrollers it stays in the pool.
#pragma once
#include "compile/code_buffer.hpp"
#include "runtime/instance.hpp"

namespace mote::native {

/// Makes the code of a module executable and sets `loaded.code`; false when the system refuses the memory.
bool publish(runtime::LoadedModule& loaded, compile::CodeBuffer& code);
/// Likewise for code that lies in an image.
bool publish_image(runtime::LoadedModule& loaded, const uint8_t* code);
/// Gives it back.
void unpublish(runtime::LoadedModule& loaded, Pool& pool);

}  // namespace mote::native
