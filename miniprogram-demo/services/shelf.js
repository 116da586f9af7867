// Small lists a shopper builds up: favourites, the products seen, the words searched.
const catalog = require('./catalog');

const KEYS = { favourites: 'shop.favourites', seen: 'shop.seen', words: 'shop.words' };
const KEPT = { favourites: 200, seen: 30, words: 8 };

const list = (name) => wx.getStorageSync(KEYS[name]) || [];
const has = (name, item) => list(name).includes(item);

/** Puts an item first. */
function put(name, item) {
  wx.setStorageSync(KEYS[name], [item].concat(list(name).filter((other) => other !== item)).slice(0, KEPT[name]));
}

function take(name, item) {
  wx.setStorageSync(KEYS[name], list(name).filter((other) => other !== item));
}

/** Turns an item on or off; returns whether it is on now. */
function toggle(name, item) {
  const on = !has(name, item);
  if (on) put(name, item);
  else take(name, item);
  return on;
}

function clear(name) {
  wx.removeStorageSync(KEYS[name]);
}

const cards = (name) => catalog.cards(list(name).filter(catalog.find));

module.exports = { cards, clear, has, list, put, toggle };
