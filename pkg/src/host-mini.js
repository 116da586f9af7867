import { HuitouError } from './error.js';

/** @typedef {Record<string, Record<string, any>>} Imports what the module imports, by module name */

/** Where "build npm" of the developer tools puts this package's module. */
const WASM_PATH = '/miniprogram_npm/huitou/huitou.wasm.br';

/**
 * A value that makes the platform hand over the answer's text as it is; only 'json' is ever parsed.
 * @type {'其他'}
 */
const UNPARSED = '其他';

/**
 * The answer of a platform function that old base libraries lack, or that throws.
 * @template T
 * @param {() => T} question
 * @returns {T | undefined}
 */
function ask(question) {
  try {
    return question();
  } catch (error) {
    return undefined;
  }
}

/**
 * Bytes from Math.random: enough to tell segments apart where the platform has no generator.
 * @param {number} count
 */
function weakRandom(count) {
  return Uint8Array.from({ length: count }, () => Math.floor(Math.random() * 256));
}

/** @param {unknown} scene */
function sceneText(scene) {
  return scene === undefined || scene === null ? undefined : String(scene);
}

/**
 * A launch query as it stands in an address.
 * @param {Record<string, string> | undefined} query
 */
function queryText(query) {
  return Object.entries(query || {}).map((pair) => pair.join('=')).join('&');
}

/**
 * What a request body is to the platform: exactly its bytes.
 * @param {Uint8Array} bytes
 * @returns {ArrayBuffer}
 */
function wholeBuffer(bytes) {
  const isWhole = bytes.byteLength === bytes.buffer.byteLength;
  return /** @type {ArrayBuffer} */ (isWhole ? bytes.buffer : bytes.slice().buffer);
}

/**
 * A stored value; '' where there is none. A missing key makes getStorage "fail" with a text that differs by platform;
 * the synchronous call tells it from a storage that does not work, by throwing then.
 * @param {WechatMiniprogram.Wx} api
 * @param {string} key
 * @returns {Promise<string>}
 */
function read(api, key) {
  return new Promise((resolve) => {
    const readAgain = async () => api.getStorageSync(key);
    api.getStorage({ key, success: (result) => resolve(result.data), fail: () => resolve(readAgain()) });
  });
}

/**
 * @param {WechatMiniprogram.Wx} api
 * @returns {{load: Function, save: Function, saveSync: Function, remove: Function}}
 */
function storageOf(api) {
  return {
    /** @param {string[]} keys */
    load: (keys) => Promise.all(keys.map((key) => read(api, key))),
    /** @param {string} key @param {string} data */
    save: (key, data) => new Promise((resolve, reject) => {
      api.setStorage({ key, data, success: () => resolve(undefined), fail: reject });
    }),
    /** @param {string} key @param {string} data */
    saveSync: (key, data) => api.setStorageSync(key, data),
    /** @param {string} key */
    remove: (key) => new Promise((resolve, reject) => {
      api.removeStorage({ key, success: () => resolve(undefined), fail: reject });
    }),
  };
}

/**
 * @param {WechatMiniprogram.Wx} api
 * @param {{url: string, method: 'GET' | 'POST', headers: Record<string, string>, body?: Uint8Array, timeout_ms: number}} request
 */
function send(api, request) {
  return new Promise((resolve, reject) => {
    api.request({
      url: request.url,
      method: request.method,
      header: request.headers,
      data: request.body && wholeBuffer(request.body),
      timeout: request.timeout_ms,
      dataType: UNPARSED,
      responseType: 'text',
      success: (answer) => resolve({ status: answer.statusCode, headers: answer.header, body: answer.data }),
      fail: reject,
    });
  });
}

/**
 * @param {WechatMiniprogram.Wx} api
 * @param {number} length
 * @returns {Promise<Uint8Array>}
 */
function random(api, length) {
  return new Promise((resolve) => {
    const useWeak = () => resolve(weakRandom(length));
    if (typeof api.getRandomValues !== 'function') {
      useWeak();
      return;
    }
    api.getRandomValues({ length, success: (result) => resolve(new Uint8Array(result.randomValues)), fail: useWeak });
  });
}

/**
 * Device and app, from the newer calls or, before base library 2.20.1, from the old one.
 * @param {WechatMiniprogram.Wx} api
 */
function info(api) {
  /** @type {{platform?: string, system?: string, brand?: string, model?: string, language?: string}} */
  const old = typeof api.getDeviceInfo === 'function' ? {} : ask(() => api.getSystemInfoSync()) || {};
  const device = ask(() => api.getDeviceInfo()) || old;
  const base = ask(() => api.getAppBaseInfo()) || old;
  const account = ask(() => api.getAccountInfoSync().miniProgram);
  const { platform, system, brand, model } = device;
  return { platform, system, brand, model, language: base.language, app_version: (account && account.version) || undefined };
}

/**
 * Follows one of the platform's events, where it has it.
 * @param {Function | undefined} on
 * @param {Function | undefined} off
 * @param {Function} listener
 */
function follow(on, off, listener) {
  if (typeof on !== 'function') return undefined;
  on(listener);
  return () => typeof off === 'function' && off(listener);
}

/**
 * A host over a mini-program platform of WeChat's shape.
 * @param {WechatMiniprogram.Wx} api `wx`, or another platform's object like it
 * @param {{instantiate(path: string, imports: Imports): Promise<unknown>} | undefined} wasm
 * @param {{platform: string, wasm?: string}} options `wasm`: path of the module in the code package
 */
export function miniHost(api, wasm, options) {
  const path = options.wasm || WASM_PATH;
  return Object.assign(storageOf(api), {
    platform: options.platform,
    now: () => Date.now(),
    offset_min: () => -new Date().getTimezoneOffset(),
    /** @param {Parameters<typeof send>[1]} request */
    send: (request) => send(api, request),
    /** @param {Imports} imports */
    instantiate: (imports) => (wasm ? wasm.instantiate(path, imports) : Promise.reject(missingWasm())),
    /** @param {number} count */
    random: (count) => random(api, count),
    info: () => info(api),
    scene: () => sceneText(ask(() => api.getLaunchOptionsSync().scene)),
    query: () => queryText(ask(() => api.getLaunchOptionsSync().query)),
    /** @param {string[]} tmplIds */
    askSubscribe: (tmplIds) => new Promise((resolve, reject) => {
      api.requestSubscribeMessage({ tmplIds, success: resolve, fail: reject });
    }),
    /** @param {(scene?: string) => void} listener */
    onShow: (listener) => follow(api.onAppShow, api.offAppShow, (/** @type {{scene?: number}} */ options) => {
      listener(sceneText(options && options.scene));
    }),
    /** @param {() => void} listener */
    onHide: (listener) => follow(api.onAppHide, api.offAppHide, () => listener()),
    /** @param {(online: boolean) => void} listener */
    onNetwork: (listener) => follow(api.onNetworkStatusChange, api.offNetworkStatusChange, (/** @type {{isConnected: boolean}} */ result) => {
      listener(result.isConnected);
    }),
  });
}

function missingWasm() {
  return new HuitouError('no_wasm', "no WebAssembly here (WeChat: base library 2.14.0): pass instantiate: require('huitou-fallback')");
}
