const buying = require('../../services/buying');
const engine = require('../../services/engine');
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
    kinds: order.lines.length, quantity: order.price.quantity, paid_fen: order.paid_fen,
  };
}

Page({
  ...visit,

  data: { tabs: TABS, tab: 'all', cards: [] },

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

  openHome() {
    route.openHome();
  },
});
