// SPDX-License-Identifier: Apache-2.0
// Native code on a microcontroller: it runs where it was compiled to.
#include "native/executable.hpp"

namespace mote::native {

bool publish(runtime::LoadedModule& loaded, compile::CodeBuffer& code) {
  loaded.code = code.release();
#if defined(__arm__)
  asm volatile("dsb\n\tisb" ::: "memory");  // what was written as data is fetched as code
#endif
  return true;
}

void unpublish(runtime::LoadedModule& loaded, Pool& pool) {
  pool.free(loaded.code);
  loaded.code = nullptr;
}

}  // namespace mote::native
