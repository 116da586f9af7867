// Parts of the phone that need no browser.
import assert from 'node:assert/strict';
import { describe, it, mock } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiFailure, asynchronous } from '../host/answer.mjs';
import { stepsTo } from '../host/builtins/swiper.mjs';
import { Clock } from '../host/clock.mjs';
import { Gate } from '../host/gate.mjs';
import { GIVEN_GLOBALS, HIDDEN_GLOBALS } from '../host/hidden.mjs';
import { Loader } from '../host/loader.mjs';
import { encodeRequest, Network } from '../host/network.mjs';
import { parseUrl } from '../host/page.mjs';
import { Storage } from '../host/storage.mjs';
import { loud } from '../host/wx.mjs';

/** localStorage, without a browser: keys are own properties, as Object.keys expects. */
function memoryArea() {
  const methods = {
    getItem(key) { return Object.hasOwn(this, key) ? this[key] : null; },
    setItem(key, text) { this[key] = text; },
    removeItem(key) { delete this[key]; },
  };
  return Object.create(methods);
}

describe('storage', () => {
  it('keeps JSON values apart by namespace', () => {
    const area = memoryArea();
    const [one, two] = [new Storage('one', area), new Storage('two', area)];
    one.set('key', { list: [1, '二'] });
    two.set('key', 2);
    assert.deepEqual(one.get('key'), { list: [1, '二'] });
    assert.deepEqual(one.dump(), { key: { list: [1, '二'] } });
    one.clear();
    assert.equal(one.get('key'), undefined);
    assert.equal(two.get('key'), 2);
  });

  it('has WeChat\'s limits', () => {
    const storage = new Storage('app', memoryArea());
    const almost = 'x'.repeat(1024 * 1024 - 2); // two more for the quotes
    storage.set('key', almost);
    assert.throws(() => storage.set('key', `${almost}x`), /entry size limit/);
    assert.throws(() => storage.set('key', '茶'.repeat(400000)), /entry size limit/, 'bytes, not letters');
    for (let index = 1; index < 10; index += 1) storage.set(`key${index}`, almost);
    assert.throws(() => storage.set('more', 1), /maximum size/);
    storage.set('key', 'smaller');
    storage.set('more', 1);
    assert.throws(() => storage.set('', 1), ApiFailure);
  });
});

describe('the clock', () => {
  it('shifts now and nothing else', () => {
    const clock = new Clock(86400000);
    const { Date: PhoneDate } = clock;
    assert.ok(Math.abs(PhoneDate.now() - Date.now() - 86400000) < 1000);
    assert.ok(Math.abs(new PhoneDate().getTime() - PhoneDate.now()) < 1000);
    assert.equal(new PhoneDate(2020, 1, 2).getMonth(), 1);
    assert.equal(new PhoneDate(5).getTime(), 5);
    assert.ok(new PhoneDate() instanceof PhoneDate);
    assert.equal(PhoneDate.UTC(1970, 0, 1), 0);
    assert.equal(typeof PhoneDate(), 'string');
    clock.offset_ms = 0;
    assert.ok(Math.abs(PhoneDate.now() - Date.now()) < 1000);
  });
});

describe('the gate', () => {
  it('holds timers back while frozen, in order', async () => {
    const gate = new Gate();
    const seen = [];
    gate.timers.setTimeout((value) => seen.push(value), 1, 'a');
    const cancelled = gate.timers.setTimeout(() => seen.push('cancelled'), 2);
    gate.timers.setTimeout(() => seen.push('b'), 3);
    gate.freeze();
    await sleep(30);
    assert.deepEqual(seen, []);
    gate.timers.clearTimeout(cancelled);
    gate.thaw();
    assert.deepEqual(seen, ['a', 'b']);
  });

  it('stops when a callback freezes again', () => {
    const gate = new Gate();
    const seen = [];
    gate.freeze();
    gate.run(() => { seen.push(1); gate.freeze(); });
    gate.run(() => seen.push(2));
    gate.thaw();
    assert.deepEqual(seen, [1]);
    gate.thaw();
    assert.deepEqual(seen, [1, 2]);
  });

  it('repeats an interval until it is cleared', async () => {
    const gate = new Gate();
    let count = 0;
    const id = gate.timers.setInterval(() => { count += 1; }, 2);
    await sleep(40);
    gate.timers.clearInterval(id);
    const seen = count;
    assert.ok(seen >= 2);
    await sleep(20);
    assert.equal(count, seen);
  });
});

