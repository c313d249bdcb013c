// SPDX-License-Identifier: Apache-2.0
// What libFuzzer asks of a target, with a mutator of our own beside its.
#include <algorithm>

#include "mutate.hpp"
#include "target.hpp"

extern "C" {

size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t most);

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  mote_fuzz_one({data, size});
  return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t most, unsigned seed) {
  mote::fuzz::Random random(seed);
  if (random() % 4 == 0) return LLVMFuzzerMutate(data, size, most);
  const mote::fuzz::Bytes changed = mote::fuzz::mutate({data, size}, random);
  const size_t length = std::min(changed.size(), most);
  std::copy_n(changed.begin(), length, data);
  return length;
}

}  // extern "C"
