/** From `open()` to ready, in Node, for a phone that has much to tell. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Visitor } from './scenarios.mjs';
import { median } from './cpu.mjs';

const huitou = createRequire(import.meta.url)('../pkg/dist/node/index.cjs');
const PROGRAM = JSON.parse(readFileSync(new URL('program.json', import.meta.url), 'utf8'));
const DAY_MS = 86400000;

/** A memory host that keeps its bytes in sight. */
function phone(start) {
  const clock = { now: start };
  const host = huitou.hosts.memory({ now: () => clock.now, offset_min: () => 480 });
  const { save, saveSync } = host;
  const sizes = new Map();
  host.save = (key, value) => { sizes.set(key, value.length); return save(key, value); };
  host.saveSync = (key, value) => { sizes.set(key, value.length); saveSync(key, value); };
  return { clock, host, bytes: () => [...sizes.values()].reduce((sum, each) => sum + each, 0) };
}

/** Weeks offline: `starts` cold starts of 50 events on each of `days` days. */
async function fill({ clock, host }, days, starts) {
  for (let start = 0; start < days * starts; start++) {
    clock.now += DAY_MS / starts;
    const h = huitou.open({ program: PROGRAM, consent: true, host });
    await h.ready;
    const visitor = new Visitor({ track: (name, props) => h.track(name, props) }, 'fill' + start);
    for (let event = 0; event < 50; event++) visitor.look();
    await h.close();
  }
}

/**
 * Milliseconds of the middle one of several starts, and what the store held.
 * @param {{days: number, starts: number, times: number}} size
 */
export async function openToReady({ days, starts, times }) {
  const full = phone(Date.now() - 90 * DAY_MS);
  await fill(full, days, starts);
  const taken = [];
  for (let time = 0; time < times; time++) {
    const began = performance.now();
    const h = huitou.open({ program: PROGRAM, consent: true, host: full.host });
    await h.ready;
    taken.push(performance.now() - began);
    if (time === times - 1) Object.assign(full, { rows: h.stats().unsent_rows });
    await h.close();
  }
  return { ms: median(taken), bytes: full.bytes(), rows: full.rows };
}
