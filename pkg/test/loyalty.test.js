/** The shell's part of loyalty: what is durable when, what is asked of the backend and how often, who hears of what. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deferred, openFake, settled } from './support/fake-host.js';
import { FakeWorld, refusal, trap } from './support/fake-core.js';

const line = (reason, points, rest = {}) => ({ id: '1.0', at: 0, day: '2026-11-23', reason, points, growth: 0, expires: null, subject: '', confirmed: false, ...rest });

/** A core that accepts every claim, and has `awaiting` claims that no server has confirmed. */
function loyalWorld({ awaiting = 0, lines = [line('check_in', 5)] } = {}) {
  const world = new FakeWorld();
  const claim = (command, core) => {
    core.changeNow({ claims: (core.state.claims || 0) + 1 });
    return { accepted: true, points: 5, streak: 1, lines, awaiting: 1 };
  };
  Object.assign(world.answers, {
    check_in: claim, make_up: claim, activity: claim,
    points: () => ({ available: 5, awaiting }),
    proof: () => ({ device: '00000000000000aa', cursor: 7 }),
    told: (command) => ({ lines: command.lines || [] }),
  });
  return world;
}

async function opened({ world = loyalWorld(), ...setup } = {}) {
  const fake = openFake({ world, ...setup });
  await fake.huitou.ready;
  await settled();
  fake.world.log.length = 0;
  fake.saved.length = 0;
  return fake;
}

/** Everything an engine's listeners hear, as [event, detail]. */
function heardBy(huitou) {
  const heard = [];
  ['awarded', 'tier', 'milestone', 'expiring', 'reset', 'refused', 'fact', 'error'].forEach((name) => {
    huitou.on(name, (detail) => heard.push([name, detail]));
  });
  return heard;
}

const commands = (world) => world.calls('command').map(([command]) => command);
const answering = (...answers) => async () => {
  const [status, body] = answers.length > 1 ? answers.shift() : answers[0];
  if (status === 0) throw new Error('the network');
  return { status, headers: {}, body: JSON.stringify(body) };
};
const requestsOf = (sent) => sent.map(({ url, headers, body }) => ({ path: new URL(url).pathname, key: headers['Idempotency-Key'], body: JSON.parse(Buffer.from(body).toString()) }));

/** A host whose sends are listed and answered in turn; the last answer holds for all that follow. */
function hostAnswering(...answers) {
  const sent = [];
  const answer = answering(...answers);
  const send = (request) => {
    sent.push(request);
    return answer(request);
  };
  return { sent, send };
}

test('claims and questions are commands of the engine', async () => {
  const world = loyalWorld();
  ['streak', 'tier', 'membership', 'rewards', 'refused', 'ledger', 'explain', 'preview'].forEach((op) => {
    world.answers[op] = (command) => ({ answered: command });
  });
  const { huitou } = await opened({ world });
  await huitou.checkIn();
  await huitou.makeUp('2026-11-21');
  await huitou.earn('share');
  assert.deepEqual(huitou.streak(), { answered: { op: 'streak' } });
  assert.deepEqual(huitou.ledger(), { answered: { op: 'ledger', page: 0 } });
  assert.deepEqual(huitou.ledger({ page: 2 }), { answered: { op: 'ledger', page: 2 } });
  assert.deepEqual(huitou.explain('3.1'), { answered: { op: 'explain', id: '3.1' } });
  assert.deepEqual(huitou.preview(29900), { answered: { op: 'preview', cart_fen: 29900 } });
  ['tier', 'membership', 'rewards', 'refused'].forEach((op) => assert.deepEqual(huitou[op](), { answered: { op } }));
  assert.deepEqual(huitou.forecast(), { expiring: [] });
  assert.deepEqual(commands(world).slice(0, 3), [{ op: 'check_in' }, { op: 'make_up', day: '2026-11-21' }, { op: 'activity', name: 'share' }]);
});

test('a claim is written synchronously before its promise resolves', async () => {
  const { huitou, saved } = await opened();
  let resolved = false;
  const outcome = huitou.checkIn().then((answer) => {
    resolved = true;
    return answer;
  });
  assert.deepEqual(saved.map(([how]) => how), ['saveSync'], 'within the call itself');
  assert.equal(resolved, false);
  assert.deepEqual(await outcome, { accepted: true, points: 5, streak: 1, lines: [line('check_in', 5)], awaiting: 1 });
});

