# SPDX-License-Identifier: Apache-2.0
"""`mote shrink`: the kernels of the benchmark run as before in a fraction of the memory, random modules too; and what it refuses."""

import random
import re
import subprocess
from pathlib import Path

import harness
from harness import FILE, REFUSED, TRAP, USAGE, ToolTest

ROOT = Path(__file__).resolve().parents[2]


class Kernels(ToolTest):
    def test_every_kernel_gives_the_same(self):
        names = sorted(path.stem for path in (ROOT / "bench/kernels").glob("*.c") if path.stem != "repeat")
        self.assertGreater(len(names), 20)
        for name in names:
            with self.subTest(kernel=name):
                subprocess.run(["clang", "--target=wasm32", "-O1", "-ffreestanding", "-c", ROOT / f"bench/kernels/{name}.c", "-o", "kernel.o"],
                               cwd=self.folder, check=True)
                subprocess.run(["wasm-ld", "--no-entry", "-z", "stack-size=4096", "--export=kernel", "--export=__heap_base", "kernel.o", "-o", "kernel.wasm"],
                               cwd=self.folder, check=True)
                report = self.json("shrink", "kernel.wasm", "--heap", "0", "-o", "small.wasm")
                self.assertLess(report["memory_after"], report["memory_before"])
                self.assertGreaterEqual(report["memory_after"], 4096)
                self.mote("validate", "small.wasm")
                before, _ = self.mote("run", "kernel.wasm", "--invoke", "kernel")
                self.assertEqual(self.mote("run", "small.wasm", "--invoke", "kernel")[0], before)

    def test_random_programs_agree(self):
        """Programs that write and read their data, zeroed data and stack at random: the same results, and the same last trap-free byte."""
        for seed in range(25):
            rng = random.Random(seed)
            data, bss, stack = rng.randrange(1, 3000), rng.randrange(1, 5000), 16 * rng.randrange(8, 200)
            source = (f"static unsigned char data[{data}] = {{{rng.randrange(1, 255)}}}, bss[{bss}];\n"
                      "static unsigned depth(volatile unsigned char* p, unsigned n) { volatile unsigned char here[16]; here[n & 15] = p[n & 1];\n"
                      "  return n == 0 ? here[0] : depth(here, n - 1) * 31 + here[n & 15]; }\n"
                      'unsigned f(unsigned x) { for (unsigned i = 0; i < sizeof bss; ++i) bss[i] = data[(i * x) % sizeof data] + i;\n'
                      f"  unsigned sum = depth(data, x % {stack // 64}); for (unsigned i = 0; i < sizeof bss; ++i) sum = sum * 33 + bss[i]; return sum; }}\n")
            self.write("p.c", source)
            subprocess.run(["clang", "--target=wasm32", "-O1", "-ffreestanding", "-c", "p.c", "-o", "p.o"], cwd=self.folder, check=True)
            first = ["--stack-first"] if seed % 2 else []
            subprocess.run(["wasm-ld", "--no-entry", *first, "-z", f"stack-size={stack}", "--export=f", "--export=__heap_base", "p.o", "-o", "p.wasm"],
                           cwd=self.folder, check=True)
            report = self.json("shrink", "p.wasm", "--drop-linker-exports", "-o", "s.wasm")
            self.assertLess(report["memory_after"], data + bss + stack + 2048)
            x = rng.randrange(1 << 31)
            self.assertEqual(self.mote("run", "s.wasm", "--invoke", "f", x), self.mote("run", "p.wasm", "--invoke", "f", x))
            self.assertEqual([e["name"] for e in self.json("inspect", "s.wasm")["exports"]], ["memory", "f"])


