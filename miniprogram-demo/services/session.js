// Who is signed in, and the tokens the shop's login server gives out.
const network = require('./network');
const { accounts } = require('../data/people');

const KEY = 'shop.user';
const SIGNED_OUT_KEY = 'shop.signed_out';
const TOKEN_LIFE_MS = 30 * 60000;
const tokens = {};

/** The signed-in account's id, or null. */
const userId = () => wx.getStorageSync(KEY) || null;

/** The signed-in account, or null. */
const account = () => accounts.find((a) => a.id === userId()) || null;

/** A token for a user ('' and null are the anonymous one), asked once per half hour. `fresh` asks again at once. */
async function token({ user, fresh }) {
  const id = user || '';
  const kept = tokens[id];
  if (kept && !fresh && Date.now() - kept.at < TOKEN_LIFE_MS) return kept.token;
  const answer = await network.post('/v1/login', { user: id });
  tokens[id] = { token: answer.token, at: Date.now() };
  return answer.token;
}

/**
 * What most shops do at the start: sign in without asking. Here the login server of the demo takes the first account
 * for the phone's owner; who signed out on purpose stays signed out.
 */
async function resume() {
  if (userId() || wx.getStorageSync(SIGNED_OUT_KEY)) return account();
  return login(accounts[0].id);
}

/** Signs in: asks the login server first, so that a wrong account never becomes the present one. */
async function login(id) {
  await token({ user: id, fresh: true });
  wx.setStorageSync(KEY, id);
  return account();
}

function logout() {
  wx.setStorageSync(SIGNED_OUT_KEY, true);
  wx.removeStorageSync(KEY);
}

module.exports = { account, accounts, login, logout, resume, token, userId };
