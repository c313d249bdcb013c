(module
  (import "" "f" (func $f (param externref) (result externref)))
  (global $kept (export "kept") (mut externref) (ref.null extern))
  (table $table (export "table") 4 externref)
  (func (export "keep") (param externref) local.get 0 global.set $kept)
  (func (export "kept_one") (result externref) global.get $kept)
  (func (export "call") (param externref) (result externref) local.get 0 call $f)
  (func (export "is_null") (param externref) (result i32) local.get 0 ref.is_null))
