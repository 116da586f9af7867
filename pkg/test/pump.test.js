import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toBase64 } from '../src/base64.js';
import { deferred, openFake, settled } from './support/fake-host.js';

const bytesOf = (value) => toBase64(new Uint8Array(Buffer.from(JSON.stringify(value))));

async function opened(setup) {
  const fake = openFake(setup);
  await fake.huitou.ready;
  await settled();
  fake.world.log.length = 0;
  fake.saved.length = 0;
  return fake;
}

test('calls of one turn are one write', async () => {
  const { huitou, saved } = await opened();
  for (let i = 0; i < 10; i++) huitou.track('buy');
  assert.equal(saved.length, 0, 'nothing is written inside track');
  await settled();
  assert.deepEqual(saved, [['save', 'huitou.shop.1', bytesOf({ count: 11, user: '' })]]);
});

test('stored values come back at the next start', async () => {
  const first = await opened();
  first.huitou.track('buy');
  await first.huitou.flush();
  const second = openFake({ host: first.host });
  const opening = await second.huitou.ready;
  assert.equal(opening.recovered, true);
  assert.equal(second.huitou.state().count, 3);
});

test('one write at a time, and the next one carries everything since', async () => {
  const first = deferred();
  const fake = await opened();
  fake.host.save = (key, value) => {
    fake.saved.push(['save', key, value]);
    return fake.saved.length === 1 ? first.promise : Promise.resolve();
  };
  fake.huitou.track('buy');
  await settled();
  fake.huitou.track('buy');
  fake.huitou.track('buy');
  await settled();
  assert.equal(fake.saved.length, 1);
  first.resolve();
  await fake.huitou.flush();
  assert.deepEqual(fake.saved.map(([, key, value]) => [key, value]), [
    ['huitou.shop.1', bytesOf({ count: 2, user: '' })], ['huitou.shop.0', bytesOf({ count: 4, user: '' })],
  ]);
});

test('on hide the write is done and the request started before the handler returns', async () => {
  const { huitou, host, saved, sent } = await opened({ options: { token: 'secret' } });
  huitou.track('buy');
  host.hide();
  assert.deepEqual(saved.map(([how]) => how), ['saveSync']);
  assert.equal(sent.length, 1);
  assert.equal(sent[0].url, 'http://127.0.0.1:1/v1/sync');
  assert.equal(sent[0].headers.Authorization, 'Bearer secret');
  assert.equal(Buffer.from(sent[0].body).toString(), JSON.stringify({ count: 3, user: '' }));
});

test('on hide a token fetched at the start is at hand', async () => {
  const { host, sent } = await opened({ options: { token: async ({ user }) => 'token of ' + user } });
  host.hide();
  assert.equal(sent[0].headers.Authorization, 'Bearer token of ');
});

test('on hide a write that is under way is done again synchronously', async () => {
  const never = deferred();
  const fake = await opened({ options: { token: 'secret' } });
  fake.host.save = (key, value) => {
    fake.saved.push(['save', key, value]);
    return never.promise;
  };
  fake.huitou.track('buy');
  await settled();
  fake.host.hide();
  assert.deepEqual(fake.saved.map(([how, key]) => [how, key]), [
    ['save', 'huitou.shop.1'], ['saveSync', 'huitou.shop.1'], ['saveSync', 'huitou.shop.0'],
  ]);
  assert.equal(fake.sent.length, 1);
  never.resolve();
  await settled();
  assert.deepEqual(fake.world.calls('persisted'), [[true], [true]], 'the late answer of the first write is ignored');
});

test('a storage that fails is told once, and tried again after a pause', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const fake = await opened();
  const errors = [];
  fake.huitou.on('error', ({ code }) => errors.push(code));
  const works = fake.host.save;
  fake.host.save = async () => { throw new Error('quota'); };
  fake.huitou.track('buy');
  await settled();
  fake.huitou.track('buy');
  await settled();
  assert.deepEqual(errors, ['storage_failed']);
  await assert.rejects(fake.huitou.flush(), { name: 'HuitouError', code: 'storage_failed' });
  fake.host.save = works;
  t.mock.timers.tick(5000);
  await settled();
  assert.equal(fake.saved.length, 1);
  assert.deepEqual(fake.world.calls('persisted').pop(), [true]);
});

test('a storage that throws at once, even on hide, does not reach the app', async (t) => {
  t.mock.method(console, 'warn', () => {});
  const fake = await opened();
  fake.host.save = () => { throw new Error('broken'); };
  fake.host.saveSync = () => { throw new Error('broken'); };
  fake.huitou.track('buy');
  await settled();
  assert.doesNotThrow(() => fake.host.hide());
  assert.equal(fake.sent.length, 0, 'what is not durable is not sent');
  assert.ok(fake.world.calls('persisted').every(([ok]) => ok === false));
});

