# SPDX-License-Identifier: Apache-2.0
"""The app API in C++17: a class for each resource, which owns its handle, over the C header."""

import c
from wit import arguments, full_name, pascal, snake

HEAD = """// SPDX-License-Identifier: Apache-2.0
// The app API for C++17, over the one for C, whose error codes and types it uses. Made by scripts/guest-api of guest/mote-app.wit.
// A class for each kind of pin, bus and timer, which gives its handle back at its end. Needs no library.
#pragma once
#include "mote_app.h"

namespace mote::app {

/// What every class of this file is: the owner of a handle. `Drop` gives it back.
template <void (*Drop)(mote_handle)>
class Owner {
 public:
  Owner() = default;
  explicit Owner(mote_handle handle) : handle_(handle) {}
  Owner(Owner&& other) noexcept : handle_(other.handle_) { other.handle_ = MOTE_INVALID_HANDLE; }
  Owner& operator=(Owner&& other) noexcept {
    const mote_handle mine = handle_;
    handle_ = other.handle_;
    other.handle_ = mine;
    return *this;
  }
  ~Owner() {
    if (handle_ >= 0) Drop(handle_);
  }
  /// Whether it is open; otherwise error() says why it is not.
  explicit operator bool() const { return handle_ >= 0; }
  int32_t error() const { return handle_ < 0 ? handle_ : 0; }
  mote_handle handle() const { return handle_; }

 protected:
  mote_handle handle_ = MOTE_INVALID_HANDLE;
};

"""


def forward(function, prefix):
    """Parameters and arguments of a wrapper of the C function; texts are C strings."""
    given, passed = [], []
    for argument in arguments(function):
        if argument.role == "handle":
            passed.append("handle_")
            continue
        pairs = c.parameters(argument)
        if argument.role == "text":
            pairs = pairs[:1]
        given += pairs
        passed += [name for _, name in pairs]
    return ", ".join(f"{kind} {name}" for kind, name in given), f"::mote_{prefix}({', '.join(passed)})"


def opener(package, resource):
    """The function that gives such a handle."""
    for function in package.functions:
        result = function.result
        if result is not None and result.kind == "result" and result.ok is not None and result.ok.name == resource.name:
            return function
    raise ValueError(f"nothing makes a {resource.name}")


def class_of(package, resource):
    name = pascal(resource.name)
    opens = opener(package, resource)
    given, call = forward(opens, full_name(opens))
    given = given.replace("uint32_t flags", "uint32_t flags = 0")
    text = c.doc(resource.doc) + f"class {name} : public Owner<::mote_{snake(resource.name)}_drop> {{\n public:\n"
    text += f"  {'explicit ' if given else ''}{name}({given}) : Owner({call}) {{}}\n"
    for function in package.functions:
        if function.resource == resource.name:
            given, call = forward(function, full_name(function))
            text += "".join(f"  /// {line}\n" for line in function.doc)
            text += f"  {c.returned(function)} {snake(function.name)}({given}) {{ return {call}; }}\n"
    return text + "};\n"


def cpp_header(package):
    return HEAD + "\n".join(class_of(package, r) for r in package.resources) + "\n}  // namespace mote::app\n"
