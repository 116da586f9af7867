import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { asFactory, glueFactory } from './glue.mjs';

const load = (source) => import('data:text/javascript,' + encodeURIComponent(source));

/** Bundles files of a folder that is gone afterwards. */
async function inFolder(files, use) {
  const folder = mkdtempSync(join(tmpdir(), 'glue-'));
  try {
    Object.entries(files).forEach(([name, text]) => writeFileSync(join(folder, name), text));
    return await use((name) => join(folder, name));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('every call of the factory starts with fresh state', async () => {
  const glue = 'let wasm; export function __wbg_set_wasm(v) { wasm = v; } export function seen() { return wasm; }';
  const source = await glueFactory(glue, []);
  const { createGlue } = await load(source);
  const [first, second] = [createGlue(), createGlue()];
  first.__wbg_set_wasm('an instance');
  assert.equal(first.seen(), 'an instance');
  assert.equal(second.seen(), undefined);
});

test('a shim stands in for the global of its name', async () => {
  const glue = 'const decoder = new TextDecoder(); export function decode() { return decoder.decode(); }';
  const files = { 'shim.js': "export class TextDecoder { decode() { return 'shimmed'; } }" };
  const source = await inFolder(files, (path) => glueFactory(glue, [path('shim.js')]));
  assert.equal((await load(source)).createGlue().decode(), 'shimmed');
});

test('renamed exports keep the name by which they are exported', async () => {
  const source = asFactory('var a2 = 1;\nexport {\n  a2 as a\n};\n', 'create');
  assert.deepEqual((await load(source)).create(), { a: 1 });
});

test('a bundle of another form is refused', () => {
  assert.throws(() => asFactory('export const a = 1;', 'create'), /one export clause/);
});
