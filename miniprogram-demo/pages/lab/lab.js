const clock = require('../../services/clock');
const engine = require('../../services/engine');
const network = require('../../services/network');
const session = require('../../services/session');
const format = require('../../utils/format');
const report = require('../../utils/report');

const visit = engine.pageHooks('lab');
const REFRESH_MS = 2000;

const say = (title) => wx.showToast({ title, icon: 'none' });

/** The state of things in the top panel. */
function statusOf({ revision, stats, state }) {
  const account = session.account();
  return {
    device: state.device, revision, granted: stats.consent, offline: network.isOffline(), date: stats.consent ? state.today : format.date(clock.now()),
    user: account ? account.name : '匿名', face: account ? account.face : '/assets/scene/face-guest.svg', sessions: stats.sessions,
    days: state.active_days.length, events: stats.events_today,
  };
}

function outboxOf({ stats, log }) {
  return {
    rows: stats.unsent_rows, bytes: format.bytes(stats.unsent_bytes), requests: stats.requests, sent: format.bytes(stats.sent_bytes),
    last: stats.last_sync_at ? format.clock(stats.last_sync_at) : '—', restarts: stats.restarts,
    log: log.map((entry) => ({ id: entry.id, at: format.clock(entry.at), bytes: format.bytes(entry.bytes), status: entry.status || '失败', ok: entry.status === 200, took: `${entry.took_ms} ms` })),
  };
}

function drawingsOf({ stats, state, flows, orders }) {
  const sum = report.totals(state.rows, state.today);
  return {
    counters: report.counters(sum),
    flows: flows.map((flow) => ({ name: flow.name, steps: report.funnel(sum, flow) })),
    dwell: report.dwell(sum, format.duration),
    hours: report.hours(sum),
    heat: report.heat(state.active_days, state.today),
    dropped: report.dropped(stats.dropped),
    orders: orders.slice(-3).reverse().map((order) => ({ id: order.order_id, fen: order.paid_fen, confirmed: order.confirmed })),
  };
}

Page({
  ...visit,

  data: { solid: false, status: null, outbox: null, counters: [], flows: [], dwell: [], hours: [], heat: [], dropped: [], orders: [], failed: '', syncing: false },

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
      this.change(Object.assign({ status: statusOf(known), outbox: outboxOf(known), failed: '' }, drawingsOf(known)));
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
