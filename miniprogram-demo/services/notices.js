// Strips on the home page: what a journey reminds of until she answers, or the day is over. They survive a restart, since
// the engine hands an action over once.
const clock = require('./clock');
const engine = require('./engine');
const route = require('./route');

const KEY = 'shop.notices';

const listeners = [];
let held = null;

function all() {
  if (held === null) held = wx.getStorageSync(KEY) || [];
  return held.filter(({ until }) => until > clock.now());
}

function keep(notices) {
  held = notices;
  wx.setStorageSync(KEY, held);
  listeners.forEach((listener) => listener());
}

const without = (id) => all().filter((notice) => notice.id !== id);

/** Takes an action of kind `badge` or `feedback`. */
function put({ id, journey, kind, until, data }) {
  keep(without(id).concat({ id, journey, kind, until, title: data.title, note: data.note, go: data.go, page: data.page }));
}

/** What a journey reminded of is done: nothing is left to say. */
const settle = (journey) => keep(all().filter((notice) => notice.journey !== journey));

/** She does what it says. */
function follow(id) {
  const found = all().find((notice) => notice.id === id);
  if (found && found.kind === 'feedback') {
    route.go(found.page); // what it asks for is the answer, not the tap
    return;
  }
  keep(without(id));
  engine.person.converted(id).catch((error) => console.warn(error.message));
  if (found && found.page === 'category') route.openCategory('green');
  else if (found && found.page) route.go(found.page);
}

/** She wants to hear no more of it. */
function close(id) {
  keep(without(id));
  engine.person.dismiss(id).catch((error) => console.warn(error.message));
}

const onChange = (listener) => { listeners.push(listener); };

module.exports = { all, close, follow, onChange, put, settle };
