// What a customer told the shop about herself: the birthday, for each account.
const session = require('./session');

const KEY = 'shop.birthdays';
const all = () => wx.getStorageSync(KEY) || {};

/** {month, day} of the present account, or null. */
const birthday = () => all()[session.userId()] || null;

/** Remembers it. */
function setBirthday(date) {
  wx.setStorageSync(KEY, Object.assign(all(), { [session.userId()]: date }));
}

module.exports = { birthday, setBirthday };
