/** What the phone makes of its person's ways, and journeys, on the built package. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requireBuilt } from './support/built.js';
import { settled } from './support/fake-host.js';

const huitou = requireBuilt('dist/node/index.cjs');

const DAY_MS = 86400000;
const START_MS = Date.UTC(2026, 10, 2, 4); // noon in China

const program = (more) => ({
  app: 'tea-shop',
  revision: 1,
  segments: [{ name: 'buyers', when: { frequency: { $gte: 2 } } }],
  ...more,
});

const CATALOGUE = {
  items: [['oolong', 'tea', 9900, 200, 0], ['green', 'tea', 5900, 100, 0], ['pot', 'ware', 19900, 250, 1]],
};

const NEWS = ['level', 'segment', 'sign', 'action', 'error'];

/** A start of an app on a phone that keeps its storage. */
async function opened({ phone = {}, more, on = NEWS } = {}) {
  phone.now = phone.now || START_MS;
  const host = phone.host || huitou.hosts.memory({ now: () => phone.now, offset_min: () => 480, send: async () => ({ status: 500, headers: {}, body: '' }) });
  phone.host = host;
  const h = huitou.open({ program: program(more), host, consent: true });
  const heard = [];
  on.forEach((name) => h.on(name, (detail) => heard.push([name, detail])));
  await h.ready;
  await settled();
  return { h, heard, phone, of: (name) => heard.filter(([told]) => told === name).map(([, detail]) => detail) };
}

/** Closes, and opens again so many days later. */
async function later(start, days, options) {
  await start.h.close();
  start.phone.now += days * DAY_MS;
  return opened({ phone: start.phone, ...options });
}

const order = (h, id, items) => h.track('order', { order_id: id, paid_fen: 9900, items });

test('orders with things make what is due and what is shown first', async () => {
  let start = await opened();
  for (const week of [1, 2, 3, 4]) {
    order(start.h, 'o' + week, [{ item: 'oolong', category: 'tea', quantity: 2 }]);
    await settled();
    start = await later(start, 7);
  }
  const { h, of } = start;
  const [due] = h.due({ n: 3, horizon_days: 14 });
  assert.equal(due.category, 'tea');
  assert.equal(due.purchases, 4);
  assert.ok(due.probability > 0.5 && due.from <= due.to, JSON.stringify(due));
  assert.deepEqual(h.recommend(), [], 'nothing without a catalogue');
  assert.deepEqual(await h.setCatalogue(CATALOGUE), { items: 3, categories: 2 });
  const shown = h.recommend({ n: 3 });
  assert.deepEqual(shown.map(({ item }) => item)[0], 'oolong');
  assert.ok(shown[0].reason);
  assert.throws(() => h.recommend({ kind: 'similar', item: 'nothing' }), { code: 'recommend_invalid', path: 'item' });
  assert.deepEqual(h.segments(), ['buyers']);
  assert.equal(h.why('oolong').bought, 4);
  assert.equal(h.why('buyers').is_in, true);
  assert.throws(() => h.why('nobody'), { code: 'why_unknown' });
  const outlook = h.outlook();
  assert.equal(outlook.level, 'active');
  assert.ok(outlook.probability > 0 && outlook.purchase.value_fen > 0, JSON.stringify(outlook));
  assert.deepEqual(of('error'), []);
});

test('news is told once, over all starts, and waits for who listens', async () => {
  let start = await opened();
  order(start.h, 'a');
  await settled();
  start = await later(start, 3, { on: [] });
  order(start.h, 'b');
  await settled();
  const heard = [];
  start.h.on('segment', (detail) => heard.push(detail));
  await settled();
  assert.deepEqual(heard.map(({ segment, entered }) => [segment, entered]), [['buyers', true]]);
  const again = await later(start, 1);
  again.h.track('show');
  await settled();
  assert.deepEqual(again.of('segment'), []);
});

test('a list in an order is taken as it was, and one that can not be read breaks nothing', async () => {
  const { h } = await opened();
  const items = [{ item: 'oolong', category: 'tea' }];
  order(h, 'a', items);
  items[0].item = 'changed';
  const cycle = [];
  cycle.push(cycle);
  order(h, 'b', cycle);
  order(h, 'c', [{ category: 'without an item' }]);
  await settled();
  assert.equal(h.why('oolong').bought, 1);
  assert.equal(h.orders().some(({ order_id }) => order_id === 'c'), false);
  assert.equal(h.stats().dropped.order_refused, 1);
});

