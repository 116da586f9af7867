// The laboratory's second phone: the same person, another storage. Each phone keeps its own keys of the engine.
const KEY = 'shop.phone';
const NAMES = { a: '这部手机', b: '另一部手机' };

/** Which phone is in hand: 'a' or 'b'. */
const current = () => (wx.getStorageSync(KEY) === 'b' ? 'b' : 'a');

/** What it is called. */
const name = () => NAMES[current()];

/** Takes the other one into hand. */
function turn() {
  wx.setStorageSync(KEY, current() === 'a' ? 'b' : 'a');
}

/** Where the phone in hand keeps its keys; the function stays with that phone. */
function keys() {
  const prefix = current() === 'a' ? '' : 'phone-b.';
  return (key) => prefix + key;
}

module.exports = { current, keys, name, turn };