test('a write under way is done again together with the claim', async () => {
  const never = deferred();
  const fake = await opened();
  fake.host.save = (key, value) => {
    fake.saved.push(['save', key, value]);
    return never.promise;
  };
  fake.huitou.track('buy');
  await settled();
  await fake.huitou.checkIn();
  assert.deepEqual(fake.saved.map(([how]) => how), ['save', 'saveSync', 'saveSync']);
});

test('a storage that takes nothing rejects the claim, and nobody is told of points', async () => {
  const fake = await opened();
  const heard = heardBy(fake.huitou);
  const works = fake.host.saveSync;
  fake.host.saveSync = () => { throw new Error('quota'); };
  fake.host.save = async () => { throw new Error('quota'); };
  await assert.rejects(fake.huitou.checkIn(), { name: 'HuitouError', code: 'storage_failed' });
  assert.deepEqual(heard.map(([name]) => name), ['error']);
  fake.host.saveSync = works;
  assert.equal((await fake.huitou.checkIn()).accepted, true, 'the next claim carries what was not stored');
  assert.match(Buffer.from(fake.saved.pop()[2], 'base64').toString(), /"claims":2/);
});

test('a refused claim resolves with its code and writes nothing at once', async () => {
  const world = loyalWorld();
  world.answers.check_in = () => ({ accepted: false, code: 'already_checked_in', points: 5, streak: 1, lines: [], awaiting: 1 });
  const { huitou, saved } = await opened({ world });
  const heard = heardBy(huitou);
  assert.equal((await huitou.checkIn()).code, 'already_checked_in');
  assert.deepEqual([saved, heard], [[], []]);
});

test('a claim without consent or user says which', async () => {
  for (const code of ['consent_needed', 'user_needed']) {
    const { huitou, world } = await opened();
    world.fail('command', refusal(code, 'first things first'));
    await assert.rejects(huitou.checkIn(), { name: 'HuitouError', code });
    assert.equal(world.cores.length, 1, 'a refusal is no trap');
  }
});

test('a question that the engine refuses throws its code and is no failure of the app', async () => {
  const { huitou, world } = await opened();
  const heard = heardBy(huitou);
  world.fail('command', refusal('line_unknown', 'no such line', 'id'));
  assert.throws(() => huitou.explain('x'), { name: 'HuitouError', code: 'line_unknown', path: 'id' });
  assert.deepEqual(heard, []);
});

test('an engine that traps in the write of a claim promises nothing', async () => {
  const { huitou, world } = await opened();
  world.fail('persisted', trap());
  await assert.rejects(huitou.checkIn(), { code: 'storage_failed' });
  await huitou.flush();
  assert.equal(world.cores.length, 2);
});

test('claims before ready wait, each with its own instant', async () => {
  const { huitou, world, clock } = openFake({ world: loyalWorld() });
  const first = huitou.checkIn();
  clock.now += 5000;
  await huitou.ready;
  assert.equal((await first).accepted, true);
  assert.deepEqual(world.calls('command')[0], [{ op: 'check_in' }, clock.now - 5000, 480]);
  assert.throws(() => openFake().huitou.streak(), { code: 'not_ready' });
});

test('what a claim brings is told, gifts and steps each by name', async () => {
  const lines = [
    line('check_in', 5), line('milestone', 20, { subject: '7' }), line('coupon', 0, { subject: 'milk' }),
    line('make_up', -10), line('tier_up', 0, { subject: 'silver' }), line('refund_returned', 30),
  ];
  const { huitou } = await opened({ world: loyalWorld({ lines }) });
  const heard = heardBy(huitou);
  await huitou.checkIn();
  assert.deepEqual(heard, [
    ['awarded', { points: 25, lines: lines.slice(0, 3) }], ['milestone', lines[1]], ['tier', lines[4]],
  ]);
});

test('a claim that brings nothing is no award', async () => {
  const { huitou } = await opened({ world: loyalWorld({ lines: [line('make_up', -10)] }) });
  const heard = heardBy(huitou);
  await huitou.makeUp('2026-11-20');
  assert.deepEqual(heard, []);
});

test('news of a sync are told: lines, refused claims, a reset', async () => {
  const refused = [{ seq: 3, code: 'clock_ahead', kind: 'check_in' }];
  const order = line('order', 49, { subject: 'o1', confirmed: true });
  const { send } = hostAnswering([200, { facts: [{ n: 1, kind: 'order_paid' }], news: { lines: [order], refused, reset: 'forked' } }]);
  const { huitou } = await opened({ host: { send } });
  const heard = heardBy(huitou);
  await huitou.sync();
  assert.deepEqual(heard, [
    ['fact', { n: 1, kind: 'order_paid' }], ['awarded', { points: 49, lines: [order] }], ['refused', refused[0]], ['reset', { reason: 'forked' }],
  ]);
});

