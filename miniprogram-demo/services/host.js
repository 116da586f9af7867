// The phone as the engine sees it: WeChat's, with the laboratory's clock, offline switch and second phone in between.
const clock = require('./clock');
const network = require('./network');
const phones = require('./phones');

const LOG_KEPT = 6;
const log = [];

/** Keeps the last requests for the laboratory page. */
async function logged(request, sending) {
  const entry = { id: (log[0] ? log[0].id : 0) + 1, at: clock.now(), bytes: request.body.byteLength || request.body.length, status: 0, took_ms: 0 };
  const started = Date.now();
  log.unshift(entry);
  log.length = Math.min(log.length, LOG_KEPT);
  try {
    const answer = await sending;
    entry.status = answer.status;
    return answer;
  } finally {
    entry.took_ms = Date.now() - started;
  }
}

/** The demo collector goes along with the laboratory's clock. */
const dated = (request) => Object.assign({}, request, { headers: Object.assign({}, request.headers, network.clockHeader()) });

/** Storage under the keys of the phone in hand; a host stays with the phone it was made on. */
function storage(phone) {
  const own = phones.keys();
  return {
    load: (keys) => phone.load(keys.map(own)),
    save: (key, value) => phone.save(own(key), value),
    saveSync: (key, value) => phone.saveSync(own(key), value),
    remove: (key) => phone.remove(own(key)),
  };
}

/** The host for an engine, over the platform's own. */
function laboratoryHost(phone) {
  const send = (request) => logged(request, phone.send(dated(request)));
  return Object.assign(Object.create(phone), storage(phone), {
    now: clock.now,
    send: (request) => (network.isOffline() ? Promise.reject(new Error('offline')) : send(request)),
    onNetwork: (listener) => {
      const stops = [network.onSwitch(listener), phone.onNetwork(listener)];
      return () => stops.forEach((stop) => typeof stop === 'function' && stop());
    },
  });
}

module.exports = { laboratoryHost, log };
