#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`mote run --trace`. usage: trace_test.py MOTE [TEST...]"""

from harness import OUT_OF_FUEL, TRAP, ToolTest, main

MODULE = """(module (import "env" "print" (func $print (param i32)))
  (func $fib (export "fib") (param i32) (result i32)
    (if (result i32) (i32.lt_s (local.get 0) (i32.const 2))
      (then (local.get 0))
      (else (i32.add (call $fib (i32.sub (local.get 0) (i32.const 1))) (call $fib (i32.sub (local.get 0) (i32.const 2)))))))
  (func (export "mixed") (param i64 f32 f64) (result f64)
    (loop (call $print (i32.const 9)) (br_if 0 (i32.const 0))) (local.get 2))
  (func (export "turns") (param i32) (loop (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))) (call $last))
  (func $last unreachable))"""


class Trace(ToolTest):
    def setUp(self):
        super().setUp()
        self.wasm("m.wasm", MODULE)

    def trace(self, *words, status=0):
        out, err = self.mote("run", "m.wasm", "--trace", "--invoke", *words, status=status)
        return out, [line.removeprefix("trace: ") for line in err.splitlines() if line.startswith("trace: ")]

    def test_calls_are_indented_by_depth(self):
        out, lines = self.trace("fib", 3)
        self.assertEqual(out, "2\n")
        self.assertEqual(lines, ["call fib(3)", "  fib(3)", "    fib(2)", "      fib(1)", "      fib(0)", "    fib(1)", "fib returns -> 2"])

    def test_host_calls_with_results(self):
        out, lines = self.trace("mixed", -1, 1.5, 2.5)
        self.assertEqual(out, "9\n2.5\n")
        self.assertEqual(lines, ["call mixed(-1, 1.5, 2.5)", "  mixed(-1, 1.5, 2.5)", "    host env.print(9)", "mixed returns -> 2.5"])

    def test_turns_of_loops_are_no_calls(self):
        _, lines = self.trace("turns", 50, status=TRAP)
        self.assertEqual(lines, ["call turns(50)", "  turns(50)", "    last()", "turns ends: unreachable"])

    def test_fuel_is_what_it_is_without_a_trace(self):
        for fuel in range(1, 8):
            status = OUT_OF_FUEL if fuel < 5 else 0
            self.mote("run", "m.wasm", "--invoke", "fib", 3, "--fuel", fuel, status=status)
            _, lines = self.trace("fib", 3, "--fuel", fuel, status=status)
            self.assertEqual(len(lines), 2 + min(fuel, 5))

    def test_native_code_shows_the_host_boundary(self):
        _, lines = self.trace("mixed", -1, 1.5, 2.5, "--tier", "native")
        self.assertEqual(lines, ["call mixed(-1, 1.5, 2.5)", "  host env.print(9)", "mixed returns -> 2.5"])


if __name__ == "__main__":
    main()
