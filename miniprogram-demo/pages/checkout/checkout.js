const buying = require('../../services/buying');
const engine = require('../../services/engine');
const loyalty = require('../../services/loyalty');
const orders = require('../../services/orders');
const route = require('../../services/route');
const session = require('../../services/session');
const trials = require('../../services/trials');
const { addresses } = require('../../data/people');

const visit = engine.pageHooks('checkout');

Page({
  ...visit,

  data: { lines: [], price: null, coupon_fen: 0, saving: null, usePoints: false, points_fen: 0, due_fen: 0, earned: 0, address: addresses[0], addresses, choosing: false, note: '', paying: false, failed: '' },

  onLoad() {
    const draft = orders.draft();
    if (!draft) return;
    this.setData({ lines: draft.lines, price: draft.price, due_fen: draft.price.amount_fen, usePoints: Boolean(orders.reserved()) });
    this.reckon();
  },

  /** What comes off, what is left to pay, and the points that it brings. Without an engine the price stays as it is. */
  async reckon() {
    const { price, usePoints } = this.data;
    const coupon_fen = trials.heldCoupon();
    try {
      const saving = await loyalty.checkoutView(price);
      const points_fen = usePoints ? (orders.reserved() || { discount_fen: saving.payable.off_fen }).discount_fen : 0;
      const due_fen = price.amount_fen - saving.off_fen - points_fen - coupon_fen;
      this.setData({ saving, coupon_fen, points_fen, due_fen, earned: await loyalty.pointsFor(due_fen) });
    } catch (error) {
      this.setData({ saving: null, coupon_fen, points_fen: 0, due_fen: price.amount_fen - coupon_fen });
    }
  },

  turnPoints(e) {
    this.setData({ usePoints: e.detail.value || Boolean(orders.reserved()) });
    this.reckon();
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
      const { address, note, saving, usePoints, coupon_fen } = this.data;
      const { order_id } = await buying.pay({ address, note, points: usePoints && saving ? saving.payable.points : 0, off_fen: (saving ? saving.off_fen : 0) + coupon_fen });
      trials.spendCoupon();
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
