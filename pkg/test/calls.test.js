import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openFake, settled } from './support/fake-host.js';
import { FakeWorld, refusal } from './support/fake-core.js';

async function opened(setup) {
  const fake = openFake(setup);
  await fake.huitou.ready;
  await settled();
  fake.world.log.length = 0;
  return fake;
}

/** The calls that carry an event, without labels asked for and effects looked at. */
function told(world) {
  return world.log.filter(([name]) => ['set_label', 'set_number', 'track', 'page', 'flow', 'dropped'].includes(name));
}

test('track hands over positions and labels, and asks for a label once', async () => {
  const { huitou, world } = await opened();
  huitou.track('buy', { kind: 'tea', price: 4900, city: '深圳', weight: 0.25 });
  const at = 1790000000000;
  assert.deepEqual(told(world), [
    ['set_label', 0, 1], ['set_number', 0, 4900], ['set_label', 1, 2], ['set_number', 1, 0.25], ['track', 5, at, 480],
  ]);
  huitou.track('buy', { kind: 'tea', city: '深圳' });
  assert.deepEqual(world.calls('label'), [[20, 'tea'], [21, '深圳']]);
});

test('whole numbers and flags are text where a dimension expects it', async () => {
  const { huitou, world } = await opened();
  huitou.track('buy', { kind: 3, city: true });
  assert.deepEqual(world.calls('label'), [[20, '3'], [21, 'true']]);
});

test('missing values are no mistakes', async () => {
  const { huitou, world } = await opened();
  huitou.track('buy', { kind: undefined, price: null });
  huitou.track('buy');
  huitou.track('buy', null);
  assert.equal(world.calls('track').length, 3);
  assert.deepEqual(world.calls('dropped'), []);
});

test('what the program does not declare is counted by reason, and the event still counts', async () => {
  const { huitou, world } = await opened();
  const dropped = [];
  huitou.on('dropped', ({ reason, name }) => dropped.push([reason, name]));
  huitou.track('steal', { kind: 'tea' });
  huitou.track('buy', { colour: 'red', price: '49', kind: 'x'.repeat(65), city: { a: 1 } });
  huitou.flow('purchase', 'dance');
  huitou.flow('nowhere', 'view');
  assert.deepEqual(dropped, [
    ['undeclared_event', 'steal'], ['undeclared_prop', 'colour'], ['bad_number', 'price'], ['bad_text', 'kind'],
    ['bad_text', 'city'], ['undeclared_step', 'dance'], ['undeclared_step', 'view'],
  ]);
  assert.deepEqual(world.calls('dropped').map(([reason]) => reason), [0, 1, 4, 3, 3, 16, 16]);
  assert.equal(world.calls('track').length, 1);
});

test('a text that the engine refuses is left out and not remembered', async () => {
  const { huitou, world } = await opened();
  huitou.track('buy', { city: '13800138000' });
  huitou.track('buy', { city: '13800138000' });
  assert.equal(world.calls('label').length, 2);
  assert.deepEqual(world.calls('set_label'), []);
  assert.equal(world.calls('track').length, 2);
});

test('the label cache is bounded', async () => {
  const { huitou, world } = await opened();
  for (let i = 0; i < 600; i++) huitou.track('buy', { city: 'c' + i });
  huitou.track('buy', { city: 'c599' });
  assert.equal(world.calls('label').length, 600);
  huitou.track('buy', { city: 'c0' });
  assert.equal(world.calls('label').length, 601, 'the first texts made room');
});

test('pages are entered by label and left with -1', async () => {
  const { huitou, world } = await opened();
  huitou.page('home');
  huitou.page(null);
  huitou.page('13800138000');
  huitou.track('page', { page: 'home' });
  assert.deepEqual(world.calls('page').map(([label]) => label), [1, -1, -1, 1]);
});

test('page hooks leave only their own page', async () => {
  const { huitou, world } = await opened();
  const [list, detail] = [huitou.pageHooks('list'), huitou.pageHooks('detail')];
  list.onShow();
  detail.onShow();
  list.onUnload();
  assert.equal(world.calls('page').filter(([label]) => label === -1).length, 0);
  detail.onHide();
  assert.equal(world.calls('page').filter(([label]) => label === -1).length, 1);
});

test('show and hide are told once, whoever tells of them', async () => {
  const { huitou, world, host } = await opened();
  const app = huitou.appHooks();
  app.onShow({ scene: 1001 });
  assert.deepEqual(world.calls('track'), [], 'the first show belongs to the launch');
  host.hide();
  app.onHide();
  app.onShow({ scene: 1007 });
  host.show('1007');
  assert.deepEqual(world.calls('track').map(([event]) => event), [2, 1]);
  assert.deepEqual(world.calls('label'), [[4, '1007']]);
});

