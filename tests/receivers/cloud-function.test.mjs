/** examples/cloud-function with the real package: honest phones, forgers, and a network that loses answers. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { MERCHANT_KEY, RECEIPT_KEY, receiver, token } from './support.mjs';

const require = createRequire(import.meta.url);
const huitou = require('../../pkg/dist/node/index.cjs');
const [PROGRAM] = JSON.parse(readFileSync(new URL('../../examples/cloud-function/programs.json', import.meta.url)));
const DAY_MS = 86400000;

let it;
before(async () => { it = await receiver('cloud'); });
after(() => it.close());

/** A phone: `storage` may be another's, `clock.ahead` moves its clock, `lost` swallows one answer of each path in it. */
async function phone(user, { storage = new Map(), ...options } = {}) {
  const network = { off: false };
  const clock = { ahead: 0 };
  const lost = new Set();
  const host = huitou.hosts.memory({ now: () => Date.now() + clock.ahead, offset_min: () => 480 });
  const { send } = host;
  Object.assign(host, {
    load: async (keys) => keys.map((key) => storage.get(key) || null),
    save: async (key, value) => { storage.set(key, value); },
    saveSync: (key, value) => { storage.set(key, value); },
    remove: async (key) => { storage.delete(key); },
    send: async (request) => {
      if (network.off) throw new Error('no network');
      const answer = await send(request);
      if (lost.delete(new URL(request.url).pathname)) throw new Error('the answer was lost');
      return answer;
    },
  });
  const shop = huitou.open({ program: PROGRAM, url: it.url, consent: true, token: () => token({ user }), host, ...options });
  const heard = [];
  ['awarded', 'refused', 'reset', 'milestone'].forEach((name) => shop.on(name, (detail) => heard.push([name, detail])));
  await shop.ready;
  await shop.setUser(user);
  return { shop, storage, clock, network, lost, heard };
}

async function fact(user, id, act) {
  const { status } = await it.post(JSON.stringify({ user, id, ...act }), { bearer: MERCHANT_KEY, path: '/v1/facts' });
  assert.equal(status, 200);
}

const names = (heard) => heard.map(([name]) => name);

test('a check-in made offline is confirmed and receipted', async () => {
  for (const format of ['json', 'binary']) {
    const { shop } = await phone('honest-' + format, { format });
    assert.equal((await shop.checkIn()).accepted, true);
    assert.equal((await shop.earn('share')).points, 7);
    assert.deepEqual([shop.points().confirmed.available, shop.points().awaiting], [0, 2]);
    await shop.sync();
    assert.deepEqual([shop.points().confirmed.available, shop.points().awaiting], [7, 0]);
    const { digest, receipt } = shop.proof();
    assert.equal(receipt.digest, digest, 'both sides have the same state');
    assert.deepEqual([receipt.seq, receipt.points], [2, 7]);
    const signed = [receipt.seq, receipt.head, receipt.digest, receipt.points, receipt.time].join('.');
    assert.equal(receipt.sig, createHmac('sha256', RECEIPT_KEY).update(signed).digest('hex'));
    assert.ok(shop.ledger().lines.every(({ confirmed }) => confirmed));
    await shop.close();
  }
});

test('two phones of one person check in once a day', async () => {
  const [one, other] = [await phone('two'), await phone('two')];
  other.network.off = true;
  await one.shop.checkIn();
  other.clock.ahead = 5000;
  assert.equal((await other.shop.checkIn()).accepted, true, 'it can not know yet');
  await one.shop.sync();
  other.network.off = false;
  await other.shop.sync();
  assert.deepEqual(other.heard.filter(([name]) => name === 'refused').map(([, { code }]) => code), ['already_checked_in']);
  assert.deepEqual([other.shop.points().available, other.shop.points().awaiting], [5, 0]);
  assert.equal(other.shop.refused()[0].kind, 'check_in');
  await Promise.all([one.shop.close(), other.shop.close()]);
});

test('points of a paid order are spent once, whichever phone spends them', async () => {
  const [one, other] = [await phone('buyer'), await phone('buyer')];
  await fact('buyer', 'pay-1', { kind: 'order_paid', order_id: 'o1', paid_fen: 15000 });
  await fact('buyer', 'pay-1', { kind: 'order_paid', order_id: 'o1', paid_fen: 15000 });
  await one.shop.checkIn();
  assert.equal((await one.shop.redeem({ points: 100, orderId: 'o2' })).discount_fen, 100, 'the check-in was sent first');
  assert.equal(one.shop.points().available, 55);
  assert.deepEqual([one.shop.points().granted, one.shop.points().spent], [155, 100]);
  await assert.rejects(other.shop.redeem({ points: 100 }), { code: 'not_enough_points' });
  assert.equal((await other.shop.redeem({ item: 'cup' })).cash_fen, 900);
  assert.equal(other.shop.points().available, 5);
  await assert.rejects(other.shop.redeem({ item: 'car' }), { code: 'not_offered' });
  await Promise.all([one.shop.close(), other.shop.close()]);
});

