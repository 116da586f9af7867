const buying = require('../../services/buying');
const { liveHooks } = require('../../services/live');
const loyalty = require('../../services/loyalty');
const route = require('../../services/route');

Page({
  ...liveHooks('mall'),

  data: { solid: false, view: null, item: null, choosing: false, busy: false, failed: '' },

  async refresh() {
    try {
      this.setData({ view: await loyalty.mallView(), failed: '' });
    } catch (error) {
      this.setData({ failed: error.message });
    }
  },

  choose(e) {
    this.setData({ item: this.data.view.items[e.currentTarget.dataset.index], choosing: true });
  },

  close() {
    this.setData({ choosing: false });
  },

  /** Points go in one transaction of the server; the cash part is paid as an order of its own. */
  async redeem() {
    const { item, busy } = this.data;
    if (busy || item.short > 0 || item.gone) return;
    this.setData({ busy: true });
    const { ok, text } = await loyalty.attempt(() => buying.redeemItem(item));
    this.setData({ busy: false, choosing: false });
    await this.refresh();
    if (!ok) wx.showToast({ title: text, icon: 'none' });
    else this.selectComponent('#awards').open({ title: '换好了', note: `${item.name}已为您备下，随下一单寄出`, image: item.image });
  },

  openPoints() {
    route.go('/pages/points/points');
  },

  openLottery() {
    route.go('/pages/lottery/lottery');
  },
});