test('points that lapse within seven days are told at the start', async () => {
  for (const [in_days, told] of [[0, true], [7, true], [8, false]]) {
    const world = loyalWorld();
    const lots = [{ day: '2026-11-30', points: 40, in_days }, { day: '2027-01-01', points: 9, in_days: 39 }];
    world.answers.forecast = () => ({ expiring: lots });
    const { huitou } = openFake({ world });
    const heard = heardBy(huitou);
    await huitou.ready;
    assert.deepEqual(heard, told ? [['expiring', { points: 40, expiring: lots.slice(0, 1) }]] : []);
  }
});

test('a forecast that fails does not keep the engine from its start', async () => {
  const world = loyalWorld();
  world.fail('forecast', refusal('command_invalid', 'no'));
  const { huitou } = openFake({ world });
  assert.equal((await huitou.ready).revision, 1);
});

test('a transaction is one request with a key, and its answer is handed to the engine', async () => {
  const facts = [{ n: 8, kind: 'redeem', points: 100 }];
  const spent = line('redeem', -100, { confirmed: true });
  const { sent, send } = hostAnswering([200, { n: 8, discount_fen: 100, facts, lines: [spent], ledger: { seq: 2 }, time: 1 }]);
  const { huitou, world } = await opened({ host: { send }, options: { token: 'secret' } });
  const heard = heardBy(huitou);
  const outcome = await huitou.redeem({ points: 100, orderId: '订单-1' });
  assert.equal(outcome.n, 8);
  assert.equal(outcome.discount_fen, 100);
  assert.deepEqual(outcome.lines, [spent]);
  const [{ path, key, body }] = requestsOf(sent);
  assert.equal(path, '/v1/redeem');
  assert.equal(Buffer.from(key, 'base64').length, 16);
  assert.deepEqual(body, { device: '00000000000000aa', cursor: 7, points: 100, order_id: '订单-1' });
  assert.ok(sent[0].body.every((byte) => byte < 0x80), 'ASCII, as phones have no encoder');
  assert.equal(sent[0].headers.Authorization, 'Bearer secret');
  assert.equal(sent[0].headers['Content-Type'], 'application/json');
  assert.deepEqual(commands(world).pop(), { op: 'told', n: 8, discount_fen: 100, facts, lines: [spent], ledger: { seq: 2 }, time: 1 });
  assert.deepEqual(heard, [], 'spending is no award');
});

test('tickets and rights go the same way', async () => {
  const { sent, send } = hostAnswering([200, { n: 9, prize: 'tea' }], [200, { n: 10 }], [200, { n: 11, cash_fen: 900 }]);
  const { huitou } = await opened({ host: { send } });
  assert.equal((await huitou.draw('wheel')).prize, 'tea');
  await huitou.grant(3);
  assert.equal((await huitou.redeem({ item: 'cup' })).cash_fen, 900);
  assert.deepEqual(requestsOf(sent).map(({ path, body }) => [path, body.lottery, body.right, body.item]), [
    ['/v1/draw', 'wheel', undefined, undefined], ['/v1/grant', undefined, 3, undefined], ['/v1/redeem', undefined, undefined, 'cup'],
  ]);
});

test('a lost answer is asked for once more under the same key', async () => {
  const { sent, send } = hostAnswering([0], [200, { n: 8 }]);
  const { huitou } = await opened({ host: { send } });
  assert.equal((await huitou.redeem({ points: 100 })).n, 8);
  const keys = requestsOf(sent).map(({ key }) => key);
  assert.equal(keys.length, 2);
  assert.equal(keys[0], keys[1]);
});

test('a call without an answer keeps its key until there is one', async () => {
  for (const lost of [[0], [502, 'bad gateway'], [200, 'a captive portal']]) {
    const { sent, send } = hostAnswering(lost, lost, [200, { n: 8 }]);
    const { huitou } = await opened({ host: { send } });
    let error = null;
    for (let tries = 0; tries < 3 && (tries === 0 || error); tries++) error = await huitou.draw('wheel').then(() => null, (thrown) => thrown);
    assert.equal(error, null);
    await huitou.draw('wheel');
    const keys = requestsOf(sent).map(({ key }) => key);
    assert.equal(keys.length, 4);
    assert.equal(new Set(keys.slice(0, 3)).size, 1, 'one transaction, however often it took');
    assert.notEqual(keys[3], keys[0], 'answered, so the next is another');
  }
});

