/** A phone: storage that outlives the app, a clock of its own, and a power to kill the app at any moment. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { OFFSET_MIN } from './orders.mjs';
import { Network } from './network.mjs';

const DIST = new URL('../pkg/dist/node/', import.meta.url);
const huitou = createRequire(import.meta.url)(new URL('index.cjs', DIST).pathname);
const engine = new WebAssembly.Module(readFileSync(new URL('huitou.wasm', DIST)));

const turn = () => new Promise((resolve) => { setImmediate(resolve); });

function dead() {
  return Promise.reject(new Error('the app is dead'));
}

/** One start of the app: a host that dies with it. */
class Start {
  constructor(phone) {
    this._phone = phone;
    this.alive = true;
    /** Writes that the system has taken and not finished: key and value. */
    this._writes = new Set();
    this.host = this._host();
  }

  /** Resolves when the app has nothing left to do but wait. */
  async idle() {
    do await turn(); while (this._writes.size > 0);
  }

  /** From here on nothing of the app runs; each unfinished write has happened or not. */
  die() {
    this.alive = false;
    this._writes.forEach((write) => this._phone.random.chance(0.5) && this._phone.store(write));
    this._writes.clear();
  }

  _host() {
    const phone = this._phone;
    const ignore = () => undefined;
    return {
      platform: 'replay',
      now: () => phone.time,
      offset_min: () => OFFSET_MIN,
      load: async (keys) => keys.map((key) => phone.read(key)),
      save: (key, value) => (this.alive ? this._save({ key, value }) : dead()),
      saveSync: (key, value) => this._saveSync({ key, value }),
      remove: async (key) => phone.storage.delete(key),
      send: (request) => (this.alive ? phone.network.send(request) : dead()),
      instantiate: (imports) => WebAssembly.instantiate(engine, imports),
      random: async (count) => phone.random.bytes(count),
      info: () => ({ platform: 'replay' }),
      onShow: ignore,
      onHide: (listener) => { this.hide = listener; },
      onNetwork: ignore,
    };
  }

  async _save(write) {
    this._writes.add(write);
    await turn();
    if (!this.alive) throw new Error('the app is dead');
    this._writes.delete(write);
    this._phone.store(write);
  }

  _saveSync(write) {
    if (!this.alive) throw new Error('the app is dead');
    this._phone.figures.sync_writes += 1;
    this._phone.store(write);
  }
}

/** A household's phone. */
export class Phone {
  /** @param {{user: string, url: string, token: Function, program: object, random: object, figures: object}} options */
  constructor({ user, url, token, program, random, figures }) {
    Object.assign(this, { user, random, figures });
    this._open = { program, url, token, consent: true };
    this.storage = new Map();
    this.time = 0;
    this.failure = null;
    /** Whether the person checks in on each day. */
    this.checksIn = false;
    this.network = new Network(random, figures, () => this.time);
  }

  /** Starts the app: `{h, start}` once it is ready and knows its user. */
  async launch() {
    const start = new Start(this);
    const h = huitou.open({ ...this._open, host: start.host });
    h.on('error', (error) => start.alive && this.fail(error));
    h.on('reset', ({ reason }) => { this.figures.resets[reason] = (this.figures.resets[reason] || 0) + 1; });
    await h.ready;
    await h.setUser(this.user);
    await start.idle();
    this.figures.starts += 1;
    return { h, start };
  }

  /** Nothing that the engine reports while the app lives is expected here. */
  fail(error) {
    this.failure = this.failure || error;
  }

  /** Ends the app without a word, as the system does. */
  async kill({ h, start }) {
    start.die();
    // Gives the instance's memory back; the dead host lets nothing through.
    await h.close();
  }

  /** What storage holds under the key. */
  read(key) {
    return this.storage.has(key) ? this.storage.get(key) : null;
  }

  /** A write that the system carried out. */
  store({ key, value }) {
    this.figures.writes += 1;
    this.figures.written_bytes += value.length;
    this.storage.set(key, value);
  }

  /** Bytes held. */
  storedBytes() {
    return [...this.storage.values()].reduce((sum, value) => sum + value.length, 0);
  }
}