test('what makes no sense is refused with a code', async () => {
  const { h } = await opened();
  await assert.rejects(h.browse({}), { code: 'insight_invalid', path: 'item' });
  await assert.rejects(h.browse({ item: 'x'.repeat(41) }), { code: 'insight_invalid' });
  await assert.rejects(h.cart('tea'), { code: 'insight_invalid', path: 'items' });
  await assert.rejects(h.follow('13912345678'), { code: 'insight_invalid' });
  await assert.rejects(h.setCatalogue('<html>'), ({ code }) => code.startsWith('catalogue'));
  await assert.rejects(h.subscribeResult(null), { code: 'command_invalid' });
  await assert.rejects(h.dismiss('nothing'), { code: 'action_unknown' });
  await h.follow('oolong', { price_fen: 9900, in_stock: true });
  await h.setCatalogue({ items: [['oolong', 'tea', 8900, 0, 0]] });
  assert.deepEqual(h.followed(), [{ item: 'oolong', price_fen: 8900, off_fen: 1000, is_back: false }]);
  await h.follow('oolong', null);
  assert.deepEqual(h.followed(), []);
});

const CART = {
  journeys: [{
    id: 'cart',
    enter_on: 'cart_changed',
    restart_on_repeat: true,
    exit_on: ['cart_emptied'],
    goal: ['order_paid'],
    steps: [
      { after: '30min', do: { kind: 'message', template: 'cart-waits' } },
      { after: '1d', do: { kind: 'popup', ref: 'cart5', data: { coupon: 'five' } } },
    ],
  }],
  messages: { need_subscription: true },
};

test('an abandoned cart: planned, shown once over all starts, ended by the order', async () => {
  let start = await opened({ more: CART });
  assert.deepEqual(start.h.askable(), ['cart-waits']);
  await start.h.subscribeResult({ 'cart-waits': 'accept', errMsg: 'requestSubscribeMessage:ok' });
  assert.deepEqual(start.h.askable(), []);
  await start.h.cart([{ item: 'oolong', price_fen: 9900 }]);
  const at = Math.floor(start.phone.now / 1000) * 1000;
  assert.deepEqual(start.h.plan().map(({ kind, ref, at: due, outcome }) => [kind, ref, due - at, outcome]), [
    ['message', 'cart-waits', 30 * 60000, 'done'],
    ['popup', 'cart5', DAY_MS, 'done'],
  ]);
  assert.deepEqual(start.of('action'), []);
  start = await later(start, 1, { more: CART });
  const [action] = start.of('action');
  assert.deepEqual([action.kind, action.ref, action.data], ['popup', 'cart5', { coupon: 'five' }]);
  const again = await later(start, 0, { more: CART });
  assert.deepEqual(again.of('action'), [], 'handed over once');
  order(again.h, 'o1');
  await settled();
  const [trip] = again.h.journeys();
  assert.deepEqual([trip.standing, trip.steps.map(({ outcome }) => outcome)], ['goal', ['done', 'done']]);
});

test('what is shown is stored as handed over before the app hears of it', async () => {
  let start = await opened({ more: CART });
  await start.h.cart([{ item: 'oolong' }]);
  await start.h.flush();
  await start.h.close();
  start.phone.now += DAY_MS;
  const { saveSync } = start.phone.host;
  start.phone.host.saveSync = () => { throw new Error('full'); };
  const full = await opened({ phone: start.phone, more: CART });
  assert.deepEqual(full.of('action'), [], 'not told, for it is not stored');
  start.phone.host.saveSync = saveSync;
});

test('what is due while the app is open is told then', async () => {
  const more = { journeys: [{ id: 'hello', enter_on: 'visit', steps: [{ after: '1min', do: { kind: 'badge', ref: 'new' } }] }] };
  assert.deepEqual((await opened({ more: { journeys: [{ ...more.journeys[0], steps: [{ do: { kind: 'badge', ref: 'new' } }] }] } })).of('action').map(({ ref }) => ref), ['new']);
  const { h, phone, of } = await opened({ more });
  assert.deepEqual(of('action'), []);
  phone.now += 60000;
  h.page('home');
  await settled();
  assert.deepEqual(of('action').map(({ ref }) => ref), ['new']);
});

test('the platform is asked within the tap', async () => {
  const asked = [];
  const phone = {};
  const { h } = await opened({ phone, more: CART });
  phone.host.askSubscribe = (templates) => {
    asked.push(templates);
    return Promise.resolve({ 'cart-waits': 'reject' });
  };
  const done = h.requestSubscribe();
  assert.deepEqual(asked, [['cart-waits']], 'before anything is awaited');
  assert.deepEqual(await done, { 'cart-waits': 'reject' });
  assert.deepEqual(await h.requestSubscribe(), {}, 'not again for a week');
  assert.equal(asked.length, 1);
});

test('who sends an offer away hears no more of it', async () => {
  const more = { journeys: [{ id: 'wecom', enter_on: 'visit', steps: [{ do: { kind: 'offer_wecom', ref: 'plug-1' } }, { after: '1d', do: { kind: 'popup', ref: 'late' } }] }] };
  const start = await opened({ more });
  const [offer] = start.of('action');
  assert.equal(offer.kind, 'offer_wecom');
  await start.h.dismiss(offer.id);
  assert.deepEqual(start.h.plan(), []);
  const next = await later(start, 2, { more });
  assert.deepEqual(next.of('action').map(({ ref }) => ref), [], 'the offer is skipped, the rest comes a day later');
});
