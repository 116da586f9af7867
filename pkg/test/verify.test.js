/** A ledger that the reference collector exported (support/ledger-export.json: three phones, an order, two redemptions, one claim put aside). */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { pathOf, requireBuilt } from './support/built.js';

const { verifyExport } = requireBuilt('dist/node/server.cjs');
const TEXT = readFileSync(pathOf('test/support/ledger-export.json'), 'utf8');

/** What becomes of the ledger after a change. */
function changed(change) {
  const ledger = JSON.parse(TEXT);
  change(ledger);
  return verifyExport(ledger);
}

const brokenAt = (n, pattern, change) => {
  const { ok, n: found, problem } = changed(change);
  assert.equal(ok, false);
  assert.equal(found, n);
  assert.match(problem, pattern);
};

test('an honest export is proved, as text and as an object', () => {
  const { result, entries, aside } = JSON.parse(TEXT);
  const expected = { ok: true, entries: entries.length + aside.length, ...result };
  assert.deepEqual(verifyExport(TEXT), expected);
  assert.deepEqual(verifyExport(JSON.parse(TEXT)), expected);
});

test('what was changed, left out or added breaks the chain there', () => {
  const { entries } = JSON.parse(TEXT);
  const order = entries.find(({ kind }) => kind === 'order_paid');
  const next = entries[entries.indexOf(order) + 1];
  const orderOf = (ledger) => ledger.entries.find(({ n }) => n === order.n);
  brokenAt(order.n, /changed/, (ledger) => { orderOf(ledger).paid_fen += 100; });
  brokenAt(order.n, /changed/, (ledger) => { orderOf(ledger).moment -= 1000; });
  brokenAt(next.n, /missing/, (ledger) => { ledger.entries.splice(ledger.entries.indexOf(orderOf(ledger)), 1); });
  brokenAt(entries[0].n, /changed/, (ledger) => { ledger.aside.push(ledger.entries.shift()); });
});

test("a phone's chain, the verdicts and the result follow too", () => {
  const { entries, phones } = JSON.parse(TEXT);
  const refused = entries.find(({ verdict }) => verdict);
  brokenAt(entries[0].n, /chain/, (ledger) => { ledger.entries[0].head = '0'.repeat(64); });
  brokenAt(null, /ends elsewhere/, (ledger) => { ledger.phones.find(({ seq }) => seq > 0).seq += 1; });
  brokenAt(refused.n, /already_checked_in/, (ledger) => { delete ledger.entries.find(({ n }) => n === refused.n).verdict; });
  brokenAt(null, /points/, (ledger) => { ledger.result.points += 1; });
  brokenAt(null, /digest/, (ledger) => { ledger.result.digest = '0'.repeat(32); });
  assert.ok(phones.length > 1);
});

test('another program is noticed', () => {
  const { ok } = changed((ledger) => { ledger.programs[0].check_in.daily_points = 50; });
  assert.equal(ok, false);
});

test('what is no export is refused', () => {
  assert.throws(() => verifyExport('{'), { name: 'HuitouError', code: 'ledger_not_json' });
});
