const catalog = require('../../services/catalog');
const cart = require('../../services/cart');
const engine = require('../../services/engine');
const route = require('../../services/route');

const visit = engine.pageHooks('category');

Page({
  ...visit,

  data: { categories: catalog.categories, current: 'green', shelf: null, goods: [], more: [] },

  onLoad() {
    this.show('green');
  },

  onShow() {
    visit.onShow();
    cart.showBadge();
    const asked = route.takeCategory();
    if (asked) this.show(asked);
  },

  show(id) {
    this.setData({ current: id, shelf: catalog.categories.find((c) => c.id === id), goods: catalog.inCategory(id), more: catalog.besides(id) });
  },

  select(e) {
    const { id } = e.currentTarget.dataset;
    if (id === this.data.current) return;
    engine.track('category_tap', { category: id });
    this.show(id);
  },

  openSearch() {
    route.openSearch();
  },

  choose(e) {
    this.selectComponent('#spec').open(e.detail.id, 'both');
  },
});
