const backoffice = require('../../services/backoffice');
const { liveHooks } = require('../../services/live');
const loyalty = require('../../services/loyalty');
const { setBirthday, birthday } = require('../../services/profile');
const session = require('../../services/session');

const MONTHS = Array.from({ length: 12 }, (_, i) => i + 1);
const daysOf = (month) => Array.from({ length: [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] }, (_, i) => i + 1);

Page({
  ...liveHooks('member'),

  data: { solid: false, account: null, view: null, shown: 0, plan: null, busy: false, birthday: null, asking: false, months: MONTHS, month: 1, days: daysOf(1), failed: '' },

  async refresh() {
    try {
      const view = await loyalty.memberView();
      const first = this.data.view ? this.data.shown : view.tier ? view.tier.level : 0;
      this.setData({ view, shown: first, account: session.account(), birthday: birthday(), plan: this.data.plan || view.membership.plans[0] || null, failed: '' });
    } catch (error) {
      this.setData({ failed: error.message });
    }
  },

  showLevel(e) {
    this.setData({ shown: e.currentTarget.dataset.index });
  },

  choosePlan(e) {
    this.setData({ plan: this.data.view.membership.plans[e.currentTarget.dataset.index] });
  },

  async buyPlan() {
    const { plan } = this.data;
    await this.tell(() => backoffice.buyMembership(plan.months), { title: '雅会员已开通', note: `${plan.name}，从今天起好好喝茶`, image: '/assets/gift/medal-gold.svg' });
  },

  askBirthday() {
    this.setData({ asking: true });
  },

  closeBirthday() {
    this.setData({ asking: false });
  },

  chooseMonth(e) {
    const { month } = e.currentTarget.dataset;
    this.setData({ month, days: daysOf(month) });
  },

  async chooseDay(e) {
    const { month } = this.data;
    const { day } = e.currentTarget.dataset;
    this.setData({ asking: false });
    await this.tell(async () => {
      await backoffice.setBirthday(month, day);
      setBirthday({ month, day });
    }, { title: '记下了', note: `${month} 月 ${day} 日，到时给您双倍积分`, image: '/assets/gift/gift-red.svg' });
  },

  /** Asks the back office, shows what came of it, and draws everything anew. */
  async tell(work, award) {
    if (this.data.busy) return;
    this.setData({ busy: true });
    const { ok, text } = await loyalty.attempt(work);
    this.setData({ busy: false });
    await this.refresh();
    if (ok) this.selectComponent('#awards').open(award);
    else wx.showToast({ title: text, icon: 'none' });
  },
});