test('an order goes as a command, and a refused one is counted', async () => {
  const { huitou, world } = await opened();
  huitou.track('order', { order_id: 'A1', paid_fen: 4900, items: 2, note: 'gift' });
  assert.deepEqual(world.calls('command')[0][0], { op: 'order', order_id: 'A1', paid_fen: 4900, items: 2 });
  world.fail('command', refusal('bad_command', 'order_id is missing', 'order_id'));
  huitou.track('order', { paid_fen: 1n, order_id: {} });
  assert.deepEqual(world.calls('command')[1][0], { op: 'order' });
  assert.deepEqual(world.calls('dropped').map(([reason]) => reason), [7]);
});

const cycle = {};
cycle.self = cycle;
const HORRORS = {
  'a getter that throws': { get kind() { throw new Error('no'); } },
  'a proxy whose keys throw': new Proxy({}, { ownKeys() { throw new Error('no'); } }),
  'a proxy whose values throw': new Proxy({ kind: 1 }, { get() { throw null; } }),
  'a revoked proxy': (() => { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return proxy; })(),
  'a cycle': cycle,
  'values of every odd type': { kind: Symbol('s'), city: 10n, price: () => 1, weight: new Date(NaN) },
  'numbers that are none': { price: NaN, weight: Infinity },
  'a text of ten million': { kind: 'x'.repeat(1e7) },
  'a hundred thousand props': Object.fromEntries(Array.from({ length: 1e5 }, (_, i) => ['p' + i, i])),
  'objects whose toString throws': { kind: { toString() { throw new Error('no'); } } },
  'no object': 7n,
  'a symbol': Symbol('props'),
  'a text': 'kind',
  'an array': ['tea'],
  'a function': () => {},
  'an object without prototype': Object.assign(Object.create(null), { kind: 'tea' }),
};

test('track, page and flow never throw, and the engine stays in use', async () => {
  const { huitou, world } = await opened();
  const odd = [undefined, null, 7, 7n, NaN, Symbol('n'), {}, [], cycle, () => {}, HORRORS['a revoked proxy'], ''];
  for (const [what, props] of Object.entries(HORRORS)) {
    assert.doesNotThrow(() => huitou.track('buy', props), what);
  }
  odd.forEach((name) => {
    huitou.track(name, {});
    huitou.page(name);
    huitou.flow(name, name);
  });
  assert.equal(world.calls('track').length, Object.keys(HORRORS).length, 'each event was counted all the same');
  assert.equal(huitou.stats().restarts, 0);
});

test('before ready the same horrors wait without harm', async () => {
  const { huitou, world } = openFake();
  for (const [what, props] of Object.entries(HORRORS)) assert.doesNotThrow(() => huitou.track('buy', props), what);
  await huitou.ready;
  assert.equal(world.calls('track').length, Object.keys(HORRORS).length + 1);
});

test('props that track while they are read do not mix with the event', async () => {
  const { huitou, world } = await opened();
  huitou.track('buy', { price: 1, get kind() { huitou.track('buy', { weight: 2 }); return 'tea'; } });
  assert.deepEqual(told(world).map(([name, position]) => [name, position]), [
    ['set_number', 1], ['track', 5], ['set_number', 0], ['set_label', 0], ['track', 5],
  ]);
});

test('commands carry their arguments and their refusals', async () => {
  const { huitou, world } = await opened();
  await huitou.setUser('u1');
  await huitou.setUser(null);
  await huitou.setAttributes({ city: '深圳' });
  await huitou.consent(false);
  assert.deepEqual(world.calls('command').map(([command]) => command), [
    { op: 'user', id: 'u1' }, { op: 'user', id: '' }, { op: 'attributes', set: { city: '深圳' } }, { op: 'consent', granted: false },
  ]);
  world.fail('command', refusal('bad_user', 'a user id has at most 64 bytes', 'id'));
  await assert.rejects(huitou.setUser('x'.repeat(65)), { name: 'HuitouError', code: 'bad_user', path: 'id' });
  await assert.rejects(huitou.setAttributes(cycle), { name: 'HuitouError', code: 'not_json' });
  await assert.rejects(huitou.setAttributes({ n: 1n }), { name: 'HuitouError', code: 'not_json' });
});

