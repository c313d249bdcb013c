(module
  (import "host" "fixed" (global $fixed f32))
  (import "host" "shared" (global $shared (mut i64)))
  (global (export "mine") (mut i32) (i32.const 3))
  (export "again" (global $shared))
  (func (export "fixed") (result f32) global.get $fixed)
  (func (export "shared") (result i64) global.get $shared)
  (func (export "set") (param i64) local.get 0 global.set $shared))