test('lost answers cost nothing and double nothing', async () => {
  const { shop, lost } = await phone('unlucky');
  await fact('unlucky', 'pay-2', { kind: 'order_paid', order_id: 'o1', paid_fen: 30000 });
  await shop.checkIn();
  lost.add('/v1/sync');
  await assert.rejects(shop.sync(), { code: 'sync_failed' });
  lost.add('/v1/redeem');
  const { discount_fen } = await shop.redeem({ points: 200 });
  assert.equal(discount_fen, 200);
  await shop.sync();
  assert.deepEqual([shop.points().available, shop.points().spent, shop.points().awaiting], [105, 200, 0]);
  assert.equal(shop.ledger().lines.filter(({ reason }) => reason === 'redeem').length, 1);
  await shop.close();
});

test('a storage set back and used again is a fork, and the server wins', async () => {
  const { shop, storage } = await phone('rolled-back');
  await shop.checkIn();
  const copy = new Map(storage);
  await shop.earn('share');
  await shop.sync();
  await shop.close();
  const again = await phone('rolled-back', { storage: copy });
  again.clock.ahead = 60000;
  await again.shop.earn('share');
  await again.shop.sync();
  assert.ok(names(again.heard).includes('reset'));
  await again.shop.sync().catch(() => {});
  const { digest, receipt } = again.shop.proof();
  assert.equal(receipt.digest, digest);
  assert.equal(again.shop.points().available, 9, 'the first two claims and the one that was new');
  await again.shop.close();
});

test('a clock set ahead earns nothing', async () => {
  const { shop, clock, heard } = await phone('early');
  clock.ahead = 30 * DAY_MS;
  assert.equal((await shop.checkIn()).accepted, true);
  await shop.sync();
  const codes = heard.filter(([name]) => name === 'refused').map(([, { code }]) => code);
  assert.deepEqual(codes, ['clock_ahead']);
  assert.deepEqual([shop.points().available, shop.points().confirmed.available, shop.points().awaiting], [0, 0, 0]);
  await shop.close();
});

test('forged uploads change nothing', async () => {
  const { shop } = await phone('victim');
  await shop.checkIn();
  await shop.sync();
  const device = 'f'.repeat(16);
  const claims = { rev: 1, first: 1, head: '0'.repeat(64), digest: '0'.repeat(32), list: [{ kind: 'check_in', at: Date.now() - Date.now() % 1000, tz: 480 }] };
  const upload = (rest) => JSON.stringify({ v: 1, app: PROGRAM.app, device, user: 'victim', sent: Date.now(), tz: 480, ...rest });
  const own = { bearer: token({ user: 'victim' }) };
  const forked = await it.post(upload({ claims }), own);
  assert.equal(forked.content.ledger.reset, 'forked', 'a head that does not follow');
  assert.equal((await it.post(upload({ claims: { ...claims, first: 5 } }), own)).content.ledger.reset, 'gap');
  assert.equal((await it.post(upload({ claims }), { bearer: token({ user: 'thief' }) })).status, 403);
  assert.equal((await it.post(upload({ claims }), { bearer: 'h1.e30.x' })).status, 401);
  const gift = JSON.stringify({ user: 'victim', id: 'x', kind: 'grant', source: 'activity', points: 1000 });
  assert.equal((await it.post(gift, { bearer: token({ user: 'victim' }), path: '/v1/facts' })).status, 401);
  await shop.sync().catch(() => {});
  assert.equal(shop.points().confirmed.available, 5);
  await shop.close();
});

test('ledgers outlive the process', async () => {
  const { shop, storage } = await phone('patient');
  await shop.checkIn();
  await shop.sync();
  await shop.close();
  await it.restart();
  const again = await phone('patient', { storage });
  await again.shop.earn('share');
  await again.shop.sync();
  assert.deepEqual(names(again.heard).filter((name) => name !== 'awarded'), []);
  assert.equal(again.shop.points().confirmed.available, 7);
  await again.shop.close();
});
