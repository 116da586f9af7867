/** Features and experiments, on the built package. */
import assert from 'node:assert/strict';
import { createCipheriv } from 'node:crypto';
import { test } from 'node:test';
import { Backend } from './support/backend.js';
import { requireBuilt } from './support/built.js';
import { deferred, openFake, settled } from './support/fake-host.js';
import { Phone } from './support/phone.js';

const huitou = requireBuilt('dist/node/index.cjs');

const URL = 'https://cdn.example.com/api/features/sdk-1';

/** An experiment that everybody is in: the variation is decided by the person's id, and 100 % see one. */
const only = (variation, more) => ({
  defaultValue: 'none',
  rules: [{ variations: ['red', 'green'], weights: variation ? [0, 1] : [1, 0], ...more }],
});

const FEATURES = {
  colour: only(1),
  limit: { defaultValue: 5, rules: [{ condition: { city: '深圳' }, force: 8 }] },
  list: { defaultValue: [1, 2] },
  off: { defaultValue: false },
};

const program = (features = FEATURES) => ({ app: 'tea-shop', revision: 1, day_zone: '+08:00', attributes: ['member'], features });

const payload = (colour, more) => JSON.stringify({ features: { colour: { defaultValue: colour } }, ...more });

/** A server of payloads: `next` is the answer, `asked` what was asked. */
function payloads(next) {
  const server = { next, asked: [] };
  server.send = async (request) => {
    server.asked.push(request);
    if (server.next instanceof Error) throw server.next;
    const { status = 200, etag = '', body = '' } = server.next;
    return { status, headers: etag ? { ETag: etag } : {}, body };
  };
  return server;
}

/** A start of an app; `storage` is a host of an earlier one. */
async function opened({ experiments, server = payloads({ status: 500 }), features, clock = { now: 1790000000000 }, ...options } = {}) {
  const host = options.storage || huitou.hosts.memory({ now: () => clock.now, query: options.query });
  host.send = server.send;
  const told = [];
  const h = huitou.open({ program: program(features), host, consent: true, experiments, ...options });
  ['error', 'features', 'exposure', 'dropped'].forEach((name) => h.on(name, (detail) => told.push([name, detail])));
  await h.ready;
  await settled();
  const of = (name) => told.filter(([told]) => told === name).map(([, detail]) => detail);
  return { h, host, server, clock, of };
}

test('before ready there are fallbacks, and nothing throws', async () => {
  const h = huitou.open({ program: program(), host: huitou.hosts.memory() });
  assert.equal(h.feature('colour', 'grey'), 'grey');
  assert.equal(h.isOn('colour'), false);
  assert.equal(h.variant('colour'), undefined);
  assert.throws(() => h.explain('colour'), { code: 'not_ready' });
  await h.ready;
  assert.equal(h.feature('colour', 'grey'), 'green');
});

test('values are typed: another type than the fallback gives the fallback and is counted', async () => {
  const { h, of } = await opened();
  assert.equal(h.feature('colour', 'grey'), 'green');
  assert.equal(h.feature('limit', 1), 5);
  assert.deepEqual(h.feature('list', []), [1, 2]);
  assert.equal(h.feature('colour'), 'green');
  assert.equal(h.feature('unknown', 7), 7);
  assert.equal(h.feature('toString', 7), 7);
  assert.deepEqual(of('dropped'), []);
  assert.equal(h.feature('limit', '1'), '1');
  assert.deepEqual(h.feature('list', {}), {});
  assert.equal(h.feature('off', 'no'), 'no');
  assert.deepEqual(of('dropped'), ['limit', 'list', 'off'].map((name) => ({ reason: 'feature_type', name })));
  assert.equal(h.stats().dropped.feature_type, 3);
});

test('on is what JavaScript takes for true', async () => {
  const features = Object.fromEntries([true, 1, 'x', {}, [], false, 0, '', null].map((value, i) => ['f' + i, { defaultValue: value }]));
  const { h } = await opened({ features });
  assert.deepEqual(Object.keys(features).map((key) => h.isOn(key)), [true, true, true, true, true, false, false, false, false]);
  assert.equal(h.isOn('unknown'), false);
});

test('a variation by the key of the feature or of the experiment', async () => {
  const features = { colour: only(1, { key: 'exp', meta: [{ key: 'r' }, { key: 'g' }] }), plain: { defaultValue: 1 }, out: only(0, { coverage: 0 }) };
  const { h } = await opened({ features });
  assert.equal(h.variant('colour'), 'g');
  assert.equal(h.variant('exp'), 'g');
  assert.equal(h.variant('plain'), null);
  assert.equal(h.variant('out'), null);
  assert.equal(h.variant('unknown'), null);
  assert.equal(h.variant(5), undefined);
});

