const engine = require('../../services/engine');

Component({
  data: {
    show: false,
    points: [
      { icon: 'chart-bar', title: '只留汇总，不留流水', note: '在手机里即时合并成计数，不保存每一次点击' },
      { icon: 'lock-on', title: '手机号、身份证从不记录', note: '这类文字会被直接拒收' },
      { icon: 'delete-time', title: '随时可以撤回', note: '在「我的 · 设置」里一键停止并清除' },
    ],
  },
  lifetimes: {
    attached() {
      this.ask();
    },
  },
  pageLifetimes: {
    show() {
      this.ask();
    },
  },
  methods: {
    ask() {
      this.setData({ show: engine.consent() === null });
    },
    agree() {
      this.answer(true);
    },
    refuse() {
      this.answer(false);
    },
    async answer(granted) {
      this.setData({ show: false });
      await engine.answerConsent(granted).catch((error) => console.warn(error.message));
      if (granted) this.triggerEvent('granted');
    },
  },
});
