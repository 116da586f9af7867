const backoffice = require('../../services/backoffice');
const engine = require('../../services/engine');
const { liveHooks } = require('../../services/live');
const loyalty = require('../../services/loyalty');
const route = require('../../services/route');

Page({
  ...liveHooks('rewards'),

  data: { solid: false, view: null, busy: 0, failed: '' },

  async refresh() {
    try {
      this.setData({ view: await loyalty.rewardsView(), failed: '' });
    } catch (error) {
      this.setData({ failed: error.message });
    }
  },

  /** Claims a coupon: the server issues it, once. */
  async use(e) {
    const { right } = e.detail;
    this.setData({ busy: right });
    await this.say(await loyalty.grant(right), '已放进卡包');
  },

  async help(e) {
    const game = this.data.view.games[e.currentTarget.dataset.index];
    await this.say(await loyalty.attempt(() => backoffice.helpGame(game)), game.kind === 'bargain' ? '好友帮您砍了一刀' : '一位茶友入团了');
  },

  async startGame(e) {
    const { kind, need } = e.currentTarget.dataset;
    await this.say(await loyalty.attempt(() => backoffice.helpGame({ id: `${kind}-${Date.now()}`, kind, have: 0, need })), '开好了，快去喊人');
  },

  async friendBought() {
    await this.say(await loyalty.attempt(() => backoffice.friendBought()), '好友下了第一单，礼物到了');
  },

  /** Sharing is something a phone may claim by itself; the points are few and capped. */
  onShareAppMessage() {
    engine.track('share', { channel: 'friend' });
    loyalty.earn('share').then((result) => this.say(result, '谢谢分享'));
    return { title: '山月茶事 · 来喝一杯', path: '/pages/home/home' };
  },

  async say({ ok, text }, title) {
    this.setData({ busy: 0 });
    wx.showToast({ title: ok ? title : text, icon: 'none' });
    await this.refresh();
  },

  openOffer(e) {
    const { product } = e.currentTarget.dataset;
    if (product) route.openProduct(product);
  },

  openLottery() {
    route.go('/pages/lottery/lottery');
  },
});
