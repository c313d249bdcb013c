(module (memory 1) (func (export "f") i32.const 0 i32.const 1 i32.store) (func (export "g")))