test('a call that stays unanswered says so', async () => {
  const { send } = hostAnswering([0]);
  const { huitou } = await opened({ host: { send } });
  await assert.rejects(huitou.grant(1), { name: 'HuitouError', code: 'sync_failed' });
});

test('two taps at once are one transaction', async () => {
  const { sent, send } = hostAnswering([200, { n: 8 }]);
  const { huitou } = await opened({ host: { send } });
  await Promise.all([huitou.redeem({ points: 100 }), huitou.redeem({ points: 100 })]);
  const keys = requestsOf(sent).map(({ key }) => key);
  assert.equal(new Set(keys).size, 1);
});

test('another user never continues a transaction', async () => {
  const { sent, send } = hostAnswering([0], [0], [200, { n: 1 }]);
  const { huitou } = await opened({ host: { send } });
  await assert.rejects(huitou.redeem({ points: 100 }), { code: 'sync_failed' });
  await huitou.setUser('u2');
  await huitou.redeem({ points: 100 });
  const keys = requestsOf(sent).map(({ key }) => key);
  assert.notEqual(keys[2], keys[0]);
});

test('a refusal has the code of the backend and ends the transaction', async () => {
  const { sent, send } = hostAnswering([409, { error: { code: 'not_enough_points', message: 'there are 40' } }]);
  const { huitou, world } = await opened({ host: { send } });
  await assert.rejects(huitou.redeem({ points: 100 }), { name: 'HuitouError', code: 'not_enough_points', message: 'there are 40' });
  await assert.rejects(huitou.redeem({ points: 100 }), { code: 'not_enough_points' });
  const keys = requestsOf(sent).map(({ key }) => key);
  assert.notEqual(keys[0], keys[1]);
  assert.ok(!commands(world).some(({ op }) => op === 'told'));
});

test('a refusal without a code is told by its status', async () => {
  const { send } = hostAnswering([404, 'nothing here']);
  const { huitou } = await opened({ host: { send } });
  await assert.rejects(huitou.draw('wheel'), { code: 'sync_failed', message: /404/ });
});

test('a stale token is replaced once', async () => {
  const { sent, send } = hostAnswering([401, {}], [200, { n: 8 }]);
  let minted = 0;
  const { huitou } = await opened({ host: { send }, options: { token: async () => 'token ' + (minted += 1) } });
  await huitou.redeem({ points: 100 });
  assert.deepEqual(sent.map(({ headers }) => headers.Authorization), ['Bearer token 1', 'Bearer token 2']);
  assert.equal(new Set(requestsOf(sent).map(({ key }) => key)).size, 1);
});

test('claims that wait are sent before points are spent', async () => {
  const { sent, send } = hostAnswering([200, { n: 8 }]);
  const { huitou } = await opened({ world: loyalWorld({ awaiting: 2 }), host: { send } });
  await huitou.redeem({ points: 100 });
  assert.deepEqual(sent.map(({ url }) => new URL(url).pathname), ['/v1/sync', '/v1/redeem']);
});

test('when the claims that wait cannot be sent, nothing is spent', async () => {
  const { sent, send } = hostAnswering([503, {}]);
  const { huitou } = await opened({ world: loyalWorld({ awaiting: 2 }), host: { send } });
  await assert.rejects(huitou.redeem({ points: 100 }), { code: 'sync_failed' });
  assert.deepEqual(sent.map(({ url }) => new URL(url).pathname), ['/v1/sync']);
});

test('spending needs an address and the network', async () => {
  const local = await opened({ options: { url: undefined } });
  await assert.rejects(local.huitou.redeem({ points: 100 }), { code: 'no_url' });
  const { sent, send } = hostAnswering([200, { n: 8 }]);
  const { huitou, host } = await opened({ host: { send } });
  host.network(false);
  await assert.rejects(huitou.redeem({ points: 100 }), { code: 'offline' });
  assert.ok(sent.every(({ url }) => url.endsWith('/v1/sync')));
  host.network(true);
  assert.equal((await huitou.redeem({ points: 100 })).n, 8);
});

test('a platform that never calls back leaves the transaction unanswered', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { huitou } = await opened({ host: { send: () => new Promise(() => {}) } });
  const outcome = assert.rejects(huitou.draw('wheel'), { code: 'sync_failed' });
  for (let tries = 0; tries < 2; tries++) {
    await settled();
    t.mock.timers.tick(30000);
  }
  await outcome;
});
