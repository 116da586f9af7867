/** The package as a mini-program runs it: the built files in a bare context. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Backend } from './support/backend.js';
import { Phone } from './support/phone.js';
import { PROGRAM } from './support/program.js';

const URL_BASE = 'https://api.example.com';

function openOn(phone, options = {}) {
  return phone.huitou.open(Object.assign({ program: PROGRAM, url: URL_BASE, consent: true, token: 'h1.a.b' }, options));
}

/** A visit with a bit of everything. */
function visit(huitou) {
  huitou.page('home');
  huitou.track('view_product', { product: 'longjing' });
  huitou.track('add_cart', { category: 'green', city: '深圳😀', price_fen: 4900, weight: 0.25 });
  huitou.track('add_cart', { category: 'oolong', price_fen: 100 });
  huitou.flow('purchase', 'confirm');
  huitou.track('order', { order_id: 'A-1', paid_fen: 5000, items: 2 });
  huitou.track('steal', {});
  huitou.track('add_cart', { category: '13800138000' });
  huitou.page(null);
}

function checkVisit(backend) {
  assert.equal(backend.count('launch'), 1);
  assert.equal(backend.count('add_cart'), 3);
  assert.equal(backend.count('order'), 1);
  assert.deepEqual(backend.countBy('add_cart', 'category'), { green: 1, oolong: 1 });
  assert.deepEqual(backend.countBy('add_cart', 'city'), { '深圳😀': 1 });
  assert.deepEqual(backend.countBy('page', 'page'), { home: 1 });
  assert.deepEqual(backend.countBy('launch', 'scene'), { 1047: 1 });
  assert.deepEqual(backend.drops(), { undeclared_event: 1, personal: 1 });
  const [row] = backend.rows.values();
  assert.deepEqual(row.f.purchase, [1, 1, 1, 1]);
  assert.deepEqual(row.o, [['A-1', 5000]]);
}

for (const answer of ['wrapped', 'bare']) {
  for (const format of ['binary', 'json']) {
    test(`a visit arrives whole (${answer} instance, ${format})`, async () => {
      const backend = new Backend();
      const phone = new Phone({ answer, backend: (request) => backend.answerWx(request) });
      const huitou = openOn(phone, { format });
      visit(huitou);
      const { consent, recovered, warnings } = await huitou.ready;
      assert.deepEqual([consent, recovered, warnings.length], [true, false, 0]);
      assert.ok((await huitou.sync()).acked > 0);
      checkVisit(backend);
      assert.equal(phone.requests[0].url, URL_BASE + '/v1/sync');
      assert.equal(phone.requests[0].header.Authorization, 'Bearer h1.a.b');
      assert.equal(huitou.stats().unsent_rows, 0);
      assert.equal(huitou.orders()[0].order_id, 'A-1');
    });
  }
}

test('the bare context is bare', () => {
  const { context } = new Phone();
  for (const name of ['TextDecoder', 'TextEncoder', 'WebAssembly', 'fetch', 'URL', 'crypto', 'Intl', 'BigInt', 'globalThis', 'console', 'process', 'queueMicrotask']) {
    assert.equal(context[name], undefined, name);
  }
});

test('attributes about the phone leave it, others only if declared', async () => {
  const backend = new Backend();
  const phone = new Phone({ backend: (request) => backend.answerWx(request) });
  const huitou = openOn(phone);
  await huitou.setAttributes({ city: '深圳', shoe_size: 43 });
  await huitou.sync();
  assert.deepEqual(backend.attributes, {
    app_version: '2.1.0', brand: 'iPhone', city: '深圳', language: 'zh_CN', model: 'iPhone 15', platform: 'ios', system: 'iOS 17.1',
  });
});

test('an old base library without the newer calls is enough', async () => {
  const backend = new Backend();
  const phone = new Phone({ backend: (request) => backend.answerWx(request) });
  ['getRandomValues', 'getDeviceInfo', 'getAppBaseInfo', 'getAccountInfoSync', 'getLaunchOptionsSync', 'onAppShow', 'onAppHide', 'onNetworkStatusChange']
    .forEach((name) => { delete phone.wx[name]; });
  phone.wx.getSystemInfoSync = () => ({ platform: 'android', system: 'Android 9', brand: 'HUAWEI', model: 'P20', language: 'zh_CN' });
  const huitou = openOn(phone);
  huitou.appHooks().onHide();
  await huitou.sync();
  assert.equal(backend.attributes.model, 'P20');
  assert.equal(backend.count('hide'), 1);
});

