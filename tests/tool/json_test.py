#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""--json of every command: one object on standard output, whatever happens. usage: json_test.py MOTE [TEST...]"""

from harness import FILE, OUT_OF_FUEL, REFUSED, TRAP, USAGE, ToolTest, main
from run_test import MODULE


class Json(ToolTest):
    def setUp(self):
        super().setUp()
        self.wasm("m.wasm", MODULE)

    def test_results_and_prints(self):
        told = self.json("run", "m.wasm", "--invoke", "say", 5)
        self.assertEqual(told["outcome"], "returned")
        self.assertEqual(told["results"], [{"type": "i32", "value": "3"}])
        self.assertEqual(told["output"], "5\n-1\n")
        self.assertGreater(told["seconds"], 0)

    def test_values_that_json_has_not(self):
        told = self.json("run", "m.wasm", "--invoke", "same", 1, -0x8000000000000000, "nan:0x5", "inf")
        self.assertEqual([row["value"] for row in told["results"]], ["1", "-9223372036854775808", "nan:0x5", "inf"])

    def test_trap(self):
        told = self.json("run", "m.wasm", "--invoke", "div", 0, status=TRAP)
        self.assertEqual((told["outcome"], told["trap"], told["output"]), ("trap", "integer divide by zero", "7\n"))
        self.assertEqual([frame["name"] for frame in told["backtrace"]], ["deep", "div"])
        self.assertTrue(all(frame["offset"] > 0 and frame["function"] > 0 for frame in told["backtrace"]))

    def test_recursion(self):
        told = self.json("run", "m.wasm", "--invoke", "down", 0, status=TRAP)
        self.assertLess(len(told["backtrace"]), 3)
        self.assertGreater(told["backtrace"][-1]["repeated"], 1000)

    def test_fuel(self):
        told = self.json("run", "m.wasm", "--invoke", "forever", "--fuel", 5, status=OUT_OF_FUEL)
        self.assertEqual((told["outcome"], told["message"]), ("stopped", "out of fuel"))

    def test_bytes_that_are_no_text(self):
        self.wasm("t.wasm", r"""(module (import "env" "print_text" (func $t (param i32 i32))) (memory 1) (data (i32.const 0) "a\ff\fe")
          (func (export "main") (call $t (i32.const 0) (i32.const 3))))""")
        self.assertEqual(self.json("run", "t.wasm")["output"], "a\ufffd\ufffd")

    def test_refusals(self):
        self.write("bad.wasm", b"\0asm\1\0\0\0\1\5\0")
        for command in ("run", "validate", "inspect"):
            told = self.json(command, "bad.wasm", status=REFUSED)
            self.assertEqual(told["file"], "bad.wasm")
            self.assertGreater(told["offset"], 0)
        self.wasm("i.wasm", '(module (import "a" "b" (func)) (func (export "main")))')
        told = self.json("run", "i.wasm", status=REFUSED)
        self.assertEqual((told["module"], told["name"]), ("a", "b"))
        told = self.json("run", "m.wasm", "--pool", 2000, "--invoke", "forever", status=REFUSED)
        self.assertGreater(told["missing_bytes"], 0)

    def test_usage_and_files(self):
        self.assertIn("did you mean `--fuel`", self.json("run", "m.wasm", "--fule", 5, status=USAGE)["message"])
        self.assertIn('did you mean "forever"', self.json("run", "m.wasm", "--invoke", "foreve", status=USAGE)["message"])
        self.assertIn("takes 2 arguments", self.json("run", "m.wasm", "--invoke", "add", status=USAGE)["message"])
        for command in ("run", "validate", "inspect"):
            self.assertEqual(self.json(command, "none.wasm", status=FILE)["error"], "file")

    def test_validate(self):
        self.assertEqual(self.json("validate", "m.wasm"), {"file": "m.wasm", "valid": True})


if __name__ == "__main__":
    main()
