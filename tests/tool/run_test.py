#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`mote run`: arguments, results, traps, fuel, host functions. usage: run_test.py MOTE [TEST...]"""

from harness import FILE, OUT_OF_FUEL, REFUSED, TRAP, USAGE, ToolTest, main

MODULE = """(module
  (import "env" "print" (func $print (param i32)))
  (memory (export "ram") 1)
  (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
  (func (export "same") (param i32 i64 f32 f64) (result i32 i64 f32 f64)
    local.get 0 local.get 1 local.get 2 local.get 3)
  (func (export "extern") (param externref) (result externref) local.get 0)
  (func (export "func") (param funcref) (result funcref) local.get 0)
  (func (export "say") (param i32) (result i32) (call $print (local.get 0)) (call $print (i32.const -1)) (i32.const 3))
  (func (export "div") (param i32) (result i32) (call $print (i32.const 7)) (call $deep (local.get 0)))
  (func $deep (param i32) (result i32) (i32.div_u (i32.const 1) (local.get 0)))
  (func $down (export "down") (param i32) (result i32) (i32.add (call $down (local.get 0)) (i32.const 1)))
  (func $even (export "even") (result i32) (i32.add (call $odd) (i32.const 1)))
  (func $odd (result i32) (i32.add (call $even) (i32.const 2)))
  (func (export "forever") (loop br 0))
  (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))"""


