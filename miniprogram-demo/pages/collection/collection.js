const engine = require('../../services/engine');
const route = require('../../services/route');
const shelf = require('../../services/shelf');

const visit = engine.pageHooks('collection');
const KINDS = {
  favourites: { title: '我的收藏', note: '看到喜欢的，点一下心' },
  seen: { title: '浏览足迹', note: '逛过的茶会留在这里' },
};

Page({
  ...visit,

  data: { kind: 'favourites', note: '', goods: [] },

  onLoad({ list }) {
    const kind = KINDS[list] ? list : 'favourites';
    this.setData({ kind, note: KINDS[kind].note });
    wx.setNavigationBarTitle({ title: KINDS[kind].title });
  },

  onShow() {
    visit.onShow();
    this.setData({ goods: shelf.cards(this.data.kind) });
  },

  openHome() {
    route.openHome();
  },

  choose(e) {
    this.selectComponent('#spec').open(e.detail.id, 'both');
  },
});
