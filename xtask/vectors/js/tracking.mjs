/** `tracking.json` on the package's Node entry: what the file's words mean stands in the file. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { inWords, Receiver } from './receiver.mjs';

const require = createRequire(join(process.cwd(), 'package.json'));

const START_MS = Date.UTC(2026, 10, 22, 2);
const HOUR_MS = 3600000;
const REQUESTS_MAX = 32;
/** Turns of the event loop without a write or a request after which a phone is taken to rest. */
const QUIET_TURNS = 6;

export async function tracking({ program, cases }) {
  const outcomes = [];
  for (const each of cases) outcomes.push({ name: each.name, difference: await difference(program, each) });
  return outcomes;
}

async function difference(base, { program, steps, expect }) {
  const phone = new Phone({ ...base, ...program });
  const wrong = [];
  for (const step of steps) {
    phone.moveTo(step);
    const refused = await phone.perform(step);
    if (refused !== step.refused) wrong.push(`${JSON.stringify(step)} was refused with ${refused}`);
    await phone.rest();
  }
  if (phone.isUp) await phone.sendAll();
  compare(expect, await phone.found(), 'expect', wrong);
  await phone.end();
  return wrong.length > 0 ? wrong.join('; ') : null;
}

/** A phone, its network and the receiver at the other end, all in one thread and at one time. */
class Phone {
  constructor(program) {
    this.program = program;
    this.huitou = require('./pkg/dist/node/index.cjs');
    this.receiver = new Receiver();
    this.storage = new Map();
    this.now_ms = START_MS;
    this.offset_min = 480;
    this.isUp = true;
    this.ahead_ms = null;
    this.requests = 0;
    this.facts = 0;
    this.hasNews = false;
    this.activity = 0;
    this.app = null;
  }

  moveTo({ at, tz }) {
    this.now_ms = START_MS + at * 1000;
    if (tz !== undefined) this.offset_min = tz;
  }

  /** The code with which a step was refused, if it was. */
  async perform(step) {
    try {
      await this[step.op](step);
      return undefined;
    } catch (error) {
      if (error.code === undefined) throw error;
      return error.code;
    }
  }

  async launch({ scene, consent = true, program }) {
    await this.end();
    const host = this._host(scene);
    this.app = this.huitou.open({ program: { ...this.program, ...program }, url: 'http://receiver', token: 't', format: 'json', consent, host });
    this.host = host;
    this.app.on('fact', () => { this.facts += 1; });
    this.app.on('error', () => {});
    await this.app.ready;
  }

  show({ scene }) { this.host.show(String(scene)); }
  hide() { this.host.hide(); }
  page({ page }) { this.app.page(page); }
  flow({ flow, step }) { this.app.flow(flow, step); }
  order({ op, at, tz, ...order }) { this.app.track('order', order); }
  user({ id }) { return this.app.setUser(id); }
  attributes({ set }) { return this.app.setAttributes(set); }
  consent({ granted }) { return this.app.consent(granted); }

  track({ event, props, times = 1 }) {
    for (let time = 0; time < times; time++) this.app.track(event, readable(props));
  }

  /** The app asks; whether the request comes through is another matter. */
  async sync() {
    await this.app.sync().catch((error) => {
      if (!['sync_failed', 'offline', 'not_consented'].includes(error.code)) throw error;
    });
  }

  server({ ahead_s, down, facts }) {
    if (ahead_s !== undefined) this.ahead_ms = ahead_s * 1000;
    this.isUp = down !== true;
    Object.assign(this.receiver.facts, facts);
  }

  /** The process ends: what it still does afterwards reaches nothing. */
  async end() {
    if (!this.app) return;
    await this.rest();
    this.host.isDead = true;
    await this.app.close().catch(() => {});
    this.app = null;
  }

  /** Until nothing more is written, sent or answered. */
  async rest() {
    for (let quiet = 0, seen = -1; quiet < QUIET_TURNS; quiet = seen === this.activity ? quiet + 1 : 0) {
      seen = this.activity;
      await new Promise(setImmediate);
    }
  }

  async sendAll() {
    for (let times = 0; times < REQUESTS_MAX; times++) {
      const before = this.requests;
      this.hasNews = false;
      await this.sync();
      await this.rest();
      // Whoever is logged in is asked about every time; an answer without news ends it.
      if (this.requests === before || (this.isUp && !this.hasNews)) return;
      this.now_ms += HOUR_MS + 1000;
    }
    throw new Error('the phone never stops sending');
  }

  async found() {
    const { receiver, app, requests, facts } = this;
    const attributes = Object.fromEntries([...receiver.attributes].map(([user, { set }]) => [user, set]));
    return {
      days: inWords(receiver.sums(({ row }) => row.d)),
      users: inWords(receiver.sums(({ user }) => user)),
      rows: receiver.rows.size,
      deletions: receiver.deletions,
      state: app.state(),
      orders: app.orders(),
      attributes, requests, facts,
    };
  }

  /** The package's own host for Node, over this phone's storage, clock and network. */
  _host(scene) {
    const host = this.huitou.hosts.memory({ now: () => this.now_ms, offset_min: () => this.offset_min, info: { platform: 'devtools' } });
    const live = (act) => async (...words) => {
      if (host.isDead) return new Promise(() => {});
      this.activity += 1;
      return act(...words);
    };
    return Object.assign(host, {
      scene: () => String(scene),
      load: live((keys) => keys.map((key) => (this.storage.has(key) ? this.storage.get(key) : null))),
      save: live((key, value) => this.storage.set(key, value)),
      saveSync: (key, value) => { if (!host.isDead) this.storage.set(key, value); },
      remove: live((key) => this.storage.delete(key)),
      send: live((request) => this._send(request)),
    });
  }

  _send({ body }) {
    this.requests += 1;
    if (!this.isUp) throw new Error('no network');
    const answer = this.receiver.receive(JSON.parse(Buffer.from(body).toString()));
    this.hasNews = answer.acks.length > 0 || answer.facts.length > 0;
    if (this.ahead_ms !== null) answer.time = this.now_ms + this.ahead_ms;
    return { status: 200, headers: {}, body: JSON.stringify(answer) };
  }
}

/** Props with the numbers that JSON can't say: `{"number": "NaN"}`. */
function readable(props = {}) {
  const infinite = { inf: Infinity, '-inf': -Infinity };
  const number = (word) => (word in infinite ? infinite[word] : Number(word));
  const value = (given) => (given !== null && typeof given === 'object' && 'number' in given ? number(given.number) : given);
  return Object.fromEntries(Object.entries(props).map(([key, given]) => [key, value(given)]));
}

/** All that is expected is there; `null` is not there; of days and users there are no others. */
function compare(expected, found, path, wrong) {
  if (expected === null || typeof expected !== 'object' || Array.isArray(expected)) {
    const same = expected === null ? found === undefined || found === null : isDeepStrictEqual(found, expected);
    if (!same) wrong.push(`${path}: expected ${JSON.stringify(expected)}, found ${JSON.stringify(found)}`);
    return;
  }
  for (const [key, value] of Object.entries(expected)) {
    const inner = found === undefined || found === null ? undefined : found[key];
    compare(value, inner, `${path}.${key}`, wrong);
    const keys = (object) => Object.keys(object || {}).sort();
    if (['days', 'users'].includes(key) && !isDeepStrictEqual(keys(inner), keys(value))) wrong.push(`${path}.${key}: found ${keys(inner)}`);
  }
}