class Run(ToolTest):
    def setUp(self):
        super().setUp()
        self.wasm("m.wasm", MODULE)

    def result(self, *words):
        out, err = self.mote("run", "m.wasm", "--invoke", *words)
        self.assertEqual(err, "")
        return out.split()

    def test_adds(self):
        self.assertEqual(self.result("add", 2, 40), ["42"])

    def test_negative_numbers_need_no_dashes(self):
        self.assertEqual(self.result("add", -2, 1), ["-1"])
        self.assertEqual(self.result("add", "--", -2, 1), ["-1"])

    def test_integers_in_every_notation(self):
        for text, printed in (("0x10", "16"), ("-0x10", "-16"), ("4294967295", "-1"), ("1_000", "1000"), ("+5", "5")):
            self.assertEqual(self.result("add", text, 0), [printed])

    def test_floats_in_every_notation(self):
        for text, f32, f64 in (("1.5", "1.5", "1.5"), ("-0", "-0", "-0"), ("0x1.8p1", "3", "3"), ("1e-3", "0.001", "0.001"), ("inf", "inf", "inf"),
                               ("-inf", "-inf", "-inf"), ("nan", "nan", "nan"), ("-nan", "-nan", "-nan"), ("nan:0x1", "nan:0x1", "nan:0x1"),
                               ("0.1", "0.1", "0.1"), (".5", "0.5", "0.5")):
            self.assertEqual(self.result("same", 1, -2, text, text), ["1", "-2", f32, f64])

    def test_largest_integers(self):
        self.assertEqual(self.result("same", 0x7FFFFFFF, 0xFFFFFFFFFFFFFFFF, 0, 0)[:2], ["2147483647", "-1"])
        self.assertEqual(self.result("same", -0x80000000, -0x8000000000000000, 0, 0)[:2], ["-2147483648", "-9223372036854775808"])

    def test_what_is_no_value(self):
        for at, text in ((1, "4294967296"), (1, "-2147483649"), (1, "1.5"), (1, ""), (1, "0x"), (1, "12x"), (1, "_1"), (2, "18446744073709551616"),
                         (3, "1e39"), (3, "nan:0x800000"), (3, "nan:0x0"), (3, "1.5.5"), (4, "1e999"), (4, "nan(5)"), (4, " 1"), (4, "five")):
            words = ["1", "2", "3", "4"]
            words[at - 1] = text
            self.fails("run", "m.wasm", "--invoke", "same", "--", *words, status=USAGE,
                       saying=[f'argument {at} of same, "{text}", is no', "write "])

    def test_references(self):
        self.assertEqual(self.result("extern", "null"), ["null"])
        self.assertEqual(self.result("extern", 12), ["ref", "12"])
        self.assertEqual(self.result("func", "null"), ["null"])
        self.fails("run", "m.wasm", "--invoke", "func", 12, status=USAGE, saying="is no funcref")

    def test_vectors(self):
        self.wasm("v.wasm", '(module (func (export "same") (param v128) (result v128) (local.get 0)))')
        for text, printed in (("i32x4:1,-2,3,4", "1,-2,3,4"), ("i8x16:1,2,3,4,0,0,0,0,0,0,0,0,255,-1,0,-128", "67305985,0,0,-2147418113"),
                              ("i16x8:0x8000,1,0,0,0,0,0,65535", "98304,0,0,-65536"), ("i64x2:-1,4294967296", "-1,-1,0,1"),
                              ("f32x4:1.5,0,-0,inf", "1069547520,0,-2147483648,2139095040"), ("f64x2:1,-2", "0,1072693248,0,-1073741824")):
            out, _ = self.mote("run", "v.wasm", "--invoke", "same", text)
            self.assertEqual(out, f"i32x4:{printed}\n")
        for text in ("1", "i32x4:1,2,3", "i32x4:1,2,3,4,5", "i32x4:1,2,3,4,", "i9x4:1,2,3,4", "i8x16:256" + 15 * ",0", "i16x8:-32769" + 7 * ",0", "i64x2:1,x"):
            self.fails("run", "v.wasm", "--invoke", "same", "--", text, status=USAGE, saying=["is no v128", "i32x4:1,2,3,4"])

    def test_number_of_arguments(self):
        self.fails("run", "m.wasm", "--invoke", "add", 1, status=USAGE, saying=["add takes 2 arguments, not 1", "add(i32, i32) -> i32"])
        self.fails("run", "m.wasm", "--invoke", "load", status=USAGE, saying="load takes 1 argument, not 0")
        self.fails("run", "m.wasm", "--invoke", "add", *["1"] * 5000, status=USAGE, saying="not 5000")

    def test_unknown_function(self):
        self.fails("run", "m.wasm", "--invoke", "ad", status=USAGE, saying=['no exported function "ad"; did you mean "add"?', "forever"])
        self.fails("run", "m.wasm", "--invoke", "ram", status=USAGE, saying='"ram": that is a memory 1..')
        self.fails("run", "m.wasm", status=USAGE, saying='no exported function "main"')
        self.wasm("none.wasm", "(module)")
        self.fails("run", "none.wasm", status=USAGE, saying="it exports no functions")

    def test_default_function(self):
        self.wasm("main.wasm", '(module (func (export "a")) (func (export "main") (result i32) i32.const 1))')
        self.assertEqual(self.mote("run", "main.wasm")[0], "1\n")
        self.wasm("one.wasm", '(module (func (export "only") (result i32) i32.const 2))')
        self.assertEqual(self.mote("run", "one.wasm")[0], "2\n")

    def test_trap_has_a_backtrace(self):
        out, err = self.mote("run", "m.wasm", "--invoke", "div", 0, status=TRAP)
        self.assertEqual(out, "7\n")
        self.assertRegex(err, r"trap: integer divide by zero\n  #0 deep at byte \d+\n  #1 div at byte \d+\n$")

    def test_repeated_frames_are_folded(self):
        _, err = self.mote("run", "m.wasm", "--invoke", "down", 0, status=TRAP)
        self.assertRegex(err, r"call stack exhausted\n  #0 down at byte \d+\n(  #1 down at byte \d+\n)?     \.\.\. this call \d+ times more\n$")
        _, err = self.mote("run", "m.wasm", "--invoke", "even", "--stack", 4096, status=TRAP)
        self.assertRegex(err, r"\.\.\. these 2 calls \d+ times more\n")
        self.assertLess(err.count("\n"), 8)

    def test_time_stops_what_counts_no_fuel(self):
        for tier in ("vm", "native"):
            self.fails("run", "m.wasm", "--tier", tier, "--timeout", 0.05, "--invoke", "forever", status=OUT_OF_FUEL,
                       saying=["stopped: interrupted", "forever at byte", "--timeout"])
        self.assertEqual(self.result("add", 1, 1, "--timeout", 5), ["2"])

    def test_fuel_has_its_own_exit_code(self):
        for tier in ("vm", "native"):
            err = self.fails("run", "m.wasm", "--tier", tier, "--fuel", 100, "--invoke", "forever", status=OUT_OF_FUEL,
                             saying=["stopped: out of fuel", "forever at byte", "--fuel"])
            self.assertNotIn("trap", err)
        self.assertEqual(self.result("add", 1, 1, "--fuel", 1), ["2"])

    def test_time_is_told_whatever_happens(self):
        for words, status in ((("add", 1, 1), 0), (("div", 0), TRAP), (("forever", "--fuel", 10), OUT_OF_FUEL)):
            _, err = self.mote("run", "m.wasm", "--time", "--invoke", *words, status=status)
            self.assertRegex(err, words[0] + r" took \d+\.\d{6} s\n$")

    def test_memory_limit(self):
        self.assertEqual(self.result("grow", 1), ["1"])
        self.assertEqual(self.result("grow", 1, "--memory-limit", 65536), ["-1"])
        self.assertEqual(self.result("grow", 1, "--memory-limit", "64KiB"), ["-1"])
        self.fails("run", "m.wasm", "--memory-limit", 1000, "--invoke", "add", 1, 1, status=REFUSED, saying="exceeds the memory limit")

    def test_pool_too_small(self):
        self.fails("run", "m.wasm", "--pool", 2000, "--invoke", "add", 1, 1, status=REFUSED, saying="larger pool with --pool")
        self.fails("run", "m.wasm", "--pool", "1000000GiB", "--invoke", "add", 1, 1, status=FILE, saying="does not have the memory")

    def test_missing_import(self):
        self.wasm("i.wasm", '(module (import "env" "prin" (func (param i64) (result f32))) (func (export "main")))')
        self.fails("run", "i.wasm", status=REFUSED, saying=['"env"."prin"', "it wants: func (i64) -> f32", "mote run offers", "print"])
        self.wasm("i.wasm", '(module (import "env" "print" (func (param i64))) (func (export "main")))')
        self.fails("run", "i.wasm", status=REFUSED, saying="it wants: func (i64) -> ()")

    def test_start_function_traps_with_a_backtrace(self):
        self.wasm("s.wasm", '(module (func $begin unreachable) (start $begin) (func (export "main")))')
        self.fails("run", "s.wasm", status=TRAP, saying=["unreachable", "#0 begin at byte"])

    def test_every_tier_agrees(self):
        for tier in ("vm", "native", "native-software"):
            if tier == "native-software":
                tier = "x64-software"
            self.assertEqual(self.result("add", 2, 40, "--tier", tier), ["42"])
            _, err = self.mote("run", "m.wasm", "--tier", tier, "--invoke", "load", 65533, status=TRAP)
            self.assertIn("out of bounds memory access", err)
        self.fails("run", "m.wasm", "--tier", "z80", status=USAGE, saying="no tier z80")

    def test_host_functions(self):
        self.wasm("h.wasm", """(module
          (import "env" "print_i64" (func $l (param i64))) (import "env" "print_f64" (func $d (param f64)))
          (import "env" "print_text" (func $t (param i32 i32))) (import "env" "puts" (func $s (param i32)))
          (import "env" "led" (func $led (param i32))) (memory 1) (data (i32.const 8) "hello\\00there")
          (func (export "main") (call $l (i64.const -5)) (call $d (f64.const 0.1)) (call $t (i32.const 8) (i32.const 3))
            (call $s (i32.const 8)) (call $led (i32.const 1))
            (call $t (i32.const 65530) (i32.const 7))))""")
        out, err = self.mote("run", "h.wasm", status=TRAP)
        self.assertEqual(out, "-5\n0.1\nhelhello\nled on\n")
        self.assertIn("#0", err)


if __name__ == "__main__":
    main()
