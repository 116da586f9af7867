/**
 * A phone with WeChat, as far as the package can tell: a bare JavaScript context with ES2017's built-ins only, `wx`,
 * and a WXWebAssembly that takes nothing but the path of a file in the code package.
 */
import { readFileSync } from 'node:fs';
import vm from 'node:vm';
import { pathOf, phoneModule } from './built.js';

/** Taken away: what is younger than ES2017, and what a mini-program lacks. */
const STRIP = `(function () {
  const root = this;
  ['WebAssembly', 'SharedArrayBuffer', 'Atomics', 'BigInt', 'BigInt64Array', 'BigUint64Array', 'WeakRef', 'Intl',
    'FinalizationRegistry', 'AggregateError', 'escape', 'unescape', 'console', 'Iterator', 'globalThis'].forEach((name) => delete root[name]);
  ['flat', 'flatMap', 'at', 'findLast', 'findLastIndex'].forEach((name) => delete Array.prototype[name]);
  ['at', 'matchAll', 'replaceAll', 'trimStart', 'trimEnd'].forEach((name) => delete String.prototype[name]);
  ['fromEntries', 'hasOwn', 'groupBy'].forEach((name) => delete Object[name]);
  ['allSettled', 'any', 'withResolvers'].forEach((name) => delete Promise[name]);
  delete Promise.prototype.finally;
  ['dispose', 'asyncDispose', 'asyncIterator'].forEach((name) => delete Symbol[name]);
  ['setBigInt64', 'getBigInt64', 'setBigUint64', 'getBigUint64'].forEach((name) => delete DataView.prototype[name]);
}).call(this)`;

const WASM_PATH = '/miniprogram_npm/huitou/huitou.wasm.br';

/** A context for one start of an app. */
function bareContext(globals) {
  const context = vm.createContext(Object.create(null), { codeGeneration: { strings: false, wasm: true } });
  vm.runInContext(STRIP, context);
  Object.assign(context, globals);
  return context;
}

/** Runs a CommonJS file of the package in a context; it may require nothing. */
function requireIn(context, file) {
  const path = pathOf(file);
  const run = vm.runInContext('(function (exports, require, module) {' + readFileSync(path, 'utf8') + '\n})', context, { filename: path });
  const module = { exports: {} };
  run(module.exports, (name) => { throw new Error('require(' + name + ')'); }, module);
  return module.exports;
}

/**
 * @param {{answer?: 'wrapped' | 'bare' | 'none', platform?: 'wx' | 'tt', backend?: (request: object) => object}} [options]
 *   `answer`: what WXWebAssembly.instantiate gives (WeChat's documents say one, its typings the other); `backend` answers
 *   requests; `platform`: under which name everything is there
 */
export class Phone {
  constructor({ answer = 'wrapped', platform = 'wx', backend = () => ({ statusCode: 500, header: {}, data: '' }) } = {}) {
    this.answer = answer;
    this.platform = platform;
    this.backend = backend;
    this.storage = new Map();
    this.requests = [];
    this.begin();
  }

  /** A fresh start of the app: new context, new module, same storage. The old context is left as it is. */
  begin() {
    if (this.start) this.start.frozen = true;
    const start = { frozen: false, listeners: {}, instances: [], memoryBytes: [] };
    this.start = start;
    this.wx = this.wxOf(start);
    const globals = { [this.platform]: this.wx, setTimeout, clearTimeout };
    if (this.answer !== 'none') globals[this.platform.toUpperCase() + 'WebAssembly'] = this.wasmOf(start);
    this.context = bareContext(globals);
    this.huitou = requireIn(this.context, 'dist/miniprogram/index.js');
    return this;
  }

  /** huitou-fallback, in this start's context. */
  fallback() {
    return requireIn(this.context, 'fallback/dist/index.js');
  }

  /** The app goes to the background: the handlers run, and after them nothing does any more. */
  hideAndFreeze() {
    this.fire('onAppHide', {});
    this.start.frozen = true;
  }

  fire(event, detail) {
    (this.start.listeners[event] || []).forEach((listener) => listener(detail));
  }

  /** Calls back later, unless the start was frozen meanwhile. */
  later(start, callback, detail) {
    setImmediate(() => {
      if (!start.frozen && callback) callback(detail);
    });
  }

  wasmOf(start) {
    return {
      instantiate: async (path, imports) => {
        if (path !== WASM_PATH) throw new Error('not in the code package: ' + path);
        const { instance } = await WebAssembly.instantiate(phoneModule(), imports);
        const exports = Object.assign({}, instance.exports);
        start.instances.push(exports);
        start.memoryBytes.push(exports.memory.buffer.byteLength);
        return this.answer === 'bare' ? { exports } : { instance: { exports } };
      },
    };
  }

  wxOf(start) {
    const listen = (event) => (listener) => {
      start.listeners[event] = (start.listeners[event] || []).concat(listener);
    };
    return {
      getStorage: ({ key, success, fail }) => {
        if (this.storage.has(key)) this.later(start, success, { data: this.storage.get(key) });
        else this.later(start, fail, { errMsg: 'getStorage:fail data not found' });
      },
      getStorageSync: (key) => (this.storage.has(key) ? this.storage.get(key) : ''),
      setStorage: ({ key, data, success }) => {
        setImmediate(() => {
          if (start.frozen) return;
          this.storage.set(key, data);
          success({ errMsg: 'setStorage:ok' });
        });
      },
      setStorageSync: (key, data) => { this.storage.set(key, data); },
      removeStorage: ({ key, success }) => {
        this.storage.delete(key);
        this.later(start, success, {});
      },
      request: (options) => {
        this.requests.push(options);
        const answer = this.backend(options);
        if (answer === null) this.later(start, options.fail, { errMsg: 'request:fail interrupted' });
        else this.later(start, options.success, answer);
      },
      getRandomValues: ({ length, success }) => this.later(start, success, { randomValues: crypto.getRandomValues(new Uint8Array(length)).buffer }),
      getDeviceInfo: () => ({ platform: 'ios', system: 'iOS 17.1', brand: 'iPhone', model: 'iPhone 15' }),
      getAppBaseInfo: () => ({ language: 'zh_CN', SDKVersion: '3.5.0', version: '8.0.50' }),
      getAccountInfoSync: () => ({ miniProgram: { appId: 'wx0', envVersion: 'release', version: '2.1.0' } }),
      getLaunchOptionsSync: () => ({ path: 'pages/home', scene: 1047, query: {} }),
      onAppShow: listen('onAppShow'),
      onAppHide: listen('onAppHide'),
      onNetworkStatusChange: listen('onNetworkStatusChange'),
    };
  }
}
