import assert from 'node:assert/strict';
import { test } from 'node:test';
import { retryAfterSeconds } from '../src/sender.js';
import { openFake, settled } from './support/fake-host.js';

/** A backend that takes only `good`, and remembers who asked with what. */
function backend(good) {
  const seen = [];
  const send = async ({ headers }) => {
    seen.push(headers.Authorization);
    return headers.Authorization === 'Bearer ' + good ? { status: 200, headers: {}, body: '{}' } : { status: 401, headers: {}, body: '' };
  };
  return { seen, send };
}

async function opened(send, token) {
  const fake = openFake({ host: { send }, options: { token } });
  await fake.huitou.ready;
  await settled();
  return fake;
}

test('a refused token is replaced by a fresh one and the same rows go again', async () => {
  const { seen, send } = backend('new');
  const tokens = ['old', 'new', 'newer'];
  const { huitou } = await opened(send, async () => tokens.shift());
  assert.deepEqual(await huitou.sync(), { acked: 1 });
  assert.deepEqual(seen, ['Bearer old', 'Bearer new']);
  await huitou.sync();
  assert.deepEqual(tokens, ['newer'], 'a good token is kept');
});

test('a second refusal is told, and left to the back-off', async () => {
  const { seen, send } = backend('other');
  let asked = 0;
  const { huitou } = await opened(send, () => 'bad' + (asked += 1));
  const errors = [];
  huitou.on('error', ({ code }) => errors.push(code));
  await assert.rejects(huitou.sync(), { code: 'sync_failed', message: /401/ });
  assert.deepEqual(seen, ['Bearer bad1', 'Bearer bad2']);
  assert.deepEqual(errors, ['token_refused']);
});

test('a token belongs to a user', async () => {
  const { seen, send } = backend('');
  const users = [];
  const { huitou } = await opened(send, async ({ user }) => { users.push(user); return 't-' + user; });
  await huitou.setUser('u1');
  await huitou.sync().catch(() => {});
  assert.deepEqual(users.slice(0, 2), ['', 'u1']);
  assert.equal(seen[0], 'Bearer t-u1');
});

test('a question that was asked for another user is not believed', async () => {
  const { seen, send } = backend('t-u1');
  let answerFirst;
  const token = ({ user }) => (user === '' ? new Promise((resolve) => { answerFirst = resolve; }) : 't-' + user);
  const { huitou } = await opened(send, token);
  await huitou.setUser('u1');
  answerFirst('t-anonymous');
  await settled();
  await huitou.sync();
  assert.deepEqual(seen, ['Bearer t-u1']);
});

test('a token function that fails is told; the request goes without a token', async () => {
  for (const token of [async () => { throw new Error('login failed'); }, () => { throw { errMsg: 'login:fail' }; }]) {
    const { seen, send } = backend('x');
    const fake = openFake({ host: { send }, options: { token } });
    const errors = [];
    fake.huitou.on('error', ({ code, message }) => errors.push(code + ' ' + message));
    await fake.huitou.ready;
    await fake.huitou.sync().catch(() => {});
    assert.equal(seen[0], undefined);
    assert.match(errors[0], /token_failed .*login/);
  }
});

test('without consent no token is asked for', async () => {
  let asked = 0;
  const { huitou } = openFake({ options: { consent: false, token: () => { asked += 1; return 't'; } } });
  await huitou.ready;
  await settled();
  assert.equal(asked, 0);
  await huitou.consent(true);
  assert.equal(asked, 1);
});

test('the body is said to be what it is', async () => {
  for (const [format, type] of [['binary', 'application/vnd.huitou.v1'], ['json', 'application/json']]) {
    const { huitou, sent, world } = openFake({ options: { format, url: 'https://x.example/base//' } });
    await huitou.ready;
    await huitou.sync();
    assert.equal(sent[0].headers['Content-Type'], type);
    assert.equal(sent[0].url, 'https://x.example/base/v1/sync');
    assert.equal(sent[0].headers.Authorization, undefined);
    assert.equal(world.calls('boot')[0][0].format, format);
  }
});

test('Retry-After is read as seconds or as a date', () => {
  const now = Date.parse('Sun, 22 Nov 2026 10:00:00 GMT');
  const cases = [['120', 120], ['0', 0], ['', 0], ['soon', 0], ['-5', 0], ['Sun, 22 Nov 2026 10:01:30 GMT', 90], ['Sun, 22 Nov 2026 09:00:00 GMT', 0]];
  for (const [text, seconds] of cases) assert.equal(retryAfterSeconds(text, now), seconds, text);
});
