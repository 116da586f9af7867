#!/usr/bin/env node
/**
 * `node bench/run.mjs [--smoke] [--json]`: the package as it ships beside its rivals, in one run. Counts and losses come
 * from a clock that the bench moves and are the same each time; a missed one of these fails the run. CPU and times
 * depend on the machine and are only shown.
 */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { trackCpu } from './cpu.mjs';
import { experimentCpu } from './experiments.mjs';
import { busyYear } from './fold.mjs';
import { executed, phoneCpu } from './journeys.mjs';
import { collectorLoad } from './load.mjs';
import { openToReady } from './ready.mjs';
import { badHour, crashes, days, freezeOnHide, slowAnswers } from './scenarios.mjs';
import { SUBJECTS } from './subjects.mjs';
import { isMet, table } from './table.mjs';

const FULL = { rounds: 15, bursts: 50, experiments: { rounds: 25, evaluations: 4000 }, starts: 6, moments: 40, hourEvents: 900, slowEvents: 60, store: { days: 60, starts: 3, times: 15 }, load: { clients: 50, seconds: 10 }, journeys: { rounds: 15, times: 200 }, plans: { persons: 1000, wait_s: 8 } };
const SMOKE = { rounds: 1, bursts: 2, experiments: { rounds: 1, evaluations: 200 }, starts: 2, moments: 2, hourEvents: 30, slowEvents: 5, store: { days: 2, starts: 1, times: 3 }, load: { clients: 2, seconds: 1 }, journeys: { rounds: 1, times: 5 }, plans: { persons: 5, wait_s: 1 } };

const RIVALS = ['sensors', 'umeng'];

/** Runs a scenario with each; `pick` chooses the figure. */
async function outcomes(scenario, options, names = ['huitou', ...RIVALS]) {
  const found = {};
  for (const name of names) found[name] = await scenario(SUBJECTS[name], options);
  return found;
}

function line(name, found, pick, rest) {
  return { name, ours: pick(found.huitou), theirs: RIVALS.map((rival) => found[rival] && pick(found[rival])), ...rest };
}

async function cpuLines({ rounds, bursts }) {
  const { huitou, sensors, umeng } = SUBJECTS;
  const found = await trackCpu({ huitou, sensors, umeng }, { rounds, bursts });
  const times = (rival) => found[rival].call / found.huitou.call;
  const met = times('umeng') >= 4 && times('sensors') >= 20;
  return [
    line('track() with four props', found, ({ call }) => call, { unit: 'µs CPU', goal: 3, isTimed: true }),
    { ...line('… theirs over ours', found, ({ call }) => call / found.huitou.call, { goalText: '≥ 20, ≥ 4', met, isTimed: true }), ours: 1 },
    line('… with all that follows (writes, timers)', found, ({ all }) => all, { unit: 'µs CPU', isTimed: true }),
  ];
}

async function dayLines({ starts }) {
  const found = await outcomes(days, { starts }, Object.keys(SUBJECTS));
  const json = { ...found, huitou: found.huitou_json };
  const bytes = ({ next }) => next.request_bytes;
  return [
    line('300-event day: upload', found, bytes, { unit: 'B', goal: 1024 }),
    line('… on a phone\'s first day, names included', found, ({ first }) => first.request_bytes, { unit: 'B' }),
    line('… JSON profile', json, bytes, { unit: 'B', goal: 4096 }),
    line('… requests on the first day', found, ({ first }) => first.requests, { goal: 7 }),
    line('… storage written an event', found, ({ first }) => first.written_bytes / first.events, { unit: 'B', goal: 200 }),
    line('… synchronous writes', found, ({ first }) => first.sync_writes, { goal: starts }),
    line('… lost or doubled', found, ({ whole }) => whole.lost + whole.doubled, { goal: 0 }),
  ];
}

async function crashLines({ moments }) {
  const up = await outcomes(crashes, { moments, mode: 'up' });
  const down = await outcomes(crashes, { moments, mode: 'down' });
  const both = [['up', up], ['down', down]];
  return both.flatMap(([mode, found]) => [
    line(`crash, network ${mode}: lost at most`, found, ({ max }) => max, { goal: 1 }),
    line('… doubled', found, ({ doubled }) => doubled, { goal: 0 }),
  ]);
}

function lostAndDoubled(name, found) {
  return [
    line(name + ': lost', found, ({ lost }) => lost, { goal: 0 }),
    line('… doubled', found, ({ doubled }) => doubled, { goal: 0 }),
  ];
}

async function networkLines({ hourEvents, slowEvents }) {
  const offline = await outcomes(badHour, { mode: 'down', events: hourEvents });
  const failing = await outcomes(badHour, { mode: 'http500', events: hourEvents });
  return [
    ...lostAndDoubled(`an hour offline, ${hourEvents} events`, offline),
    line('… requests', offline, ({ requests }) => requests, {}),
    ...lostAndDoubled('an hour of HTTP 500', failing),
    ...lostAndDoubled('answers after 4 s', await outcomes(slowAnswers, { latency: 4000, events: slowEvents })),
    ...lostAndDoubled('answers after 6 s', await outcomes(slowAnswers, { latency: 6000, events: slowEvents })),
    ...lostAndDoubled('frozen on hide, offline, of 8', await outcomes(freezeOnHide)),
  ];
}

