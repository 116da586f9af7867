// Orders: what is about to be paid, and what was. Paying goes through the demo server, which tells the engine's
// collector about it as a merchant's back office would.
const cart = require('./cart');
const clock = require('./clock');
const network = require('./network');
const session = require('./session');
const { orderStamp } = require('../utils/format');

const KEY = 'shop.orders';
const DRAFT_KEY = 'shop.draft';
const DAY_MS = 86400000;
const KEPT = 50;

const STATES = [
  { id: 'paid', name: '待发货', note: '茶师正在为您分装', days: 0 },
  { id: 'sent', name: '待收货', note: '包裹已交给快递小哥', days: 1 },
  { id: 'done', name: '已完成', note: '茶已到家，慢慢喝', days: 3 },
];

const all = () => wx.getStorageSync(KEY) || [];

/** Remembers what goes to the checkout page. `from` is 'cart' or 'buy_now'. */
function prepare(lines, from) {
  wx.setStorageSync(DRAFT_KEY, { lines, from });
}

/** What is about to be paid, with its price; null when there is nothing. */
function draft() {
  const kept = wx.getStorageSync(DRAFT_KEY);
  if (!kept || kept.lines.length === 0) return null;
  const lines = kept.lines.map(cart.view);
  return { from: kept.from, lines, price: cart.price(lines) };
}

function newId(at_ms) {
  const serial = wx.getStorageSync('shop.serial') || 0;
  wx.setStorageSync('shop.serial', serial + 1);
  return orderStamp(at_ms) + String(serial % 100).padStart(2, '0');
}

/** Splits what was paid over the lines, to the fen. */
function lineAmounts(order) {
  return order.lines.map((line) => ({ category: line.category, quantity: line.quantity, paid_fen: line.price_fen * line.quantity }));
}

/** Pays the draft and files the order. Rejects, keeping the draft, when the server can't be reached. */
async function pay({ address, note }) {
  const { from, lines, price } = draft();
  const at = clock.now();
  const order = { order_id: newId(at), at, user: session.userId(), lines, price, paid_fen: price.amount_fen, address, note };
  const facts = { app: 'tea-shop', user: order.user, order_id: order.order_id, paid_fen: order.paid_fen, at };
  await network.post('/demo/pay', facts, await session.token({ user: order.user }));
  wx.setStorageSync(KEY, [order].concat(all()).slice(0, KEPT));
  wx.removeStorageSync(DRAFT_KEY);
  if (from === 'cart') cart.removeSelected();
  return order;
}

/** The state an order has by now. */
function state(order) {
  const age_days = (clock.now() - order.at) / DAY_MS;
  return STATES.filter((s) => age_days >= s.days).pop() || STATES[0];
}

/** Orders of the present account, newest first. */
const list = () => all().filter((order) => order.user === session.userId());
const find = (order_id) => all().find((order) => order.order_id === order_id);

function clear() {
  [KEY, DRAFT_KEY].forEach((key) => wx.removeStorageSync(key));
}

module.exports = { STATES, clear, draft, find, lineAmounts, list, pay, prepare, state };
