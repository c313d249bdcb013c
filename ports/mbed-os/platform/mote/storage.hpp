// SPDX-License-Identifier: Apache-2.0
// Where the blobs of mote/platform.hpp lie on Mbed OS. CMake: mote-mbed-storage.
#pragma once
#include <kvstore/KVStore.h>

namespace mote::platform {

/// Any of Mbed's stores (TDBStore in flash, FileSystemStore on a card), initialised. It outlives its use.
/// Until then there are no blobs. A store that survives power cuts replaces blobs as a whole, as both do.
void use_storage(mbed::KVStore& store);

}  // namespace mote::platform
