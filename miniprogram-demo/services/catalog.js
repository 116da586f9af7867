// The goods: lookups and search over the data files.
const categories = require('../data/categories');
const brewing = require('../data/brewing');
const display = require('../data/home');
const goods = require('../data/teas').concat(require('../data/wares'));
const { count, shopTime } = require('../utils/format');

const byId = {};
goods.forEach((product) => { byId[product.id] = product; });

/** A product as data, or undefined. */
const find = (id) => byId[id];
const image = (product) => `/assets/goods/${product.id}.svg`;
const spec = (product, id) => product.specs.find((s) => s.id === id) || product.specs[0];
const standard = (product) => product.specs.find((s) => s.size === 'standard') || product.specs[0];
const lowest = (product) => Math.min(...product.specs.map((s) => s.price_fen));

/** What a goods card needs, and nothing else, to keep setData small. */
function card(id) {
  const product = byId[id];
  const price_fen = lowest(product);
  return {
    id, price_fen, name: product.name, sub: product.sub, image: image(product), tag: product.tags[0],
    sold: count(product.sold), from: product.specs.length > 1,
  };
}

const cards = (ids) => ids.map(card);
const inCategory = (id) => goods.filter((product) => product.category === id).map((product) => card(product.id));

/** Cards of the products that contain every word, best sellers first. */
function search(text) {
  const words = text.trim().toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  return goods
    .filter((product) => words.every((word) => haystack(product).includes(word)))
    .sort((a, b) => b.sold - a.sold)
    .map((product) => card(product.id));
}

function haystack(product) {
  const shelf = categories.find((c) => c.id === product.category);
  return [product.name, product.sub, product.origin, product.tags.join(' '), shelf.name, shelf.note, product.category === 'gift' ? '送礼' : ''].join(' ').toLowerCase();
}

/** The pictures of the product page. */
function gallery(product) {
  if (!brewing[product.category]) return [image(product)];
  return [image(product), `/assets/tea/leaf-${product.category}.svg`, `/assets/tea/liquor-${product.category}.svg`];
}

/** The tea that the shopkeeper would brew on this day. */
function ofTheDay(at_ms) {
  const { weekday } = shopTime(at_ms);
  const product = byId[display.ofTheDay[weekday]];
  return Object.assign({ liquor: `/assets/tea/liquor-${product.category}.svg`, brew: brewing[product.category] }, card(product.id));
}

/** How a product is brewed, or null for ware and gifts. */
const brew = (product) => brewing[product.category] || null;

/** Others from the same shelf, then the recommended ones. */
function related(product) {
  const same = goods.filter((p) => p.category === product.category).map((p) => p.id);
  return [...new Set([...same, ...display.recommended])].filter((id) => id !== product.id).slice(0, 6).map(card);
}

/** A few recommended ones from other shelves. */
const besides = (category) => cards(display.recommended.filter((id) => byId[id].category !== category).slice(0, 4));

module.exports = { besides, brew, card, cards, categories, find, gallery, goods, image, inCategory, ofTheDay, related, search, spec, standard };
