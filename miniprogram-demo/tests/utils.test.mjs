import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shop } from './support.mjs';

const { require } = shop();
const format = require('../utils/format');
const report = require('../utils/report');

const AT = Date.UTC(2026, 10, 22, 17, 5, 9); // 01:05:09 on the 23rd in Beijing

test('money and numbers', () => {
  assert.equal(format.yuan(123456789), '1,234,567.89');
  assert.deepEqual(format.priceParts(9800, true), { whole: '98', cents: '' });
  assert.deepEqual(format.priceParts(9805, true), { whole: '98', cents: '.05' });
  assert.deepEqual(['9999', '1.2万'], [format.count(9999), format.count(12999)]);
  assert.deepEqual(['700 B', '1.5 KB'], [format.bytes(700), format.bytes(1536)]);
});

test('dates are those of the shop, not of the computer', () => {
  assert.equal(format.dateTime(AT), '2026-11-23 01:05');
  assert.equal(format.orderStamp(AT), '20261123010509');
  assert.equal(format.monthDay(AT), '11 月 23 日');
});

const rows = [
  { row: { d: '2026-11-23', e: { page: { n: 3, by: { page: { home: [2, 5000], cart: [1, 900] } } }, add_cart: { n: 1 } }, f: { purchase: [4, 2, 1, 0] }, h: { 9: 4 }, ss: [1, 60] } },
  { row: { d: '2026-11-23', e: { page: { n: 1, by: { page: { home: [1, 1000] } } } }, f: { purchase: [1, 0, 0, 0] }, h: { 9: 1, 21: 5 }, ss: [1, 5] } },
  { row: { d: '2026-11-22', e: { page: { n: 50 } } } },
];
const sum = report.totals(rows, '2026-11-23');

test('rows of one day are added up, other days left out', () => {
  assert.deepEqual(sum.events, { page: 4, add_cart: 1 });
  assert.deepEqual(sum.pages, { home: { visits: 3, dwell_ms: 6000 }, cart: { visits: 1, dwell_ms: 900 } });
  assert.equal(sum.sessions, 2);
});

test('bars are shares of the longest, and nothing is no bar', () => {
  assert.deepEqual(report.counters(sum).map(({ id, percent }) => [id, percent]), [['page', 100], ['add_cart', 25]]);
  assert.deepEqual(report.dwell(sum, format.duration).map(({ id, time }) => [id, time]), [['home', '6.0 秒'], ['cart', '0.9 秒']]);
  const hours = report.hours(sum);
  assert.deepEqual([hours[9].percent, hours[21].percent, hours[3].percent], [100, 100, 0]);
});

test('a funnel shows what was kept from step to step', () => {
  const steps = report.funnel(sum, { name: 'purchase', steps: ['view_product', 'add_cart', 'checkout', 'order'] });
  assert.deepEqual(steps.map(({ n, kept }) => [n, kept]), [[5, ''], [2, '40%'], [1, '50%'], [0, '0%']]);
  assert.deepEqual(report.funnel(report.totals([], 'x'), { name: 'f', steps: ['a', 'b'] }).map((step) => step.look), ['none', 'none']);
});

test('the heat map ends with this week and marks today', () => {
  const cells = report.heat(['2026-11-18', '2026-11-20', '2026-08-24'], '2026-11-20'); // a Friday
  assert.equal(cells.length, 91);
  assert.deepEqual(cells.slice(-7).map((cell) => cell.look), ['off', 'off', 'on', 'off', 'on today', 'later', 'later']);
  assert.deepEqual(cells[0], { day: '2026-08-24', look: 'on' });
});
