// SPDX-License-Identifier: Apache-2.0
// Has the component model's own tools read guest/mote-app.wit, and compares the functions that they see with the rows that our
// generator made of it: wit.mjs WIT DEVICES_API.HPP NODE_MODULES
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [wit, header, modules] = process.argv.slice(2);
const { $init, tools } = await import(pathToFileURL(`${modules}/@bytecodealliance/jco-transpile/vendor/wasm-tools.js`));
await $init;
const source = readFileSync(wit, 'utf8');
// A module that imports all of a world's functions, with the world's description in a section of its own.
const text = tools.print(tools.componentEmbed({ witSource: source, dummy: true, world: 'app' }));
// (import "cm32p2|mote:app/gpio@0.1" "digital-out-pin_drop" ...
const theirs = [...text.matchAll(/\(import "cm32p2\|(mote:app\/[\w-]+)@[\d.]+" "([^"]+)"/g)].map(
  ([, face, name]) => `${face} ${name.replace(/^(.*)_drop$/, '[resource-drop]$1')}`).sort();
const ours = [...readFileSync(header, 'utf8').matchAll(/bind<\w+>\("(mote:app\/[\w-]+)",\s*"([^"]+)"\)/g)].map(
  ([, face, name]) => `${face} ${name}`).sort();
const differences = [...theirs.filter((f) => !ours.includes(f)).map((f) => `no row for ${f}`),
                     ...ours.filter((f) => !theirs.includes(f)).map((f) => `a row, but not in the WIT: ${f}`)];
differences.forEach((line) => console.log(line));

// What is no WIT must be refused, or this test shows nothing.
let refused = false;
try {
  tools.componentEmbed({ witSource: source.replace('enum pin-state', 'enum 1pin-state'), dummy: true, world: 'app' });
} catch {
  refused = true;
}
if (!refused) console.log('the tools read anything');
console.log(`${theirs.length} functions by the tools, ${ours.length} by the generator`);
process.exit(differences.length === 0 && refused && theirs.length > 30 ? 0 : 1);