test('reads answer at once, and say so when there is no engine', async () => {
  const { huitou } = openFake();
  assert.throws(() => huitou.stats(), { name: 'HuitouError', code: 'not_ready' });
  await huitou.ready;
  huitou.track('buy');
  assert.deepEqual(huitou.stats(), { events_today: 2, last_sync_at: null, dropped: { personal: 2 }, restarts: 0 });
  assert.equal(huitou.state().count, 2);
});

test('a listener that throws harms nobody', async (t) => {
  const warn = t.mock.method(console, 'warn', () => {});
  const { huitou } = await opened();
  let heard = 0;
  huitou.on('dropped', () => { throw new Error('mine'); });
  const stop = huitou.on('dropped', () => { heard += 1; });
  huitou.track('steal');
  stop();
  huitou.track('steal');
  assert.equal(heard, 1);
  assert.match(warn.mock.calls[0].arguments[0], /mine/);
});

test('calls before ready keep their order and their own instant', async () => {
  const { huitou, world, clock } = openFake();
  huitou.track('buy', { price: 1 });
  clock.now += 1000;
  const user = huitou.setUser('u1');
  clock.now += 1000;
  huitou.page('home');
  await huitou.ready;
  await user;
  const at = 1790000000000;
  const kept = world.log.filter(([name]) => ['track', 'command', 'page'].includes(name));
  assert.deepEqual(kept, [
    ['track', 0, at, 480], ['track', 5, at, 480], ['command', { op: 'user', id: 'u1' }, at + 1000, 480], ['page', 1, at + 2000, 480],
  ]);
});

test('the queue before ready is bounded and its overflow counted', async () => {
  const { huitou, world } = openFake();
  for (let i = 0; i < 150; i++) huitou.track('buy', { price: i });
  const refused = assert.rejects(huitou.setUser('u1'), { name: 'HuitouError', code: 'queue_overflow' });
  await huitou.ready;
  await refused;
  assert.equal(world.calls('track').length, 100);
  assert.deepEqual(world.calls('set_number')[98], [0, 98], 'the first calls are the ones kept');
  assert.equal(world.calls('dropped').filter(([reason]) => reason === 8).length, 52);
});

test('props are read when track is called, not later', async () => {
  const { huitou, world } = openFake();
  const props = { price: 1 };
  huitou.track('buy', props);
  props.price = 2;
  await huitou.ready;
  assert.deepEqual(world.calls('set_number'), [[0, 1]]);
});

test('a change of zone is noticed within a second', async () => {
  const { huitou, world, host, clock } = await opened();
  huitou.track('buy');
  host.offset_min = () => 540;
  clock.now += 1001;
  huitou.track('buy');
  assert.deepEqual(world.calls('track').map(([, , offset]) => offset), [480, 540]);
});

test('options are checked, and open itself does not throw', async (t) => {
  t.mock.method(console, 'warn', () => {});
  const wrong = [
    [{ program: undefined }, 'program'], [{ url: 'ftp://x' }, 'url'], [{ consent: 'yes' }, 'consent'], [{ token: 7 }, 'token'],
    [{ format: 'xml' }, 'format'], [{ host: {} }, 'host.now'],
  ];
  for (const [options, path] of wrong) {
    const { huitou } = openFake({ options });
    huitou.track('buy');
    await assert.rejects(huitou.ready, { name: 'HuitouError', code: 'bad_option', path });
    await assert.rejects(huitou.setUser('u'), { code: 'bad_option' });
    await assert.rejects(huitou.flush(), { code: 'bad_option' });
    await huitou.close();
  }
  const { huitou } = openFake({ options: { program: cycle } });
  await assert.rejects(huitou.ready, { code: 'bad_option' });
});

test("a program's mistakes arrive with their paths", async (t) => {
  t.mock.method(console, 'warn', () => {});
  const world = new FakeWorld();
  const mistakes = [{ code: 'program_invalid', message: 'expected text', path: 'app' }];
  world.fail('new', Object.assign(refusal('program_invalid', 'expected text', 'app'), { mistakes }));
  const { huitou } = openFake({ world });
  await assert.rejects(huitou.ready, { name: 'HuitouError', code: 'program_invalid', path: 'app', mistakes });
});

test('close writes what is left, then everything ends quietly', async () => {
  const { huitou, world, saved } = await opened();
  saved.length = 0;
  huitou.track('buy');
  await huitou.close();
  assert.equal(saved.length, 1);
  assert.equal(world.calls('release').length, 1);
  huitou.track('buy');
  await assert.rejects(huitou.setUser('u'), { code: 'closed' });
  assert.throws(() => huitou.stats(), { code: 'closed' });
  await huitou.close();
  assert.equal(world.calls('release').length, 1);
});
