// What a shopper does, in one place: each act changes the shop and tells the engine about it.
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

/** Pays; the engine hears of the order only after it is paid. */
async function pay(details) {
  const order = await orders.pay(details);
  const items = orders.lineAmounts(order);
  engine.track('order', { order_id: order.order_id, paid_fen: order.paid_fen, items: order.price.quantity });
  items.forEach((item) => engine.track('order_item', item));
  return order;
}

/** Likes a product, or no longer; returns which. */
function toggleFavourite(id) {
  const on = shelf.toggle('favourites', id);
  engine.track('favourite', { category: catalog.find(id).category, action: on ? 'add' : 'remove' });
  return on;
}

module.exports = { addToCart, buyNow, pay, removeLine, reorder, startCheckout, toggleFavourite };
