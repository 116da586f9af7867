/** What journeys and insight cost on the phone, and how much of plans a collector does in a second. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { login, startCollector } from '../replay/collector.mjs';
import { exchange } from '../replay/http.mjs';
import { catalogue } from './catalogue.mjs';
import { cpuUs, median } from './cpu.mjs';
import { freshCore } from './experiments.mjs';

const START = Date.parse('2026-11-23T04:00:00Z');
const DAY_MS = 86400000;
const OFFSET_MIN = 480;
/** Rounds before the first that counts: V8 compiles what runs often. */
const WARM_UP = 9;
const EVENT = { name: 'poke' };
/** Built-in events come first. */
const POKE = 8;
const message = (template) => ({ kind: 'message', template });

/** `count` journeys: one in 50 begins anew with the event, one in 50 ends with it, the rest has to do with other things. */
function programOf(count) {
  const journeys = Array.from({ length: count }, (_, at) => {
    const steps = [{ after: '1d', do: message(`t${at}`) }, { after: '3d', when: { orders: { $gte: 1 } }, do: message(`u${at}`) }];
    if (at % 50 === 0) return { id: `j${at}`, enter_on: 'poke', restart_on_repeat: true, when: { visits: { $gte: 1 } }, goal: ['order_paid'], steps };
    if (at % 50 === 1) return { id: `j${at}`, enter_on: 'visit', exit_on: ['poke'], steps };
    return { id: `j${at}`, enter_on: ['cart_changed', 'order_paid', 'level:lost', 'price_dropped'][at % 4], steps };
  });
  return { app: 'tea-shop', revision: 1, events: [EVENT], journeys, messages: { quiet_hours: ['22:00', '08:00'], max_per_day: 1 } };
}

/** A person of half a year, with orders and things looked at. */
async function somebody(journeys) {
  const core = await freshCore(false, JSON.stringify(programOf(journeys)));
  const command = (at, op) => core.command(JSON.stringify(op), at, OFFSET_MIN);
  let at = START;
  for (let visit = 0; visit < 40; visit++) {
    at = START + visit * 4 * DAY_MS;
    core.track(0, at, OFFSET_MIN);
    command(at, { op: 'browse', item: `i${visit % 12}`, category: `c${visit % 3}` });
    const items = [{ item: `i${visit % 12}`, category: `c${visit % 3}`, quantity: 1, price_fen: 900 }];
    if (visit % 4 === 0) command(at, { op: 'order', order_id: `o${visit}`, paid_fen: 900, items });
  }
  return { core, command, at };
}

function timed(times, work) {
  const before = cpuUs();
  for (let time = 0; time < times; time++) work(time);
  return (cpuUs() - before) / times;
}

/** Medians in microseconds: an event that begins one and ends another of 50 journeys, one that none looks for, and questions. */
export async function phoneCpu({ rounds, times }) {
  const [many, none] = [await somebody(50), await somebody(0)];
  many.core.set_catalogue(catalogue(1000, 20));
  const found = { event: [], other: [], plain: [], plan: [], outlook: [], due: [], recommend: [] };
  for (let turn = -WARM_UP; turn < rounds; turn++) {
    const at = (time) => many.at + 60000 + (turn + WARM_UP) * times * 1000 + time * 1000;
    const taken = {
      event: timed(times, (time) => many.core.track(POKE, at(time), OFFSET_MIN)),
      other: timed(times, (time) => many.core.track(4, at(time), OFFSET_MIN)),
      plain: timed(times, (time) => none.core.track(POKE, at(time), OFFSET_MIN)),
      plan: timed(times, (time) => many.command(at(time), { op: 'plan' })),
      outlook: timed(times, (time) => many.command(at(time), { op: 'outlook' })),
      due: timed(times, (time) => many.command(at(time), { op: 'due', horizon_days: 14 })),
      recommend: timed(times, (time) => many.command(at(time), { op: 'recommend', n: 10 })),
    };
    if (turn >= 0) Object.keys(found).forEach((what) => found[what].push(taken[what]));
  }
  return Object.fromEntries(Object.entries(found).map(([what, taken]) => [what, median(taken)]));
}

const STEPS = 10;
const PLANS = {
  app: 'tea-shop', revision: 1,
  journeys: [{ id: 'many', enter_on: 'visit', steps: Array.from({ length: STEPS }, (_, at) => ({ after: `${at + 1}min`, do: { ...message(`t${at}`), purpose: 'service' } })) }],
};

/** A receiver that says yes, and counts. */
async function receiver() {
  const times = [];
  const keys = new Set();
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      times.push(performance.now());
      keys.add(request.headers['idempotency-key']);
      response.writeHead(200).end();
    });
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return { times, keys, server, url: `http://127.0.0.1:${server.address().port}/` };
}

async function upload(collector, { user, device, due }) {
  const token = await login(collector.url, 'tea-shop')({ user });
  const at = due - 3600000;
  const trip = {
    journey: 'many', key: '', at, standing: 'running', ended: at, variation: 0, held_out: false, once: false, by_order: false,
    cancel_on: [], done: [], due: Array.from({ length: STEPS }, (_, step) => ({ step, at: due, kind: 'message', ref: `t${step}`, service: true })),
  };
  const body = JSON.stringify({ v: 1, app: 'tea-shop', device: device.toString(16).padStart(16, '0'), user, sent: Date.now(), tz: 480, rows: [], plan: { rev: 1, trips: [trip] } });
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
  const { status, body: text } = await exchange({ url: collector.url + '/v1/sync', method: 'POST', headers, body });
  if (status !== 200) throw new Error(`${status}: ${text}`);
}

/** So many actions become due at one moment: how many a second reach a webhook on this machine, each once. */
export async function executed({ persons, wait_s }) {
  const folder = mkdtempSync(join(tmpdir(), 'huitou-bench-'));
  writeFileSync(join(folder, 'program.json'), JSON.stringify(PLANS));
  const hook = await receiver();
  const collector = await startCollector(join(folder, 'plans.sqlite'), join(folder, 'program.json'), ['--webhook', hook.url, '--actions-per-second', '0']);
  try {
    const due = Math.ceil(Date.now() / 1000 + wait_s) * 1000;
    for (let person = 0; person < persons; person++) await upload(collector, { user: `u${person}`, device: person + 1, due });
    if (Date.now() > due) throw new Error('the plans came later than they were due');
    const count = persons * STEPS;
    const end = Date.now() + 120000;
    while (hook.times.length < count && Date.now() < end) await new Promise((resolve) => { setTimeout(resolve, 50); });
    const seconds = (hook.times.at(-1) - hook.times[0]) / 1000;
    return { per_s: hook.times.length / seconds, missing: count - hook.keys.size, doubled: hook.times.length - hook.keys.size };
  } finally {
    await collector.stop();
    hook.server.close();
    rmSync(folder, { recursive: true });
  }
}
