const catalog = require('../../services/catalog');
const engine = require('../../services/engine');
const shelf = require('../../services/shelf');
const route = require('../../services/route');
const display = require('../../data/home');

const visit = engine.pageHooks('search');

Page({
  ...visit,

  data: { text: '', words: [], hotWords: display.hotWords, searched: false, goods: [], more: [] },

  onLoad({ text }) {
    this.setData({ words: shelf.list('words') });
    if (text) this.search(decodeURIComponent(text));
  },

  type(e) {
    const text = e.detail.value;
    this.setData(text ? { text } : { text, searched: false });
  },

  confirm() {
    this.search(this.data.text);
  },

  tapWord(e) {
    this.search(e.currentTarget.dataset.word);
  },

  /** Searches, remembers the words, and tells the engine how many were found (never the words). */
  search(typed) {
    const text = typed.trim();
    if (!text) return;
    const goods = catalog.search(text);
    shelf.put('words', text);
    engine.track('search', { results: goods.length });
    this.setData({ text, goods, searched: true, words: shelf.list('words'), more: this.suggest(goods) });
  },

  /** Something to look at when little was found. */
  suggest(goods) {
    const found = goods.map((card) => card.id);
    return goods.length > 3 ? [] : catalog.cards(display.recommended.filter((id) => !found.includes(id)).slice(0, 4));
  },

  clearText() {
    this.setData({ text: '', searched: false });
  },

  clearWords() {
    shelf.clear('words');
    this.setData({ words: [] });
  },

  cancel() {
    route.back();
  },

  choose(e) {
    this.selectComponent('#spec').open(e.detail.id, 'both');
  },
});
