// Receives both profiles into an append-only file: a line is an upload or a dictionary, and reading the lines again
// at the next start gives the same state. docs/backend.md explains each step.
//
//   npm install huitou && HUITOU_SECRET=... node receiver.mjs [PORT [FILE]]
import { createHmac, timingSafeEqual } from 'node:crypto';
import { existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { decodeUpload } from 'huitou/server';

const [port = '8788', file = 'huitou.ndjson'] = process.argv.slice(2);
const BODY_BYTES_MAX = 256 * 1024;
const PARTS = ['attributes', 'exposures', 'insight', 'plan']; // all in the file; echoed, so that they do not come again
const names = new Map(); // hash -> bytes of a dictionary
const held = new Map(); // whose + segment + day -> the row, whose + 'attributes' -> the set: at the highest revision
const deletions = new Map(); // whose -> when the deletion was sent

const refuse = (status, code, message) => Object.assign(new Error(message), { status, code });

/** Applies a line of the file; twice, late or out of order makes no difference. */
function apply({ hash, bytes, upload }) {
  if (hash !== undefined) return names.set(hash, Buffer.from(bytes, 'base64'));
  const whose = JSON.stringify([upload.app, upload.user, upload.device]);
  if (upload.delete) {
    const beforeLogin = JSON.stringify([upload.app, '', upload.device]);
    deletions.set(whose, upload.sent);
    for (const at of held.keys()) if (at.startsWith(whose) || at.startsWith(beforeLogin)) held.delete(at);
  }
  if (deletions.get(whose) >= upload.sent) return; // sent before the deletion and arrived after it
  const keep = (at, revision, value) => {
    if (!held.has(at) || revision > held.get(at).revision) held.set(at, { revision, value });
  };
  for (const row of upload.rows || []) keep(whose + row.s + row.d, row.r, row);
  if (upload.attributes) keep(`${whose}attributes`, upload.attributes.rev, upload.attributes.set);
}

/** Makes a line durable. Line breaks on both sides: one torn by a crash spoils no other. */
function append(line) {
  writeSync(log, `\n${JSON.stringify(line)}\n`);
  fsyncSync(log);
  apply(line);
}

/** {app, user} of the bearer token, if the login server signed it and it has not run out. */
function claims(header = '') {
  const [version, payload, mac = ''] = header.replace('Bearer ', '').split('.');
  const expected = createHmac('sha256', process.env.HUITOU_SECRET).update(`${version}.${payload}`).digest();
  const given = Buffer.from(mac, 'base64url');
  const genuine = version === 'h1' && given.length === expected.length && timingSafeEqual(given, expected);
  const claim = genuine ? JSON.parse(Buffer.from(payload, 'base64url')) : { exp: 0 };
  if (claim.exp * 1000 <= Date.now()) throw refuse(401, 'bad_token', 'missing, forged or out of date');
  return claim;
}

/** The JSON profile. Only what this receiver relies on is checked; docs/summary.schema.json has all of it. */
function parse(body) {
  const upload = JSON.parse(body);
  const rows = upload.rows || [];
  const ids = [upload.device, ...rows.map((row) => row.s)].every((id) => /^[0-9a-f]{16}$/.test(id));
  const numbers = [upload.sent, ...rows.map((row) => row.r)].every(Number.isSafeInteger);
  if (upload.v !== 1 || !ids || !numbers || !rows.every((row) => /^\d{4}-\d\d-\d\d$/.test(row.d))) throw new Error('out of range');
  return { upload };
}

function sync(headers, body) {
  const claim = claims(headers.authorization);
  let read;
  try {
    const isJson = /^application\/json/.test(headers['content-type']);
    read = isJson ? parse(body) : decodeUpload(body, (hash) => names.get(hash));
  } catch (error) {
    throw refuse(400, error.code || 'report_invalid', error.message);
  }
  if (read.unknown !== undefined) return { acks: [], names: true };
  const { upload } = read;
  const isOwn = upload.app === claim.app && ['', claim.user].includes(upload.user);
  if (!isOwn) throw refuse(403, 'wrong_user', "the token is another's");
  if (read.names) append({ hash: read.names.hash, bytes: Buffer.from(read.names.bytes).toString('base64') });
  append({ upload });
  const acks = (upload.rows || []).map(({ s, d, r }) => ({ s, d, r }));
  const parts = PARTS.filter((name) => upload[name]).map((name) => [name, upload[name].rev]);
  return { acks, ...Object.fromEntries(parts), deleted: upload.delete, time: Date.now() };
}

/** For looking; put it behind a login of your own. */
const rows = () => [...held.values()].map(({ value }) => value).filter((value) => value.s);

async function answer(request) {
  const { method, url, headers } = request;
  if (method === 'GET' && url === '/rows') return rows();
  if (method !== 'POST' || url !== '/v1/sync') throw refuse(404, 'not_found', 'POST /v1/sync');
  if (!(headers['content-length'] <= BODY_BYTES_MAX)) throw refuse(413, 'body_too_big', 'at most 256 KB');
  return sync(headers, await buffer(request));
}

for (const line of existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []) {
  try {
    if (line) apply(JSON.parse(line));
  } catch (error) {
    console.error(`skipped a line of ${file} that a crash tore; nobody was told that it is held`);
  }
}
const log = openSync(file, 'a');
const server = createServer(async (request, response) => {
  const failed = (error) => [error.status || 500, { error: { code: error.code || 'failed', message: error.message } }];
  const [status, content] = await answer(request).then((content) => [200, content], failed);
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(content));
});
server.listen(Number(port), '127.0.0.1', () => console.log(`listening on http://127.0.0.1:${server.address().port}`));