test('the engine is asked once until something is told to it', async () => {
  const { huitou: h, world } = openFake();
  await h.ready;
  world.log.length = 0;
  for (let i = 0; i < 100; i++) h.feature('colour', 0);
  assert.equal(world.calls('feature').length, 1);
  assert.equal(world.calls('feature_value').length, 1);
  h.track('buy');
  h.feature('colour', 0);
  h.feature('colour', 0);
  assert.equal(world.calls('feature').length, 2, 'something happened: evaluated anew');
  assert.equal(world.calls('feature_value').length, 1, 'the value itself does not cross again');
});

test('a value stays the same object', async () => {
  const { h } = await opened();
  const list = h.feature('list', []);
  h.page('home');
  assert.equal(h.feature('list', []), list);
});

test('attributes decide at once, whatever JSON they are, and never leave the phone undeclared', async () => {
  const features = { vip: { defaultValue: 0, rules: [{ condition: { 'cart.items': { $elemMatch: { $eq: 'tea' } }, ratio: { $lt: 0.31 } }, force: 1 }] } };
  const backend = new Backend();
  const { h } = await opened({
    features, url: 'https://api.example.com', format: 'json',
    server: { send: async ({ headers, body }) => ({ status: 200, headers: {}, body: JSON.stringify(backend.receive(headers['Content-Type'], body)) }) },
  });
  assert.equal(h.feature('vip', 0), 0);
  await h.setAttributes({ cart: { items: ['tea'] }, ratio: 0.3000001, member: 'gold' });
  assert.equal(h.feature('vip', 0), 1);
  await h.sync();
  assert.equal(backend.attributes.member, 'gold');
  assert.deepEqual(['cart', 'ratio'].filter((name) => name in backend.attributes), []);
});

test('an exposure is told once across restarts, and is in the state', async () => {
  const first = await opened();
  assert.deepEqual(first.of('exposure'), []);
  first.h.feature('colour', '');
  first.h.variant('colour');
  first.h.track('launch');
  first.h.feature('colour', '');
  const [{ at, ...exposure }] = first.of('exposure');
  assert.deepEqual(exposure, { experiment: 'colour', variation: '1', bucket_version: 0, variation_id: 1, feature: 'colour' });
  assert.ok(Math.abs(at - first.clock.now) <= 1000, 'whole seconds');
  assert.equal(first.of('exposure').length, 1);
  await first.h.close();
  const second = await opened({ storage: first.host });
  second.h.feature('colour', '');
  assert.deepEqual(second.of('exposure'), []);
  assert.deepEqual(second.h.state().exposures, [{ experiment: 'colour', variation: '1', bucket_version: 0, at, acked: false }]);
});

test('an override holds at once and after a restart, until it is ended; nobody is counted by it', async () => {
  const first = await opened();
  const done = first.h.override('colour', 0);
  assert.equal(first.h.feature('colour', ''), 'red');
  await done;
  await first.h.close();
  const second = await opened({ storage: first.host });
  assert.equal(second.h.feature('colour', ''), 'red');
  assert.deepEqual(second.of('exposure'), []);
  await second.h.override('colour', null);
  assert.equal(second.h.feature('colour', ''), 'green');
  await second.h.override('colour', '0');
  assert.equal(second.h.variant('colour'), '0');
  await assert.rejects(second.h.override('colour', true), { code: 'override_invalid', path: 'variation' });
});

test('the query of the launch forces a variation, on WeChat too', async () => {
  const { h, of } = await opened({ query: '?colour=0' });
  assert.equal(h.feature('colour', ''), 'red');
  assert.deepEqual(of('exposure'), []);
  const phone = new Phone();
  phone.wx.getLaunchOptionsSync = () => ({ scene: 1001, query: { from: 'x', colour: '0' } });
  const shop = phone.huitou.open({ program: program(), consent: true });
  await shop.ready;
  assert.equal(shop.feature('colour', ''), 'red');
});

test('an explanation says which rule decided and why, and counts nothing', async () => {
  const { h, of } = await opened();
  const { value, on, source, experimentResult, why } = h.explain('colour');
  assert.deepEqual([value, on, source, experimentResult.key, experimentResult.inExperiment], ['green', true, 'experiment', '1', true]);
  assert.ok(why.length > 0);
  assert.deepEqual(of('exposure'), []);
  assert.throws(() => h.explain('unknown'), { code: 'line_unknown' });
});

