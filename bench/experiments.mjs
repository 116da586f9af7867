/** What experiments cost: CPU beside GrowthBook's npm SDK, on the same payload and the same people, taking turns. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { brotliDecompressSync } from 'node:zlib';
import { cpuUs, median } from './cpu.mjs';
import { payload, person } from './payload.mjs';

const ROOT = new URL('..', import.meta.url).pathname;
const SDK = ROOT + 'node_modules/@growthbook/growthbook/dist/bundles/esm.min.js';
const { GrowthBook } = await import(SDK);
const { createGlue } = await import(ROOT + 'pkg/wasm/glue-node.mjs');
const module = new WebAssembly.Module(brotliDecompressSync(readFileSync(ROOT + 'pkg/dist/miniprogram/huitou.wasm.br')));

const PROGRAM = JSON.stringify({ app: 'tea-shop', revision: 1 });
const AT = Date.parse('2026-11-23T04:00:00Z');
const OFFSET_MIN = 480;

async function freshCore() {
  const glue = createGlue();
  const functions = Object.fromEntries(Object.entries(glue).filter(([name]) => name.startsWith('__wb')));
  const instance = await WebAssembly.instantiate(module, { './huitou_bg.js': functions });
  glue.__wbg_set_wasm(instance.exports);
  const core = new glue.Core(PROGRAM, new Uint8Array(16));
  core.boot(JSON.stringify({ consent: true, format: 'binary', info: {}, experiments: { engine_attributes: false } }), AT, OFFSET_MIN);
  return core;
}

/** The engine, with the shell's map of what has been read. */
export async function huitou() {
  const core = await freshCore();
  let [positions, values, current] = [new Map(), [], []];
  const evaluate = (at) => {
    const number = core.feature(at, AT, OFFSET_MIN) >> 1;
    const known = values[at];
    return number in known ? known[number] : (known[number] = core.feature_value(at, number));
  };
  return {
    load(text) {
      const { features } = core.load_features(text, AT, OFFSET_MIN);
      positions = new Map(features.map((key, at) => [key, at]));
      values = features.map(() => ({}));
      current = [];
    },
    become(attributes) {
      core.command(JSON.stringify({ op: 'attributes', set: attributes }), AT, OFFSET_MIN);
      current = [];
    },
    read(key) {
      const at = positions.get(key);
      return current[at] === undefined ? (current[at] = evaluate(at)) : current[at];
    },
  };
}

/** The SDK as its documentation says. */
export function sdk() {
  const gb = new GrowthBook({});
  return {
    load: (text) => { gb.initSync({ payload: JSON.parse(text) }); },
    become: (attributes) => { gb.setAttributes(attributes); },
    read: (key) => gb.getFeatureValue(key, null),
  };
}
