import { randomFillSync } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Values of one process. */
function memoryStorage() {
  const values = new Map();
  return {
    read: (key) => (values.has(key) ? values.get(key) : null),
    write: (key, value) => values.set(key, value),
    remove: (key) => values.delete(key),
  };
}

/** One file a key; a write replaces the whole file at once or not at all. */
function directoryStorage(directory) {
  mkdirSync(directory, { recursive: true });
  const fileOf = (key) => join(directory, encodeURIComponent(key));
  return {
    read: (key) => {
      try {
        return readFileSync(fileOf(key), 'utf8');
      } catch (error) {
        if (error.code === 'ENOENT') return null;
        throw error;
      }
    },
    write: (key, value) => {
      writeFileSync(fileOf(key) + '.new', value);
      renameSync(fileOf(key) + '.new', fileOf(key));
    },
    remove: (key) => rmSync(fileOf(key), { force: true }),
  };
}

async function sendByFetch(request) {
  const { url, method, headers, body } = request;
  const answer = await fetch(url, { method, headers, body, signal: AbortSignal.timeout(request.timeout_ms) });
  return { status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.text() };
}

async function instantiate(wasm, imports) {
  return WebAssembly.instantiate(typeof wasm === 'string' ? await readFile(wasm) : wasm, imports);
}

/** A list of listeners that someone else calls. */
function signal() {
  const listeners = new Set();
  return {
    follow: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    fire: (detail) => listeners.forEach((listener) => listener(detail)),
  };
}

/**
 * A host for Node: cloud functions, replays, tests. Storage is this process's memory, or a directory. `show`, `hide`
 * and `network` of the answer stand for what a phone's system does.
 * @param {{directory?: string, wasm?: string | BufferSource, now?: () => number, offset_min?: () => number,
 *   send?: (request: object) => Promise<object>, random?: (count: number) => Promise<Uint8Array>,
 *   info?: object, query?: string}} [options]
 */
export function memoryHost(options = {}) {
  const storage = options.directory === undefined ? memoryStorage() : directoryStorage(options.directory);
  const [shown, hidden, network] = [signal(), signal(), signal()];
  return {
    platform: 'node',
    now: options.now || (() => Date.now()),
    offset_min: options.offset_min || (() => -new Date().getTimezoneOffset()),
    load: async (keys) => keys.map(storage.read),
    save: async (key, value) => { storage.write(key, value); },
    saveSync: (key, value) => { storage.write(key, value); },
    remove: async (key) => { storage.remove(key); },
    send: options.send || sendByFetch,
    instantiate: (imports) => instantiate(options.wasm, imports),
    random: options.random || (async (count) => randomFillSync(new Uint8Array(count))),
    info: () => options.info || { platform: 'node' },
    query: () => options.query || '',
    onShow: shown.follow,
    onHide: hidden.follow,
    onNetwork: network.follow,
    show: shown.fire,
    hide: hidden.fire,
    network: network.fire,
  };
}
