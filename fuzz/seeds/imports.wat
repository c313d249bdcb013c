;; SPDX-License-Identifier: Apache-2.0
;; Everything imported that can be, a start function, a host function through a table, names.
(module $named
  (import "host" "print" (func $print (param i32)))
  (import "host" "mix" (func $mix (param i64 f32 f64 i32) (result i64)))
  (import "host" "memory" (memory 1 2)) (import "host" "table" (table 4 10 funcref)) (import "host" "g" (global $g i32)) (import "host" "h" (global $h (mut i64)))
  (global $mine i32 (i32.add (global.get $g) (i32.const 5)))
  (elem (i32.const 0) $print $begin) (data (i32.const 16) "text")
  (start $begin)
  (func $begin (call $print (global.get $mine)))
  (func (export "mix") (param i32) (result i64) (local $sum i64)
    (local.set $sum (call $mix (i64.const 5) (f32.const 1.5) (f64.const 2.5) (local.get 0)))
    (global.set $h (i64.xor (local.get $sum) (global.get $h))) (global.get $h))
  (func (export "indirect") (param i32) (call_indirect (param i32) (local.get 0) (i32.const 0)))
  (func (export "load") (result i32) (i32.load (i32.const 16))) (export "print" (func $print)) (export "memory" (memory 0)))
