import { HuitouError } from './error.js';

/** The module's bytes or address: a bundler sees this expression and ships the file. */
function defaultWasm() {
  return new URL('./huitou.wasm', import.meta.url);
}

async function instantiate(source, imports) {
  const isBytes = source instanceof ArrayBuffer || ArrayBuffer.isView(source);
  const bytes = isBytes ? source : await (await fetch(source)).arrayBuffer();
  return WebAssembly.instantiate(bytes, imports);
}

async function send(request) {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), request.timeout_ms);
  try {
    const { url, method, headers, body } = request;
    // keepalive lets a request outlive the page that is being left.
    const answer = await fetch(url, { method, headers, body, signal: abort.signal, keepalive: true });
    return { status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.text() };
  } finally {
    clearTimeout(timer);
  }
}

function follow(target, name, listener) {
  target.addEventListener(name, listener);
  return () => target.removeEventListener(name, listener);
}

const storage = {
  load: async (keys) => keys.map((key) => localStorage.getItem(key)),
  save: async (key, value) => localStorage.setItem(key, value),
  saveSync: (key, value) => localStorage.setItem(key, value),
  remove: async (key) => localStorage.removeItem(key),
};

/**
 * A web page.
 * @param {{wasm?: string | URL | BufferSource}} [options] `wasm`: where the module is, or its bytes
 */
export function browserHost(options) {
  if (typeof localStorage === 'undefined') throw new HuitouError('bad_option', 'pass a host: this is no browser', 'host');
  const wasm = options && options.wasm;
  return Object.assign({}, storage, {
    platform: 'browser',
    now: () => Date.now(),
    offset_min: () => -new Date().getTimezoneOffset(),
    send,
    instantiate: (imports) => instantiate(wasm || defaultWasm(), imports),
    random: async (count) => crypto.getRandomValues(new Uint8Array(count)),
    info: () => ({ platform: 'browser', language: navigator.language }),
    query: () => location.search,
    onShow: (listener) => follow(document, 'visibilitychange', () => document.visibilityState === 'visible' && listener()),
    onHide: (listener) => follow(document, 'visibilitychange', () => document.visibilityState === 'hidden' && listener()),
    onNetwork: (listener) => {
      const stops = [follow(window, 'online', () => listener(true)), follow(window, 'offline', () => listener(false))];
      return () => stops.forEach((stop) => stop());
    },
  });
}