class Memory(ToolTest):
    TEXT = """(module (memory (export "memory") 1) (data (i32.const 1024) "hello")
      (global (export "__heap_base") i32 (i32.const 2048))
      (func (export "load") (param i32) (result i32) (i32.load8_u (local.get 0))))"""

    def test_ends_exactly(self):
        self.wasm("m.wasm", self.TEXT)
        out, _ = self.mote("shrink", "m.wasm", "-o", "s.wasm")
        self.assertIn("65536 -> 2048 bytes", out)
        self.assertEqual(self.mote("run", "s.wasm", "--invoke", "load", 1024)[0], "104\n")
        self.assertEqual(self.mote("run", "s.wasm", "--invoke", "load", 2047)[0], "0\n")
        self.mote("run", "s.wasm", "--invoke", "load", 2048, status=TRAP)
        self.mote("shrink", "m.wasm", "--heap", "100", "-o", "s.wasm")
        self.assertEqual(self.mote("run", "s.wasm", "--invoke", "load", 2147)[0], "0\n")
        self.mote("run", "s.wasm", "--invoke", "load", 2148, status=TRAP)

    def test_buffers_for_host_functions_alone(self):
        """No instruction touches the memory, but a host function is handed a buffer in it."""
        self.wasm("m.wasm", """(module (import "mote:app/i2c" "open-device" (func $open (param i32 i32) (result i32)))
          (import "mote:app/i2c" "[method]i2c.read" (func $read (param i32 i32 i32 i32) (result i32)))
          (memory 1) (data (i32.const 1024) "i2c0") (global (export "__heap_base") i32 (i32.const 2048))
          (func (export "main") (result i32) (call $read (call $open (i32.const 1024) (i32.const 4)) (i32.const 1) (i32.const 2040) (i32.const 8))))""")
        self.mote("run", "m.wasm", "--device", "sim", status=TRAP)
        self.mote("shrink", "m.wasm", "-o", "s.wasm")
        self.assertEqual(self.mote("run", "s.wasm", "--device", "sim")[0].splitlines()[-1], "-12")

    def test_buffers_on_the_stack(self):
        """Likewise, but the buffer lies on the stack: who moves a stack pointer has the whole memory."""
        self.wasm("m.wasm", """(module (import "mote:app/events" "wait" (func $wait (param i32 i32) (result i32)))
          (memory 1) (global $sp (mut i32) (i32.const 4096))
          (func (export "main") (result i32) (global.set $sp (i32.sub (global.get $sp) (i32.const 32)))
            (call $wait (i32.const 10) (global.get $sp))))""")
        self.assertEqual(self.mote("run", "m.wasm", "--device", "sim")[0].splitlines()[-1], "-22")

    def refused(self, text, saying, *words):
        self.wasm("m.wasm", text)
        self.fails("shrink", "m.wasm", "-o", "s.wasm", *words, status=REFUSED, saying=["stays as it is", saying])
        self.assertFalse((self.folder / "s.wasm").exists())

    def test_refusals(self):
        self.refused("(module)", "no memory")
        self.refused('(module (import "a" "m" (memory 1)))', "imported")
        self.refused('(module (memory 1) (memory 1))', "several memories")
        self.refused('(module (memory i64 1) (func (drop (i32.load (i64.const 0)))))', "64-bit")
        self.refused('(module (memory 1 2 shared) (func (drop (i32.load (i32.const 0)))))', "threads")
        self.refused(self.TEXT[:-1] + "(func (result i32) memory.size))", "memory.size")
        self.refused(self.TEXT[:-1] + "(func (result i32) (memory.grow (i32.const 1))))", "memory.grow")
        self.refused(self.TEXT[:-1] + "(func (result i32) (i32.const 65536)))", "--heap")
        self.refused('(module (memory 1) (func (drop (i32.load (i32.const 0)))))', "--export=__heap_base")
        self.refused('(module (import "a" "g" (global i32)) (memory 1) (data (global.get 0) "x") (func (drop (i32.load (i32.const 0)))))', "not a constant")
        self.refused(self.TEXT, "--initial-memory", "--heap", "64000")

    def test_again(self):
        self.wasm("m.wasm", self.TEXT)
        self.mote("shrink", "m.wasm", "-o", "s.wasm")
        self.fails("shrink", "s.wasm", "-o", "t.wasm", status=REFUSED, saying="1 bytes already")

    def test_bad_input(self):
        self.fails("shrink", "none.wasm", "-o", "s.wasm", status=FILE, saying="none.wasm")
        self.fails("shrink", "none.wasm", status=USAGE, saying="--output")
        self.write("bad.wasm", b"\0asm\1\0\0\0\5\x7f")
        self.fails("shrink", "bad.wasm", "-o", "s.wasm", status=REFUSED, saying="bad.wasm")
        self.wasm("m.wasm", self.TEXT)
        self.fails("shrink", "m.wasm", "-o", "none/s.wasm", status=FILE, saying="cannot be written")
        self.fails("shrink", "m.wasm", "-o", "s.wasm", "--heap", "much", status=USAGE, saying="heap")
        self.mote("compile", "m.wasm", "--target", "vm", "-o", "m.mote")
        self.fails("shrink", "m.mote", "-o", "s.wasm", status=USAGE, saying="image")

    def test_damaged_modules(self):
        """Each byte of a module changed: a module or a refusal, never a crash; what comes out is valid."""
        self.wasm("m.wasm", self.TEXT)
        module = (self.folder / "m.wasm").read_bytes()
        for at in range(8, len(module)):
            changed = bytearray(module)
            changed[at] ^= 0xff
            self.write("c.wasm", bytes(changed))
            done = subprocess.run([harness.MOTE, "shrink", "c.wasm", "-o", "s.wasm"], cwd=self.folder, capture_output=True, check=False)
            self.assertIn(done.returncode, (0, 3), f"byte {at}")
            if done.returncode == 0:
                self.mote("validate", "s.wasm")


if __name__ == "__main__":
    harness.main()
