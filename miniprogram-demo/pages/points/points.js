const { liveHooks } = require('../../services/live');
const loyalty = require('../../services/loyalty');
const route = require('../../services/route');

const TABS = [{ id: 'all', name: '全部' }, { id: 'in', name: '得到' }, { id: 'out', name: '用去' }];

Page({
  ...liveHooks('points'),

  data: { solid: false, view: null, rows: [], shown: [], tabs: TABS, tab: 'all', failed: '' },

  async refresh() {
    try {
      const [view, { rows, more }] = await Promise.all([loyalty.pointsView(), loyalty.ledgerPage(0)]);
      this.page = 0;
      this.more = more;
      this.show(rows, { view, failed: '' });
    } catch (error) {
      this.setData({ failed: error.message });
    }
  },

  /** The next twenty lines. */
  async onReachBottom() {
    if (!this.more || this.loading) return;
    this.loading = true;
    const { rows, more } = await loyalty.ledgerPage(this.page + 1);
    Object.assign(this, { page: this.page + 1, more, loading: false });
    this.show(this.data.rows.concat(rows), {});
  },

  show(rows, others) {
    const { tab } = this.data;
    this.setData(Object.assign({ rows, shown: rows.filter((row) => tab === 'all' || row.look === tab) }, others));
  },

  select(e) {
    this.setData({ tab: e.currentTarget.dataset.id });
    this.show(this.data.rows, {});
  },

  explain(e) {
    this.selectComponent('#explain').open(e.currentTarget.dataset.id);
  },

  openMall() {
    route.go('/pages/mall/mall');
  },

  openCheckin() {
    route.go('/pages/checkin/checkin');
  },

  openRewards() {
    route.go('/pages/rewards/rewards');
  },
});
