/** A phone with WeChat, as far as a tracking package can tell, on a clock that the bench moves. */
import { readFileSync } from 'node:fs';
import vm from 'node:vm';
import { Clock } from './clock.mjs';
import { Random } from '../replay/random.mjs';

/** How long the network and the storage take. */
const LATENCY_MS = 80;
const STORAGE_MS = 5;

const DEVICE = { platform: 'android', system: 'Android 14', brand: 'Xiaomi', model: 'Xiaomi 14', language: 'zh_CN', SDKVersion: '3.5.0', version: '8.0.50', screenWidth: 393, screenHeight: 852, windowWidth: 393, windowHeight: 700, pixelRatio: 2.75, benchmarkLevel: 40 };
const ACCOUNT = { miniProgram: { appId: 'wx0123456789abcdef', envVersion: 'release', version: '2.1.0' } };
const LAUNCH = { path: 'pages/home', scene: 1047, query: {} };

function bytesOf(value) {
  if (value === undefined || value === null) return 0;
  if (value.byteLength !== undefined) return value.byteLength;
  return Buffer.byteLength(typeof value === 'string' ? value : JSON.stringify(value));
}

/** Date as a context sees it. */
function virtualDate(clock) {
  return class extends Date {
    constructor(...parts) {
      if (parts.length === 0) super(clock.now);
      else super(...parts);
    }

    static now() {
      return clock.now;
    }
  };
}

/**
 * Runs a CommonJS file with these globals, and gives its exports. They are parameters, not properties of a context's
 * global object, whose look-up in Node costs more than what is to be measured.
 */
function runFile(globals, file, source) {
  const module = { exports: {} };
  const names = Object.keys(globals).concat('module', 'exports', 'require');
  const run = vm.compileFunction(source, names, { filename: file });
  run(...Object.values(globals), module, module.exports, () => { throw new Error('require'); });
  return module.exports;
}

export class World {
  /** @param {{backend?: (request: object) => string, seed?: string}} [options] */
  constructor({ backend = () => '{}', seed = 'world' } = {}) {
    this.clock = new Clock(Date.parse('2026-11-20T01:00:00Z'));
    this.random = new Random(seed);
    this.backend = backend;
    this.storage = new Map();
    /** 'up', 'down', 'http500' or 'slow'; `latency` counts when up or slow. */
    this.network = { mode: 'up', latency: LATENCY_MS };
    this.figures = { requests: 0, request_bytes: 0, writes: 0, sync_writes: 0, written_bytes: 0 };
    this.start = null;
  }

  /** A fresh start of the app; `run(file)` loads a CommonJS file into it. */
  begin() {
    const start = { alive: true, busy: 0, listeners: {}, app: {}, writes: new Set() };
    this.start = start;
    const globals = this._globals(start);
    return { run: (file, source = readFileSync(file, 'utf8')) => runFile(globals, file, source), start };
  }

  /** The app came to the front, for the first time in this start. */
  launch() {
    this._call('onLaunch', LAUNCH);
    this.show();
  }

  show() {
    this._call('onShow', LAUNCH);
    this._fire('onAppShow', LAUNCH);
  }

  hide() {
    this._call('onHide');
    this._fire('onAppHide', {});
  }

  /** Goes under or comes back. */
  setNetwork(mode, latency = LATENCY_MS) {
    const isBack = (this.network.mode === 'down') !== (mode === 'down');
    this.network = { mode, latency };
    if (isBack) this._fire('onNetworkStatusChange', { isConnected: mode !== 'down', networkType: mode === 'down' ? 'none' : 'wifi' });
  }

  /** Nothing of the app runs from here on; an unfinished write has happened or not. */
  kill() {
    this.start.alive = false;
    this.clock.clearOwned(this.start);
    this.start.writes.forEach((store) => this.random.chance(0.5) && store());
  }

  /** Lets time pass. */
  advance(ms) {
    return this.clock.advance(ms);
  }

  /** Until the module has been instantiated. */
  async started() {
    do await this.advance(STORAGE_MS); while (this.start.busy > 0);
    await this.advance(200);
  }

  _call(name, detail) {
    if (typeof this.start.app[name] === 'function') this.start.app[name](detail);
  }

  _fire(name, detail) {
    (this.start.listeners[name] || []).forEach((listener) => listener(detail));
  }

