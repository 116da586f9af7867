const catalog = require('../../services/catalog');
const engine = require('../../services/engine');
const loyalty = require('../../services/loyalty');
const orders = require('../../services/orders');
const route = require('../../services/route');
const display = require('../../data/home');
const { dateTime } = require('../../utils/format');

const visit = engine.pageHooks('done');

Page({
  ...visit,

  data: { order: null, points: null, suggested: catalog.cards(display.fresh).slice(0, 6) },

  onLoad(query) {
    const order = orders.find(query.order);
    if (!order) return;
    this.stop = engine.on('sync', () => this.lookUp(order));
    this.lookUp(order);
    this.setData({ order: { order_id: order.order_id, paid_fen: order.paid_fen, when: dateTime(order.at), quantity: order.price.quantity } });
  },

  onUnload() {
    visit.onUnload();
    if (this.stop) this.stop();
  },

  /** The points of the order: on their way until the server has said that it was paid. */
  async lookUp(order) {
    const points = await loyalty.orderPoints(order).catch(() => null);
    this.setData({ points });
  },

  openPoints() {
    route.go('/pages/points/points');
  },

  openOrders() {
    wx.redirectTo({ url: '/pages/orders/orders' });
  },

  openHome() {
    route.openHome();
  },
});
