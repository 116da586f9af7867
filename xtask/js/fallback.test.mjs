import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fallbackModule } from './fallback.mjs';

const MIB = 1024 * 1024;

/** An allocator as the engine's: it grows the memory when it's at its end, and answers 0 when that fails. */
const ALLOCATOR = `(module
  (import "./huitou_bg.js" "__wbg_log" (func $log (param i32)))
  (memory (export "memory") 1)
  (global $end (mut i32) (i32.const 1024))
  (func (export "malloc") (param $size i32) (param $align i32) (result i32)
    (local $start i32)
    (local.set $start (global.get $end))
    (if (i32.gt_u (i32.add (local.get $start) (local.get $size)) (i32.mul (memory.size) (i32.const 65536)))
      (then (if (i32.eq (memory.grow (i32.add (i32.div_u (local.get $size) (i32.const 65536)) (i32.const 1))) (i32.const -1))
        (then (return (i32.const 0))))))
    (global.set $end (i32.add (local.get $start) (local.get $size)))
    (call $log (local.get $start))
    (local.get $start))
  (func (export "free") (param $start i32) (param $size i32) (param $align i32)
    (global.set $end (local.get $start))))`;

function wasm2js(text) {
  const folder = mkdtempSync(join(tmpdir(), 'fallback-'));
  const tool = (name, from, to) => {
    execFileSync(process.execPath, ['node_modules/binaryen/bin/' + name, join(folder, from), '-o', join(folder, to)]);
  };
  try {
    writeFileSync(join(folder, 'a.wat'), text);
    tool('wasm-as', 'a.wat', 'a.wasm');
    tool('wasm2js', 'a.wasm', 'a.js');
    return readFileSync(join(folder, 'a.js'), 'utf8');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const translated = wasm2js(ALLOCATOR);
const { createModule } = await import('data:text/javascript,' + encodeURIComponent(fallbackModule(translated)));
const silent = { './huitou_bg.js': { __wbg_log() {} } };

test('a view made at the start stays true while the reserve is used up', () => {
  const { memory, malloc } = createModule(silent);
  const view = new Uint8Array(memory.buffer);
  for (let taken = 0; taken < 3 * MIB; taken += MIB) assert.notEqual(malloc(MIB, 1), 0);
  assert.equal(memory.buffer, view.buffer);
});

test('memory past the reserve is refused, not moved away from under the glue', () => {
  const { memory, malloc } = createModule(silent);
  const before = memory.buffer;
  assert.equal(malloc(8 * MIB, 1), 0);
  assert.equal(memory.buffer, before);
});

test('every module has its own memory and its own imports', () => {
  const calls = [];
  const log = (name) => ({ './huitou_bg.js': { __wbg_log: () => calls.push(name) } });
  const [first, second] = [createModule(log('first')), createModule(log('second'))];
  assert.notEqual(first.memory.buffer, second.memory.buffer);
  calls.length = 0;
  second.malloc(8, 1);
  assert.deepEqual(calls, ['second']);
});

test('what wasm2js no longer writes is noticed', () => {
  assert.throws(() => fallbackModule(translated.replace('__wasm_memory_grow(pagesToAdd)', 'grow(pages)')), /no longer writes/);
  assert.throws(() => fallbackModule(`import { a } from 'env';\n${translated}`), /no answer/);
});
