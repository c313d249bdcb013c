// SPDX-License-Identifier: Apache-2.0
// What run_log.cpp does, by Node's engine. usage: node run_log.js MODULE TYPES, TYPES being what `run_log types` printed.
"use strict";
const fs = require("fs");
const [, , file, typesFile] = process.argv;
const lines = fs.readFileSync(typesFile, "utf8").split("\n").filter(Boolean).map((line) => line.split(" "));
const out = [];

const view = new DataView(new ArrayBuffer(8));
function text(letter, value) {
  switch (letter) {
    case "i": return String(value | 0);
    case "l": return String(BigInt.asIntN(64, value));
    case "f":
      if (Number.isNaN(value)) return "nan";
      view.setFloat32(0, value);
      return view.getUint32(0).toString(16).padStart(8, "0");
    case "d":
      if (Number.isNaN(value)) return "nan";
      view.setFloat64(0, value);
      return view.getBigUint64(0).toString(16).padStart(16, "0");
    default: return value === null || value === undefined ? "null" : "ref";
  }
}
function argument(letter, i) {
  switch (letter) {
    case "i": return 5 + 3 * i;
    case "l": return BigInt(5 + 3 * i);
    case "f": return 1.5 * (i + 1);
    case "d": return -2.25 * (i + 1);
    default: return null;
  }
}
function zero(letter) {
  return letter === "l" ? 0n : letter === "r" || letter === "e" ? null : 0;
}
const kTraps = [
  [/unreachable/, "unreachable"], [/(divide|remainder) by zero/, "integer divide by zero"], [/unrepresentable/, "range"],
  [/memory access out of bounds/, "out of bounds memory access"], [/signature mismatch|null function/, "signature"],
  [/table (index|access)|table\..*out of bounds/, "table"], [/call stack/, "stack"], [/dereferencing a null|rethrowing null/, "null"], [/illegal cast/, "cast failure"],
  [/array.*out of bounds/, "out of bounds array access"], [/array.*too large/, "the pool is too small for the guest's objects"],
];
function trap(error) {
  const found = kTraps.find(([pattern]) => pattern.test(error.message));
  return found ? found[1] : error.message;
}

const imports = {};
for (const [kind, module, name, types] of lines) {
  if (kind !== "import") continue;
  const [params, results] = types.split(":");
  imports[module] = imports[module] || {};
  imports[module][name] = (...values) => {
    out.push(["host " + name, ...values.map((value, i) => text(params[i], value))].join(" "));
    return results.length === 0 ? undefined : results.length === 1 ? zero(results[0]) : [...results].map(zero);
  };
}
function run() {
  let instance;
  try {
    instance = new WebAssembly.Instance(new WebAssembly.Module(fs.readFileSync(file)), imports);
  } catch (error) {
    out.push((error instanceof WebAssembly.CompileError ? "load: " : "instantiate: ") + error.message);
    return;
  }
  for (const [kind, name, types] of lines) {
    if (kind !== "export") continue;
    const [params, results] = types.split(":");
    if (types.includes("v")) continue;  // vectors and exceptions, which JavaScript has not
    try {
      const result = instance.exports[name](...[...params].map(argument));
      const values = results.length < 2 ? [result].slice(0, results.length) : [...result];
      out.push([name, ...values.map((value, i) => text(results[i], value))].join(" "));
    } catch (error) {
      if (error instanceof WebAssembly.Exception) { out.push(`${name} trap uncaught exception`); continue; }
      if (/type incompatibility/.test(error.message)) { out.push(`${name} refused`); continue; }
      out.push(`${name} trap ${trap(error)}`);
      if (trap(error) === "stack") return;
    }
  }
  let hash = 0x811c9dc5;
  const bytes = instance.exports.memory ? new Uint8Array(instance.exports.memory.buffer) : [];
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  out.push(`memory ${bytes.length} ${(hash >>> 0).toString(16).padStart(8, "0")}`);
}
run();
process.stdout.write(out.map((line) => line + "\n").join(""));
