const announce = require('./services/announce');
const cart = require('./services/cart');
const engine = require('./services/engine');
const person = require('./services/person');
const session = require('./services/session');

App({
  ...engine.appHooks,

  onLaunch() {
    cart.showBadge();
    announce.start();
    person.start();
    session.resume().then(engine.tellWho).catch((error) => console.warn(error.message));
  },

  onError(message) {
    engine.track('error', { code: 'script' });
    console.error(message);
  },
});
