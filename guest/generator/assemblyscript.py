# SPDX-License-Identifier: Apache-2.0
"""The app API in AssemblyScript: declarations of the imports, and functions that need neither allocator nor garbage collector."""

from wit import arguments, drop_name, full_name, import_name, module_of, pascal, snake

SCALARS = {"u8": "u32", "u16": "u32", "u32": "u32", "s32": "i32", "u64": "u64", "f32": "f32", "bool": "u32"}

HEAD = """// SPDX-License-Identifier: Apache-2.0
// The app API for AssemblyScript. Made by scripts/guest-api of guest/mote-app.wit.
//
// Functions that can fail give a number from 0 on, or one of namespace Failure, which are negative. Texts and buffers are an address and
// a number of bytes; label() and print() take strings, and need no allocator as long as these are ASCII. Labels name what the
// board's table has: "led0", "button0", "adc0", "pwm0", "i2c0", "spi0".

"""

TAIL = """// What every app wants, without an allocator.

const room = memory.data(64);

/// A text of at most 64 ASCII characters as bytes, from ascii() on; how many.
export function encode(text: string): u32 {
  const size = min(text.length, 64);
  for (let i = 0; i < size; ++i) store<u8>(room + i, u8(text.charCodeAt(i)));
  return size;
}
export function ascii(): usize {
  return room;
}

/// Writes a text of at most 64 ASCII characters.
export function print(text: string): void {
  const size = encode(text);
  console_write(room, size);
}
/// Writes a number in decimal.
export function printNumber(number: i32): void {
  let at: u32 = 11;
  let rest: u32 = number < 0 ? 0 - u32(number) : u32(number);
  do {
    store<u8>(room + --at, u8(48 + (rest % 10)));
    rest /= 10;
  } while (rest != 0);
  if (number < 0) store<u8>(room + --at, 45);
  console_write(room + at, 11 - at);
}
export function sleepMs(milliseconds: u32): void {
  clock_sleep(u64(milliseconds) * 1000000);
}
"""


def flat(kind):
    return "i32" if kind.kind == "handle" else SCALARS.get(kind.name, "u32")


def parameters(argument):
    name = "handle" if argument.role == "handle" else snake(argument.name)
    if argument.role in ("text", "bytes", "buffer", "replaced"):
        return [f"{name}: usize", f"{name}Size: u32"]
    return [f"{name}: {'usize' if argument.role == 'out' else flat(argument.type)}"]


def returned(function):
    if function.result is None:
        return "void"
    return "i32" if function.result.kind == "result" else flat(function.result)


def doc(lines, indent=""):
    return "".join(f"{indent}/// {line}\n" for line in lines)


def types(package):
    for item in package.types:
        if item.kind == "record":
            fields, at = "", 0
            for name, text, kind in item.cases:
                size = 8 if flat(kind) == "u64" else 4
                at = (at + size - 1) & ~(size - 1)
                fields += f"{doc(text, '  ')}  {snake(name)}: {flat(kind)};\n"
                at += size
            yield f"{doc(item.doc)}@unmanaged\nexport class {pascal(item.name)} {{\n{fields}}}\n\n"
            continue
        error = item.name == "error-code"
        number = (lambda i: f"-{i + 1}") if error else (lambda i: f"{1 << i}") if item.kind == "flags" else str
        cases = "".join(f"{doc(text, '  ')}  export const {snake(name).upper()}: {'i32' if error else 'u32'} = {number(i)};\n"
                        for i, (name, text) in enumerate(item.cases))
        yield f"{doc(item.doc)}export namespace {'Failure' if error else pascal(item.name)} {{\n{cases}}}\n\n"


def labelled(function):
    """The same with a string instead of address and size."""
    given, passed = [], []
    for argument in arguments(function):
        pairs = parameters(argument)
        name = pairs[0].partition(":")[0]
        if argument.role == "text":
            given.append(f"{name}: string")
            passed += ["ascii()", f"encode({name})"]
        else:
            given += pairs
            passed += [pair.partition(":")[0] for pair in pairs]
    name = snake(function.name).split("_")
    name = name[0] + "".join(word.capitalize() for word in name[1:])
    if name == "openDevice":
        name = f"open{function.interface.capitalize()}"
    return f"export function {name}({', '.join(given)}): {returned(function)} {{\n  return {full_name(function)}({', '.join(passed)});\n}}\n"


def assemblyscript(package):
    text = HEAD + "".join(types(package))
    for function in package.functions:
        flat_parameters = ", ".join(p for a in arguments(function) for p in parameters(a))
        text += f'{doc(function.doc)}@external("{module_of(package, function)}", "{import_name(function)}")\n'
        text += f"export declare function {full_name(function)}({flat_parameters}): {returned(function)};\n"
        if any(a.role == "text" for a in arguments(function)) and function.result is not None:
            text += labelled(function)
    for resource in package.resources:
        text += f'@external("{package.name.partition("@")[0]}/{resource.interface}", "{drop_name(resource)}")\n'
        text += f"export declare function {snake(resource.name)}_drop(handle: i32): void;\n"
    return text + "\n" + TAIL
