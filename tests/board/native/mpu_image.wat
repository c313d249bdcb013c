;; SPDX-License-Identifier: Apache-2.0
;; An app that fills its memory, reads and writes where it is told, and grows.
(module
  (memory (export "memory") 1 2)
  (data (i32.const 16) "flash")
  (func (export "read") (param i32) (result i32) local.get 0 i32.load)
  (func (export "write") (param i32 i32) local.get 0 local.get 1 i32.store)
  (func (export "write64") (param i32 i64) local.get 0 local.get 1 i64.store offset=4)
  (func (export "grow") (result i32) i32.const 1 memory.grow)
  (func $sum (export "sum") (param $end i32) (result i32) (local $at i32) (local $sum i32)
    (loop $next
      (local.set $sum (i32.add (local.get $sum) (i32.load8_u (local.get $at))))
      (br_if $next (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 1))) (local.get $end))))
    local.get $sum)
  (func $deep (export "deep") (param i32) (result i32)
    (if (result i32) (local.get 0)
      (then (i32.add (i32.const 1) (call $deep (i32.sub (local.get 0) (i32.const 1)))))
      (else (i32.const 0)))))
