/** The browser's host, over stand-ins of the few objects it touches. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { browserHost } from '../src/host-browser.js';
import { Backend } from './support/backend.js';
import { pathOf } from './support/built.js';
import { settled } from './support/fake-host.js';
import { PROGRAM } from './support/program.js';

const values = new Map();
const page = Object.assign(new EventTarget(), { visibilityState: 'visible' });
const wasm = readFileSync(pathOf('dist/esm/huitou.wasm'));
const backend = new Backend();
let http;
let base;

before(async () => {
  Object.assign(globalThis, {
    localStorage: {
      getItem: (key) => (values.has(key) ? values.get(key) : null),
      setItem: (key, value) => { values.set(key, value); },
      removeItem: (key) => { values.delete(key); },
    },
    document: page,
    location: { search: '' },
    window: new EventTarget(),
  });
  if (typeof navigator === 'undefined') Object.defineProperty(globalThis, 'navigator', { value: { language: 'zh-CN' }, configurable: true });
  http = createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    if (request.url === '/huitou.wasm') response.end(wasm);
    else response.end(JSON.stringify(backend.receive(request.headers['content-type'], new Uint8Array(Buffer.concat(parts)))));
  });
  await new Promise((resolve) => http.listen(0, '127.0.0.1', resolve));
  base = 'http://127.0.0.1:' + http.address().port;
});

after(() => {
  http.close();
  http.closeAllConnections();
});

function turn(visibilityState) {
  page.visibilityState = visibilityState;
  page.dispatchEvent(new Event('visibilitychange'));
}

test('a page counts, stores in localStorage, and sends by fetch', async () => {
  const { open } = await import(pathOf('dist/esm/index.mjs'));
  const huitou = open({ program: PROGRAM, url: base, consent: true, host: browserHost({ wasm: base + '/huitou.wasm' }) });
  huitou.track('add_cart', { category: 'green' });
  await huitou.ready;
  await huitou.flush();
  assert.ok([...values.keys()].every((key) => key.startsWith('huitou.tea-shop.')));
  turn('hidden');
  turn('visible');
  await huitou.sync();
  assert.deepEqual([backend.count('add_cart'), backend.count('hide'), backend.count('show')], [1, 1, 1]);
  assert.equal(backend.attributes.platform, 'browser');
  await huitou.close();
  turn('hidden');
  await settled();
  assert.equal(values.size > 0, true);
});

test('its parts do what a host must', async () => {
  const host = browserHost();
  assert.equal((await host.random(16)).length, 16);
  host.saveSync('k', 'v');
  assert.deepEqual(await host.load(['k', 'none']), ['v', null]);
  await host.remove('k');
  assert.deepEqual(await host.load(['k']), [null]);
  const heard = [];
  const stop = host.onNetwork((online) => heard.push(online));
  window.dispatchEvent(new Event('offline'));
  window.dispatchEvent(new Event('online'));
  stop();
  window.dispatchEvent(new Event('offline'));
  assert.deepEqual(heard, [false, true]);
  await assert.rejects(host.send({ url: 'http://127.0.0.1:9/', method: 'POST', headers: {}, body: new Uint8Array(1), timeout_ms: 1000 }));
});

test('a request is cut off at its time limit', async () => {
  const silent = createServer(() => {});
  await new Promise((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const url = 'http://127.0.0.1:' + silent.address().port;
  await assert.rejects(browserHost().send({ url, method: 'POST', headers: {}, body: new Uint8Array(1), timeout_ms: 50 }), { name: 'AbortError' });
  silent.closeAllConnections();
  silent.close();
});
