// SPDX-License-Identifier: Apache-2.0
// Exceptions at run time (core spec, 4.4.9 and 4.4.10): objects of the heap, or
// without typed references blocks of the pool (runtime/thrown.hpp). The one that is on its way lies
// in the engine until a handler takes it, or until the next when nobody does.
#pragma once
#include "runtime/engine.hpp"

namespace mote::runtime {

/// Makes an exception of a tag and its payload in slots, and sets it on its way: Trap::Exception, or why not.
Trap throw_exception(Engine& engine, Tag& tag, const uint32_t* payload);
/// throw_ref.
Trap throw_reference(Engine& engine, uint32_t reference);

/// Rows of a module's table of handlers are in order of their ends: the first that ends behind code at `at`;
/// those around it follow, and none of another function lies around it.
uint32_t first_handler(const LoadedModule& module, uint32_t at);
/// What a try_table around the code at `ip` says of the exception on its way; nullptr: the function is left.
const Handler* find_handler(const Instance& inside, const uint8_t* ip);
/// Leaves payload and reference where the handler wants them; `frame` is the frame's start.
void catch_exception(Instance& inside, const Handler& handler, void* frame);

}  // namespace mote::runtime