test('options: sticky, enabled, qa, the attributes that the engine fills', async () => {
  assert.equal((await opened({ experiments: { enabled: false } })).h.feature('colour', ''), 'none');
  assert.equal((await opened({ experiments: { qa: true } })).h.feature('colour', ''), 'none');
  const features = { seen: { defaultValue: 0, rules: [{ condition: { sessions: { $gt: 0 } }, force: 1 }] } };
  assert.equal((await opened({ features })).h.feature('seen', 0), 1);
  assert.equal((await opened({ features, experiments: { engineAttributes: false } })).h.feature('seen', 0), 0);
  const remote = { features: { inside: { defaultValue: 0, rules: [{ condition: { $savedGroup: { id: 'g1' } }, force: 1 }] } }, savedGroups: { g1: { type: 'remote' } } };
  assert.equal((await opened({ experiments: { payload: remote, remoteGroupIds: ['g1'] } })).h.feature('inside', 0), 1);
  assert.equal((await opened({ experiments: { payload: remote } })).h.feature('inside', 0), 0);
});

test('wrong options are refused by path', async () => {
  const wrong = { payload: 5, url: 'ftp://x', refresh_minutes: -1, compat: '0.7' };
  for (const [name, value] of Object.entries(wrong)) {
    const { ready } = huitou.open({ program: program(), host: huitou.hosts.memory(), experiments: { [name]: value } });
    await assert.rejects(ready, { code: 'bad_option', path: 'experiments.' + name });
  }
});

test("the app's own payload goes before the program's features of the same key", async () => {
  const { h, of } = await opened({ experiments: { payload: JSON.parse(payload('blue')) } });
  assert.equal(h.feature('colour', ''), 'blue');
  assert.equal(h.feature('limit', 0), 5);
  assert.deepEqual(of('features'), [{ source: 'payload', features: ['colour', 'limit', 'list', 'off'], warnings: [] }]);
});

test('a bad payload of the app is an error event, and the program counts', async () => {
  const { h, of } = await opened({ experiments: { payload: '{"features":' } });
  assert.equal(h.feature('colour', ''), 'green');
  assert.deepEqual(of('error').map(({ code }) => code), ['payload_not_json']);
});

test('a payload by URL: taken at the start, kept, asked for again with its ETag, the last one offline', async () => {
  const experiments = { url: URL };
  const first = await opened({ experiments, server: payloads({ etag: '"1"', body: payload('blue') }) });
  assert.equal(first.h.feature('colour', ''), 'blue');
  assert.deepEqual(first.server.asked.map(({ method, url, headers, body }) => [method, url, headers, body]), [['GET', URL, {}, undefined]]);
  await first.h.close();
  const second = await opened({ experiments, storage: first.host, server: payloads({ status: 304 }) });
  assert.equal(second.h.feature('colour', ''), 'blue');
  assert.deepEqual(second.server.asked[0].headers, { 'If-None-Match': '"1"' });
  assert.deepEqual(second.of('features').map(({ source }) => source), ['storage']);
  await second.h.close();
  const third = await opened({ experiments, storage: first.host, server: payloads(new Error('no network')) });
  assert.equal(third.h.feature('colour', ''), 'blue');
  assert.deepEqual(third.of('error'), [], 'being offline is nothing to tell');
  await assert.rejects(third.h.refreshFeatures(), { code: 'offline' });
});

test('what is stored counts at once while a newer one is on its way', async () => {
  const experiments = { url: URL };
  const first = await opened({ experiments, server: payloads({ body: payload('blue') }) });
  await first.h.close();
  const answer = deferred();
  const second = await opened({ experiments, storage: first.host, server: { send: () => answer.promise } });
  assert.equal(second.h.feature('colour', ''), 'blue');
  answer.resolve({ status: 200, headers: {}, body: payload('white') });
  await settled();
  assert.equal(second.h.feature('colour', ''), 'white');
  assert.deepEqual(second.of('features').map(({ source }) => source), ['storage', 'url']);
});

