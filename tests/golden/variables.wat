;; SPDX-License-Identifier: Apache-2.0
;; Locals and globals of every type, constants.
(module
  (global $i (mut i32) (i32.const 1)) (global $l (mut i64) (i64.const 2)) (global $f (mut f32) (f32.const 3)) (global $d (mut f64) (f64.const 4))
  (func (export "local.get") (param i32 i64 f32 f64) (result i32 i64 f32 f64) (local.get 0) (local.get 1) (local.get 2) (local.get 3))
  (func (export "local.set") (param i32) (result i32) (local i32) (local.set 1 (local.get 0)) (local.set 0 (i32.const 5)) (local.get 1))
  (func (export "local.tee") (param i64) (result i64) (local i64) (i64.add (local.tee 1 (local.get 0)) (local.get 1)))
  (func (export "zeroed") (result i64) (local i32 i64 f64 i64) (local.get 3))
  (func (export "global.get") (result i32 i64 f32 f64) (global.get $i) (global.get $l) (global.get $f) (global.get $d))
  (func (export "global.set") (param i32 i64 f32 f64) (global.set $i (local.get 0)) (global.set $l (local.get 1)) (global.set $f (local.get 2)) (global.set $d (local.get 3)))
  (func (export "count") (global.set $i (i32.add (global.get $i) (i32.const 1))))
  (func (export "i32.const") (result i32) (i32.const 0x12345678))
  (func (export "small") (result i32) (i32.const -1))
  (func (export "i64.const") (result i64) (i64.const 0x123456789abcdef0))
  (func (export "f32.const") (result f32) (f32.const 1.5))
  (func (export "f64.const") (result f64) (f64.const -2.25))
  (func (export "swap") (param i32 i32) (result i32 i32) (local.get 1) (local.get 0)))
