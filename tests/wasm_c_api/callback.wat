(module
  (import "host" "print" (func $print (param i32) (result i32)))
  (import "host" "closure" (func $closure (result i32)))
  (func (export "run") (param i32 i32) (result i32)
    local.get 0 local.get 1 i32.add call $print call $closure i32.add))
