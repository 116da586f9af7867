const { liveHooks } = require('../../services/live');
const loyalty = require('../../services/loyalty');

Page({
  ...liveHooks('lottery'),

  data: { lottery: null, spinning: false, failed: '' },

  async refresh() {
    try {
      const lottery = await loyalty.lotteryView();
      // The wheel keeps its slices while the number of tickets changes.
      if (this.data.lottery && lottery) this.setData({ 'lottery.tickets': lottery.tickets });
      else this.setData({ lottery, failed: '' });
    } catch (error) {
      this.setData({ failed: error.message });
    }
  },

  async draw() {
    const { lottery, spinning } = this.data;
    if (spinning) return;
    if (lottery.tickets === 0) {
      wx.showToast({ title: '还没有抽奖券', icon: 'none' });
      return;
    }
    this.setData({ spinning: true });
    const { ok, text, answer } = await loyalty.draw(lottery.id);
    if (ok) await this.reveal(answer);
    else wx.showToast({ title: text, icon: 'none' });
    this.setData({ spinning: false });
    this.refresh();
  },

  async reveal({ prize }) {
    await this.selectComponent('#wheel').spinTo(prize);
    const { name } = loyalty.prizeOf(prize);
    const lost = prize === 'none';
    this.selectComponent('#awards').open({ title: lost ? name : `转到 ${name}`, note: lost ? '喝口茶，下回再来' : '已经记到您的名下', image: lost ? '/assets/gift/stamp.svg' : '/assets/gift/gift-red.svg' });
  },
});
