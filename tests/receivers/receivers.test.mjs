/** Both receivers of examples/receivers, as a phone and its network treat them. */
import { isDeepStrictEqual } from 'node:util';
import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { caseNamed, cases, receiver, token } from './support.mjs';

const USER = caseNamed('a session of 50 events').report.user;
const BINARY = 'application/vnd.huitou.v1';

/** How each receiver is spoken to. The binary one is told its names first. */
const PROFILES = [
  { kind: 'python', profile: 'JSON', body: (each) => JSON.stringify(each.report), type: 'application/json' },
  { kind: 'node', profile: 'JSON', body: (each) => JSON.stringify(each.report), type: 'application/json' },
  { kind: 'node', profile: 'binary', body: (each) => Buffer.from(each.body, 'hex'), type: BINARY },
];

const FIRST = caseNamed('a session of 50 events');
const LATER = caseNamed('the same row at a higher revision');
const WITH_NAMES = caseNamed('the same with its names');
const echo = (each) => each.report.rows.map(({ s, d, r }) => ({ s, d, r }));

for (const { kind, profile, body, type } of PROFILES) {
  describe(`the ${kind} receiver, ${profile} profile`, () => {
    let it;
    const send = (each, options) => it.post(body(each), { type, bearer: token({ user: USER }), ...options });

    before(async () => {
      it = await receiver(kind);
      const { status, content } = await send(WITH_NAMES);
      assert.equal(status, 200);
      assert.deepEqual(content.acks, echo(WITH_NAMES));
    });
    after(() => it.close());

    test('acknowledges what it holds, however often it comes', async () => {
      for (let time = 0; time < 3; time += 1) {
        const { status, content } = await send(FIRST);
        assert.equal(status, 200);
        assert.deepEqual(content.acks, echo(FIRST));
        assert.ok(Math.abs(content.time - Date.now()) < 60_000);
      }
      assert.deepEqual(await it.rows(), FIRST.report.rows);
    });

    test('keeps the highest revision in whatever order they come', async () => {
      for (const each of [LATER, FIRST, LATER]) {
        assert.deepEqual((await send(each)).content.acks, echo(each), 'the echo is the revision that was sent');
        assert.deepEqual(await it.rows(), LATER.report.rows);
      }
    });

    test('keeps segments, days and users apart', async () => {
      const many = caseNamed('two segments, one of them over two days');
      const anonymous = caseNamed('before login');
      assert.deepEqual((await send(many)).content.acks, echo(many));
      assert.deepEqual((await send(anonymous)).content.acks, echo(anonymous));
      const [, tomorrow, other] = many.report.rows;
      const expected = [LATER.report.rows[0], anonymous.report.rows[0], tomorrow, other];
      const found = await it.rows();
      assert.equal(found.length, 4);
      for (const row of expected) assert.ok(found.some((each) => isDeepStrictEqual(each, row)));
    });

    test('echoes what it keeps of experiments, judgements and plans', async () => {
      for (const part of ['exposures', 'insight', 'plan']) {
        const each = cases.find(({ report }) => report && report[part] && report.app === 'tea-shop');
        assert.equal((await send(each)).content[part], each.report[part].rev, part);
      }
    });

    test('echoes the revision of attributes', async () => {
      const each = caseNamed('attributes of every kind');
      assert.equal((await send(each)).content.attributes, each.report.attributes.rev);
    });

    test('what was acknowledged outlives a kill', async () => {
      const found = await it.rows();
      assert.equal(found.length, 4);
      if (kind === 'node') appendFileSync(join(it.folder, 'huitou.ndjson'), '{"upload":{"app":"tea-sh');
      await it.restart();
      assert.deepEqual(await it.rows(), found);
      assert.deepEqual((await send(FIRST)).content.acks, echo(FIRST), 'names are known after a restart too');
      assert.deepEqual(await it.rows(), found);
    });

    test('deletes what it has of a user on a device, and keeps nothing that comes late', async () => {
      const deletion = caseNamed('deletion');
      for (const each of [deletion, FIRST, deletion]) {
        const { status, content } = await send(each);
        assert.equal(status, 200);
        assert.equal(content.deleted, each.report.delete);
        assert.deepEqual(content.acks, (each.report.rows || []).map(({ s, d, r }) => ({ s, d, r })));
        assert.deepEqual(await it.rows(), [], 'those from before the login go with them');
      }
      await it.restart();
      assert.deepEqual(await it.rows(), []);
    });

    test('wants a token of the same app and user', async () => {
      const refused = async (status, bearer) => assert.equal((await send(FIRST, { bearer })).status, status);
      await refused(401, '');
      await refused(401, 'h1.e30.');
      await refused(401, 'h1..');
      await refused(401, 'nonsense');
      await refused(401, token({ user: USER, secret: 'another' }));
      await refused(401, token({ user: USER, exp: Date.now() / 1000 - 1 }));
      await refused(403, token({ user: 'someone else' }));
      await refused(403, token({ user: '' }));
      await refused(403, token({ user: USER, app: 'coffee-shop' }));
    });

    test('refuses what is malformed for good', async () => {
      const before = await it.rows();
      const bodies = profile === 'JSON' ? malformedJson() : malformedBinary();
      assert.ok(bodies.length >= 10);
      for (const [name, bytes] of bodies) {
        const { status, content } = await it.post(bytes, { type, bearer: token({ user: USER }) });
        assert.equal(status, 400, name);
        assert.equal(typeof content.error.code, 'string', name);
      }
      const { status } = await it.post('x'.repeat(256 * 1024 + 1), { type, bearer: token({ user: USER }) });
      assert.equal(status, 413);
      assert.equal((await it.post('{}', { path: '/v1/else' })).status, 404);
      assert.deepEqual(await it.rows(), before);
    });
  });
}

function malformedJson() {
  const changed = (change) => {
    const report = structuredClone(FIRST.report);
    change(report);
    return JSON.stringify(report);
  };
  return [
    ['empty', ''],
    ['cut', JSON.stringify(FIRST.report).slice(0, -1)],
    ['a list', '[]'],
    ['null', 'null'],
    ['another version', changed((report) => (report.v = 2))],
    ['no device', changed((report) => delete report.device)],
    ['a device in capitals', changed((report) => (report.device = 'ABCDEF0123456789'))],
    ['rows that are a number', changed((report) => (report.rows = 7))],
    ['a row that is null', changed((report) => (report.rows = [null]))],
    ['a segment too short', changed((report) => (report.rows[0].s = 'abc'))],
    ['a day that is none', changed((report) => (report.rows[0].d = 'today'))],
    ['a revision that is no number', changed((report) => (report.rows[0].r = '7'))],
    ['a revision that is not whole', changed((report) => (report.rows[0].r = 7.5))],
  ];
}

function malformedBinary() {
  const bad = cases.filter((each) => each.malformed);
  return bad.map((each) => [each.name, Buffer.from(each.body, 'hex')]);
}

describe('the node receiver and names', () => {
  let it;
  before(async () => (it = await receiver('node')));
  after(() => it.close());

  test('asks for names that it does not have, once', async () => {
    const options = { type: BINARY, bearer: token({ user: USER }) };
    const post = (each) => it.post(Buffer.from(each.body, 'hex'), options);
    assert.deepEqual((await post(FIRST)).content, { acks: [], names: true });
    assert.deepEqual(await it.rows(), []);
    assert.deepEqual((await post(WITH_NAMES)).content.acks, echo(WITH_NAMES));
    assert.deepEqual((await post(LATER)).content.acks, echo(LATER));
    assert.deepEqual(await it.rows(), LATER.report.rows);
  });
});
