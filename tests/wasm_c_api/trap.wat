(module
  (import "" "fail" (func $fail (result i32)))
  (func (export "callback") (result i32) call $fail)
  (func $divide (param i32 i32) (result i32) local.get 0 local.get 1 i32.div_s)
  (func (export "divide") (param i32 i32) (result i32) local.get 0 local.get 1 call $divide))
