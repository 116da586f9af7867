const buying = require('../../services/buying');
const engine = require('../../services/engine');
const loyalty = require('../../services/loyalty');
const orders = require('../../services/orders');
const route = require('../../services/route');
const { dateTime } = require('../../utils/format');

const visit = engine.pageHooks('orders');
const TABS = [{ id: 'all', name: '全部' }].concat(orders.STATES.map(({ id, name }) => ({ id, name })));

/** What one order card shows: at most three pictures. */
function cardOf(order) {
  const state = orders.state(order);
  return {
    order_id: order.order_id, state: state.id, stateName: state.name, note: state.note, when: dateTime(order.at),
    pictures: order.lines.slice(0, 3).map((line) => line.image), first: order.lines[0].name, specName: order.lines[0].specName,
    kinds: order.lines.length, quantity: order.price.quantity, paid_fen: order.paid_fen, refundable: state.id !== 'refunded',
  };
}

Page({
  ...visit,

  data: { tabs: TABS, tab: 'all', cards: [], busy: '' },

  onLoad({ state }) {
    if (state) this.setData({ tab: state });
  },

  onShow() {
    visit.onShow();
    this.refresh();
  },

  refresh() {
    const { tab } = this.data;
    this.setData({ cards: orders.list().map(cardOf).filter((card) => tab === 'all' || card.state === tab) });
  },

  select(e) {
    this.setData({ tab: e.currentTarget.dataset.id });
    this.refresh();
  },

  again(e) {
    buying.reorder(orders.find(e.currentTarget.dataset.id));
  },

  /** As the merchant's back office would: the collector hears of the refund, the phone hears of it from the collector. */
  async refund(e) {
    const order = orders.find(e.currentTarget.dataset.id);
    const { confirm } = await wx.showModal({ title: '申请退款', content: '茶资原路退回，这单得的积分会收回，用掉的积分会还给您。', confirmText: '退款', confirmColor: '#b8402a', cancelText: '再想想' });
    if (!confirm || this.data.busy) return;
    this.setData({ busy: order.order_id });
    const { ok, text } = await loyalty.attempt(() => buying.refund(order));
    this.setData({ busy: '' });
    wx.showToast({ title: ok ? '已退款' : text, icon: 'none' });
    this.refresh();
  },

  openHome() {
    route.openHome();
  },
});
