# SPDX-License-Identifier: Apache-2.0
"""The app API in Rust, without std: `raw` with the imports, and safe types over it."""

from cpp import opener
from wit import arguments, drop_name, full_name, import_name, module_of, pascal, snake

SCALARS = {"u8": "u32", "u16": "u32", "u32": "u32", "s32": "i32", "u64": "u64", "f32": "f32", "bool": "u32"}

HEAD = """// SPDX-License-Identifier: Apache-2.0
//! The app API for Rust, without std. Made by scripts/guest-api of guest/mote-app.wit.
//!
//! Labels name what the board's table has: "led0", "button0", "adc0", "pwm0", "i2c0", "spi0".
#![allow(dead_code)]

"""

TAIL = """/// Writes a number in decimal.
pub fn print_number(number: i32) {
    let mut digits = [0u8; 11];
    let mut at = digits.len();
    let mut rest = number.unsigned_abs();
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if number < 0 {
        at -= 1;
        digits[at] = b'-';
    }
    unsafe { raw::console_write(digits.as_ptr().add(at), digits.len() - at) };
}

pub fn sleep_ms(milliseconds: u32) {
    clock_sleep(u64::from(milliseconds) * 1_000_000)
}
"""


def flat(kind):
    return "i32" if kind.kind == "handle" else SCALARS.get(kind.name, "u32")


def raw_parameters(argument):
    name = "handle" if argument.role == "handle" else snake(argument.name)
    if argument.role in ("text", "bytes"):
        return [f"{name}: *const u8", f"{name}_size: usize"]
    if argument.role in ("buffer", "replaced"):
        return [f"{name}: *mut u8", f"{name}_size: usize"]
    if argument.role == "out":
        return [f"{name}: *mut {pascal(argument.type.name) if argument.type.kind == 'record' else flat(argument.type)}"]
    return [f"{name}: {flat(argument.type)}"]


def raw_result(function):
    if function.result is None:
        return ""
    return " -> i32" if function.result.kind == "result" else f" -> {flat(function.result)}"


def doc(lines, indent=""):
    return "".join(f"{indent}/// {line}\n" for line in lines)


def types(package):
    for item in package.types:
        if item.kind == "record":
            fields = "".join(f"{doc(text, '    ')}    pub {snake(name)}: {flat(kind)},\n" for name, text, kind in item.cases)
            yield f"{doc(item.doc)}#[repr(C)]\n#[derive(Clone, Copy, Default)]\npub struct {pascal(item.name)} {{\n{fields}}}\n\n"
            continue
        error = item.name == "error-code"
        name = "Error" if error else pascal(item.name)
        number = (lambda i: f"-{i + 1}") if error else (lambda i: f"{1 << i}") if item.kind == "flags" else str
        kind = "i32" if error else "u32"
        constants = "".join(f"{doc(text, '    ')}    pub const {snake(case).upper()}: {name} = {name}({number(i)});\n"
                            for i, (case, text) in enumerate(item.cases))
        yield (f"{doc(item.doc)}#[derive(Clone, Copy, PartialEq, Eq, Debug)]\npub struct {name}(pub {kind});\n"
               f"impl {name} {{\n{constants}}}\n\n")


def imports(package):
    for interface in dict.fromkeys(f.interface for f in package.functions):
        text = f'    #[link(wasm_import_module = "{package.name.partition("@")[0]}/{interface}")]\n    extern "C" {{\n'
        for function in package.functions:
            if function.interface == interface:
                parameters = ", ".join(p for a in arguments(function) for p in raw_parameters(a))
                text += f'        #[link_name = "{import_name(function)}"]\n        pub fn {full_name(function)}({parameters}){raw_result(function)};\n'
        for resource in package.resources:
            if resource.interface == interface:
                text += f'        #[link_name = "{drop_name(resource)}"]\n        pub fn {snake(resource.name)}_drop(handle: i32);\n'
        yield text + "    }\n"


