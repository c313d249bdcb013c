# SPDX-License-Identifier: Apache-2.0
"""Reads the part of WIT that the app API is written in: interfaces with enums, flags, records, resources and functions. Anything else
is refused by its line."""

import re
from dataclasses import dataclass, field

SCALARS = {"u8", "u16", "u32", "s32", "u64", "f32", "bool"}
FUNCTION = re.compile(r"^%?([a-z0-9-]+): (async )?func\((.*)\)(?: -> (.+))?;$")
FIELD = re.compile(r"^%?([a-z0-9-]+): ([a-z0-9-]+),$")


class WitError(Exception):
    pass


@dataclass
class Type:
    """kind: scalar, string, list (of bytes), enum, flags, record, handle, result; `ok` of a result is None for `_`."""
    kind: str
    name: str = ""
    ok: "Type | None" = None


@dataclass
class Function:
    interface: str
    name: str
    doc: list
    waits: bool
    params: list  # of (name, Type)
    result: "Type | None"
    resource: str = ""


@dataclass
class Named:
    """An enum, flags (cases: name, doc) or a record (cases: name, doc, Type)."""
    kind: str
    name: str
    interface: str
    doc: list
    cases: list = field(default_factory=list)


@dataclass
class Resource:
    name: str
    interface: str
    doc: list


@dataclass
class Package:
    name: str = ""
    types: list = field(default_factory=list)
    resources: list = field(default_factory=list)
    functions: list = field(default_factory=list)

    def errors(self):
        return next(t for t in self.types if t.name == "error-code").cases


class Parser:
    def __init__(self, text):
        self.lines = text.splitlines()
        self.number, self.doc, self.package, self.names = 0, [], Package(), {}

    def fail(self, what):
        raise WitError(f"{self.number}: {what}")

    def next(self):
        """The next line that says something; documentation is kept for what follows it."""
        while self.number < len(self.lines):
            line = self.lines[self.number].strip()
            self.number += 1
            if line.startswith("///"):
                self.doc.append(line[3:].strip())
            elif line and not line.startswith("//"):
                return line
        return None

    def take_doc(self):
        doc, self.doc = self.doc, []
        return doc

    def type(self, text):
        if text in SCALARS:
            return Type("scalar", text)
        if text == "string":
            return Type("string")
        if text == "list<u8>":
            return Type("list")
        if text.startswith("result<") and text.endswith(", error-code>"):
            ok = text[len("result<"):-len(", error-code>")]
            return Type("result", ok=None if ok == "_" else self.type(ok))
        if text not in self.names:
            self.fail(f'there is no type "{text}" here')
        return Type(self.names[text], text)

    def params(self, text):
        for part in filter(None, (p.strip() for p in re.split(r",\s*(?![^<]*>)", text))):
            name, _, kind = part.partition(": ")
            yield name.removeprefix("%"), self.type(kind)

    def function(self, line, interface, resource=""):
        match = FUNCTION.match(line)
        if not match:
            self.fail(f"not understood: {line}")
        result = self.type(match[4]) if match[4] else None
        self.package.functions.append(
            Function(interface, match[1], self.take_doc(), bool(match[2]), list(self.params(match[3])), result, resource))

    def named(self, kind, name, interface):
        item = Named(kind, name, interface, self.take_doc())
        while (line := self.next()) != "}":
            if line is None:
                self.fail(f"{kind} {name} does not end")
            if kind == "record":
                match = FIELD.match(line)
                if not match:
                    self.fail(f"not a field: {line}")
                item.cases.append((match[1], self.take_doc(), self.type(match[2])))
            elif re.fullmatch(r"[a-z0-9-]+,", line):
                item.cases.append((line[:-1], self.take_doc()))
            else:
                self.fail(f"not a case: {line}")
        self.names[name] = kind
        self.package.types.append(item)

    def interface(self, name):
        self.names = {n: k for n, k in self.names.items() if n == "error-code"}
        while (line := self.next()) != "}":
            if line is None:
                self.fail(f"interface {name} does not end")
            if line.startswith("use types."):
                continue
            block = re.fullmatch(r"(enum|flags|record|resource) ([a-z0-9-]+) \{", line)
            if block and block[1] == "resource":
                self.resource(block[2], name)
            elif block:
                self.named(block[1], block[2], name)
            else:
                self.function(line, name)

    def resource(self, name, interface):
        self.names[name] = "handle"
        self.package.resources.append(Resource(name, interface, self.take_doc()))
        while (line := self.next()) != "}":
            if line is None:
                self.fail(f"resource {name} does not end")
            self.function(line, interface, name)

    def file(self):
        while (line := self.next()) is not None:
            block = re.fullmatch(r"(interface|world) ([a-z0-9-]+) \{", line)
            if line.startswith("package "):
                self.package.name = line.split()[1].rstrip(";")
                self.doc = []
            elif block and block[1] == "interface":
                self.interface(block[2])
            elif block:
                while self.next() not in ("}", None):
                    pass
            else:
                self.fail(f"not understood: {line}")
        return self.package


def parse(text):
    return Parser(text).file()


def module_of(package, function):
    """The import's module: package and interface, without a version."""
    return f"{package.name.partition('@')[0]}/{function.interface}"


def import_name(function):
    return f"[method]{function.resource}.{function.name}" if function.resource else function.name


def drop_name(resource):
    return f"[resource-drop]{resource.name}"


def words(name):
    return name.split("-")


def snake(name):
    return name.replace("-", "_")


def pascal(name):
    return "".join(word[:1].upper() + word[1:] for word in words(name))


def camel(name):
    text = pascal(name)
    return text[0].lower() + text[1:]


def full_name(function):
    """snake_case: the resource's or the interface's name, then the function's."""
    return snake(f"{function.resource or function.interface}-{function.name}")


@dataclass
class Argument:
    """A parameter as WebAssembly sees it. role: handle, value, text, bytes (read by the host), buffer (filled), replaced (both), out
    (a place for the result)."""
    role: str
    name: str
    type: Type


def by_address(result):
    """Whether a good result does not fit into the returned number and goes where an extra argument points."""
    return result is not None and result.kind == "result" and result.ok is not None and (
        result.ok.kind == "record" or result.ok.kind == "scalar" and result.ok.name in ("u32", "s32", "u64", "f32"))


def arguments(function):
    """The rules of SPEC.md, "App API"."""
    fills = function.result is not None and function.result.kind == "result" and function.result.ok is not None \
        and function.result.ok.kind == "list"
    has_len = any(name == "len" for name, _ in function.params)
    if function.resource:
        yield Argument("handle", "self", Type("handle", function.resource))
    for name, kind in function.params:
        if kind.kind == "string":
            yield Argument("text", name, kind)
        elif kind.kind == "list":
            yield Argument("replaced" if fills and not has_len else "bytes", name, kind)
        elif name == "len" and fills:
            yield Argument("buffer", "data", Type("list"))
        else:
            yield Argument("value", name, kind)
    if by_address(function.result):
        yield Argument("out", "result", function.result.ok)
