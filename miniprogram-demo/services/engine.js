// The only file that knows the package. Everything the shop tells the engine, or asks it, goes through here.
// (Not called huitou.js: next to a file of that name, require('huitou') would mean the file.)
const huitou = require('huitou');
const program = require('../program');
const config = require('../config');
const clock = require('./clock');
const network = require('./network');
const session = require('./session');

const CONSENT_KEY = 'shop.consent';
const LOG_KEPT = 6;
const log = [];

/** The phone as the engine sees it: WeChat's, with the laboratory's clock and offline switch in between. */
function laboratoryHost() {
  const phone = huitou.hosts.wx();
  return Object.assign(Object.create(phone), {
    now: clock.now,
    send: (request) => (network.isOffline() ? Promise.reject(new Error('offline')) : logged(request, phone.send(request))),
    onNetwork: (listener) => {
      network.onSwitch(listener);
      return phone.onNetwork(listener);
    },
  });
}

/** Keeps the last requests for the laboratory page. */
async function logged(request, sending) {
  const entry = { id: (log[0] ? log[0].id : 0) + 1, at: clock.now(), bytes: request.body.byteLength || request.body.length, status: 0, took_ms: 0 };
  const started = Date.now();
  log.unshift(entry);
  log.length = Math.min(log.length, LOG_KEPT);
  try {
    const answer = await sending;
    entry.status = answer.status;
    return Object.assign({}, answer, { body: inLaboratoryTime(answer.body) });
  } finally {
    entry.took_ms = Date.now() - started;
  }
}

/** The engine believes the server's clock more than the phone's; the laboratory's days must pass there too. */
function inLaboratoryTime(body) {
  if (clock.aheadDays() === 0 || !/^\{.*"time":/.test(body)) return body;
  const answer = JSON.parse(body);
  return JSON.stringify(Object.assign(answer, { time: answer.time + clock.aheadMs() }));
}

/** What the user said: true, false, or null when not asked yet. */
function consent() {
  const said = wx.getStorageSync(CONSENT_KEY);
  return said === '' || said === undefined ? null : said;
}

config.useLaunchQuery(wx.getLaunchOptionsSync().query);

const engine = huitou.open({
  program,
  url: config.collector(),
  consent: consent(),
  token: ({ user }) => session.token({ user, fresh: true }),
  host: laboratoryHost(),
});

engine.on('error', (error) => console.warn(`huitou ${error.code}: ${error.message}`));

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

/** Everything the laboratory page shows. */
async function report() {
  await engine.ready;
  return { revision: program.revision, flows: program.flows, stats: engine.stats(), state: engine.state(), orders: engine.orders(), log };
}

module.exports = {
  answerConsent,
  appHooks: engine.appHooks(),
  consent,
  on: (name, listener) => engine.on(name, listener),
  pageHooks: (name) => engine.pageHooks(name),
  report,
  sync: () => engine.sync(),
  tellWho,
  track: (name, props) => engine.track(name, props),
};
