const cart = require('../../services/cart');
const { liveHooks } = require('../../services/live');
const loyalty = require('../../services/loyalty');
const orders = require('../../services/orders');
const route = require('../../services/route');
const session = require('../../services/session');
const shelf = require('../../services/shelf');

const live = liveHooks('me');
const GUEST = { name: '登录，解锁茶友礼遇', face: '/assets/scene/face-guest.svg', guest: true };
const STATE_ICONS = { paid: 'gift', sent: 'vehicle', done: 'tea' };

Page({
  ...live,

  data: { account: GUEST, states: [], figures: [], glance: null },

  onShow() {
    live.onShow.call(this);
    cart.showBadge();
  },

  /** Points, streak and tier; nothing of it before somebody agreed. */
  async look() {
    const glance = session.account() ? await loyalty.glance().catch(() => null) : null;
    this.setData({ glance });
  },

  refresh() {
    this.look();
    const mine = orders.list();
    const states = orders.STATES.map(({ id, name }) => ({ id, name, icon: STATE_ICONS[id], count: mine.filter((order) => orders.state(order).id === id).length }));
    const spent_fen = mine.reduce((sum, order) => sum + order.paid_fen, 0);
    this.setData({
      states, account: session.account() || GUEST,
      figures: [
        { id: 'orders', name: '订单', value: String(mine.length) },
        { id: 'spent', name: '茶资(元)', value: String(Math.round(spent_fen / 100)) },
        { id: 'favourites', name: '收藏', value: String(shelf.list('favourites').length) },
        { id: 'seen', name: '足迹', value: String(shelf.list('seen').length) },
      ],
    });
  },

  openLogin() {
    this.selectComponent('#login').open();
  },

  welcome(e) {
    wx.showToast({ title: `${e.detail.name}，欢迎回来`, icon: 'none' });
    this.refresh();
  },

  openOrders(e) {
    route.go(`/pages/orders/orders?state=${e.currentTarget.dataset.state || 'all'}`);
  },

  openFigure(e) {
    const { id } = e.currentTarget.dataset;
    if (id === 'favourites' || id === 'seen') route.go(`/pages/collection/collection?list=${id}`);
    else route.go('/pages/orders/orders');
  },

  openCheckin() {
    route.go('/pages/checkin/checkin');
  },

  openPoints() {
    route.go('/pages/points/points');
  },

  openMall() {
    route.go('/pages/mall/mall');
  },

  openMember() {
    route.go('/pages/member/member');
  },

  openRewards() {
    route.go('/pages/rewards/rewards');
  },

  openSettings() {
    route.go('/pages/settings/settings');
  },

  openLab() {
    route.go('/pages/lab/lab');
  },
});
