// A whole backend for Huitou in one cloud function behind HTTP: counts, claims, facts, points spent, and plans done.
//
//   HUITOU_SECRET    signs users' tokens (docs/backend.md)      MERCHANT_KEY   for POST /v1/facts, the shop's server
//   RECEIPT_KEY      signs receipts                             HUITOU_FILE    where to keep things; default: memory
const { createHmac, timingSafeEqual } = require('node:crypto');
const { decodeUpload } = require('huitou/server');
const { Ledger, refuse } = require('./ledger');
const { Plans } = require('./plans');
const { openStore } = require('./store');

// Every revision that phones may still claim under, oldest first.
const programs = require('./programs.json');

const store = openStore(process.env.HUITOU_FILE);
const mac = (key, text) => createHmac('sha256', key).update(text).digest();

function equal(one, other) {
  return one.length === other.length && timingSafeEqual(one, other);
}

const bearer = ({ authorization = '' }) => authorization.replace('Bearer ', '');

// {app, user} of a token that the login server signed and that has not run out.
function claimsOf(headers) {
  const [version, payload, signature = ''] = bearer(headers).split('.');
  const isGenuine = version === 'h1' && equal(mac(process.env.HUITOU_SECRET, `${version}.${payload}`), Buffer.from(signature, 'base64url'));
  const claims = isGenuine ? JSON.parse(Buffer.from(payload, 'base64url')) : { exp: 0 };
  if (claims.exp * 1000 <= Date.now()) throw refuse(401, 'bad_token', 'missing, forged or out of date');
  return claims;
}

function ledgerOf(user) {
  return new Ledger({ app: programs[0].app, user, programs }, store.data.users[user]);
}

function keep(ledger) {
  store.data.users[ledger.user] = ledger.stored;
  store.save();
}

const isPerson = (user) => Object.hasOwn(store.data.plans, user);

function plansOf(user) {
  const { journeys = [] } = programs[programs.length - 1];
  return new Plans(journeys, isPerson(user) ? store.data.plans[user] : undefined);
}

// How far a phone's claims are held, signed. The phone keeps the receipt and shows it.
function receipt(ledger, { seq, head }, now) {
  const { digest, state } = ledger.replay(ledger.counted, now);
  const points = state.points.available;
  const sig = mac(process.env.RECEIPT_KEY, `${seq}.${head}.${digest}.${points}.${now}`).toString('hex');
  return { seq, head, digest, points, time: now, sig };
}

function answerOf(ledger, device, verdict, { cursor, now }) {
  const { facts, seq, head } = ledger.news(device, cursor);
  const told = Object.assign({ seq, head, refused: [], receipt: receipt(ledger, { seq, head }, now) }, verdict);
  return { facts: verdict && verdict.base ? [] : facts, ledger: told };
}

function uploadOf(headers, body) {
  if (/^application\/json/.test(headers['content-type'])) return JSON.parse(body);
  const read = decodeUpload(body, (hash) => store.data.names[hash] && Buffer.from(store.data.names[hash], 'base64'));
  if (read.names) store.data.names[read.names.hash] = Buffer.from(read.names.bytes).toString('base64');
  return read.unknown === undefined ? read.upload : null;
}

// Cumulative rows: the highest revision of each holds.
function keepRows({ user, device, rows = [] }) {
  rows.forEach((row) => {
    const at = JSON.stringify([user, device, row.s, row.d]);
    const held = store.data.rows[at];
    if (!held || held.r < row.r) store.data.rows[at] = row;
  });
  return rows.map(({ s, d, r }) => ({ s, d, r }));
}

// What a person saw of experiments, and how her phone judges her: a history, by revision.
function keepParts(upload) {
  const parts = ['exposures', 'insight'].filter((name) => upload[name]);
  parts.forEach((name) => {
    const { rev } = upload[name];
    store.data.parts[JSON.stringify([upload.user, upload.device, name, rev])] = upload[name];
  });
  return Object.fromEntries(parts.map((name) => [name, upload[name].rev]));
}