def wrapper(function, indent, name, public="pub "):
    """A safe function over the raw one."""
    given, passed, out = (["&self"] if function.resource else []), [], None
    for argument in arguments(function):
        label = snake(argument.name)
        if argument.role == "handle":
            passed.append("self.0")
        elif argument.role == "text":
            given.append(f"{label}: &str")
            passed += [f"{label}.as_ptr()", f"{label}.len()"]
        elif argument.role == "bytes":
            given.append(f"{label}: &[u8]")
            passed += [f"{label}.as_ptr()", f"{label}.len()"]
        elif argument.role in ("buffer", "replaced"):
            given.append(f"{label}: &mut [u8]")
            passed += [f"{label}.as_mut_ptr()", f"{label}.len()"]
        elif argument.role == "out":
            out = pascal(argument.type.name) if argument.type.kind == "record" else flat(argument.type)
            passed.append("&mut result")
        elif argument.type.kind in ("enum", "flags"):
            given.append(f"{label}: {pascal(argument.type.name)}")
            passed.append(f"{label}.0")
        else:
            given.append(f"{label}: {'bool' if argument.type.name == 'bool' else flat(argument.type)}")
            passed.append(f"u32::from({label})" if argument.type.name == "bool" else label)
    call = f"unsafe {{ raw::{full_name(function)}({', '.join(passed)}) }}"
    result, body = returns(function, out, call)
    lines = "".join(f"{indent}    {line}\n" for line in body)
    return f"{doc(function.doc, indent)}{indent}{public}fn {name}({', '.join(given)}){result} {{\n{lines}{indent}}}\n"


def returns(function, out, call):
    """The safe result type, and the body's lines."""
    kind = function.result
    if kind is None:
        return "", [call]
    if kind.kind != "result":
        return f" -> {flat(kind)}", [call]
    if out is not None:
        start = f"let mut result = {out}::default();"
        return f" -> Result<{out}, Error>", [start, f"check({call})?;", "Ok(result)"]
    ok = kind.ok
    if ok is None or ok.kind == "list":
        return " -> Result<(), Error>", [f"check({call})?;", "Ok(())"]
    if ok.kind == "handle":
        return f" -> Result<{pascal(ok.name)}, Error>", [f"Ok({pascal(ok.name)}(check({call})?))"]
    if ok.name == "bool":
        return " -> Result<bool, Error>", [f"Ok(check({call})? != 0)"]
    return f" -> Result<{pascal(ok.name)}, Error>", [f"Ok({pascal(ok.name)}(check({call})? as u32))"]


def resource_type(package, resource):
    name = pascal(resource.name)
    text = f"{doc(resource.doc)}pub struct {name}(i32);\nimpl {name} {{\n"
    text += wrapper(opener(package, resource), "    ", "open")
    for function in package.functions:
        if function.resource == resource.name:
            text += wrapper(function, "    ", snake(function.name))
    text += "    /// What events call it.\n    pub fn handle(&self) -> i32 {\n        self.0\n    }\n}\n"
    return text + f"impl Drop for {name} {{\n    fn drop(&mut self) {{\n        unsafe {{ raw::{snake(resource.name)}_drop(self.0) }}\n    }}\n}}\n\n"


def rust(package):
    text = HEAD + "".join(types(package))
    text += "fn check(result: i32) -> Result<i32, Error> {\n    if result < 0 {\n        Err(Error(result))\n    } else {\n        Ok(result)\n    }\n}\n\n"
    text += "/// The imports as they are.\npub mod raw {\n    use super::*;\n" + "".join(imports(package)) + "}\n\n"
    text += "".join(resource_type(package, r) for r in package.resources)
    openers = [opener(package, r) for r in package.resources]
    for function in package.functions:
        if not function.resource and function not in openers:
            text += wrapper(function, "", full_name(function)) + "\n"
    return text + TAIL