test('a payload that is none leaves the one before in force and is told', async () => {
  const bad = {
    payload_not_json: ['<!DOCTYPE html><title>404</title>', payload('white').slice(0, -2)],
    payload_invalid: ['[]', '{"features":[]}'],
    payload_too_big: ['{"features":{},"x":"' + 'x'.repeat(600000) + '"}', '{"features":' + '['.repeat(100) + ']'.repeat(100) + '}'],
    payload_encrypted: ['{"features":{},"encryptedFeatures":"aa.bb"}'],
  };
  const { h, server, of } = await opened({ experiments: { url: URL }, server: payloads({ body: payload('blue'), etag: '"1"' }) });
  for (const [code, bodies] of Object.entries(bad)) {
    for (const body of bodies) {
      server.next = { body, etag: '"2"' };
      await assert.rejects(h.refreshFeatures(), { name: 'HuitouError', code });
      assert.equal(h.feature('colour', ''), 'blue', code);
    }
  }
  server.next = { status: 404, body: payload('white') };
  await assert.rejects(h.refreshFeatures(), { code: 'payload_failed', path: 'experiments.url' });
  assert.equal(h.feature('colour', ''), 'blue');
  assert.deepEqual(new Set(server.asked.slice(1).map(({ headers }) => headers['If-None-Match'])), new Set(['"1"']));
  assert.deepEqual(of('error'), [], 'told to who asked');
  server.next = { body: payload('white') };
  assert.equal(await h.refreshFeatures(), true);
  assert.equal(await h.refreshFeatures(), false);
  assert.equal(h.feature('colour', ''), 'white');
});

test('one that comes by itself and is none is an error event', async () => {
  const { h, of } = await opened({ experiments: { url: URL, payload: payload('own') }, server: payloads({ body: '<html>' }) });
  assert.equal(h.feature('colour', ''), 'own');
  assert.deepEqual(of('error').map(({ code }) => code), ['payload_not_json']);
});

test('a stored payload that is broken is thrown away', async () => {
  const host = huitou.hosts.memory();
  const key = 'huitou.tea-shop.payload';
  for (const text of ['{', 'null', '[]', JSON.stringify([URL, '', 5]), JSON.stringify([URL, '', '{']), JSON.stringify(['https://other.example', '', payload('blue')])]) {
    host.saveSync(key, text);
    const { h } = await opened({ storage: host, experiments: { url: URL, payload: payload('own') }, server: payloads(new Error('offline')) });
    assert.equal(h.feature('colour', ''), 'own', text);
    assert.deepEqual(await host.load([key]), [null], text);
    await h.close();
  }
});

test('refresh: on show when old enough, one request at a time', async () => {
  const { server, host, clock, h } = await opened({ experiments: { url: URL, refresh_minutes: 10 }, server: payloads({ body: payload('blue') }) });
  const comeBack = async (minutes) => {
    clock.now += minutes * 60000;
    host.hide();
    host.show();
    await settled();
    return server.asked.length;
  };
  assert.equal(await comeBack(9), 1);
  assert.equal(await comeBack(1), 2);
  const both = [h.refreshFeatures(), h.refreshFeatures()];
  await Promise.all(both);
  assert.equal(server.asked.length, 3);
});

test('an encrypted payload is told as such, and read with huitou-decrypt', async () => {
  const decryptPayload = requireBuilt('decrypt/dist/index.js');
  const key = Buffer.from('0123456789abcdef');
  const cipher = createCipheriv('aes-128-cbc', key, key);
  const hidden = Buffer.concat([cipher.update('{"colour":{"defaultValue":"gold"}}'), cipher.final()]);
  const encryptedFeatures = key.toString('base64') + '.' + hidden.toString('base64');
  const text = JSON.stringify({ features: {}, encryptedFeatures });
  const plain = await opened({ experiments: { payload: text } });
  assert.deepEqual(plain.of('error').map(({ code }) => code), ['payload_encrypted']);
  const decrypt = (payload) => decryptPayload(payload, key.toString('base64'));
  const server = payloads({ body: text });
  const { h, host } = await opened({ experiments: { url: URL, decrypt }, server });
  assert.equal(h.feature('colour'), 'gold');
  const again = await opened({ experiments: { url: URL, decrypt }, storage: host, server: payloads(new Error('offline')) });
  assert.equal(again.h.feature('colour'), 'gold', 'from storage');
  const wrong = (payload) => decryptPayload(payload, Buffer.alloc(16).toString('base64'));
  const other = await opened({ experiments: { url: URL, decrypt: wrong }, server: payloads({ body: text }) });
  assert.deepEqual(other.of('error').map(({ code, path }) => [code, path]), [['payload_encrypted', 'encryptedFeatures']]);
  assert.equal(other.h.feature('limit'), 5, 'the program is in force');
});

