// Short words when the engine has news, wherever the customer happens to be.
const engine = require('./engine');
const { refusal } = require('../utils/words');

const say = (title) => wx.showToast({ title, icon: 'none' });

const NEWS = {
  tier: ({ reason, subject }) => reason === 'tier_up' && say(`恭喜升到${subject}`),
  expiring: ({ points }) => say(`${points} 积分快到期了，去看看`),
  refused: ({ code }) => say(`有一次没算上：${refusal(code)}`),
  reset: () => say('账本已按服务器校正'),
};

/** Listens from now on. */
function start() {
  Object.keys(NEWS).forEach((name) => engine.on(name, NEWS[name]));
}

module.exports = { start };
