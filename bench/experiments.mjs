/** What experiments cost: CPU beside GrowthBook's npm SDK, on the same payload and the same people, taking turns. */
import { readFileSync } from 'node:fs';
import { brotliDecompressSync } from 'node:zlib';
import { cpuUs, median } from './cpu.mjs';
import { payload, person } from './payload.mjs';

const ROOT = new URL('..', import.meta.url).pathname;
/** The SDK's fastest build. */
const { GrowthBook } = await import(ROOT + 'node_modules/@growthbook/growthbook/dist/bundles/esm.min.js');
const { createGlue } = await import(ROOT + 'pkg/wasm/glue-node.mjs');
const module = new WebAssembly.Module(brotliDecompressSync(readFileSync(ROOT + 'pkg/dist/miniprogram/huitou.wasm.br')));

const PROGRAM = JSON.stringify({ app: 'tea-shop', revision: 1 });
const AT = Date.parse('2026-11-23T04:00:00Z');
const OFFSET_MIN = 480;
/** Rounds before the first that counts: V8 compiles what runs often. */
const WARM_UP = 4;
/** Loads in a round. */
const LOADS = 10;

/** The engine as it ships, on a phone of its own. */
export async function freshCore(sticky, program = PROGRAM) {
  const glue = createGlue();
  const functions = Object.fromEntries(Object.entries(glue).filter(([name]) => name.startsWith('__wb')));
  const instance = await WebAssembly.instantiate(module, { './huitou_bg.js': functions });
  glue.__wbg_set_wasm(instance.exports);
  const core = new glue.Core(program, new Uint8Array(16));
  core.boot(JSON.stringify({ consent: true, format: 'binary', info: {}, experiments: { sticky } }), AT, OFFSET_MIN);
  return core;
}

/** The engine, with a map of what has been read since something changed, as the shell has it. */
async function huitou(sticky) {
  const core = await freshCore(sticky);
  let [positions, values, read] = [new Map(), [], new Map()];
  const evaluate = (at) => {
    const number = core.feature(at, AT, OFFSET_MIN) >> 1;
    const known = values[at];
    return number in known ? known[number] : (known[number] = core.feature_value(at, number));
  };
  return {
    clear: () => { core.load_features('{}', AT, OFFSET_MIN); },
    load(text) {
      const { features } = core.load_features(text, AT, OFFSET_MIN);
      positions = new Map(features.map((key, at) => [key, at]));
      values = features.map(() => ({}));
      read = new Map();
    },
    become(attributes) {
      core.command(JSON.stringify({ op: 'attributes', set: attributes }), AT, OFFSET_MIN);
      read = new Map();
    },
    read(key) {
      let value = read.get(key);
      if (value === undefined) {
        value = evaluate(positions.get(key));
        read.set(key, value);
      }
      return value;
    },
  };
}

/** The SDK; it keeps no assignments unless it is given a service for that. */
function growthbook() {
  let gb = new GrowthBook({});
  return {
    clear: () => { gb = new GrowthBook({}); },
    load: (text) => { gb.initSync({ payload: JSON.parse(text) }); },
    become: (attributes) => { gb.updateAttributes(attributes); },
    read: (key) => gb.getFeatureValue(key, null),
  };
}

const SOMEBODY = person(0);

/** What changes of a person from one moment to the next. */
const changed = (n) => ({ level: n % 12, orders: n % 7 });

function timed(times, work) {
  const before = cpuUs();
  for (let time = 0; time < times; time++) work(time);
  return (cpuUs() - before) / times;
}

/** Microseconds: of all features after a change, of all again, of a load, and of a load with the first read of all. */
function round(subject, { text, keys, times }) {
  const readAll = () => keys.forEach((key) => subject.read(key));
  const loads = { load: 0, first: 0 };
  for (let load = 0; load < LOADS; load++) {
    // On a phone nothing is in force before.
    subject.clear();
    subject.become(SOMEBODY);
    loads.load += timed(1, () => subject.load(text)) / LOADS;
    loads.first += timed(1, readAll) / LOADS;
  }
  const change = timed(times, (n) => {
    subject.become(changed(n));
    readAll();
  });
  return { ...loads, change, again: timed(times, readAll), cold: loads.load + loads.first };
}

/** Features whose value differs between the first two. */
function disagreements([one, other], keys) {
  let count = 0;
  for (let n = 0; n < 20; n++) {
    [one, other].forEach((subject) => subject.become(person(n)));
    count += keys.filter((key) => JSON.stringify(one.read(key)) !== JSON.stringify(other.read(key))).length;
  }
  return count;
}

/**
 * Medians over rounds that take turns, in microseconds.
 * @param {number} count features
 * @param {{rounds: number, evaluations: number}} size evaluations in a round, of each
 */
export async function experimentCpu(count, { rounds, evaluations }) {
  const all = payload(count);
  const work = { text: JSON.stringify(all), keys: Object.keys(all.features), times: Math.max(1, Math.round(evaluations / count)) };
  const subjects = { huitou: await huitou(false), growthbook: growthbook(), sticky: await huitou(true) };
  Object.values(subjects).forEach((subject) => subject.load(work.text));
  const differing = disagreements([subjects.huitou, subjects.growthbook], work.keys);
  const found = Object.fromEntries(Object.keys(subjects).map((name) => [name, []]));
  for (let turn = -WARM_UP; turn < rounds; turn++) {
    for (const [name, subject] of Object.entries(subjects)) {
      const taken = round(subject, work);
      if (turn >= 0) found[name].push(taken);
    }
  }
  const medians = (taken) => Object.fromEntries(Object.keys(taken[0]).map((what) => [what, median(taken.map((each) => each[what]))]));
  return { differing, ...Object.fromEntries(Object.entries(found).map(([name, taken]) => [name, medians(taken)])) };
}