test('a storage that never answers is given up after half a minute', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  t.mock.method(console, 'warn', () => {});
  const fake = await opened();
  fake.host.save = () => new Promise(() => {});
  fake.huitou.track('buy');
  await settled();
  t.mock.timers.tick(30000);
  await settled();
  assert.deepEqual(fake.world.calls('persisted'), [[false]]);
});

test('a wipe removes every key', async () => {
  const fake = await opened();
  const removed = [];
  fake.host.remove = async (key) => { removed.push(key); };
  fake.world.cores[0].wiping = true;
  await fake.huitou.flush();
  assert.deepEqual(removed, ['huitou.shop.0', 'huitou.shop.1', 'huitou.shop.payload']);
  assert.deepEqual(fake.world.calls('persisted'), [[true]]);
});

test('a wait becomes a timer of bounded length', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { huitou, world, clock } = await opened();
  const [core] = world.cores;
  core.waitUntil = clock.now + 3600000;
  huitou.track('buy');
  await settled();
  const looks = () => world.calls('next').length;
  const before = looks();
  t.mock.timers.tick(9 * 60000);
  assert.equal(looks(), before);
  t.mock.timers.tick(60000);
  assert.equal(looks(), before + 1, 'it looks again after ten minutes, however long the wait');
});

test('sync sends and says how many rows were taken', async () => {
  const { huitou } = await opened();
  const heard = [];
  huitou.on('sync', (detail) => heard.push(detail));
  assert.deepEqual(await huitou.sync(), { acked: 1 });
  assert.deepEqual(heard.map(({ status, acked }) => [status, acked]), [[200, 1]]);
});

test('sync fails with the status, or 0 when the network does', async () => {
  const refused = await opened({ host: { send: async () => ({ status: 503, headers: { 'Retry-After': '7' }, body: 'busy' }) } });
  await assert.rejects(refused.huitou.sync(), { name: 'HuitouError', code: 'sync_failed', message: /503/ });
  assert.deepEqual(refused.world.calls('reply')[0].slice(0, 3), [503, 'busy', 7]);
  for (const send of [async () => { throw new Error('offline'); }, () => { throw new Error('at once'); }]) {
    const offline = await opened({ host: { send } });
    await assert.rejects(offline.huitou.sync(), { code: 'sync_failed' });
    assert.deepEqual(offline.world.calls('reply')[0].slice(0, 3), [0, '', 0]);
  }
});

test('facts of an answer reach the app one by one', async () => {
  const facts = [{ n: 1, kind: 'order_paid' }, { n: 2, kind: 'order_paid' }];
  const { huitou } = await opened({ host: { send: async () => ({ status: 200, headers: {}, body: JSON.stringify({ facts }) }) } });
  const heard = [];
  huitou.on('fact', (fact) => heard.push(fact.n));
  await huitou.sync();
  assert.deepEqual(heard, [1, 2]);
});

test('an answer of the wrong kind or size counts as no text', async () => {
  for (const body of [undefined, { acks: [] }, 'x'.repeat(70000)]) {
    const { huitou, world } = await opened({ host: { send: async () => ({ status: 500, headers: undefined, body }) } });
    await assert.rejects(huitou.sync(), { code: 'sync_failed' });
    assert.equal(world.calls('reply')[0][1], '');
  }
});

test('a request that never ends is given up', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { huitou, world } = await opened({ host: { send: () => new Promise(() => {}) } });
  const outcome = assert.rejects(huitou.sync(), { code: 'sync_failed' });
  await settled();
  t.mock.timers.tick(30000);
  await outcome;
  assert.equal(world.calls('reply')[0][0], 0);
});

test('without a url nothing is sent, and sync says why', async () => {
  const { huitou, host, sent, world } = openFake({ options: { url: undefined } });
  await huitou.ready;
  assert.deepEqual(world.calls('command')[0][0], { op: 'online', online: false });
  host.hide();
  host.network(true);
  await settled();
  assert.equal(sent.length, 0);
  assert.deepEqual(world.calls('command').length, 1, 'the network does not matter then');
  await assert.rejects(huitou.sync(), { code: 'no_url', path: 'url' });
});

test('sync says that the network is off', async () => {
  const { huitou, host } = await opened();
  host.network(false);
  await assert.rejects(huitou.sync(), { code: 'offline' });
  host.network(true);
  await huitou.sync();
});

test('the network coming back is passed on', async () => {
  const { host, world } = await opened();
  host.network(false);
  host.network(true);
  assert.deepEqual(world.calls('command').map(([command]) => command.online), [false, true]);
});
