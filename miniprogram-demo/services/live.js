// Hooks for pages that show what the engine knows.
const engine = require('./engine');

const SOLID_AFTER_PX = 40;

/** The page counts as visited, and its `refresh` is called at each show and whenever the server has answered. */
function liveHooks(name) {
  const visit = engine.pageHooks(name);

  function leave() {
    if (this.stopListening) this.stopListening();
    this.stopListening = null;
    visit.onHide();
  }

  return {
    onShow() {
      visit.onShow();
      this.refresh();
      if (!this.stopListening) this.stopListening = engine.on('sync', () => this.refresh());
    },
    onHide: leave,
    onUnload: leave,
    /** The bar above a picture gets a ground of its own once the page is scrolled. */
    onPageScroll({ scrollTop }) {
      const solid = scrollTop > SOLID_AFTER_PX;
      if (solid !== this.data.solid) this.setData({ solid });
    },
  };
}

module.exports = { liveHooks };
