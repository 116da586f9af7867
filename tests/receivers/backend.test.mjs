/** The SQL of docs/backend.md does what the page says. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { caseNamed } from './support.mjs';

const path = (name) => fileURLToPath(new URL(name, import.meta.url));
const page = readFileSync(path('../../docs/backend.md'), 'utf8');

function run(steps) {
  const input = JSON.stringify({ page, steps });
  return JSON.parse(execFileSync('python3', [path('page_sql.py')], { input, encoding: 'utf8' }));
}

const SHOP = { app: 'tea-shop', from: '2026-01-01', to: '2026-12-31' };

/** Upserts of the rows of a report, as the page's pseudo-code has them. */
function upserts({ app, user, device, rows }) {
  return rows.map((row) => ['upsert_row', { app, user, device, s: row.s, d: row.d, r: row.r, row: JSON.stringify(row) }]);
}

const results = (name, steps) => run([...steps, [name, SHOP]]).at(-1);

const FIRST = caseNamed('a session of 50 events').report;
const LATER = caseNamed('the same row at a higher revision').report;
const MANY = caseNamed('two segments, one of them over two days').report;

/** Sums by key over the rows of several reports. */
function summed(rows, entries) {
  const sums = {};
  for (const [key, count] of rows.flatMap(entries)) sums[key] = (sums[key] || 0) + count;
  return sums;
}

const pageTable = (row) => Object.entries(row.e.page.by.page);

test('the highest revision wins in every order', () => {
  const expected = Object.fromEntries(pageTable(LATER.rows[0]).map(([name, [count]]) => [name, count]));
  for (const order of [[FIRST, LATER], [LATER, FIRST], [FIRST, LATER, FIRST, LATER]]) {
    const found = results('pages', order.flatMap(upserts));
    assert.deepEqual(Object.fromEntries(found.map(([name, views]) => [name, views])), expected);
  }
});

test('pages and their mean time', () => {
  const views = summed(MANY.rows, (row) => pageTable(row).map(([name, [count]]) => [name, count]));
  const times = summed(MANY.rows, (row) => pageTable(row).map(([name, [, ms]]) => [name, ms]));
  const found = results('pages', upserts(MANY));
  assert.equal(found.length, Object.keys(views).length);
  for (const [name, count, mean] of found) {
    assert.deepEqual([count, mean], [views[name], Math.floor(times[name] / Math.max(views[name], 1))], name);
  }
});

test('where a flow breaks off', () => {
  const expected = [0, 1, 2, 3].map((step) => MANY.rows.reduce((sum, row) => sum + row.f.purchase[step], 0));
  assert.deepEqual(results('funnel', upserts(MANY)), expected.map((attempts, step) => [step, attempts]));
});

test('a quantile from buckets', () => {
  const sums = summed(MANY.rows, (row) => row.e.page.num.dwell_ms.b);
  const buckets = Object.entries(sums).map(([bucket, count]) => [Number(bucket), count]).sort(([one], [two]) => one - two);
  const total = buckets.reduce((sum, [, count]) => sum + count, 0);
  let below = 0;
  const [bucket] = buckets.find(([, count]) => (below += count) * 10 >= total * 9);
  const width = 2 ** (Math.floor(bucket / 8) - 1);
  const low = (8 + (bucket % 8)) * width;
  assert.ok(bucket > 16);
  assert.deepEqual(results('dwell_p90', upserts(MANY)), [[Math.floor((2 * low * (low + width)) / (2 * low + width))]]);
});

test('small values have a bucket each', () => {
  const row = { s: '1', d: '2026-03-01', r: 1, e: { page: { n: 3, num: { dwell_ms: { sum: 12, b: [[0, 1], [5, 1], [7, 1]] } } } } };
  assert.deepEqual(results('dwell_p90', upserts({ ...FIRST, rows: [row] })), [[7]]);
});

test('who came back after a week', () => {
  const visit = (user, device, d) => upserts({ app: 'tea-shop', user, device, rows: [{ s: d, d, r: 1 }] });
  const steps = [
    ...visit('ann', '1', '2026-11-02'),
    ...visit('ann', '2', '2026-11-09'), // from another phone
    ...visit('bob', '3', '2026-11-02'),
    ...visit('bob', '3', '2026-11-10'), // a day late
    ...visit('', '4', '2026-11-03'), // two phones before login
    ...visit('', '4', '2026-11-10'),
    ...visit('', '5', '2026-11-03'),
  ];
  assert.deepEqual(results('retention', steps), [['2026-11-02', 2, 1], ['2026-11-03', 2, 1]]);
});

test('what was not counted', () => {
  const { report } = caseNamed('counts of zero, other values, reasons not known yet');
  assert.deepEqual(results('dropped', upserts(report)), [['bad_text', 2], ['reason_200', 1]]);
});

test('facts are numbered by user, once each, and told once', () => {
  const fact = (user, order_id, facts) => ['facts', { app: 'tea-shop', user, order_id, paid_fen: 4900, at: 7, facts }];
  const numbers = run([fact('ann', 'a', 0), fact('ann', 'b', 0), fact('ann', 'b', 1), fact('bob', 'c', 0), fact('ann', 'd', 3)]);
  const told = numbers.map((facts) => facts.map(([n, , order]) => [n, order]));
  assert.deepEqual(told, [[[1, 'a']], [[1, 'a'], [2, 'b']], [[2, 'b']], [[1, 'c']], []]);
});
