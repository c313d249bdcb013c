// SPDX-License-Identifier: Apache-2.0
#include "runtime/constant.hpp"

#include "runtime/engine.hpp"
#include "wasm/const_expr.hpp"

namespace mote::runtime {

namespace {

struct Environment {
  Instance& instance;
  uint64_t global(uint32_t index) const {
    const Global global = global_of(instance, index);
    uint64_t bits = global.slots[0];
    if (wasm::slots_of(global.type.type) == 2) bits |= uint64_t{global.slots[1]} << 32;
    return bits;
  }
  uint64_t function(uint32_t index) const { return function_reference(instance, index); }
};

}  // namespace

uint32_t function_reference(Instance& instance, uint32_t index) {
  return instance.pool->handle(function_object(instance, index));
}

uint64_t constant(Instance& instance, const uint8_t*& at) {
  return wasm::evaluate(instance.module->wasm, at, Environment{instance});
}

}  // namespace mote::runtime
