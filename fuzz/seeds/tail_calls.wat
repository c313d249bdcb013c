;; SPDX-License-Identifier: Apache-2.0
;; Tail calls to functions with fewer and with more parameters, through a table, to the host; narrow arithmetic.
(module
  (import "host" "print" (func $print (param i32)))
  (type $loop (func (param i32 i64) (result i64)))
  (table 2 2 funcref) (elem (i32.const 0) $odd $even)
  (func $even (type $loop) (if (result i64) (i32.eqz (local.get 0)) (then (local.get 1)) (else (return_call $odd (i32.sub (local.get 0) (i32.const 1)) (i64.add (local.get 1) (i64.const 2))))))
  (func $odd (type $loop) (if (result i64) (i32.eqz (local.get 0)) (then (i64.const -1)) (else (return_call_indirect (type $loop) (i32.sub (local.get 0) (i32.const 1)) (local.get 1) (i32.const 1)))))
  (func (export "run") (param i32) (result i64) (return_call $even (i32.mul (local.get 0) (i32.const 100)) (i64.const 0)))
  (func $wide (param i32 i64 f32 f64 i32 i32 i64) (result i32) (i32.add (local.get 0) (local.get 5)))
  (func (export "widen") (param i32) (result i32) (return_call $wide (local.get 0) (i64.const 1) (f32.const 2) (f64.const 3) (i32.const 4) (i32.const 5) (i64.const 6)))
  (func (export "host") (param i32) (return_call $print (local.get 0)))
  (func (export "narrow") (param i32 i64) (result i64) (i64.add (i64.extend_i32_s (i32.extend8_s (local.get 0))) (i64.extend16_s (local.get 1)))
    (i64.add (i64.extend32_s (local.get 1))) (i64.rotl (i64.const 3)) (i64.popcnt) (i64.extend_i32_u (i32.wrap_i64 (i64.clz (local.get 1)))) (i64.add))
  (func (export "saturate") (param f32 f64) (result i64) (i64.add (i64.trunc_sat_f64_s (local.get 1)) (i64.extend_i32_u (i32.trunc_sat_f32_u (local.get 0)))))
  (func (export "divide") (param i32 i64) (result i64) (i64.div_s (local.get 1) (i64.extend_i32_s (i32.rem_s (local.get 0) (i32.const 5)))) (i64.rem_u (i64.const -7) (local.get 1)) (i64.sub)))
