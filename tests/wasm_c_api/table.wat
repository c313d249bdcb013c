(module
  (table (export "table") 2 10 funcref)
  (elem (i32.const 1) $half)
  (elem declare func $double)
  (func (export "through") (param i32 i32) (result i32)
    local.get 0 local.get 1 call_indirect (param i32) (result i32))
  (func $half (export "half") (param i32) (result i32) local.get 0 i32.const 1 i32.shr_s)
  (func $double (export "double") (param i32) (result i32) local.get 0 i32.const 1 i32.shl)
  (func (export "wrong") (param f32)))