test('random values that fail are replaced by weaker ones', async () => {
  const phone = new Phone();
  phone.wx.getRandomValues = ({ fail }) => fail({ errMsg: 'getRandomValues:fail' });
  const huitou = openOn(phone);
  await huitou.ready;
  assert.match(huitou.state().device, /^[0-9a-f]{16}$/);
  assert.notEqual(huitou.state().device, '0000000000000000');
});

test('without WXWebAssembly ready says what to do', async () => {
  const phone = new Phone({ answer: 'none' });
  const huitou = openOn(phone);
  huitou.on('error', () => {});
  await assert.rejects(huitou.ready, ({ code, message }) => code === 'no_wasm' && /huitou-fallback/.test(message));
  huitou.track('add_cart');
});

test("all of a program's mistakes are listed", async () => {
  const phone = new Phone();
  const huitou = openOn(phone, { program: { app: 'Tea Shop', revision: 0 } });
  huitou.on('error', () => {});
  await assert.rejects(huitou.ready, (error) => {
    assert.ok(error instanceof phone.huitou.HuitouError);
    assert.equal(error.code, 'program_invalid');
    assert.equal(error.mistakes.map(({ path }) => path).sort().join(), 'app,revision');
    return true;
  });
});

test('before consent nothing is stored and nothing sent; afterwards both', async () => {
  const backend = new Backend();
  const phone = new Phone({ backend: (request) => backend.answerWx(request) });
  const huitou = openOn(phone, { consent: null });
  visit(huitou);
  await huitou.ready;
  await huitou.flush();
  phone.fire('onAppHide', {});
  phone.fire('onAppShow', { scene: 1001 });
  await huitou.sync();
  assert.equal(phone.storage.size, 0);
  assert.equal(phone.requests.length, 0);
  await huitou.consent(true);
  await huitou.sync();
  assert.ok(phone.storage.size > 0);
  assert.equal(backend.count('add_cart'), 3, 'what was counted in memory before the answer belongs to it');
});

test('withdrawal wipes, and keeps asking until the backend has deleted', async () => {
  const backend = new Backend();
  const phone = new Phone({ backend: (request) => backend.answerWx(request) });
  const huitou = openOn(phone);
  visit(huitou);
  await huitou.sync();
  const { device } = huitou.state();
  phone.backend = () => null;
  await huitou.consent(false);
  await huitou.flush();
  visit(huitou);
  await huitou.flush();
  await huitou.close();
  assert.equal(backend.deleted.length, 0, 'the network is away');
  const kept = [...phone.storage.values()].filter((value) => value !== '');
  assert.ok(kept.length <= 1, 'only the request to delete is kept');
  assert.ok(!kept.join().includes(Buffer.from('longjing').toString('base64').slice(1, -2)));

  phone.backend = (request) => backend.answerWx(request);
  const next = openOn(phone.begin(), { consent: null });
  assert.equal((await next.ready).consent, false);
  await next.sync();
  await next.flush();
  assert.equal(backend.deleted.length, 1);
  assert.equal(backend.uploads[backend.uploads.length - 1].device, device);
  assert.equal([...phone.storage.values()].filter((value) => value !== '').length, 0);
});

test('hide writes and starts the request synchronously: frozen at once, nothing is lost', async () => {
  const backend = new Backend();
  const phone = new Phone({ backend: (request) => backend.answerWx(request) });
  const huitou = openOn(phone);
  await huitou.ready;
  await huitou.flush();
  for (let i = 0; i < 8; i++) huitou.track('add_cart', { category: 'green', price_fen: i });
  const requests = phone.requests.length;
  phone.hideAndFreeze();
  assert.equal(phone.requests.length, requests + 1);
  const next = openOn(phone.begin());
  assert.equal((await next.ready).recovered, true);
  await next.sync();
  assert.equal(backend.count('add_cart'), 8);
  assert.equal(backend.count('hide'), 1);
});

test('hide while a write is under way loses nothing either', async () => {
  const backend = new Backend();
  const phone = new Phone({ backend: (request) => backend.answerWx(request) });
  const huitou = openOn(phone);
  await huitou.ready;
  await huitou.flush();
  huitou.track('add_cart');
  await Promise.resolve();
  await Promise.resolve();
  huitou.track('add_cart');
  phone.hideAndFreeze();
  const next = openOn(phone.begin());
  await next.sync();
  assert.equal(backend.count('add_cart'), 2);
});

