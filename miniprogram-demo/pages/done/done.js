const catalog = require('../../services/catalog');
const engine = require('../../services/engine');
const orders = require('../../services/orders');
const route = require('../../services/route');
const display = require('../../data/home');
const { dateTime } = require('../../utils/format');

const visit = engine.pageHooks('done');

Page({
  ...visit,

  data: { order: null, suggested: catalog.cards(display.fresh).slice(0, 6) },

  onLoad(query) {
    const order = orders.find(query.order);
    if (order) this.setData({ order: { order_id: order.order_id, paid_fen: order.paid_fen, when: dateTime(order.at), quantity: order.price.quantity } });
  },

  openOrders() {
    wx.redirectTo({ url: '/pages/orders/orders' });
  },

  openHome() {
    route.openHome();
  },
});
