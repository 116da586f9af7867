// The cart, kept in storage. A line is {product, spec, quantity, selected}.
const catalog = require('./catalog');

const KEY = 'shop.cart';
const QUANTITY_MAX = 99;
const FREE_DELIVERY_FEN = 19900;
const DELIVERY_FEN = 1200;
let lines = null;
let changed = null;

function load() {
  if (!lines) lines = (wx.getStorageSync(KEY) || []).filter((line) => catalog.find(line.product));
  return lines;
}

function save() {
  wx.setStorageSync(KEY, lines);
  showBadge();
  if (changed) changed(views());
}

/** Calls `listener(views)` whenever something in the cart changes. */
function onChange(listener) {
  changed = listener;
}

/** Puts the number of pieces on the tab bar. */
function showBadge() {
  const n = count();
  const done = { index: 2, fail: () => {} };
  if (n > 0) wx.setTabBarBadge(Object.assign({ text: n > 99 ? '99+' : String(n) }, done));
  else wx.removeTabBarBadge(done);
}

const count = () => load().reduce((sum, line) => sum + line.quantity, 0);
const clamp = (quantity) => Math.max(1, Math.min(QUANTITY_MAX, quantity));
const indexOf = (product, spec) => load().findIndex((line) => line.product === product && line.spec === spec);

/** Adds pieces; the same product in the same size becomes one line. */
function add(product, spec, quantity) {
  const index = indexOf(product, spec);
  if (index < 0) load().unshift({ product, spec, quantity: clamp(quantity), selected: true });
  else Object.assign(lines[index], { quantity: clamp(lines[index].quantity + quantity), selected: true });
  save();
}

function setQuantity(index, quantity) {
  load()[index].quantity = clamp(quantity);
  save();
}

function toggle(index) {
  load()[index].selected = !lines[index].selected;
  save();
}

function selectAll(on) {
  load().forEach((line) => { line.selected = on; });
  save();
}

/** Takes a line out and returns it. */
function remove(index) {
  const [line] = load().splice(index, 1);
  save();
  return line;
}

/** Takes out what was ordered. */
function removeSelected() {
  lines = load().filter((line) => !line.selected);
  save();
}

function clear() {
  lines = [];
  save();
}

/** A line joined with its product, as pages show it. */
function view(line) {
  const product = catalog.find(line.product);
  const spec = catalog.spec(product, line.spec);
  return {
    key: `${line.product}-${line.spec}`, product: line.product, category: product.category, name: product.name, image: catalog.image(product), spec: spec.id,
    specName: spec.name, price_fen: spec.price_fen, quantity: line.quantity, selected: line.selected !== false,
  };
}

/** What lines cost: goods, delivery, the sum, and how much is missing for free delivery. */
function price(views) {
  const goods_fen = views.reduce((sum, v) => sum + v.price_fen * v.quantity, 0);
  const free = goods_fen === 0 || goods_fen >= FREE_DELIVERY_FEN;
  const delivery_fen = free ? 0 : DELIVERY_FEN;
  return {
    goods_fen, delivery_fen, amount_fen: goods_fen + delivery_fen, missing_fen: Math.max(0, FREE_DELIVERY_FEN - goods_fen),
    percent: Math.min(100, Math.round((goods_fen / FREE_DELIVERY_FEN) * 100)), quantity: views.reduce((sum, v) => sum + v.quantity, 0),
  };
}

const views = () => load().map(view);
const selected = () => load().filter((line) => line.selected);

module.exports = { add, clear, count, onChange, price, remove, removeSelected, selectAll, selected, setQuantity, showBadge, toggle, view, views };
