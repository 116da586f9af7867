/** Orders through the built package to a real collector: what arrives equals the file, and a difference is seen. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { agreement } from '../../replay/agreement.mjs';
import { refundFen } from '../../replay/backoffice.mjs';
import { startCollector } from '../../replay/collector.mjs';
import { dayOf, readHouseholds } from '../../replay/orders.mjs';
import { Random } from '../../replay/random.mjs';
import { programFile, replayAll } from '../../replay/replay.mjs';
import { differences, holdsAny } from '../../replay/verify.mjs';

const WEEK_MS = 7 * 86400000;
const folder = mkdtempSync(join(tmpdir(), 'huitou-replay-test-'));
after(() => rmSync(folder, { recursive: true }));

/** Orders of the same shape as the real ones: several a day, at midnight, without a category, for nothing. */
function madeUpOrders(random) {
  const users = ['11', '12', '13', '14'];
  const times = ['2017-03-01T00:00:00', '2017-03-01T00:00:03', '2017-03-01T23:59:59', '2017-03-04T12:00:00', '2017-04-20T18:30:00'];
  const item = () => ({ id: String(random.below(1e6)), category: ['MILK', 'TEA', '', 'BEEF', '小吃'][random.below(5)] });
  const order = (user, at, number) => ({
    user, at, order_id: `3${user}${number}7`, total_fen: number === 1 ? 0 : random.below(9000),
    items: Array.from({ length: 1 + random.below(12) }, item),
  });
  return times.flatMap((at, number) => users.map((user) => order(user, at, number)));
}

function writeOrders(name, orders) {
  const file = join(folder, name);
  const text = orders.map((order) => JSON.stringify(order) + '\n').join('');
  writeFileSync(file, name.endsWith('.gz') ? gzipSync(text) : text);
  return file;
}

test('dates move by whole weeks to just before now', () => {
  const file = writeOrders('dates.ndjson', madeUpOrders(new Random('dates')));
  const now = Date.parse('2026-11-22T12:00:00Z');
  const [{ user, baskets }] = readHouseholds(file, now, 1);
  assert.equal(user, 'household-11');
  assert.equal(baskets.length, 5);
  const moved = baskets[4].at - Date.parse('2017-04-20T18:30:00+08:00');
  assert.equal(moved % WEEK_MS, 0);
  assert.ok(baskets[4].at <= now && baskets[4].at > now - WEEK_MS);
  assert.equal(dayOf(baskets[1].at), dayOf(baskets[2].at));
});

test('what arrives equals the file, whatever the network and the system do', async (t) => {
  const file = writeOrders('orders.ndjson.gz', madeUpOrders(new Random('orders')));
  const households = readHouseholds(file, Date.now(), 100);
  const db = join(folder, 'collector.sqlite');
  const collector = await startCollector(db, programFile(false));
  t.after(() => collector.stop());
  assert.equal(await holdsAny(db, households), false);
  const { figures } = await replayAll(households, { url: collector.url, seed: 'test' });
  assert.deepEqual(await differences(db, households), []);
  assert.equal(await holdsAny(db, households), true);
  assert.equal(figures.baskets, 20);
  assert.ok(figures.crashes > 0, 'nothing crashed');
  assert.ok(['answer_lost', 'duplicated', 'status_500'].every((fault) => figures.faults[fault] > 0), JSON.stringify(figures.faults));

  households[2].baskets[3].categories.push('NEVER SOLD');
  households[1].baskets[0].paidFen += 1;
  households[0].baskets[4].at += WEEK_MS;
  const found = (await differences(db, households)).map((line) => line.split(' ').slice(0, 2).join(' '));
  assert.deepEqual(found, [
    'household-11: days', 'household-12: paidFen', 'household-12: orderFen', 'household-13: lines', 'household-13: quantity',
  ]);
});

test('phone, collector and SQL agree on points, and a difference is seen', async (t) => {
  const file = writeOrders('points.ndjson', madeUpOrders(new Random('points')));
  const households = readHouseholds(file, Date.now(), 100);
  const db = join(folder, 'points.sqlite');
  const collector = await startCollector(db, programFile(true));
  t.after(() => collector.stop());
  const { figures, seen } = await replayAll(households, { url: collector.url, seed: 'points', mall: true });
  const refunds = households.flatMap(({ baskets }) => baskets).filter((basket) => refundFen(basket) > 0).length;
  assert.ok(refunds > 0, 'nothing was refunded');
  assert.equal(figures.facts, 20 + refunds);
  assert.equal(figures.check_ins, 4 * 3, 'three dates each');
  const { digest, forked, gap } = figures.resets;
  assert.deepEqual([digest, forked, gap], [undefined, undefined, undefined]);
  const { differences: none, sums } = await agreement(db, households, seen);
  assert.deepEqual(none, []);
  assert.ok(sums.granted > 0 && sums.taken_back > 0 && sums.growth > 0, JSON.stringify(sums));

  households[1].baskets[2].paidFen += 100;
  seen.get('household-13').points.available += 1;
  seen.get('household-14').proof.digest = '0'.repeat(32);
  const found = (await agreement(db, households, seen)).differences.map((line) => line.slice(0, line.lastIndexOf(': ')).split(': ').slice(0, 2).join(': '));
  assert.deepEqual(found, [
    'household-12: account by the ledger and in SQL', 'household-13: points on the phone and by its ledger',
    'household-14: digest on the phone and by its ledger', 'household-14: digest on the phone and in its receipt',
  ]);
});
