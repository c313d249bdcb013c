#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`mote validate`, `inspect`, `disasm` and `embed`. usage: inspect_test.py MOTE [TEST...]"""

import subprocess

from harness import FILE, REFUSED, USAGE, ToolTest, main

MODULE = """(module (type $t (func (param i32) (result i32)))
  (import "env" "led" (func $led (param i32)))
  (table 4 funcref) (memory (export "ram") 2 5) (global $g (mut i32) (i32.const 7)) (elem (i32.const 0) $f)
  (func $f (export "f") (type $t) (i32.extend8_s (i32.load (local.get 0))))
  (func (export "g") (result i32 i32) (i32.const 1) (i32.const 2)) (data (i32.const 100) "abc"))"""


class Validate(ToolTest):
    def test_valid_modules_are_met_with_silence(self):
        self.wasm("a.wasm", "(module)")
        self.wasm("b.wasm", MODULE)
        self.assertEqual(self.mote("validate", "a.wasm", "b.wasm"), ("", ""))

    def test_one_bad_module_of_several(self):
        self.wasm("a.wasm", "(module)")
        self.write("bad.wasm", bytes.fromhex("0061736d01000000010401600000030201000a05010300410b"))
        self.fails("validate", "a.wasm", "bad.wasm", "a.wasm", status=REFUSED, saying=["bad.wasm: ", "byte "])
        self.fails("validate", "a.wasm", "none.wasm", status=FILE, saying="none.wasm")

    def test_says_what_to_do(self):
        self.write("bad.wasm", b"MZ\x90\0")
        self.fails("validate", "bad.wasm", status=REFUSED, saying=["not a WebAssembly module (byte 0)", "damaged or not a module"])


class Inspect(ToolTest):
    def test_all_parts(self):
        self.wasm("m.wasm", MODULE)
        told = self.json("inspect", "m.wasm")
        self.assertEqual(told["bytes"], (self.folder / "m.wasm").stat().st_size)
        self.assertEqual([row["name"] for row in told["sections"]],
                         ["type", "import", "function", "table", "memory", "global", "export", "element", "code", "data", "custom"])
        self.assertEqual(told["imports"], [{"name": "env.led", "type": "func (i32) -> ()"}])
        self.assertEqual(told["exports"], [{"name": "ram", "type": "memory 2..5 pages of 64 KiB"}, {"name": "f", "type": "func (i32) -> i32"},
                                           {"name": "g", "type": "func () -> (i32, i32)"}])
        self.assertEqual(list(told["features"].values()), [1])
        self.assertEqual(told["ram"]["linear_memory"], 2 * 65536 + 8)
        self.assertEqual(told["ram"]["linear_memory_most"], 5 * 65536)
        self.assertEqual(told["ram"]["tables"], 16 + 8)

    def test_board_needs_less_than_this_machine(self):
        self.wasm("m.wasm", MODULE)
        told = self.json("inspect", "m.wasm")
        if "ram_32bit" not in told:
            self.skipTest("built without arm-none-eabi-g++")
        here, board = told["ram"], told["ram_32bit"]
        for part in ("engine", "module", "instance"):
            self.assertLess(board[part], here[part])
        for part in ("code", "stack", "tables", "linear_memory"):
            self.assertEqual(board[part], here[part])

    def test_the_pool_that_it_names_is_enough(self):
        self.wasm("m.wasm", MODULE.replace("(memory (export", "(memory $m (export"))
        pool = self.json("inspect", "m.wasm", "--stack", 2048)["ram"]["pool"]
        words = ("run", "m.wasm", "--tier", "vm", "--stack", 2048, "--invoke", "f", 100, "--pool")
        self.assertEqual(self.mote(*words, pool + 64)[0], "97\n")

    def test_stack_counts(self):
        self.wasm("m.wasm", MODULE)
        sizes = [self.json("inspect", "m.wasm", "--stack", size)["ram"]["total"] for size in ("1KiB", "3KiB")]
        self.assertEqual(sizes[1] - sizes[0], 2048)

    def need(self, text):
        self.wasm("m.wasm", text)
        return self.json("inspect", "m.wasm")["linear_memory"]

    def test_linear_memory_that_it_needs(self):
        load = '(func (export "f") (result i32) (i32.load (i32.const 0)))'
        self.assertEqual(self.need('(module (memory 1) (data (i32.const 8) "abcd"))')["needed"], 12)
        self.assertEqual(self.need(f'(module (memory 1) {load} (global (export "__heap_base") i32 (i32.const 5000)))')["needed"], 5000)
        self.assertEqual(self.need(f'(module (memory 1) {load} (global $__stack_pointer (mut i32) (i32.const 4096)) (data (i32.const 8) "a"))')["needed"], 4096)
        # The stack lies below the data: nobody knows where the zeroed data ends.
        self.assertNotIn("needed", self.need(f'(module (memory 1) {load} (global $__stack_pointer (mut i32) (i32.const 4096)) (data (i32.const 4096) "a"))'))
        self.assertNotIn("needed", self.need(f"(module (memory 1) {load})"))
        self.assertNotIn("needed", self.need(f'(module (memory 1) {load} (global (export "__heap_base") (mut i32) (i32.const 5000)))'))
        self.assertTrue(self.need('(module (memory 1) (func (export "f") (result i32) (memory.grow (i32.const 1))))')["grows"])

    def test_people_can_read_it(self):
        self.wasm("m.wasm", MODULE)
        out, _ = self.mote("inspect", "m.wasm")
        for text in ("sections", "env.led: func (i32) -> ()", "declared 131072 bytes", "1 instruction\n", "smallest pool", "may grow to 327680 bytes"):
            self.assertIn(text, out)


