const cart = require('./services/cart');
const engine = require('./services/engine');

App({
  ...engine.appHooks,

  onLaunch() {
    cart.showBadge();
  },

  onError(message) {
    engine.track('error', { code: 'script' });
    console.error(message);
  },
});