const STORAGE_FAILURES = {
  'setStorage fails': (wx) => { wx.setStorage = ({ fail }) => fail({ errMsg: 'setStorage:fail exceed storage max size' }); },
  'setStorage throws': (wx) => { wx.setStorage = () => { throw new Error('quota'); }; },
  'everything throws': (wx) => {
    wx.setStorage = wx.setStorageSync = wx.removeStorage = () => { throw new Error('broken'); };
  },
};

for (const [what, breakStorage] of Object.entries(STORAGE_FAILURES)) {
  test(`the app goes on when ${what}`, async () => {
    const phone = new Phone();
    const huitou = openOn(phone);
    await huitou.ready;
    await huitou.flush();
    breakStorage(phone.wx);
    const errors = [];
    huitou.on('error', ({ code }) => errors.push(code));
    visit(huitou);
    await assert.rejects(huitou.flush(), ({ code }) => code === 'storage_failed');
    phone.fire('onAppHide', {});
    phone.fire('onAppShow', {});
    assert.deepEqual(errors, ['storage_failed']);
    assert.ok(huitou.stats().events_today > 0, 'it counts on in memory');
  });
}

test('a storage that cannot be read at the start is not overwritten', async () => {
  const phone = new Phone();
  phone.wx.getStorage = ({ fail }) => fail({ errMsg: 'getStorage:fail io' });
  phone.wx.getStorageSync = () => { throw new Error('io'); };
  const huitou = openOn(phone);
  huitou.on('error', () => {});
  await assert.rejects(huitou.ready, ({ code }) => code === 'storage_unreadable');
  assert.equal(phone.storage.size, 0);
});

test('network failures keep everything for later', async () => {
  const backend = new Backend();
  const answers = [() => null, () => ({ statusCode: 503, header: { 'Retry-After': '1' }, data: '' }), () => ({ statusCode: 200, header: {}, data: '<html>portal</html>' })];
  const phone = new Phone({ backend: (request) => (answers.length > 0 ? answers.shift()() : backend.answerWx(request)) });
  const huitou = openOn(phone);
  visit(huitou);
  for (let i = 0; i < 3; i++) await huitou.sync().catch(({ code }) => assert.equal(code, 'sync_failed'));
  assert.equal(backend.uploads.length, 0);
  await huitou.sync();
  assert.equal(backend.count('add_cart'), 3);
  assert.equal(backend.drops().bad_answer, 1);
});

test('a stale token is renewed within the same sync', async () => {
  const backend = new Backend();
  const tokens = ['stale', 'fresh'];
  const phone = new Phone({
    backend: (request) => (request.header.Authorization === 'Bearer fresh' ? backend.answerWx(request) : { statusCode: 401, header: {}, data: '' }),
  });
  const huitou = openOn(phone, { token: async () => tokens.shift() });
  visit(huitou);
  assert.ok((await huitou.sync()).acked > 0);
  checkVisit(backend);
});

test('rows of the last account go out with its own token', async () => {
  const backend = new Backend();
  const phone = new Phone();
  const first = openOn(phone, { token: () => 'none' });
  await first.setUser('u1');
  visit(first);
  await first.flush();
  phone.backend = (request) => backend.answerWx(request);
  const users = [];
  const next = openOn(phone.begin(), { token: ({ user }) => { users.push(user); return 't-' + user; } });
  await next.sync();
  assert.deepEqual(users, ['u1']);
  assert.ok(backend.uploads.some(({ user }) => user === 'u1'));
});

test('a deletion still pending goes out with the token of who asked for it', async () => {
  const backend = new Backend();
  const phone = new Phone({ backend: () => null });
  const first = openOn(phone, { token: () => 'none' });
  await first.setUser('u1');
  visit(first);
  await first.consent(false);
  await first.flush();
  phone.backend = (request) => backend.answerWx(request);
  const users = [];
  const next = openOn(phone.begin(), { consent: null, token: ({ user }) => { users.push(user); return 't-' + user; } });
  await next.ready;
  await next.sync();
  assert.deepEqual(users, ['u1']);
  assert.equal(backend.deleted.length, 1);
});

test('Douyin: the same calls under tt', async () => {
  const backend = new Backend();
  const phone = new Phone({ platform: 'tt', backend: (request) => backend.answerWx(request) });
  assert.equal(phone.context.wx, undefined);
  const huitou = openOn(phone);
  visit(huitou);
  await huitou.sync();
  checkVisit(backend);
  assert.equal(phone.huitou.hosts.tt().platform, 'douyin');
});