function sync(headers, body, now) {
  const claim = claimsOf(headers);
  const upload = uploadOf(headers, body);
  if (upload === null) return { acks: [], names: true };
  if (upload.app !== claim.app || !['', claim.user].includes(upload.user)) throw refuse(403, 'wrong_user', "the token is another's");
  if (upload.delete) return erase(upload);
  const answer = { acks: keepRows(upload), attributes: upload.attributes && upload.attributes.rev, time: now };
  Object.assign(answer, keepParts(upload));
  if (upload.user) Object.assign(answer, loyalty(upload, now), planned(upload, now));
  store.save();
  return answer;
}

// Keeps a plan, and tells what was done of it.
function planned({ user, device, plan }, now) {
  if (!plan && !isPerson(user)) return {};
  const plans = plansOf(user);
  const told = plan ? { plan: plans.take(plan, device) } : {};
  store.data.plans[user] = plans.stored;
  const results = plans.results(device, now);
  return results.length > 0 ? { ...told, journeys: { results } } : told;
}

function loyalty({ user, device, claims, facts: cursor = 0 }, now) {
  const ledger = ledgerOf(user);
  const verdict = claims ? ledger.take(device, claims, { cursor, now }) : undefined;
  keep(ledger);
  const { facts, ledger: told } = answerOf(ledger, device, verdict, { cursor, now });
  // Under a program that is not known here the claims stay on the phone.
  return verdict ? { facts, ledger: told } : { facts };
}

// Consent was withdrawn: rows and ledger go.
function erase({ user, device, delete: id }) {
  [store.data.rows, store.data.parts].forEach((held) => {
    Object.keys(held).filter((at) => [user, ''].includes(JSON.parse(at)[0]) && JSON.parse(at)[1] === device)
      .forEach((at) => { delete held[at]; });
  });
  delete store.data.users[user];
  delete store.data.plans[user];
  store.save();
  return { acks: [], deleted: id };
}

function redeem(headers, body, now) {
  const { user } = claimsOf(headers);
  const { cursor = 0, device = '0000000000000000', ...wish } = JSON.parse(body);
  const key = headers['idempotency-key'];
  if (!user || !key) throw refuse(400, 'wish_malformed', 'a user and an Idempotency-Key are needed');
  const ledger = ledgerOf(user);
  const done = ledger.redeem(wish, key, now);
  keep(ledger);
  return Object.assign({}, done, answerOf(ledger, device, undefined, { cursor, now }), { time: now });
}

// From the shop's own server only: the payment callback, the back office.
function fact(headers, body, now) {
  if (!equal(Buffer.from(bearer(headers)), Buffer.from(process.env.MERCHANT_KEY))) throw refuse(401, 'bad_key', 'the merchant only');
  const { user, id, at = now, ...act } = JSON.parse(body);
  if (!user || !id) throw refuse(400, 'fact_malformed', 'user and id are needed');
  const ledger = ledgerOf(user);
  ledger.tell(act, id, at);
  if (isPerson(user)) {
    const plans = plansOf(user);
    plans.stop({ ...act, at, kind: act.kind === 'refund' ? 'order_refunded' : act.kind });
    store.data.plans[user] = plans.stored;
  }
  keep(ledger);
  return { held: true };
}

// For a timer, every minute: does what is due. `send({user, kind, ref, data})` gives 'sent', 'refused' or 'no_quota'.
exports.timer = async (send, now = Date.now()) => {
  for (const user of Object.keys(store.data.plans)) {
    const plans = plansOf(user);
    for (const action of plans.due(now)) {
      plans.begin(action, now);
      store.save();
      const { kind, ref, data } = action;
      plans.settle(action, await send({ user, kind, ref, data }));
      store.save();
    }
  }
};

const routes = { '/v1/sync': sync, '/v1/redeem': redeem, '/v1/facts': fact };

// What a cloud function behind HTTP gets and gives.
exports.main = async ({ httpMethod, path, headers, body = '', isBase64Encoded }) => {
  const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const reply = (statusCode, content) => ({ statusCode, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(content) });
  try {
    const route = httpMethod === 'POST' && routes[path];
    if (!route) throw refuse(404, 'not_found', Object.keys(routes).join(', '));
    return reply(200, route(lower, Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8'), Date.now()));
  } catch (error) {
    // What a caller sent wrong has a code of its own; anything else is ours.
    const status = error.status || (/_malformed$|_invalid$/.test(error.code) || error instanceof SyntaxError ? 400 : 500);
    return reply(status, { error: { code: error.code || 'failed', message: error.message } });
  }
};
