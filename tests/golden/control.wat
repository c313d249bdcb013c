;; SPDX-License-Identifier: Apache-2.0
;; Blocks, loops, branches with and without values, tables of labels, select, several results.
(module
  (func (export "block") (param i32) (block (br_if 0 (local.get 0)) (nop)) )
  (func (export "block value") (param i32) (result i32) (block (result i32) (drop (br_if 0 (i32.const 1) (local.get 0))) (i32.const 2)))
  (func (export "loop") (param i32) (loop (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
  (func (export "loop of 64 bits") (param i64) (result i64) (local i64)
    (loop (local.set 1 (i64.add (local.get 1) (local.get 0))) (br_if 0 (i64.ne (local.tee 0 (i64.sub (local.get 0) (i64.const 1))) (i64.const 0)))) (local.get 1))
  (func (export "if") (param i32) (if (local.get 0) (then (unreachable))))
  (func (export "if else") (param i32 i64) (result i64) (if (result i64) (local.get 0) (then (local.get 1)) (else (i64.const -1))))
  (func (export "br_table") (param i32) (result i32) (block (block (block (br_table 0 1 2 1 (local.get 0))) (return (i32.const 10))) (return (i32.const 20))) (i32.const 30))
  (func (export "return") (param i32) (result i32) (return (local.get 0)))
  (func (export "select") (param i32 i32 i32) (result i32) (select (local.get 0) (local.get 1) (local.get 2)))
  (func (export "select by comparison") (param i64 i64) (result i64) (select (local.get 0) (local.get 1) (i64.lt_s (local.get 0) (local.get 1))))
  (func (export "select of floats") (param f64 f64 i32) (result f64) (select (local.get 0) (local.get 1) (local.get 2)))
  (func (export "several results") (param i32 i64) (result i64 i32) (local.get 1) (local.get 0))
  (func (export "unreachable") (unreachable)))