  _globals(start) {
    const { clock } = this;
    const silent = () => undefined;
    const globals = {
      wx: this._wx(start),
      WXWebAssembly: { instantiate: (path, imports) => this._instantiate(start, imports) },
      App: (app) => { start.app = app; },
      Page: silent, Component: silent, Behavior: silent,
      getApp: () => start.app, getCurrentPages: () => [{ route: 'pages/home', options: {}, data: {} }],
      console: { log: silent, info: silent, warn: silent, error: silent, debug: silent, group: silent, groupEnd: silent },
      setTimeout: (callback, ms) => clock.set(callback, ms, start),
      clearTimeout: (id) => clock.clear(id),
      setInterval: (callback, ms) => this._repeat(start, callback, ms),
      clearInterval: (id) => clock.clear(id),
    };
    globals.global = globals;
    globals.Date = virtualDate(clock);
    return globals;
  }

  _repeat(start, callback, ms) {
    const again = () => {
      callback();
      clock.set(again, ms, start);
    };
    const { clock } = this;
    return clock.set(again, ms, start);
  }

  async _instantiate(start, imports) {
    start.busy += 1;
    try {
      return await WebAssembly.instantiate(this.module, imports);
    } finally {
      start.busy -= 1;
    }
  }

  /** Calls an option's callback, and `complete`, after a while. */
  _later(start, options, [name, detail], ms) {
    this.clock.set(() => {
      [name, 'complete'].forEach((each) => typeof options[each] === 'function' && options[each](detail));
    }, ms, start);
  }

  _wx(start) {
    const listen = (event) => (listener) => { start.listeners[event] = (start.listeners[event] || []).concat(listener); };
    const tell = (detail) => (options) => this._later(start, options || {}, ['success', detail], 1);
    return {
      ...this._storage(start),
      request: (options) => this._request(start, options),
      getSystemInfo: tell(DEVICE), getSystemInfoSync: () => DEVICE, getDeviceInfo: () => DEVICE, getAppBaseInfo: () => DEVICE,
      getAccountInfoSync: () => ACCOUNT, getLaunchOptionsSync: () => LAUNCH,
      getNetworkType: tell({ networkType: 'wifi' }), login: tell({ code: 'code' }),
      getRandomValues: ({ length, success }) => success({ randomValues: this.random.bytes(length).buffer }),
      setNavigationBarTitle: () => undefined, onShareAppMessage: () => undefined,
      onAppShow: listen('onAppShow'), onAppHide: listen('onAppHide'), onNetworkStatusChange: listen('onNetworkStatusChange'),
    };
  }

  _storage(start) {
    const copy = (value) => (typeof value === 'string' ? value : structuredClone(value));
    return {
      getStorageSync: (key) => (this.storage.has(key) ? copy(this.storage.get(key)) : ''),
      getStorage: (options) => {
        const found = this.storage.has(options.key);
        const outcome = found ? ['success', { data: copy(this.storage.get(options.key)) }] : ['fail', { errMsg: 'getStorage:fail data not found' }];
        this._later(start, options, outcome, STORAGE_MS);
      },
      setStorageSync: (key, value) => {
        this.figures.sync_writes += 1;
        this._store(key, copy(value));
      },
      setStorage: (options) => {
        const store = () => start.writes.delete(store) && this._store(options.key, value);
        const value = copy(options.data);
        start.writes.add(store);
        this.clock.set(store, STORAGE_MS, start);
        this._later(start, options, ['success', { errMsg: 'setStorage:ok' }], STORAGE_MS);
      },
      removeStorage: (options) => {
        this.storage.delete(options.key);
        this._later(start, options, ['success', {}], STORAGE_MS);
      },
    };
  }

  _store(key, value) {
    this.figures.writes += 1;
    this.figures.written_bytes += bytesOf(value);
    this.storage.set(key, value);
    return true;
  }

  /** What reaches the server does so at half time, whether the app lives on or not. */
  _request(start, options) {
    const { mode, latency } = this.network;
    const { timeout = 60000 } = options;
    this.figures.requests += 1;
    this.figures.request_bytes += bytesOf(options.data) + Buffer.byteLength(options.url);
    const failed = ['fail', { errMsg: 'request:fail' }];
    if (mode === 'down') return this._later(start, options, failed, latency);
    const answer = { statusCode: 500, header: {}, data: '' };
    if (mode !== 'http500') {
      Object.assign(answer, { statusCode: 200 });
      this.clock.set(() => { answer.data = this.backend(options, this.clock.now); }, latency / 2, this);
    }
    if (latency > timeout) return this._later(start, options, failed, timeout);
    return this._later(start, options, ['success', answer], latency);
  }
}
