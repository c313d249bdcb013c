;; SPDX-License-Identifier: Apache-2.0
;; Doubles in d-registers, where the CPU computes them (DESIGN.md): to be read beside the machine code.
(module
  (memory 1)
  (global $g (mut f64) (f64.const 0))
  (func $pure (param f64) (result f64) (local.get 0))
  ;; Locals are pinned, from d4 on in what calls nothing; constants are made once between two labels.
  (func (export "doubles in a loop") (param f64 i32) (result f64) (local f64)
    (loop (local.set 2 (f64.add (f64.mul (local.get 2) (local.get 0)) (f64.const 1.5)))
      (br_if 0 (f64.lt (local.get 2) (local.get 0))))
    (local.get 2))
  (func (export "constants") (param f64) (result f64)
    (f64.add (f64.mul (local.get 0) (f64.const 0.1)) (f64.sub (f64.const 0.1) (f64.const 2))))
  (func (export "zero") (param f64) (result i32) (f64.gt (local.get 0) (f64.const 0)))
  ;; Memory may be unaligned for vldr: through core registers.
  (func (export "memory") (param i32)
    (f64.store offset=16 (local.get 0) (f64.sub (f64.load (local.get 0)) (f64.load offset=8 (local.get 0)))))
  ;; What outlives a call goes to d8 and so on; parameters and results are words.
  (func (export "over a call") (param f64 f64) (result f64)
    (f64.div (f64.mul (local.get 0) (local.get 1)) (call $pure (local.get 1))))
  (func (export "select") (param f64 f64) (result f64)
    (select (local.get 0) (local.get 1) (f64.lt (local.get 0) (local.get 1))))
  (func (export "signs") (param f64 f64) (result f64)
    (f64.copysign (f64.abs (f64.add (local.get 0) (local.get 1))) (f64.neg (f64.sqrt (local.get 1)))))
  (func (export "conversions") (param f32 i32) (result f32)
    (f32.demote_f64 (f64.add (f64.promote_f32 (local.get 0)) (f64.convert_i32_s (local.get 1)))))
  (func (export "bits") (param f64) (result i64)
    (i64.reinterpret_f64 (f64.add (local.get 0) (f64.reinterpret_i64 (i64.const 7)))))
  (func (export "global") (param f64) (global.set $g (f64.add (global.get $g) (local.get 0))))
  ;; A singles' register between doubles'.
  (func (export "both") (param f32 f64) (result f64)
    (f64.mul (local.get 1) (f64.promote_f32 (f32.mul (local.get 0) (local.get 0)))))
  ;; Four values at once are all temporaries of a function that calls nothing: the deepest goes home.
  (func (export "deep") (param f64) (result f64)
    (f64.add (f64.sqrt (local.get 0)) (f64.add (f64.sqrt (local.get 0)) (f64.add (f64.sqrt (local.get 0))
      (f64.add (f64.sqrt (local.get 0)) (f64.add (f64.sqrt (local.get 0)) (f64.sqrt (local.get 0)))))))))
