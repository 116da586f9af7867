/** Loyalty with the real module: what a shopper does on one phone, with a storage that may fail or be cut off at any moment. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requireBuilt } from './support/built.js';
import { PROGRAM } from './support/program.js';

const huitou = requireBuilt('dist/node/index.cjs');
const server = requireBuilt('dist/node/server.cjs');

const LOYAL = {
  ...PROGRAM,
  check_in: { daily_points: 5, milestones: [{ day: 2, points: 20, coupon: 'milk' }], make_up: { window_days: 7 } },
  points: { per_yuan: 1, validity: { days: 3 }, activities: [{ name: 'share', points: 2 }] },
};
const DAY_MS = 86400000;
const NOON = Date.UTC(2026, 10, 23, 4);

/** A phone with its storage in hand. */
function phone({ storage = new Map(), clock = { now: NOON }, ...options } = {}) {
  const host = huitou.hosts.memory({ now: () => clock.now, offset_min: () => 480 });
  Object.assign(host, {
    load: async (keys) => keys.map((key) => storage.get(key) || null),
    save: async (key, value) => { storage.set(key, value); },
    saveSync: (key, value) => { storage.set(key, value); },
  });
  const shop = huitou.open({ program: LOYAL, consent: true, host, ...options });
  shop.on('error', () => {});
  return { shop, host, storage, clock };
}

async function loggedIn(setup) {
  const it = phone(setup);
  await it.shop.ready;
  await it.shop.setUser('u1');
  return it;
}

test('a claim that resolved is there after a crash', async () => {
  const { shop, storage, clock } = await loggedIn();
  await shop.checkIn();
  const crashed = new Map(storage);
  const again = phone({ storage: crashed, clock });
  await again.shop.ready;
  assert.equal(again.shop.streak().today, true);
  assert.deepEqual([again.shop.points().available, again.shop.points().awaiting], [5, 1]);
  assert.equal((await again.shop.checkIn()).code, 'already_checked_in');
  await shop.close();
  await again.shop.close();
});

test('a storage that takes nothing rejects the claim, and keeps nothing of it', async () => {
  const { shop, host, storage, clock } = await loggedIn();
  await shop.flush();
  const works = host.saveSync;
  host.saveSync = () => { throw new Error('quota'); };
  await assert.rejects(shop.checkIn(), { name: 'HuitouError', code: 'storage_failed' });
  host.saveSync = works;
  const crashed = phone({ storage: new Map(storage), clock });
  await crashed.shop.ready;
  assert.equal(crashed.shop.streak().today, false, 'what rejected may be lost');
  await assert.rejects(shop.flush(), { code: 'storage_failed' });
  clock.now += 60000;
  await shop.flush();
  const later = phone({ storage: new Map(storage), clock });
  await later.shop.ready;
  assert.equal(later.shop.streak().today, true, 'and is written as soon as the storage takes it');
  await Promise.all([shop.close(), crashed.shop.close(), later.shop.close()]);
});

test('claims need consent and a user, and say so', async () => {
  const silent = phone({ consent: null });
  await silent.shop.ready;
  assert.deepEqual(pick(await silent.shop.checkIn()), { accepted: false, code: 'consent_needed' });
  const nobody = phone();
  await nobody.shop.ready;
  assert.deepEqual(pick(await nobody.shop.checkIn()), { accepted: false, code: 'user_needed' });
  await Promise.all([silent.shop.close(), nobody.shop.close()]);
});

const pick = ({ accepted, code }) => ({ accepted, code });

test('what the program does not offer is refused with its code', async () => {
  const { shop } = await loggedIn();
  assert.equal((await shop.earn('dance')).code, 'not_offered');
  assert.equal((await shop.makeUp('2026-11-23')).code, 'not_in_the_past');
  assert.equal((await shop.makeUp('2026-11-01')).code, 'too_old');
  await assert.rejects(shop.makeUp('yesterday'), { name: 'HuitouError' });
  await shop.close();
});

test('a run, its milestone, and the arithmetic behind each line', async () => {
  const { shop, clock } = await loggedIn();
  const heard = [];
  ['awarded', 'milestone'].forEach((name) => shop.on(name, (detail) => heard.push([name, detail.points])));
  await shop.checkIn();
  clock.now += DAY_MS;
  const { points, streak } = await shop.checkIn();
  assert.deepEqual([points, streak], [30, 2]);
  assert.deepEqual(heard, [['awarded', 5], ['awarded', 25], ['milestone', 20]]);
  const { lines, pages } = shop.ledger();
  assert.equal(pages, 1);
  assert.deepEqual(lines.map(({ reason }) => reason).sort(), ['check_in', 'check_in', 'coupon', 'milestone']);
  lines.forEach(({ id, reason }) => assert.equal(shop.explain(id).reason, reason));
  const milestone = shop.explain(lines.find(({ reason }) => reason === 'milestone').id);
  assert.equal(milestone.rule, 'check_in.milestones[0]');
  assert.throws(() => shop.explain('nothing'), { code: 'line_unknown' });
  assert.equal(shop.rewards().rights[0].ref, 'milk');
  assert.equal(shop.tier(), null);
  await shop.close();
});

test('points about to lapse are told at the next start', async () => {
  const { shop, storage, clock } = await loggedIn();
  await shop.checkIn();
  await shop.close();
  const again = phone({ storage, clock });
  const heard = [];
  again.shop.on('expiring', (detail) => heard.push(detail));
  await again.shop.ready;
  assert.equal(heard.length, 1);
  assert.equal(heard[0].points, 5);
  const [{ day, in_days }] = heard[0].expiring;
  assert.equal(Date.parse(day), Date.parse('2026-11-23') + in_days * DAY_MS);
  await again.shop.close();
});

test('the server replays a phone to the same digest and follows its chain', async () => {
  const uploads = [];
  const { shop, host } = await loggedIn({ url: 'http://unused.example', format: 'json' });
  host.send = async ({ body }) => {
    const upload = JSON.parse(Buffer.from(body).toString());
    uploads.push(upload);
    // What was counted before the login goes first.
    const acks = (upload.rows || []).map(({ s, d, r }) => ({ s, d, r }));
    return upload.claims ? { status: 503, headers: {}, body: '' } : { status: 200, headers: {}, body: JSON.stringify({ acks }) };
  };
  await shop.checkIn();
  await shop.earn('share');
  await shop.sync().catch(() => {});
  const { app, user, device, claims } = uploads.reverse().find((upload) => upload.claims);
  const entries = claims.list.map(({ activity, ...claim }, i) => ({ id: String(i), device, rev: claims.rev, ...claim, ...(activity === 0 && { name: 'share' }) }));
  const replayed = server.replay({ program: LOYAL, entries });
  assert.equal(replayed.digest, claims.digest);
  assert.equal(replayed.state.points.available, 7);
  assert.deepEqual(replayed.results, {});
  const chain = server.heads({ app, user, device, program: LOYAL, claims: entries });
  assert.equal(chain.length, 3);
  assert.equal(chain[2], claims.head);
  assert.deepEqual(server.heads({ head: chain[1], program: LOYAL, claims: entries.slice(1) }), chain.slice(1));
  assert.notEqual(server.replay({ program: LOYAL, entries: entries.slice(1) }).digest, claims.digest);
  assert.throws(() => server.replay('{'), { name: 'HuitouError', code: 'ledger_not_json' });
  assert.throws(() => server.heads('{'), { name: 'HuitouError', code: 'claims_invalid' });
  await shop.close();
});
