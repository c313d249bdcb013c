(module
  (import "env" "log" (func (param i64 f32) (result f64)))
  (import "env" "limit" (global i64))
  (import "env" "memory" (memory 1 3))
  (import "env" "table" (table 4 externref))
  (func (export "func") (param i32 f64 funcref) (result f32) f32.const 1)
  (global (export "global") (mut f64) (f64.const 0))
  (table (export "table") 5 50 funcref)
  (export "memory" (memory 0)))
