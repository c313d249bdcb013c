// SPDX-License-Identifier: Apache-2.0
// wasm.h: traps, and the calls that were going on.
#include <utility>

#include "capi/wasm_c_api/store.hpp"
#include "capi/wasm_c_api/types.hpp"
#include "capi/wasm_c_api/vector.hpp"
#include "runtime/backtrace.hpp"
#include "runtime/engine.hpp"

using namespace mote::wasm_c;

MOTE_WASM_POINTER_VECTOR(frame)

wasm_frame_t* wasm_frame_copy(const wasm_frame_t* frame) {
  return new wasm_frame_t(*frame);
}
void wasm_frame_delete(wasm_frame_t* frame) {
  delete frame;
}
wasm_instance_t* wasm_frame_instance(const wasm_frame_t* frame) {
  return frame->instance;
}
uint32_t wasm_frame_func_index(const wasm_frame_t* frame) {
  return frame->function;
}
size_t wasm_frame_func_offset(const wasm_frame_t* frame) {
  return frame->function_offset;
}
size_t wasm_frame_module_offset(const wasm_frame_t* frame) {
  return frame->module_offset;
}

wasm_trap_t* wasm_trap_new(wasm_store_t* store, const wasm_message_t* message) {
  std::string text(message->data, message->size);
  if (!text.empty() && text.back() == '\0') text.pop_back();
  return make_trap(store, std::move(text));
}
void wasm_trap_message(const wasm_trap_t* trap, wasm_message_t* out) {
  wasm_name_new(out, trap->message.size() + 1, trap->message.c_str());
}
wasm_frame_t* wasm_trap_origin(const wasm_trap_t* trap) {
  return trap->frames.empty() ? nullptr : wasm_frame_copy(&trap->frames[0]);
}
void wasm_trap_trace(const wasm_trap_t* trap, wasm_frame_vec_t* out) {
  make_vector(out, trap->frames.size());
  for (size_t i = 0; i < out->size; ++i) out->data[i] = wasm_frame_copy(&trap->frames[i]);
}

namespace mote::wasm_c {

namespace {

/// Byte offset of a function's body (at its locals) in the module.
uint32_t body_offset(const wasm::Module& module, uint32_t function) {
  wasm::Bodies bodies(module);
  wasm::Body body;
  for (uint32_t i = module.imported_functions; bodies.next(body); ++i) {
    if (i == function) return static_cast<uint32_t>(body.begin - module.bytes.data());
  }
  return 0;
}

wasm_frame_t describe(const wasm_store_t* store, const Frame& frame) {
  wasm_frame_t out{nullptr, frame.function, 0, 0};
  if (frame.instance == nullptr || frame.offset == Error::kNoOffset) return out;
  const auto known = store->objects.find(frame.instance);
  if (known != store->objects.end()) out.instance = static_cast<wasm_instance_t*>(known->second);
  out.module_offset = frame.offset;
  out.function_offset = frame.offset - body_offset(frame.instance->module->wasm, frame.function);
  return out;
}

}  // namespace

wasm_trap_t* make_trap(wasm_store_t* store, std::string message) {
  auto* trap = new wasm_trap_t(Kind::Trap, store);
  trap->message = std::move(message);
  return trap;
}

wasm_trap_t* make_trap(wasm_store_t* store, const Error& error, const runtime::Instance* instance) {
  wasm_trap_t* trap = std::exchange(store->raised, nullptr);
  if (trap == nullptr) {
    std::string text = error.message;
    if (error.code == ErrorCode::Unlinkable)
      text += " \"" + std::string(error.module) + "\".\"" + std::string(error.name) + '"';
    trap = make_trap(store, std::move(text));
  }
  // A trap that passes several calls keeps the frames of the innermost.
  if (instance == nullptr || !trap->frames.empty()) return trap;
  auto& changed = const_cast<runtime::Instance&>(*instance);
  std::vector<Frame> frames(runtime::backtrace(changed, {}));
  runtime::backtrace(changed, frames);
  for (const Frame& frame : frames) trap->frames.push_back(describe(store, frame));
  return trap;
}

}  // namespace mote::wasm_c
