// The only file that knows the package. Everything the shop tells the engine, or asks it, goes through here.
// (Not called huitou.js: next to a file of that name, require('huitou') would mean the file.)
const huitou = require('huitou');
const program = require('../program');
const config = require('../config');
const phones = require('./phones');
const session = require('./session');
const { laboratoryHost, log } = require('./host');

const CONSENT_KEY = 'shop.consent';
const LOYALTY_CALLS = [
  'checkIn', 'makeUp', 'earn', 'streak', 'points', 'ledger', 'explain', 'tier', 'membership', 'rewards', 'forecast', 'preview',
  'proof', 'redeem', 'draw', 'grant', 'refused',
];
const PERSON_CALLS = [
  'outlook', 'due', 'segments', 'recommend', 'why', 'followed', 'plan', 'journeys', 'browse', 'cart', 'follow', 'setCatalogue', 'dismiss', 'converted',
];
const listeners = [];
const starters = [];

/** What the user said: true, false, or null when not asked yet. */
function consent() {
  const said = wx.getStorageSync(CONSENT_KEY);
  return said === '' || said === undefined ? null : said;
}

/** Starts the engine on the phone in hand. */
function start() {
  const opened = huitou.open({
    program,
    url: config.collector(),
    consent: consent(),
    token: ({ user }) => session.token({ user, fresh: true }),
    host: laboratoryHost(huitou.hosts.wx()),
  });
  listeners.forEach(([name, listener]) => opened.on(name, listener));
  opened.ready.then(() => starters.forEach((starter) => starter()), () => {});
  return opened;
}

config.useLaunchQuery(wx.getLaunchOptionsSync().query);
listeners.push(['error', (error) => console.warn(`huitou ${error.code}: ${error.message}`)]);
let engine = start();

/** Listens to the engine, whichever phone it runs on; call the result to stop. */
function on(name, listener) {
  const entry = [name, (detail) => listeners.includes(entry) && listener(detail)];
  listeners.push(entry);
  engine.on(...entry);
  return () => { listeners.splice(listeners.indexOf(entry), 1); };
}

/** Does something whenever an engine runs: now, and after the phone was turned. */
function onStart(starter) {
  starters.push(starter);
  engine.ready.then(starter, () => {});
}

/** Records the user's answer. Saying no wipes what was recorded and asks the server to do the same. */
async function answerConsent(granted) {
  wx.setStorageSync(CONSENT_KEY, granted);
  await engine.consent(granted);
  if (granted) await tellWho();
}

/** Tells the engine who is signed in, and what may leave the phone about her. */
async function tellWho() {
  const account = session.account();
  await engine.setUser(account ? account.id : null);
  if (account) await engine.setAttributes({ city: account.city, member_level: account.level });
}

/** Puts this phone away and goes on with the other one, as the same person. */
async function turnPhone() {
  await engine.close();
  phones.turn();
  engine = start();
  await engine.ready;
  await tellWho();
}

/** Hooks of a page, on whichever phone it is shown. */
function pageHooks(name) {
  const leave = () => engine.pageHooks(name).onHide();
  return { onShow: () => engine.pageHooks(name).onShow(), onHide: leave, onUnload: leave };
}

/** Everything the laboratory page shows. */
async function report() {
  await engine.ready;
  return { revision: program.revision, flows: program.flows, stats: engine.stats(), state: engine.state(), orders: engine.orders(), log };
}

/** The loyalty calls of the package, each waiting until the engine runs. */
const loyalty = {};
LOYALTY_CALLS.forEach((name) => {
  loyalty[name] = async (...values) => {
    await engine.ready;
    return engine[name](...values);
  };
});

/** What is told and asked about the person, each waiting until the engine runs. */
const person = {};
PERSON_CALLS.forEach((name) => {
  person[name] = async (...values) => {
    await engine.ready;
    return engine[name](...values);
  };
});

/** Tells something about the person; whether the engine takes it is no matter of the page's. */
function tell(name, ...values) {
  person[name](...values).catch((error) => console.warn(`huitou ${error.code}: ${error.message}`));
}

/** Asks for subscription messages. For the very beginning of a tap's handler: the platform takes it only there. */
function askSubscribe() {
  engine.requestSubscribe().catch((error) => console.warn(error.message || error.errMsg));
}

module.exports = {
  answerConsent,
  askSubscribe,
  appHooks: { onShow: (options) => engine.appHooks().onShow(options), onHide: () => engine.appHooks().onHide() },
  consent,
  explain: (key) => engine.explain(key),
  feature: (key, fallback) => engine.feature(key, fallback),
  loyalty,
  on,
  onStart,
  override: (key, variation) => engine.override(key, variation),
  pageHooks,
  person,
  ready: () => engine.ready,
  report,
  sync: () => engine.sync(),
  tell,
  tellWho,
  track: (name, props) => engine.track(name, props),
  turnPhone,
};
