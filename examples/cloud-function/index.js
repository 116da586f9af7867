// A whole backend for Huitou in one cloud function behind HTTP: counts, claims, facts, and points spent.
//
//   HUITOU_SECRET    signs users' tokens (docs/backend.md)      MERCHANT_KEY   for POST /v1/facts, the shop's server
//   RECEIPT_KEY      signs receipts                             HUITOU_FILE    where to keep things; default: memory
const { createHmac, timingSafeEqual } = require('node:crypto');
const { decodeUpload } = require('huitou/server');
const { Ledger, refuse } = require('./ledger');
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

function sync(headers, body, now) {
  const claim = claimsOf(headers);
  const upload = uploadOf(headers, body);
  if (upload === null) return { acks: [], names: true };
  if (upload.app !== claim.app || !['', claim.user].includes(upload.user)) throw refuse(403, 'wrong_user', "the token is another's");
  if (upload.delete) return erase(upload);
  const answer = { acks: keepRows(upload), attributes: upload.attributes && upload.attributes.rev, time: now };
  if (upload.user) Object.assign(answer, loyalty(upload, now));
  store.save();
  return answer;
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
  Object.keys(store.data.rows).filter((at) => [user, ''].includes(JSON.parse(at)[0]) && JSON.parse(at)[1] === device)
    .forEach((at) => { delete store.data.rows[at]; });
  delete store.data.users[user];
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
  keep(ledger);
  return { held: true };
}

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
