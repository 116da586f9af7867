const clock = require('../../services/clock');
const engine = require('../../services/engine');
const laboratory = require('../../services/laboratory');
const loyalty = require('../../services/loyalty');
const network = require('../../services/network');
const person = require('../../services/person');
const session = require('../../services/session');
const trials = require('../../services/trials');
const format = require('../../utils/format');

const visit = engine.pageHooks('lab');
const REFRESH_MS = 2000;

const say = (title) => wx.showToast({ title, icon: 'none' });

Page({
  ...visit,

  data: { solid: false, status: null, outbox: null, counters: [], flows: [], dwell: [], hours: [], heat: [], dropped: [], orders: [], ledger: null, proof: null, experiments: [], exposures: [], rhythm: null, journeys: [], failed: '', syncing: false, turning: false },

  onShow() {
    visit.onShow();
    this.refresh();
    this.timer = setInterval(() => this.refresh(), REFRESH_MS);
  },

  onHide() {
    clearInterval(this.timer);
    visit.onHide();
  },

  onUnload() {
    clearInterval(this.timer);
    visit.onUnload();
  },

  onPageScroll({ scrollTop }) {
    const solid = scrollTop > 40;
    if (solid !== this.data.solid) this.setData({ solid });
  },

  async refresh() {
    try {
      const known = await engine.report();
      const ledger = known.stats.consent ? await loyalty.ledgerState().catch(() => null) : null;
      const [rhythm, journeys] = await Promise.all([person.rhythm(), person.journeys()]);
      this.change(Object.assign({ failed: '', ledger, rhythm, journeys }, laboratory.view(known), trials.view(known.state)));
    } catch (error) {
      this.change({ failed: error.message });
    }
  },

  /** Sends to the view only what is not there already. */
  change(next) {
    const changed = {};
    Object.keys(next).forEach((key) => {
      if (JSON.stringify(next[key]) !== JSON.stringify(this.data[key])) changed[key] = next[key];
    });
    if (Object.keys(changed).length > 0) this.setData(changed);
  },

  turnNetwork(e) {
    network.setOffline(e.detail.value);
    this.refresh();
  },

  /** A night passes: nobody was on this page meanwhile. */
  tomorrow() {
    visit.onHide();
    clock.tomorrow();
    say(`今天是 ${format.monthDay(clock.now())}`);
    visit.onShow();
    this.refresh();
  },

  /** To the moment when a journey has something to do. */
  async jump() {
    visit.onHide();
    const moved = await person.jump().catch(() => false);
    say(moved ? `现在是 ${format.dateTime(clock.now())}` : '没有等着的事');
    visit.onShow();
    this.refresh();
  },

  /** The same person takes another phone into her hand. */
  async turnPhone() {
    if (this.data.turning) return;
    this.setData({ turning: true, proof: null });
    visit.onHide();
    try {
      await engine.turnPhone();
      visit.onShow();
      say('换到了另一部手机');
    } catch (error) {
      say(error.message);
    }
    this.setData({ turning: false });
    this.refresh();
  },

  /** The whole ledger once more from its beginning, beside what the server signed. */
  async replay() {
    try {
      this.setData({ proof: await loyalty.proofView() });
    } catch (error) {
      say(error.message);
    }
  },

  /** A variation by hand; the one that is forced already is let go. */
  async force(e) {
    const { key, position, on } = e.currentTarget.dataset;
    const { isForced } = this.data.experiments.find((experiment) => experiment.key === key);
    try {
      await engine.override(key, isForced && on ? null : position);
    } catch (error) {
      say(error.message);
    }
    this.refresh();
  },

  async sync() {
    if (this.data.syncing) return;
    this.setData({ syncing: true });
    try {
      await engine.sync();
      say('已同步');
    } catch (error) {
      say(`没有同步成功：${error.message}`);
    }
    this.setData({ syncing: false });
    this.refresh();
  },

  async switchAccount() {
    const names = session.accounts.map((account) => account.name);
    const { tapIndex } = await wx.showActionSheet({ itemList: names.concat('匿名') }).catch(() => ({ tapIndex: -1 }));
    if (tapIndex < 0) return;
    try {
      if (tapIndex < names.length) await session.login(session.accounts[tapIndex].id);
      else session.logout();
      await engine.tellWho();
    } catch (error) {
      say(error.message);
    }
    this.refresh();
  },

  async forget() {
    const { confirm } = await wx.showModal({ title: '忘记我', content: '清空手机里的记录，并请服务器也删除。之后不再记录，直到再次同意。', confirmText: '忘记我', confirmColor: '#b8402a', cancelText: '再想想' });
    if (confirm) await this.answer(false);
  },

  agree() {
    this.answer(true);
  },

  async answer(granted) {
    try {
      await engine.answerConsent(granted);
      if (granted) visit.onShow();
    } catch (error) {
      say(error.message);
    }
    this.refresh();
  },
});
