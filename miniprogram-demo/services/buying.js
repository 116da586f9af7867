// What a shopper does, in one place: each act changes the shop and tells the engine about it.
const backoffice = require('./backoffice');
const cart = require('./cart');
const catalog = require('./catalog');
const engine = require('./engine');
const orders = require('./orders');
const route = require('./route');
const shelf = require('./shelf');

function tellAdded({ product, spec, quantity }, way) {
  const { category, specs } = catalog.find(product);
  const { price_fen } = specs.find((s) => s.id === spec);
  engine.track('add_cart', { category, way, price_fen, quantity });
}

/** Puts goods into the cart. */
function addToCart(line) {
  cart.add(line.product, line.spec, line.quantity);
  tellAdded(line, 'cart');
  wx.showToast({ title: '已加入购物车', icon: 'success' });
}

/** Straight to the checkout, past the cart. */
function buyNow(line) {
  tellAdded(line, 'buy_now');
  startCheckout([line], 'buy_now');
}

/** Everything of an old order, into the cart again. */
function reorder(order) {
  order.lines.filter((line) => catalog.find(line.product)).forEach((line) => {
    cart.add(line.product, line.spec, line.quantity);
    tellAdded(line, 'reorder');
  });
  route.openCart();
}

/** Takes a line out of the cart. */
function removeLine(index) {
  const line = cart.remove(index);
  engine.track('remove_cart', { category: catalog.find(line.product).category });
}

/** Opens the checkout page with these lines. */
function startCheckout(lines, from) {
  orders.prepare(lines, from);
  const { price } = orders.draft();
  engine.track('checkout', { amount_fen: price.amount_fen, lines: lines.length });
  route.go('/pages/checkout/checkout');
}

/**
 * Spends points on the order that is about to be paid: {order_id, discount_fen}. What the server took once is kept
 * with the draft, so that a payment that fails is tried again with the same points.
 */
async function spendPoints(points) {
  const reserved = orders.reserved();
  if (reserved) return reserved;
  const order_id = orders.nextId();
  if (!points) return { order_id, discount_fen: 0 };
  const { discount_fen } = await engine.loyalty.redeem({ points, orderId: order_id });
  return orders.reserve({ order_id, points, discount_fen });
}

/** Pays, with points for a part if wanted; the engine hears of the order only after it is paid. */
async function pay({ address, note, points, off_fen }) {
  const { order_id, discount_fen } = await spendPoints(points);
  const order = await orders.pay({ order_id, address, note, off_fen: off_fen + discount_fen });
  const items = orders.lineAmounts(order);
  const things = order.lines.map(({ product, category, quantity }) => ({ item: product, category, quantity }));
  engine.track('order', { order_id, paid_fen: order.paid_fen, items: things, coupon: off_fen > 0 });
  items.forEach((item) => engine.track('order_item', item));
  engine.sync().catch(() => {}); // the points of the order come with the answer
  return order;
}

/** Gives the money back, all of it; the points go the same way. */
async function refund(order) {
  await backoffice.refund(order.order_id, order.paid_fen);
  orders.markRefunded(order.order_id);
}

/** Redeems an item of the mall. Its price in money is paid first, and given back if the points are refused. */
async function redeemItem(item) {
  const order_id = orders.nextId();
  if (item.cash_fen > 0) await orders.payCash({ order_id, paid_fen: item.cash_fen });
  try {
    return await engine.loyalty.redeem({ item: item.id, orderId: order_id });
  } catch (error) {
    if (item.cash_fen > 0) await backoffice.refund(order_id, item.cash_fen);
    throw error;
  }
}

/** Likes a product, or no longer; returns which. */
function toggleFavourite(id) {
  const on = shelf.toggle('favourites', id);
  const product = catalog.find(id);
  engine.track('favourite', { category: product.category, action: on ? 'add' : 'remove' });
  // Who likes it hears when it gets cheaper.
  engine.tell('follow', id, on ? { price_fen: catalog.standard(product).price_fen, in_stock: true } : null);
  return on;
}

module.exports = { addToCart, buyNow, pay, redeemItem, refund, removeLine, reorder, startCheckout, toggleFavourite };
