# SPDX-License-Identifier: Apache-2.0
"""The host's side of the app API: declarations of the functions, and a row of the table for each."""

from wit import arguments, drop_name, full_name, import_name, module_of, pascal, snake

SCALARS = {"u8": "uint32_t", "u16": "uint32_t", "u32": "uint32_t", "s32": "int32_t", "u64": "uint64_t", "f32": "float", "bool": "uint32_t"}

HEAD = """// SPDX-License-Identifier: Apache-2.0
// The app API's functions for a host's table. Made by scripts/guest-api of guest/mote-app.wit: change that. Include mote/devices.hpp.
#pragma once
#include <mote/bind.hpp>

#include <cstdint>

namespace mote::devices {

"""


def scalar(kind):
    return SCALARS.get(kind.name, "uint32_t")


def parameter(argument):
    name = snake(argument.name)
    if argument.role == "handle":
        return f"int32_t {name}"
    if argument.role == "text":
        return f"GuestString {name}"
    if argument.role == "bytes":
        return f"GuestSpan<const uint8_t> {name}"
    if argument.role in ("buffer", "replaced"):
        return f"GuestSpan<uint8_t> {name}"
    if argument.role == "out":
        return f"GuestRef<{pascal(argument.type.name) if argument.type.kind == 'record' else scalar(argument.type)}> {name}"
    return f"{scalar(argument.type)} {name}"


def returned(function):
    plain = "void" if function.result is None else "int32_t" if function.result.kind == "result" else scalar(function.result)
    return f"HostResult<{plain}>" if function.waits else plain


def doc(lines, indent=""):
    return "".join(f"{indent}/// {line}\n" for line in lines)


def enums(package):
    errors = "".join(f"{doc(text, '  ')}  k{pascal(name)} = -{i},\n" for i, (name, text) in enumerate(package.errors(), 1))
    yield f"/// Why something could not be done: what functions return instead of a number from 0 on.\nenum Failure : int32_t {{\n{errors}}};\n\n"
    names = ", ".join(f'"{name}"' for name, _ in package.errors())
    yield f"/// Their names; the first is -1's.\ninline constexpr const char* kFailureNames[] = {{{names}}};\n\n"
    for item in package.types:
        if item.name == "error-code":
            continue
        if item.kind == "record":
            fields = "".join(f"{doc(text, '  ')}  {scalar(kind)} {snake(name)};\n" for name, text, kind in item.cases)
            yield f"{doc(item.doc)}struct {pascal(item.name)} {{\n{fields}}};\n\n"
            continue
        cases = "".join(f"{doc(text, '  ')}  {pascal(name)} = {1 << i if item.kind == 'flags' else i},\n" for i, (name, text) in enumerate(item.cases))
        yield f"{doc(item.doc)}enum class {pascal(item.name)} : uint32_t {{\n{cases}}};\n\n"


def host_header(package):
    text, rows, names = HEAD + "".join(enums(package)), [], []
    for function in package.functions:
        name = full_name(function)
        text += f"{doc(function.doc)}{returned(function)} {name}({', '.join(['Context&', *map(parameter, arguments(function))])});\n"
        rows.append((pascal(name.replace("_", "-")), name, module_of(package, function), import_name(function)))
    text += "/// Gives back a handle of any kind.\nvoid drop(Context&, int32_t handle);\n\n// The rows.\n"
    for resource in package.resources:
        module = f"{package.name.partition('@')[0]}/{resource.interface}"
        rows.append((pascal(resource.name) + "Drop", "drop", module, drop_name(resource)))
    for row, function, module, name in rows:
        names.append(f"k{row}")
        text += f'inline constexpr HostFunction k{row} = bind<{function}>("{module}", "{name}");\n'
    text += f"\n/// All of them.\ninline constexpr HostFunction kAll[] = {{{', '.join(names)}}};\n\n}}  // namespace mote::devices\n"
    return text
