import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shop } from './support.mjs';

test('the same product in the same size is one line of the cart', () => {
  const { require } = shop();
  const cart = require('../services/cart');
  cart.add('shoumei', 's', 1);
  cart.add('shoumei', 'l', 1);
  cart.add('shoumei', 's', 2);
  assert.deepEqual(cart.views().map(({ spec, quantity }) => [spec, quantity]), [['l', 1], ['s', 3]]);
});

test('the cart survives a restart and forgets products that are gone', () => {
  const first = shop();
  first.require('../services/cart').add('gaiwan', 'm', 2);
  const kept = JSON.parse(first.stored.get('shop.cart'));
  const second = shop();
  second.stored.set('shop.cart', JSON.stringify([...kept, { product: 'gone', spec: 'm', quantity: 1, selected: true }]));
  assert.deepEqual(second.require('../services/cart').views().map((line) => line.product), ['gaiwan']);
});

test('a quantity stays between 1 and 99 and shows on the tab bar', () => {
  const { require, calls } = shop();
  const cart = require('../services/cart');
  cart.add('cups', 'm', 500);
  assert.equal(cart.count(), 99);
  cart.setQuantity(0, -3);
  assert.equal(cart.count(), 1);
  assert.equal(calls.at(-1).options.text, '1');
  cart.remove(0);
  assert.equal(calls.at(-1).name, 'removeTabBarBadge');
});

test('delivery costs 12 yuan below 199 and nothing from there on', () => {
  const { require } = shop();
  const { price } = require('../services/cart');
  assert.deepEqual(price([{ price_fen: 19899, quantity: 1 }]), { goods_fen: 19899, delivery_fen: 1200, amount_fen: 21099, missing_fen: 1, percent: 100, quantity: 1 });
  assert.equal(price([{ price_fen: 9950, quantity: 2 }]).amount_fen, 19900);
  assert.equal(price([]).amount_fen, 0);
});

test('search finds by every word, best sellers first', () => {
  const { require } = shop();
  const { search } = require('../services/catalog');
  assert.deepEqual(search('白茶').map((card) => card.id), ['shoumei', 'yinzhen']);
  assert.deepEqual(search('福建 红茶').map((card) => card.id), ['xiaozhong']);
  assert.deepEqual(search('  '), []);
  assert.deepEqual(search('咖啡'), []);
});

test('an order is filed only when it is paid, and the cart keeps what was not ordered', async () => {
  const { require, calls } = shop();
  const [cart, orders] = [require('../services/cart'), require('../services/orders')];
  globalThis.wx.setStorageSync('shop.user', 'u-1001');
  cart.add('cups', 'm', 1);
  cart.add('longjing', 'm', 1);
  cart.toggle(1);
  orders.prepare(cart.selected(), 'cart');
  const answer = (data, statusCode = 200) => { calls.filter(({ name }) => name === 'request').at(-1).options.success({ statusCode, data }); };
  const turn = () => new Promise((resolve) => { setImmediate(resolve); });

  const refused = orders.pay({ order_id: orders.nextId(), address: {}, note: '' });
  answer({ token: 't' });
  await turn();
  answer({}, 503);
  await assert.rejects(refused, { status: 503 });
  assert.deepEqual(orders.list(), []);
  assert.equal(orders.draft().lines.length, 1);

  const paid = orders.pay({ order_id: orders.nextId(), address: {}, note: '' });
  await turn();
  assert.deepEqual(calls.at(-1).options.data.paid_fen, 28800);
  answer({});
  const order = await paid;
  assert.deepEqual(orders.list().map((o) => o.order_id), [order.order_id]);
  assert.equal(orders.draft(), null);
  assert.deepEqual(cart.views().map((line) => line.product), ['cups']);
});

test('what is offline fails at once, and who waits hears of the switch', async () => {
  const { require, calls } = shop();
  const network = require('../services/network');
  const heard = [];
  network.onSwitch((online) => heard.push(online));
  network.setOffline(true);
  await assert.rejects(network.post('/v1/login', {}), /网络已断开/);
  network.setOffline(false);
  assert.deepEqual(heard, [false, true]);
  assert.equal(calls.length, 0);
});

test('the clock of the laboratory moves by whole days and survives a restart', () => {
  const { require, stored } = shop();
  const clock = require('../services/clock');
  clock.tomorrow();
  clock.tomorrow();
  assert.ok(Math.abs(clock.now() - Date.now() - 2 * 86400000) < 1000);
  const again = shop();
  stored.forEach((value, key) => again.stored.set(key, value));
  assert.equal(again.require('../services/clock').aheadDays(), 2);
});
