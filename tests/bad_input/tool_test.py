#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Absurd modules through every subcommand that takes one: an exit code that the help documents, a sentence, no signal, no hang.
usage: tool_test.py MOTE [TEST...]"""

import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tool"))
from harness import MOTE, ToolTest, main  # noqa: E402

import subprocess  # noqa: E402

COMMANDS = (("run",), ("run", "--tier", "native"), ("validate",), ("inspect",), ("inspect", "--json"), ("disasm",), ("embed",))
HEADER = b"\0asm\1\0\0\0"
MANY = 100_000


def leb(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out + bytes([value]))


def section(number, contents):
    return bytes([number]) + leb(len(contents)) + contents


def with_body(body):
    """A module that exports one function () -> () as "main"."""
    return (HEADER + section(1, b"\1\x60\0\0") + section(3, b"\1\0") + section(7, b"\1\4main\0\0") +
            section(10, b"\1" + leb(len(body)) + body))


MODULES = {
    "nested": with_body(b"\0" + b"\2\x40" * MANY + b"\x0b" * MANY + b"\x0b"),
    "nested and open": with_body(b"\0" + b"\2\x40" * MANY),
    "locals": with_body(b"\1" + leb(0xFFFFFFFF) + b"\x7f\x0b"),
    "groups of locals": with_body(leb(MANY) + b"\1\x7f" * MANY + b"\x0b"),
    "operands": with_body(b"\0" + b"\x41\1" * MANY + b"\x1a" * MANY + b"\x0b"),
    "types": HEADER + section(1, leb(MANY) + b"\x60\0\0" * MANY),
    "functions": HEADER + section(1, b"\1\x60\0\0") + section(3, leb(MANY) + b"\0" * MANY) + section(10, leb(MANY) + b"\2\0\x0b" * MANY),
    "exports": HEADER + section(1, b"\1\x60\0\0") + section(3, b"\1\0") +
               section(7, leb(MANY) + b"".join(b"\6" + b"%06d" % i + b"\0\0" for i in range(MANY))) + section(10, b"\1\2\0\x0b"),
    "imports": HEADER + section(1, b"\1\x60\0\0") + section(2, leb(MANY) + b"\1a\1b\0\0" * MANY),
    "section beyond the end": HEADER + b"\1" + leb(0xFFFFFFFF),
    "custom section beyond the end": HEADER + b"\0" + leb(0xFFFFFFFF) + b"\4name",
    "name of 4 GiB": HEADER + section(0, leb(0xFFFFFFFF)),
    "memory of 4 GiB": HEADER + section(5, b"\1\0" + leb(65536)),
    "table of 4 Gi elements": HEADER + section(4, b"\1\x70\0" + leb(0xFFFFFFFF)),
    "newer version": b"\0asm\2\0\0\0",
    "component": b"\0asm\x0d\0\1\0",
    "ELF": b"\x7fELF\2\1\1\0",
    "noise": random.Random(1).randbytes(5000),
    "noise behind a header": HEADER + random.Random(2).randbytes(5000),
    "names that are none": HEADER + section(0, b"\4name" + random.Random(3).randbytes(300)),
}


class BadInput(ToolTest):
    def test_absurd_modules(self):
        for name, module in MODULES.items():
            self.write("m.wasm", module)
            for command in COMMANDS:
                with self.subTest(module=name, command=command):
                    done = subprocess.run([MOTE, *command, "m.wasm"], cwd=self.folder, capture_output=True, timeout=60, check=False)
                    self.assertIn(done.returncode, (0, 1, 2, 3, 4))
                    if done.returncode != 0 and "--json" not in command:
                        self.assertTrue(done.stderr.startswith(b"mote: error: "), done.stderr[:200])
                        self.assertEqual(done.stdout, b"")

    def test_prefixes(self):
        whole = with_body(b"\0\x41\1\x1a\x0b")
        for size in range(0, len(whole), 3):
            self.write("m.wasm", whole[:size])
            for command in (("run",), ("validate",)):
                done = subprocess.run([MOTE, *command, "m.wasm"], cwd=self.folder, capture_output=True, timeout=60, check=False)
                self.assertIn(done.returncode, (0, 2, 3))

    def test_truncated_text(self):
        text = '(module (import "env" "print" (func (param i32))) (func (export "main") (result i32) (i32.add (i32.const 1) (i32.const 2))))'
        for size in range(1, len(text), 9):
            self.write("m.wat", text[:size])
            self.fails("run", "m.wat", status=3, saying="wat2wasm refuses it")


if __name__ == "__main__":
    main()