describe('answers of wx', () => {
  const phone = { gate: new Gate() };
  const double = asynchronous(phone, 'double', ({ value }) => {
    if (value === undefined) throw new ApiFailure('no value');
    return { value: value * 2 };
  });

  it('resolve or reject without callbacks', async () => {
    assert.deepEqual(await double({ value: 2 }), { errMsg: 'double:ok', value: 4 });
    await assert.rejects(double(), { errMsg: 'double:fail no value' });
  });

  it('call back when asked, and then return nothing', async () => {
    const seen = [];
    const options = { success: (answer) => seen.push(['success', answer]), fail: (answer) => seen.push(['fail', answer]), complete: () => seen.push('complete') };
    assert.equal(double({ ...options, value: 1 }), undefined);
    double(options);
    await sleep(20);
    assert.deepEqual(seen, [['success', { errMsg: 'double:ok', value: 2 }], 'complete', ['fail', { errMsg: 'double:fail no value' }], 'complete']);
  });
});

describe('the wx object', () => {
  it('throws on what is not there, by name', () => {
    const wx = loud('wx', { known: 1 });
    assert.equal(wx.known, 1);
    assert.throws(() => wx.getBLEDeviceServices, /wx\.getBLEDeviceServices is not implemented by the simulator/);
    assert.throws(() => wx.unknown({}), /not implemented/);
  });

  it('can be awaited, printed and asked with `in`', async () => {
    const wx = loud('wx', {});
    assert.equal(await wx, wx);
    assert.equal(JSON.stringify({ wx }), '{"wx":{}}');
    assert.equal('request' in wx, false);
  });
});

describe('names that the app sees', () => {
  it('are valid parameters, each once', () => {
    const all = [...GIVEN_GLOBALS, ...HIDDEN_GLOBALS];
    assert.equal(new Set(all).size, all.length);
    const probe = new Function(...all, `'use strict'; return [${HIDDEN_GLOBALS.map((name) => `typeof ${name}`).join()}];`);
    assert.deepEqual([...new Set(probe())], ['undefined']);
  });
});

describe('modules', () => {
  const define = (files) => {
    const loader = new Loader();
    for (const [file, body] of Object.entries(files)) loader.define(file, body);
    return loader;
  };

  it('run once and may need each other', () => {
    let runs = 0;
    const loader = define({
      'a.js': (require, module, exports) => { runs += 1; exports.b = require('./lib/b').name; },
      'lib/b.js': (require, module) => { module.exports = { name: 'b', a: require('/a.js') }; },
    });
    assert.equal(loader.load('a.js').b, 'b');
    loader.load('a.js');
    assert.equal(runs, 1);
  });

  it('find packages in every folder above', () => {
    const empty = () => {};
    const loader = define({ 'miniprogram_npm/p/index.js': empty, 'sub/miniprogram_npm/q/index.js': empty });
    assert.equal(loader.resolve('sub/pages/a.js', 'p'), 'miniprogram_npm/p/index.js');
    assert.equal(loader.resolve('sub/pages/a.js', 'q'), 'sub/miniprogram_npm/q/index.js');
    assert.throws(() => loader.resolve('pages/a.js', 'q'), /module 'q' is not defined/);
  });
});

describe('requests', () => {
  it('encode data by method and type', () => {
    const url = 'http://h/p';
    assert.equal(encodeRequest({ url, data: { a: '茶' } }).url, 'http://h/p?a=%E8%8C%B6');
    assert.equal(encodeRequest({ url: `${url}?x=1`, data: { a: 1 } }).url, 'http://h/p?x=1&a=1');
    assert.deepEqual(encodeRequest({ url, method: 'POST', data: { a: 1 } }), { url, method: 'POST', header: { 'content-type': 'application/json' }, body: '{"a":1}' });
    const form = encodeRequest({ url, method: 'POST', data: { a: 1 }, header: { 'Content-Type': 'application/x-www-form-urlencoded' } });
    assert.equal(form.body, 'a=1');
    const bytes = new Uint8Array([1, 2]);
    assert.equal(encodeRequest({ url, method: 'POST', data: bytes.buffer }).body, bytes.buffer);
    assert.throws(() => encodeRequest({ url, method: 'POST', data: bytes }), /not a view/);
  });
});

