# SPDX-License-Identifier: Apache-2.0
"""`mote fit`: flash, RAM and advice for a board, and what goes wrong."""

import harness
from harness import FILE, REFUSED, USAGE, ToolTest


class Fit(ToolTest):
    def setUp(self):
        super().setUp()
        self.wasm("big.wasm", """(module (memory 1) (global (export "__heap_base") i32 (i32.const 2048))
          (func (export "f") (result i32) (i32.load (i32.const 100))))""")

    def test_parts_add_up(self):
        report = self.json("fit", "big.wasm", "--board", "nucleo_f411re")
        parts, ram = report["parts"], report["ram"]
        self.assertTrue(report["fits"])
        self.assertEqual(ram["taken"], sum(parts[p] for p in ("linear_memory", "stack", "code", "rest", "loading")))
        self.assertEqual((ram["there"], report["flash"]["there"]), (131072, 524288))
        self.assertEqual(parts["module"], (self.folder / "big.wasm").stat().st_size)
        self.assertGreaterEqual(parts["linear_memory"], 65536)
        self.assertIn("2048 bytes instead of 65536", report["advice"][0])

    def test_shrinking_makes_it_fit(self):
        report = self.json("fit", "big.wasm", "--board", "nrf52dk", status=REFUSED)
        self.assertFalse(report["fits"] or report["ram"]["fits"])
        self.assertTrue(report["flash"]["fits"])
        out, _ = self.mote("fit", "big.wasm", "--board", "nrf52dk", status=REFUSED)
        self.assertIn("does NOT fit", out)
        self.assertIn("`mote shrink` makes its memory 2048 bytes", out)
        self.mote("shrink", "big.wasm", "-o", "small.wasm")
        after = self.json("fit", "small.wasm", "--board", "nrf52dk")
        self.assertEqual(after["advice"], [])
        self.assertEqual(report["parts"]["linear_memory"] - after["parts"]["linear_memory"], 65536 - 2048)

    def test_options(self):
        less, more = (self.json("fit", "big.wasm", "--board", "mps2-an386", "--stack", str(s))["ram"]["taken"] for s in (1024, 5120))
        self.assertEqual(more - less, 4096)
        self.mote("fit", "big.wasm", "--board", "mps2-an386", "--reserve-ram", "4194304", status=REFUSED)
        self.mote("fit", "big.wasm", "--board", "mps2-an386", "--reserve-flash", "4194304", status=REFUSED)

    def test_bad_input(self):
        self.fails("fit", "big.wasm", "--board", "nucleo_f411", status=USAGE, saying=["did you mean \"nucleo_f411re\"", "there are: netduinoplus2"])
        self.fails("fit", "big.wasm", status=USAGE, saying="--board")
        self.fails("fit", "none.wasm", "--board", "nrf52dk", status=FILE, saying="none.wasm")
        self.write("bad.wasm", b"\0asm\1\0\0\0\xff")
        self.fails("fit", "bad.wasm", "--board", "nrf52dk", status=REFUSED, saying="bad.wasm")
        self.wasm("huge.wasm", '(module (memory 65536) (func (drop (i32.load (i32.const 0)))))')
        self.fails("fit", "huge.wasm", "--board", "nrf52dk", status=REFUSED, saying="huge.wasm")


if __name__ == "__main__":
    harness.main()
