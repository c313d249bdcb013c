// SPDX-License-Identifier: Apache-2.0
// How tree.wasm was made: in a folder where `npm install @moonbit/moonpad-monaco@0.1.202602255` was run,
//   node moonbit.mjs FOLDER tree.mbt tree.wasm tree_sum
// That package has MoonBit's compiler for a web worker, and its library inside the editor's bundle; both are got out of it here.
import { createRequire } from "node:module";
import fs from "node:fs";
import path from "node:path";
import zlib from "node:zlib";
globalThis.require = createRequire(import.meta.url);
const [, , folder, source, out, ...exported] = process.argv;
const dist = path.join(folder, "node_modules/@moonbit/moonpad-monaco/dist");
// Its library lies in the editor's bundle.
const bundle = fs.readFileSync(path.join(dist, "moonpad-monaco.js"), "latin1");
const files = new Map();
for (const [, name, variable] of bundle.matchAll(/\["\/lib\/core\/_build\/js\/release\/bundle\/([^"]*)"\] = ([$\w]+);/g)) {
  const at = bundle.indexOf(` ${variable} = d("`);
  if (at < 0) continue;
  const begin = bundle.indexOf('"', at) + 1;
  let bytes = Buffer.from(bundle.slice(begin, bundle.indexOf('"', begin)), "base64");
  if (name.endsWith(".gz") || (bytes[0] === 0x1f && bytes[1] === 0x8b)) bytes = zlib.gunzipSync(bytes);
  files.set(name, new Uint8Array(bytes));
}
let answer, listener;
const self = { postMessage: (message) => answer(message), addEventListener: (kind, f) => { listener = f; }, removeEventListener() {} };
Object.assign(globalThis, self, { self: globalThis });
(0, eval)(fs.readFileSync(path.join(dist, "moonc-worker.js"), "utf8"));
const call = (name, argument) => new Promise((resolve, reject) => {
  answer = (message) => message.type === "HANDLER" ? reject(message.value.value ?? message.value) : resolve(message.value);
  listener({ data: { id: 1, type: "APPLY", path: [name], argumentList: [{ type: "RAW", value: argument }] }, origin: "*" });
});
const std = [...files].filter(([name]) => name.endsWith(".mi")).map(([name, bytes]) => [`/lib/core/_build/js/release/bundle/${name}`, bytes]);
const core = files.get("core.core.gz");
const built = await call("buildPackage", {
  mbtFiles: [[path.basename(source), fs.readFileSync(source, "utf8")]], miFiles: [], indirectImportMiFiles: [], stdMiFiles: std, target: "wasm-gc",
  pkg: "test/tree", pkgSources: ["test/tree:test:/"], isMain: false, errorFormat: "human", enableValueTracing: false, noOpt: false,
});
for (const line of built.diagnostics) console.error(line);
const linked = await call("linkCore", {
  coreFiles: [core, built.core], main: "test/tree", pkgSources: ["test/tree:test:/", "moonbitlang/core:moonbit-core:/lib/core"], target: "wasm-gc",
  exportedFunctions: exported, outputFormat: "wasm", testMode: false, debug: false, noOpt: false, sourceMap: false, sources: {}, stopOnMain: false,
});
fs.writeFileSync(out, linked.result);
