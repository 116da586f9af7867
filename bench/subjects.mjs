/** What is compared: each knows how to start in a {@link World}, how to track, and how to read what it sent. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { brotliDecompressSync } from 'node:zlib';
import { World } from './world.mjs';

const ROOT = new URL('..', import.meta.url).pathname;
const MINIPROGRAM = ROOT + 'pkg/dist/miniprogram/';
const module = new WebAssembly.Module(brotliDecompressSync(readFileSync(MINIPROGRAM + 'huitou.wasm.br')));
const { decodeUpload } = createRequire(import.meta.url)(ROOT + 'pkg/dist/node/server.cjs');
const PROGRAM = JSON.parse(readFileSync(new URL('program.json', import.meta.url), 'utf8'));

/** The bench's own events, by name. */
const NAMES = PROGRAM.events.map(({ name }) => name).concat('order');

/** A backend that merges as docs/backend.md says: the highest revision of each row holds. */
class HuitouServer {
  constructor() {
    this.rows = new Map();
    this.names = new Map();
  }

  answer({ data }, time) {
    const bytes = new Uint8Array(typeof data === 'string' ? Buffer.from(data) : data);
    const read = bytes[0] === 123 ? { upload: JSON.parse(Buffer.from(bytes)) } : decodeUpload(bytes, (hash) => this.names.get(hash));
    if (read.unknown !== undefined) return JSON.stringify({ acks: [], names: true, time });
    if (read.names) this.names.set(read.names.hash, read.names.bytes);
    const { rows = [], attributes } = read.upload;
    return JSON.stringify({ acks: rows.map((row) => this._take(row)), attributes: attributes && attributes.rev, time });
  }

  _take(row) {
    const key = row.s + row.d;
    const held = this.rows.get(key);
    if (!held || held.r < row.r) this.rows.set(key, row);
    return { s: row.s, d: row.d, r: row.r };
  }

  /** Events of the bench that are in the rows. */
  counted() {
    return [...this.rows.values()].reduce((sum, { e = {} }) => sum + NAMES.reduce((count, name) => count + (e[name] ? e[name].n : 0), 0), 0);
  }
}

function huitou(format) {
  return (options = {}) => {
    const server = new HuitouServer();
    const world = new World({ ...options, backend: (request, now) => server.answer(request, now) });
    world.module = module;
    return {
      world,
      async start() {
        const { open } = world.begin().run(MINIPROGRAM + 'index.js');
        const h = open({ program: PROGRAM, url: 'https://c.example.com', consent: true, format });
        this.h = h;
        let isReady = false;
        h.ready.then(() => { isReady = true; });
        while (!isReady) await world.started();
        this.track = (name, props) => h.track(name, props);
      },
      /** Each counted event of ours, as {lost, doubled} against what was sent. */
      outcome: (sent) => ({ lost: Math.max(sent - server.counted(), 0), doubled: Math.max(server.counted() - sent, 0) }),
    };
  };
}

/**
 * A fifth prop tells a rival's events apart, about 8 of its hundreds of bytes. Where CPU is measured it is left out:
 * four props for all.
 */
function numbering({ isNumbered = true }, track) {
  return !isNumbered ? track : (name, props, n) => track(name, Object.assign({ n }, props));
}

/** Lost and doubled of events that arrive one by one, told apart by their prop `n`. */
function outcomeOf(numbers, sent) {
  const distinct = new Set(numbers);
  return { lost: sent - distinct.size, doubled: numbers.length - distinct.size };
}

function sensors(options = {}) {
  const numbers = [];
  const world = new World({ ...options, backend: ({ data }) => { numbers.push(...sensorsNumbers(data)); return ''; } });
  return {
    world,
    async start() {
      const sa = world.begin().run(ROOT + 'node_modules/sa-sdk-miniprogram/sensorsdata.min.js');
      sa.setPara({ server_url: 'https://c.example.com/sa?project=default', show_log: false, batch_send: true });
      sa.init();
      world.launch();
      await world.started();
      this.track = numbering(options, (name, props) => sa.track(name, props));
    },
    outcome: (sent) => outcomeOf(numbers, sent),
  };
}

function sensorsNumbers(data) {
  const [, list] = /^data_list=(.*)$/.exec(data) || [];
  if (!list) return [];
  const events = JSON.parse(Buffer.from(decodeURIComponent(list).replace(/&crc=.*$/, ''), 'base64'));
  return events.filter(({ event }) => NAMES.includes(event)).map(({ properties }) => properties.n);
}

function umeng(options = {}) {
  const numbers = [];
  const world = new World({ ...options, backend: ({ data }) => { numbers.push(...umengNumbers(data)); return '{"code":200}'; } });
  return {
    world,
    async start() {
      const { run } = world.begin();
      const file = ROOT + 'node_modules/umtrack-wx/lib/index.js';
      const uma = run(file, readFileSync(file, 'utf8') + '\nApp({ umengConfig: { appKey: "5f0000000000000000000000", useOpenid: false, debug: false } });');
      world.launch();
      await world.started();
      this.track = numbering(options, (name, props) => uma.trackEvent(name, props));
    },
    outcome: (sent) => outcomeOf(numbers, sent),
  };
}

/** Umeng's body is a report with events by session: `{a: {e: {SESSION: [{id, …props}]}}}`, as some text or an object. */
function umengNumbers(data) {
  const report = typeof data === 'string' ? JSON.parse(data) : data;
  const sessions = (report && report.a && report.a.e) || {};
  return Object.values(sessions).flat().filter(({ id }) => NAMES.includes(id)).map(({ n }) => n);
}

export const SUBJECTS = { huitou: huitou('binary'), huitou_json: huitou('json'), sensors, umeng };
