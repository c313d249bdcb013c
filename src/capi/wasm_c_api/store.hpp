// SPDX-License-Identifier: Apache-2.0
// wasm.h: a store and the objects in it.
//
// A handle of C's is a counted object. When nobody holds it any more it goes, unless guests may still reach
// it: what the host made for importing, what was handed over as an externref, instances that are linked with
// others or whose functions were handed over. Those stay until their store goes; an instance that is alone
// goes with its last handle, and the handles of its exports count as handles of it. A store goes when neither
// its own handle nor one of anything in it is left.
#pragma once
#include <wasm.h>
#include <mote/mote.hpp>

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace mote::wasm_c {

using Bytes = std::vector<uint8_t>;

enum class Kind : uint8_t { Foreign, Module, Instance, Trap, Func, Global, Table, Memory };

struct Config {
  size_t pool_bytes = size_t{1} << 30;
  uint32_t stack_bytes = 256 * 1024;
  Tier tier;
  Config();
};

/// Address space for an engine's pool; the system gives memory when it is touched.
class Reservation {
 public:
  explicit Reservation(size_t bytes);
  ~Reservation();
  Reservation(const Reservation&) = delete;
  Reservation& operator=(const Reservation&) = delete;
  std::span<std::byte> bytes() const { return {start_, size_}; }

 private:
  std::byte* start_ = nullptr;
  size_t size_ = 0;
};

}  // namespace mote::wasm_c

struct wasm_config_t {
  mote::wasm_c::Config config;
};
struct wasm_engine_t {
  mote::wasm_c::Config config;
};

/// Any object in a store. Handles of kinds that can be cast into each other are the same pointers.
struct wasm_ref_t {
  wasm_ref_t(mote::wasm_c::Kind k, wasm_store_t* s);
  wasm_ref_t(const wasm_ref_t&) = delete;
  wasm_ref_t& operator=(const wasm_ref_t&) = delete;

  mote::wasm_c::Kind kind;
  bool pinned = false;  ///< stays until the store goes
  uint32_t handles = 1;
  uint32_t id = 0;  ///< as an externref; 0: never was one
  wasm_store_t* store;
  void* host_info = nullptr;
  void (*finalizer)(void*) = nullptr;
};

struct wasm_foreign_t : wasm_ref_t {
  using wasm_ref_t::wasm_ref_t;
};

struct wasm_module_t : wasm_ref_t {
  using wasm_ref_t::wasm_ref_t;
  std::shared_ptr<const mote::wasm_c::Bytes> bytes;  ///< what `module` reads
  mote::Module module;
};
struct wasm_shared_module_t {
  std::shared_ptr<const mote::wasm_c::Bytes> bytes;
};

struct wasm_instance_t : wasm_ref_t {
  using wasm_ref_t::wasm_ref_t;
  std::shared_ptr<const mote::wasm_c::Bytes> bytes;
  mote::Instance instance;
  std::vector<wasm_extern_t*> kept;  ///< exports without a handle, but with host information
};

struct wasm_frame_t {
  wasm_instance_t* instance;
  uint32_t function;
  size_t function_offset, module_offset;
};

struct wasm_trap_t : wasm_ref_t {
  using wasm_ref_t::wasm_ref_t;
  std::string message;
  std::vector<wasm_frame_t> frames;
};

struct wasm_extern_t : wasm_ref_t {
  using wasm_ref_t::wasm_ref_t;
  mote::Extern item;
  wasm_instance_t* owner = nullptr;  ///< whose export it is; has a handle of it while it has one itself
};
struct wasm_global_t : wasm_extern_t {
  using wasm_extern_t::wasm_extern_t;
};
struct wasm_table_t : wasm_extern_t {
  using wasm_extern_t::wasm_extern_t;
};
struct wasm_memory_t : wasm_extern_t {
  using wasm_extern_t::wasm_extern_t;
};
struct wasm_func_t : wasm_extern_t {
  using wasm_extern_t::wasm_extern_t;
  // Of a host's function.
  wasm_functype_t* type = nullptr;
  wasm_func_callback_t callback = nullptr;
  wasm_func_callback_with_env_t callback_with_env = nullptr;
  void* env = nullptr;
  void (*env_finalizer)(void*) = nullptr;
  std::string signature;
  mote::HostFunction row;
};

struct wasm_store_t {
  explicit wasm_store_t(const mote::wasm_c::Config& c)
      : config(c), pool(c.pool_bytes), engine(pool.bytes()) {}

  mote::wasm_c::Config config;
  mote::wasm_c::Reservation pool;
  mote::Engine engine;
  size_t holders = 1;  ///< the store's handle, and objects that have handles
  bool closing = false;
  std::unordered_map<const void*, wasm_ref_t*> objects;  ///< by what they stand for in the engine
  std::vector<wasm_ref_t*> externrefs;                   ///< by id - 1
  std::vector<wasm_ref_t*> resting;                      ///< pinned, held or not
  /// Of instances that failed half-way: others may have references into them.
  std::vector<std::shared_ptr<const mote::wasm_c::Bytes>> bytes;
  wasm_trap_t* raised = nullptr;  ///< by the host function that trapped last
};

namespace mote::wasm_c {

/// One handle more; the object itself.
template <class T>
T* hold(const T* object) {
  auto* changed = const_cast<T*>(object);
  if (changed->handles++ == 0) ++changed->store->holders;
  return changed;
}
/// One handle less.
void let_go(wasm_ref_t* object);
/// Keeps the object until its store goes.
void pin(wasm_ref_t* object);
/// Ends the store if nothing holds it.
void close_if_unused(wasm_store_t* store);

/// The handle of what an extern stands for, one more than there were.
wasm_extern_t* handle_of(wasm_store_t* store, const Extern& item);
/// Of a function that the engine names.
wasm_func_t* handle_of(wasm_store_t* store, const Function& function);

/// Values on their way to guests and back. False: not of that type, or a reference of another store.
bool to_engine(wasm_store_t* store, ValueType type, const wasm_val_t& value, Value& out);
wasm_val_t from_engine(wasm_store_t* store, const Value& value);
/// Likewise the number of a reference.
bool reference_to_engine(wasm_store_t* store, ValueType type, wasm_ref_t* reference, uint32_t& out);

/// A new trap of the engine's; the host function's own where it was raised by one. With the backtrace of
/// `instance`, unless that is nullptr.
wasm_trap_t* make_trap(wasm_store_t* store, const Error& error, const runtime::Instance* instance);
wasm_trap_t* make_trap(wasm_store_t* store, std::string message);

}  // namespace mote::wasm_c
