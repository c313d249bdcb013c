(module
  (import "" "value" (func $value (result i32)))
  (func $inner unreachable)
  (func $start call $value if call $inner end)
  (start $start))
