# SPDX-License-Identifier: Apache-2.0
"""The app API in C99: declarations of the imports, and for functions that take text one that takes a NUL-terminated string."""

from wit import arguments, drop_name, full_name, import_name, module_of, pascal, snake

SCALARS = {"u8": "uint8_t", "u16": "uint16_t", "u32": "uint32_t", "s32": "int32_t", "u64": "uint64_t", "f32": "float", "bool": "int32_t"}

HEAD = """// SPDX-License-Identifier: Apache-2.0
// The app API for C. Made by scripts/guest-api of guest/mote-app.wit.
//
// Functions that can fail give a number from 0 on, or one of enum mote_error, which are negative. Labels name what the board's table
// has: "led0", "button0", "adc0", "pwm0", "i2c0", "spi0". Needs no C library.
#ifndef MOTE_APP_H
#define MOTE_APP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Makes a function the module's export of that name.
#define MOTE_EXPORT(name) __attribute__((export_name(name)))
#define MOTE_IMPORT(module, name) __attribute__((import_module(module), import_name(name)))

/// A pin, a bus or a timer that is open.
typedef int32_t mote_handle;

/// How many bytes a text has before its NUL.
static inline uint32_t mote_text_size(const char* text) {
  uint32_t size = 0;
  while (text[size] != 0) {
    ++size;
    __asm__("");  // otherwise compilers make of this a call of the C library
  }
  return size;
}

"""

TAIL = """// What every app wants.

/// Writes a text and a new line.
static inline void mote_print(const char* text) {
  mote_console_write(text);
  mote_console_write_n("\\n", 1);
}
/// Writes a number in decimal.
static inline void mote_print_number(int32_t number) {
  char digits[11];
  uint32_t at = sizeof digits, rest = number < 0 ? 0u - (uint32_t)number : (uint32_t)number;
  do {
    digits[--at] = (char)('0' + rest % 10);
    rest /= 10;
  } while (rest != 0);
  if (number < 0) digits[--at] = '-';
  mote_console_write_n(digits + at, (uint32_t)sizeof digits - at);
}
static inline void mote_sleep_ms(uint32_t milliseconds) { mote_clock_sleep((uint64_t)milliseconds * 1000000u); }

#ifdef __cplusplus
}
#endif

#endif
"""


def scalar(kind):
    if kind.kind in ("enum", "flags"):
        return "uint32_t"
    return "mote_handle" if kind.kind == "handle" else SCALARS[kind.name]


def out_type(kind):
    return f"struct mote_{snake(kind.name)}" if kind.kind == "record" else scalar(kind)


def parameters(argument):
    """C parameters, as (type, name)."""
    name = snake(argument.name)
    if argument.role == "text":
        return [("const char*", name), ("uint32_t", f"{name}_size")]
    if argument.role == "bytes":
        return [("const void*", name), ("uint32_t", f"{name}_size")]
    if argument.role in ("buffer", "replaced"):
        return [("void*", name), ("uint32_t", f"{name}_size")]
    if argument.role == "out":
        return [(f"{out_type(argument.type)}*", name)]
    return [("mote_handle" if argument.role == "handle" else scalar(argument.type), name)]


def returned(function):
    result = function.result
    if result is None:
        return "void"
    if result.kind == "result":
        return "mote_handle" if result.ok is not None and result.ok.kind == "handle" else "int32_t"
    return scalar(result)


def doc(lines):
    return "".join(f"/// {line}\n" for line in lines)


def signature(pairs):
    return ", ".join(f"{kind} {name}" for kind, name in pairs) or "void"


def with_strings(function, name):
    """The same with NUL-terminated texts, by way of `name`_n."""
    given, passed = [], []
    for argument in arguments(function):
        pairs = parameters(argument)
        if argument.role == "text":
            given.append(pairs[0])
            passed += [pairs[0][1], f"mote_text_size({pairs[0][1]})"]
        else:
            given += pairs
            passed += [pair[1] for pair in pairs]
    keep = "" if function.result is None else "return "
    return f"static inline {returned(function)} {name}({signature(given)}) {{\n  {keep}{name}_n({', '.join(passed)});\n}}\n"


def declaration(package, function):
    name, flat = f"mote_{full_name(function)}", list(arguments(function))
    pairs = [pair for argument in flat for pair in parameters(argument)]
    texts = any(argument.role == "text" for argument in flat)
    text = doc(function.doc) + f'MOTE_IMPORT("{module_of(package, function)}", "{import_name(function)}")\n'
    text += f"{returned(function)} {name}{'_n' if texts else ''}({signature(pairs)});\n"
    return text + (with_strings(function, name) if texts else "")


def types(package):
    for item in package.types:
        if item.kind == "record":
            fields = "".join("".join(f"  /// {line}\n" for line in text) + f"  {scalar(kind)} {snake(name)};\n" for name, text, kind in item.cases)
            yield f"{doc(item.doc)}struct mote_{snake(item.name)} {{\n{fields}}};\n"
            continue
        error = item.name == "error-code"
        prefix = "MOTE" if error else f"MOTE_{snake(item.name).upper()}"
        number = (lambda i: f"-{i + 1}") if error else (lambda i: f"{1 << i}") if item.kind == "flags" else str
        cases = "".join("".join(f"  /// {line}\n" for line in text) + f"  {prefix}_{snake(name).upper()} = {number(i)},\n"
                        for i, (name, text) in enumerate(item.cases))
        yield f"{doc(item.doc)}enum mote_{'error' if error else snake(item.name)} {{\n{cases}}};\n"


def c_header(package):
    text, interface = HEAD + "\n".join(types(package)), None
    for function in package.functions:
        if function.interface != interface:
            interface = function.interface
            text += f"\n// {interface}\n\n"
        text += declaration(package, function) + "\n"
    text += "/// Gives a handle back; one that is none is left alone.\n"
    for resource in package.resources:
        text += f'MOTE_IMPORT("{package.name.partition("@")[0]}/{resource.interface}", "{drop_name(resource)}")\n'
        text += f"void mote_{snake(resource.name)}_drop(mote_handle self);\n"
    return text + "\n" + TAIL
