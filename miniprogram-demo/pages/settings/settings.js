const engine = require('../../services/engine');
const session = require('../../services/session');

const visit = engine.pageHooks('settings');

Page({
  ...visit,

  data: {
    granted: false,
    account: null,
    kept: ['每天看了几款、停了多久、买了什么品类', '来过哪些日子，走到哪一步没有继续', '手机的系统与型号'],
    never: ['手机号、邮箱、身份证号', '搜索的文字、聊天、通讯录、位置', '每一次点击的流水'],
  },

  onShow() {
    visit.onShow();
    this.refresh();
  },

  refresh() {
    this.setData({ granted: engine.consent() === true, account: session.account() });
  },

  async turn(e) {
    if (e.detail.value) await this.answer(true, '谢谢您的信任');
    else await this.withdraw();
  },

  async withdraw() {
    const { confirm } = await wx.showModal({ title: '撤回同意并清除', content: '手机里的汇总会立即清空，并请服务器删除已收到的部分。购物不受影响。', confirmText: '撤回', confirmColor: '#b8402a', cancelText: '再想想' });
    if (confirm) await this.answer(false, '已停止记录并清除');
    else this.refresh();
  },

  async answer(granted, title) {
    try {
      await engine.answerConsent(granted);
      if (granted) visit.onShow();
      wx.showToast({ title, icon: 'none' });
    } catch (error) {
      wx.showToast({ title: error.message, icon: 'none' });
    }
    this.refresh();
  },

  async logout() {
    session.logout();
    await engine.tellWho();
    wx.showToast({ title: '已退出登录', icon: 'none' });
    this.refresh();
  },
});
