/** The module that ships, with fresh glue for every case: what one case leaves behind can't help the next. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const file = (name) => join(process.cwd(), 'pkg/wasm', name);
const compiled = new WebAssembly.Module(readFileSync(file('huitou_bg.wasm')));
const { createGlue } = await import(pathToFileURL(file('glue-node.mjs')));

/** The class `Core` of a fresh instance. */
export async function freshCore() {
  const glue = createGlue();
  const functions = Object.fromEntries(Object.entries(glue).filter(([name]) => name.startsWith('__wb')));
  const instance = await WebAssembly.instantiate(compiled, { './huitou_bg.js': functions });
  glue.__wbg_set_wasm(instance.exports);
  return glue.Core;
}
