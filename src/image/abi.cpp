// SPDX-License-Identifier: Apache-2.0
#include "image/abi.hpp"

#include "image/format.hpp"

namespace mote::image {

uint32_t abi_of(IsaId isa) {
  switch (isa) {
    case IsaId::Vm:
      return kVmAbi;
    case IsaId::Thumb2:
      return kThumb2Abi;
    case IsaId::X64:
      return kX64Abi;
  }
  return 0;
}

}  // namespace mote::image
