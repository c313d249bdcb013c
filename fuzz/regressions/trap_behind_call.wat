;; SPDX-License-Identifier: Apache-2.0
;; The interpreter told a wrong byte offset of a trap behind a call of an earlier function or of the function itself: the copy that
;; is compiled to find the offset had a longer call.
(module
  (func $one (result i32) (i32.const 1))
  (func (export "behind") (param i32) (result i32) (local i32)
    (local.set 1 (call $one)) (local.get 1) (unreachable))
  (func $self (export "self") (param i32) (result i32) (local i32)
    (if (local.get 0) (then (local.set 1 (call $self (i32.const 0)))))
    (i32.div_u (i32.const 5) (local.get 0)))
  (func (export "twice") (result i32) (call $one) (call $one) (i32.sub) (i32.load offset=4 (i32.const 65533)) (i32.add))
  (memory 1))