describe('the network', () => {
  /** A request that nobody answers, on a phone with mocked timers. */
  function pending(t, options = {}) {
    mock.timers.enable({ apis: ['setTimeout'] });
    t.after(() => mock.timers.reset());
    t.mock.method(globalThis, 'fetch', (url, { signal }) => new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
    }));
    const network = new Network(new Gate(), false);
    const seen = [];
    const task = network.request({ url: 'http://h/', fail: ({ errMsg }) => seen.push(errMsg), ...options });
    return { network, seen, task };
  }
  const settle = () => new Promise((resolve) => { setImmediate(resolve); });

  it('interrupts requests five seconds after the app was hidden', async (t) => {
    const { network, seen } = pending(t);
    network.enterBackground();
    mock.timers.tick(4999);
    await settle();
    assert.deepEqual(seen, []);
    mock.timers.tick(1);
    await settle();
    assert.deepEqual(seen, ['request:fail interrupted']);
  });

  it('lets them go on when the app comes back in time', async (t) => {
    const { network, seen } = pending(t);
    network.enterBackground();
    mock.timers.tick(4000);
    network.enterForeground();
    mock.timers.tick(4000);
    await settle();
    assert.deepEqual(seen, []);
  });

  it('gives up after a minute, or after the given time', async (t) => {
    const { seen, network } = pending(t, { timeout: 100 });
    network.request({ url: 'http://h/', fail: ({ errMsg }) => seen.push(`second ${errMsg}`) });
    mock.timers.tick(100);
    await settle();
    assert.deepEqual(seen, ['request:fail timeout']);
    mock.timers.tick(59900);
    await settle();
    assert.equal(seen[1], 'second request:fail timeout');
  });

  it('can be aborted, and fails what is under way when it is cut', async (t) => {
    const { network, seen, task } = pending(t);
    task.abort();
    network.request({ url: 'http://h/', fail: ({ errMsg }) => seen.push(errMsg) });
    network.setOffline(true);
    network.request({ url: 'http://h/', fail: ({ errMsg }) => seen.push(errMsg) });
    await settle();
    const cut = 'request:fail net::ERR_INTERNET_DISCONNECTED';
    assert.deepEqual(seen.sort(), ['request:fail abort', cut, cut]);
  });

  it('keeps answers for a suspended app until it runs again', async (t) => {
    const { network, seen, task } = pending(t);
    network.gate.freeze();
    task.abort();
    await settle();
    assert.deepEqual(seen, []);
    network.gate.thaw();
    assert.deepEqual(seen, ['request:fail abort']);
  });
});

describe('addresses of pages', () => {
  it('leave query values as they are written', () => {
    assert.deepEqual(parseUrl('/pages/a/a?x=%E8%8C%B6&y=a=b&z'), { path: 'pages/a/a', query: { x: '%E8%8C%B6', y: 'a=b', z: '' } });
    assert.deepEqual(parseUrl('pages/a/a'), { path: 'pages/a/a', query: {} });
  });
});

describe('a swiper', () => {
  it('takes the shorter way round when circular', () => {
    assert.deepEqual([0, 1, 2, 3, 4].map((index) => stepsTo(index, 0, 5, true)), [0, 1, 2, -2, -1]);
    assert.deepEqual([0, 1, 2].map((index) => stepsTo(index, 2, 3, true)), [1, -1, 0]);
    assert.deepEqual([0, 1].map((index) => stepsTo(index, 1, 2, true)), [-1, 0]);
    assert.deepEqual([0, 1, 2].map((index) => stepsTo(index, 2, 3, false)), [-2, -1, 0]);
  });
});
