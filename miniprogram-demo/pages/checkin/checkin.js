const engine = require('../../services/engine');
const { liveHooks } = require('../../services/live');
const loyalty = require('../../services/loyalty');
const notices = require('../../services/notices');
const route = require('../../services/route');
const { spoken } = require('../../utils/calendar');

Page({
  ...liveHooks('checkin'),

  data: { solid: false, view: null, back: 0, day: '', when: '', busy: false, failed: '' },

  async refresh() {
    try {
      this.setData({ view: await loyalty.checkInView(this.data.back), failed: '' });
    } catch (error) {
      this.setData({ failed: error.message });
    }
  },

  turn(e) {
    this.setData({ back: this.data.back + e.detail.by });
    this.refresh();
  },

  async checkIn() {
    if (this.data.busy || !this.data.view || this.data.view.today) return;
    engine.askSubscribe();
    const gain = this.data.view.gain;
    await this.claim(() => loyalty.checkIn(), gain > 0 ? '签到成功' : '今天的茶已为您温好');
    notices.settle('streak-breaks');
  },

  openMakeUp(e) {
    const { day } = e.detail;
    this.setData({ day, when: spoken(day) });
  },

  closeMakeUp() {
    this.setData({ day: '' });
  },

  async makeUp() {
    const { day, when } = this.data;
    this.closeMakeUp();
    await this.claim(() => loyalty.makeUp(day), `${when}补上了`);
  },

  /** Claims once, shows what it brought, and draws everything anew. */
  async claim(work, title) {
    this.setData({ busy: true });
    const { ok, text, answer } = await work();
    this.setData({ busy: false });
    await this.refresh();
    if (!ok) {
      wx.showToast({ title: text, icon: 'none' });
      return;
    }
    this.selectComponent('#awards').open({ title, rows: loyalty.awards(answer), note: `已连签 ${this.data.view.length} 天，明天再来${this.data.view.tomorrow ? `得 ${this.data.view.tomorrow} 分` : ''}` });
  },

  openPoints() {
    route.go('/pages/points/points');
  },
});
