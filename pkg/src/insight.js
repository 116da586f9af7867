/** Questions that the engine answers at once, with options; the method has the name of the command. */
const QUESTIONS = ['outlook', 'due', 'segments', 'recommend', 'followed'];

/** The calls about what the phone makes of its person's ways, mixed into Huitou; index.d.ts says what they promise. */
export const insightCalls = {
  why(id) {
    return this._keeper.read({ op: 'why', id });
  },

  browse(thing) {
    return this._tell(Object.assign({}, thing, { op: 'browse' }));
  },

  cart(items) {
    return this._tell({ op: 'cart', items });
  },

  tap(target, kind) {
    return this._tell({ op: 'tap', target, kind });
  },

  follow(item, facts) {
    return this._tell({ op: 'follow', item, facts: facts === undefined ? {} : facts });
  },

  async setCatalogue(catalogue) {
    const text = typeof catalogue === 'string' ? catalogue : JSON.stringify(catalogue);
    await this._keeper.running();
    return this._keeper.setCatalogue(text);
  },
};

QUESTIONS.forEach((op) => {
  insightCalls[op] = function ask(options) {
    return this._keeper.read(Object.assign({}, options, { op }));
  };
});