test('without an address there is nothing to refresh', async () => {
  const { h } = await opened();
  await assert.rejects(h.refreshFeatures(), { code: 'no_url', path: 'experiments.url' });
});

test('before consent the address is not asked; consent asks and stores, withdrawal removes', async () => {
  const key = 'huitou.tea-shop.payload';
  const { h, host, server } = await opened({ experiments: { url: URL, payload: payload('own') }, consent: null, server: payloads({ body: payload('blue') }) });
  assert.equal(h.feature('colour', ''), 'own', "the app's own payload needs no consent");
  await assert.rejects(h.refreshFeatures(), { code: 'consent_needed' });
  assert.deepEqual(server.asked, []);
  await h.consent(true);
  await settled();
  assert.equal(h.feature('colour', ''), 'blue');
  assert.deepEqual(Object.keys(server.asked[0].headers), [], 'the request says nothing about the person');
  assert.ok((await host.load([key]))[0].includes('blue'));
  await h.consent(false);
  await settled();
  assert.deepEqual(await host.load([key]), [null]);
  await assert.rejects(h.refreshFeatures(), { code: 'consent_needed' });
  assert.equal(server.asked.length, 1);
});

test('a program served by a backend stands for a payload', async () => {
  const body = JSON.stringify(program({ colour: { defaultValue: 'x', rules: [{ condition: { id: { $notInGroup: 'all' } }, force: 'blue' }] } }));
  const served = JSON.stringify(Object.assign(JSON.parse(body), { saved_groups: { all: ['nobody'] } }));
  const { h } = await opened({ experiments: { url: URL }, server: payloads({ body: served }) });
  assert.equal(h.feature('colour', ''), 'blue');
});

test('another person, another assignment: what was kept is asked for anew', async () => {
  const features = { who: { defaultValue: '', rules: [{ condition: { user_id: 'a' }, force: 'A' }, { condition: { user_id: 'b' }, force: 'B' }] } };
  const { h } = await opened({ features });
  await h.setUser('a');
  assert.equal(h.feature('who', ''), 'A');
  await h.setUser('b');
  assert.equal(h.feature('who', ''), 'B');
  await h.setUser(null);
  assert.equal(h.feature('who', 'nobody'), '');
});

test('after a trap the payload is in force again', async () => {
  const phone = new Phone();
  const h = phone.huitou.open({ program: program(), consent: true, experiments: { payload: payload('blue') } });
  await h.ready;
  const [exports] = phone.start.instances;
  const names = Object.keys(exports);
  assert.equal(h.feature('colour', ''), 'blue');
  names.filter((name) => typeof exports[name] === 'function').forEach((name) => { exports[name] = () => { throw new Error('unreachable'); }; });
  h.track('launch');
  assert.equal(h.feature('colour', 'fallback'), 'fallback', 'no engine, no answer');
  // Compiling the module takes as long as the machine is busy.
  while (h.variant('colour') === undefined) await settled();
  assert.equal(h.stats().restarts, 1);
  assert.equal(h.feature('colour', ''), 'blue');
});

test('a payload that traps the engine is not tried again', async () => {
  const { huitou: h, world } = openFake({ options: { experiments: { payload: payload('blue') } } });
  const errors = [];
  h.on('error', ({ code }) => errors.push(code));
  world.fail('load_features', new Error('unreachable'));
  await h.ready;
  await settled();
  assert.equal(world.cores.length, 2);
  assert.equal(world.calls('load_features').length, 1);
  assert.deepEqual(errors, ['internal']);
  assert.equal(h.feature('colour', 0), 1);
});

test('a phone sees the same variation as the plain JavaScript build', async () => {
  const half = { colour: { defaultValue: '', rules: [{ variations: ['red', 'green'], hashAttribute: 'seed' }] } };
  const seen = async (phone, options) => {
    const h = phone.huitou.open(Object.assign({ program: program(half), consent: true }, options));
    await h.ready;
    const values = [];
    for (let i = 0; i < 40; i++) {
      await h.setAttributes({ seed: 'person-' + i });
      values.push(h.feature('colour', 'none'));
    }
    return values.join();
  };
  const plain = new Phone({ answer: 'none' });
  const values = await seen(new Phone());
  assert.ok(values.includes('red') && values.includes('green') && !values.includes('none'));
  assert.equal(await seen(plain, { instantiate: plain.fallback() }), values);
});