class Disasm(ToolTest):
    def test_side_by_side(self):
        self.wasm("m.wasm", MODULE)
        out, _ = self.mote("disasm", "m.wasm")
        for text in ("function 1 f", "i32.extend8_s", "bytes of vm code from"):
            self.assertIn(text, out)

    def test_machine_code(self):
        self.wasm("m.wasm", MODULE)
        out, _ = self.mote("disasm", "--tier", "x64", "m.wasm")
        self.assertIn("movsx", out)
        self.assertIn("bytes of x64 code from", out)
        self.fails("disasm", "--tier", "x64", "--objdump", "no-such-program", "m.wasm", status=FILE, saying="no-such-program (binutils) installed?")

    def test_code_of_other_machines(self):
        self.wasm("m.wasm", MODULE)
        for target, instruction in (("cortex-m4f", "sxtb"), ("x86-64", "movsx"), ("vm", "extend8_s")):
            out, _ = self.mote("disasm", "--target", target, "m.wasm")
            self.assertIn(instruction, out)
            self.assertIn(f"bytes of {target} code from", out)
        self.fails("disasm", "--target", "cortex-m4f", "--objdump", "no-such-program", "m.wasm", status=FILE, saying="binutils-arm-none-eabi")
        self.fails("disasm", "--target", "cortex-m9", "m.wasm", status=USAGE, saying="did you mean")
        self.fails("disasm", "--target", "vm", "--tier", "vm", "m.wasm", status=USAGE, saying="excludes")


class Embed(ToolTest):
    def test_header_compiles_as_c_and_as_cpp(self):
        self.wasm("my-app.wasm", MODULE)
        size = (self.folder / "my-app.wasm").stat().st_size
        self.mote("embed", "my-app.wasm", "-o", "app.h", "--section", ".rodata.app")
        self.write("a.c", f'#include "app.h"\n_Static_assert(sizeof my_app == {size}, ""); int main(void) {{ return my_app[0]; }}')
        self.write("a.cpp", f'#include "app.h"\nstatic_assert(sizeof my_app == {size} && my_app[1] == 0x61); int main() {{}}')
        for compiler, source in (("cc", "a.c"), ("c++", "a.cpp")):
            subprocess.run([compiler, "-Wall", "-Werror", source, "-o", "a.out"], cwd=self.folder, check=True)

    def test_names(self):
        self.write("1st.wasm", b"\0asm\1\0\0\0")
        self.assertIn("uint8_t module_1st[8]", self.mote("embed", "1st.wasm")[0])
        self.assertIn("uint8_t app[8]", self.mote("embed", "1st.wasm", "--name", "app")[0])
        self.fails("embed", "1st.wasm", "--name", "not a name", status=USAGE, saying="not a name")

    def test_file_that_cannot_be_written(self):
        self.wasm("m.wasm", "(module)")
        self.fails("embed", "m.wasm", "-o", "no/such/folder.h", status=FILE, saying="no/such/folder.h")


if __name__ == "__main__":
    main()