async function machineLines({ store, load }) {
  const ready = await openToReady(store);
  const took = await collectorLoad(load);
  const grown = took.server_mib[2] / took.server_mib[1];
  return [
    { name: `open() to ready, ${ready.rows} unsent rows in ${ready.bytes} B`, unit: 'ms', ours: ready.ms, goal: 20, isTimed: true },
    { name: 'collector: acknowledged syncs', unit: '/s', ours: took.acked_per_s, goalText: '≥ 2,000', met: took.acked_per_s >= 2000, isTimed: true },
    { name: '… slowest of 100', unit: 'ms', ours: took.p99_ms, goal: 50, isTimed: true },
    { name: '… failed', ours: took.failed, goal: 0 },
    { name: `… memory at the end (half time ${took.server_mib[1].toFixed(0)})`, unit: 'MiB', ours: took.server_mib[2], goalText: '≤ +20 %', met: grown <= 1.2, isTimed: true },
  ];
}

/** A person's ledger, if `cargo xtask bench` has built what folds it. */
async function foldLines() {
  const { HUITOU_FOLD_WASM: wasm, HUITOU_FOLD_NATIVE: native } = process.env;
  if (!wasm || !native) return [];
  const year = busyYear({ wasm, native });
  return [
    { name: 'fold of a busy year (770 acts) in wasm', unit: 'ms', ours: year.wasm_ms, goal: 2, isTimed: true },
    { name: '… natively', unit: 'µs', ours: year.fold_us, isTimed: true },
    { name: 'replay of busy years on a server, one core', unit: '/s', ours: year.replay_per_s, goalText: '≥ 20,000', met: year.replay_per_s >= 20000, isTimed: true },
    { name: `… of ordinary years (${year.ordinary_acts} acts)`, unit: '/s', ours: year.ordinary_per_s, goalText: '≥ 20,000', met: year.ordinary_per_s >= 20000, isTimed: true },
    { name: 'ledger of a busy year, an act', unit: 'B', ours: year.bytes_per_act, goal: 6 },
  ];
}

/** Beside GrowthBook's SDK; `goal` is the most that ours may take of its time. */
function besideSdk(name, [ours, theirs], goal) {
  const met = { goalText: `≤ ${goal} ×`, met: ours <= goal * theirs };
  return { name, unit: 'µs CPU', ours, theirs: [undefined, undefined, theirs], isTimed: true, ...(goal && met) };
}

async function experimentLines({ experiments }) {
  const lines = [];
  for (const count of [20, 200]) {
    const { huitou, growthbook, sticky, differing } = await experimentCpu(count, experiments);
    const both = (what) => [huitou[what], growthbook[what]];
    lines.push(
      { name: `${count} features: values that differ from the SDK's`, ours: differing, goal: 0 },
      besideSdk('… all, after a change of attributes', both('change'), 0.3),
      besideSdk('… the same, with variations kept (theirs: not kept)', [sticky.change, growthbook.change]),
      besideSdk('… all again', both('again'), 0.02),
      besideSdk('… load', both('load'), 1),
      besideSdk('… load, and all for the first time', both('cold')),
    );
  }
  return lines;
}

async function journeyLines({ journeys, plans }) {
  const cpu = await phoneCpu(journeys);
  const done = await executed(plans);
  const us = (name, ours, goal) => ({ name, unit: 'µs CPU', ours, goal, isTimed: true });
  return [
    us('50 journeys: an event that begins one and ends another', cpu.event, 50),
    us('… an event that none of them looks for', cpu.other, 50),
    us('… the same event without journeys', cpu.plain),
    us('… plan()', cpu.plan),
    us('outlook() of half a year', cpu.outlook, 30),
    us('due() of half a year', cpu.due),
    us('recommend(10) of 1,000 items with 20 neighbours each', cpu.recommend, 300),
    { name: 'collector: actions done by webhook', unit: '/s', ours: done.per_s, goalText: '≥ 1,000', met: done.per_s >= 1000, isTimed: true },
    { name: '… missing or doubled', ours: done.missing + done.doubled, goal: 0 },
  ];
}

async function measure(size) {
  const parts = [cpuLines, experimentLines, dayLines, crashLines, networkLines, foldLines, journeyLines, machineLines];
  const lines = [];
  for (const part of parts) lines.push(...(await part(size)));
  return lines;
}

const { values } = parseArgs({ options: { smoke: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } } });
const lines = await measure(values.smoke ? SMOKE : FULL);
const missed = lines.filter((each) => !isMet(each));
if (values.json) console.log(JSON.stringify(lines));
else console.log(`\n${table(lines)}\n\n${cpus().length} cores, Node ${process.version}; ${missed.length} of ${lines.length} goals missed`);
process.exitCode = missed.some(({ isTimed }) => !isTimed) ? 1 : 0;
