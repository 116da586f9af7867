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

const REFUNDED = { id: 'refunded', name: '已退款', note: '茶资与积分都已退回' };
const STATES = [
  { id: 'paid', name: '待发货', note: '茶师正在为您分装', days: 0 },
  { id: 'sent', name: '待收货', note: '包裹已交给快递小哥', days: 1 },
  { id: 'done', name: '已完成', note: '茶已到家，慢慢喝', days: 3 },
];

const all = () => wx.getStorageSync(KEY) || [];

/** Remembers what goes to the checkout page. `from` is 'cart' or 'buy_now'. Points spent on a draft that was never paid stay with it. */
function prepare(lines, from) {
  wx.setStorageSync(DRAFT_KEY, { lines, from, reserved: reserved() });
}

/** What is about to be paid, with its price; null when there is nothing. */
function draft() {
  const kept = wx.getStorageSync(DRAFT_KEY);
  if (!kept || kept.lines.length === 0) return null;
  const lines = kept.lines.map(cart.view);
  return { from: kept.from, lines, price: cart.price(lines) };
}

/** The points that the server took for the draft already: {order_id, points, discount_fen}, or null. */
function reserved() {
  const kept = (wx.getStorageSync(DRAFT_KEY) || {}).reserved;
  return kept && kept.user === session.userId() ? kept : null;
}

/** Keeps with the draft what the server took, and returns it. */
function reserve(points) {
  const kept = Object.assign({ user: session.userId() }, points);
  wx.setStorageSync(DRAFT_KEY, Object.assign({}, wx.getStorageSync(DRAFT_KEY), { reserved: kept }));
  return kept;
}

/** The number of the next order. */
function nextId() {
  const serial = wx.getStorageSync('shop.serial') || 0;
  wx.setStorageSync('shop.serial', serial + 1);
  return orderStamp(clock.now()) + String(serial % 100).padStart(2, '0');
}

/** Splits the price of the goods over the lines, to the fen. */
function lineAmounts(order) {
  return order.lines.map((line) => ({ product: line.product, category: line.category, quantity: line.quantity, paid_fen: line.price_fen * line.quantity }));
}

/** Money comes in: the demo server tells the collector. */
async function payCash({ order_id, paid_fen, categories = [] }) {
  const user = session.userId();
  const paid = { app: 'tea-shop', user, order_id, paid_fen, categories, at: clock.now() };
  await network.post('/demo/pay', paid, await session.token({ user }));
}

/** Pays the draft, less `off_fen`, and files the order. Rejects, keeping the draft, when the server can't be reached. */
async function pay({ order_id, address, note, off_fen = 0 }) {
  const { from, lines, price } = draft();
  const paid_fen = price.amount_fen - off_fen;
  const order = { order_id, at: clock.now(), user: session.userId(), lines, price, off_fen, paid_fen, address, note };
  await payCash({ order_id, paid_fen, categories: [...new Set(lines.map((line) => line.category))] });
  wx.setStorageSync(KEY, [order].concat(all()).slice(0, KEPT));
  wx.removeStorageSync(DRAFT_KEY);
  if (from === 'cart') cart.removeSelected();
  return order;
}

/** Notes that the money of an order went back. */
function markRefunded(order_id) {
  wx.setStorageSync(KEY, all().map((order) => (order.order_id === order_id ? Object.assign({}, order, { refunded: true }) : order)));
}

/** The state an order has by now. */
function state(order) {
  if (order.refunded) return REFUNDED;
  const age_days = (clock.now() - order.at) / DAY_MS;
  return STATES.filter((s) => age_days >= s.days).pop() || STATES[0];
}

/** Orders of the present account, newest first. */
const list = () => all().filter((order) => order.user === session.userId());
const find = (order_id) => all().find((order) => order.order_id === order_id);

function clear() {
  [KEY, DRAFT_KEY].forEach((key) => wx.removeStorageSync(key));
}

module.exports = { STATES, clear, draft, find, lineAmounts, list, markRefunded, nextId, pay, payCash, prepare, reserve, reserved, state };
