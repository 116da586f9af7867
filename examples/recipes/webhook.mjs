// Receives the collector's webhook: gives coupons and sends messages, once for each key.
//
//   node webhook.mjs PORT FILE      WEBHOOK_KEY: the key of "webhook" in the collector's secrets file
import { createHmac, timingSafeEqual } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const [port = '8088', file = 'done.ndjson'] = process.argv.slice(2);
const CLOCK_SKEW_S = 300;
const BODY_BYTES_MAX = 64 * 1024;

// What was done, by key. A line that a crash cut short was never answered: the collector asks again.
const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
const done = new Map(lines.flatMap((line) => {
  try {
    const { key, outcome } = JSON.parse(line);
    return [[key, outcome]];
  } catch {
    return [];
  }
}));

// Yours: put the coupon on her account, or send the message. `key` is what your own tables should be unique by.
async function act({ user, kind, ref }) {
  if (kind === 'message') console.log(`message ${ref} for ${user}`);
  else console.log(`${kind} ${ref} for ${user}`);
  return 'sent'; // or 'refused', 'no_quota'; an exception: try again later
}

function isGenuine({ 'x-huitou-timestamp': timestamp = '', 'x-huitou-signature': signature = '' }, body) {
  const expected = createHmac('sha256', process.env.WEBHOOK_KEY).update(`${timestamp}.`).update(body).digest();
  const given = Buffer.from(signature, 'hex');
  const isFresh = Math.abs(Date.now() / 1000 - Number(timestamp)) <= CLOCK_SKEW_S;
  return isFresh && given.length === expected.length && timingSafeEqual(given, expected);
}

// One at a time, so that a repetition that overtakes the first finds what the first did.
let last = Promise.resolve();
function once(action) {
  const turn = last.then(async () => {
    if (!done.has(action.key)) {
      const outcome = await act(action);
      appendFileSync(file, `\n${JSON.stringify({ key: action.key, outcome })}`, { flush: true });
      done.set(action.key, outcome);
    }
    return done.get(action.key);
  });
  last = turn.catch(() => {});
  return turn;
}

async function read(request) {
  const parts = [];
  let length = 0;
  for await (const part of request) {
    length += part.length;
    if (length > BODY_BYTES_MAX) throw Object.assign(new Error('too large'), { status: 413 });
    parts.push(part);
  }
  return Buffer.concat(parts);
}

const server = createServer(async (request, response) => {
  const reply = (status, content) => response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(content));
  try {
    const body = await read(request);
    if (!isGenuine(request.headers, body)) return reply(401, { error: 'signature' });
    return reply(200, { outcome: await once(JSON.parse(body)) });
  } catch (error) {
    // 503: the collector tries again. What is no JSON never gets better.
    return reply(error.status ?? (error instanceof SyntaxError ? 400 : 503), { error: error.message });
  }
});
server.listen(Number(port), '127.0.0.1', () => console.log(`listening on http://127.0.0.1:${server.address().port}`));
