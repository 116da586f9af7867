const buying = require('../../services/buying');
const engine = require('../../services/engine');
const orders = require('../../services/orders');
const route = require('../../services/route');
const session = require('../../services/session');
const { addresses } = require('../../data/people');

const visit = engine.pageHooks('checkout');

Page({
  ...visit,

  data: { lines: [], price: null, address: addresses[0], addresses, choosing: false, note: '', paying: false, failed: '' },

  onLoad() {
    const draft = orders.draft();
    if (draft) this.setData({ lines: draft.lines, price: draft.price });
  },

  openAddresses() {
    this.setData({ choosing: true });
  },

  closeAddresses() {
    this.setData({ choosing: false });
  },

  chooseAddress(e) {
    this.setData({ choosing: false, address: addresses[e.currentTarget.dataset.index] });
  },

  typeNote(e) {
    this.setData({ note: e.detail.value });
  },

  /** Pays once; a second tap while paying does nothing. Somebody unknown signs in first. */
  async pay() {
    if (this.data.paying) return;
    if (!session.userId()) {
      this.selectComponent('#login').open();
      return;
    }
    this.setData({ paying: true, failed: '' });
    try {
      const { order_id } = await buying.pay({ address: this.data.address, note: this.data.note });
      wx.redirectTo({ url: `/pages/done/done?order=${order_id}` });
    } catch (error) {
      engine.track('error', { code: 'pay_failed' });
      this.setData({ paying: false, failed: error.message });
    }
  },

  openHome() {
    route.openHome();
  },
});
