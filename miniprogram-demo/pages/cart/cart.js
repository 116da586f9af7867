const buying = require('../../services/buying');
const cart = require('../../services/cart');
const catalog = require('../../services/catalog');
const engine = require('../../services/engine');
const route = require('../../services/route');
const display = require('../../data/home');

const visit = engine.pageHooks('cart');

Page({
  ...visit,

  data: { lines: [], price: null, all: false, editing: false, suggested: [] },

  onShow() {
    visit.onShow();
    this.refresh();
  },

  refresh() {
    const lines = cart.views();
    this.setData({ lines, price: this.priceOf(lines), all: lines.every((line) => line.selected), suggested: this.suggest(lines) });
  },

  /** Recommended goods that are not in the cart yet. */
  suggest(lines) {
    const inCart = lines.map((line) => line.product);
    return catalog.cards(display.recommended.concat(display.fresh).filter((id) => !inCart.includes(id)).slice(0, 4));
  },

  priceOf(lines) {
    return cart.price(lines.filter((line) => line.selected));
  },

  toggle(e) {
    const { index } = e.currentTarget.dataset;
    cart.toggle(index);
    this.updateLine(index);
  },

  count(e) {
    const { index } = e.currentTarget.dataset;
    cart.setQuantity(index, e.detail.value);
    this.updateLine(index);
  },

  /** Sends only the line that changed, and the sums. */
  updateLine(index) {
    const lines = cart.views();
    this.setData({ [`lines[${index}]`]: lines[index], price: this.priceOf(lines), all: lines.every((line) => line.selected) });
  },

  toggleAll() {
    cart.selectAll(!this.data.all);
    this.refresh();
  },

  edit() {
    this.setData({ editing: !this.data.editing });
  },

  async remove(e) {
    const { index } = e.currentTarget.dataset;
    const { confirm } = await wx.showModal({ title: '移出购物车', content: `不要「${this.data.lines[index].name}」了吗？`, confirmText: '移出', confirmColor: '#b8402a', cancelText: '再想想' });
    if (!confirm) return;
    buying.removeLine(index);
    this.refresh();
  },

  open(e) {
    route.openProduct(e.currentTarget.dataset.id);
  },

  openHome() {
    route.openHome();
  },

  choose(e) {
    this.selectComponent('#spec').open(e.detail.id, 'cart');
  },

  checkout() {
    const lines = cart.selected();
    if (lines.length === 0) wx.showToast({ title: '先选几样茶吧', icon: 'none' });
    else buying.startCheckout(lines, 'cart');
  },
});
