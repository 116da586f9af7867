import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openFake, settled } from './support/fake-host.js';
import { FakeWorld, trap } from './support/fake-core.js';

async function opened(setup) {
  const fake = openFake(setup);
  const restarts = [];
  fake.huitou.on('restart', (detail) => restarts.push(detail));
  await fake.huitou.ready;
  await fake.huitou.flush();
  return Object.assign(fake, { restarts });
}

test('a trap in track is replaced by a fresh engine that knows what was stored', async () => {
  const fake = await opened();
  fake.world.fail('track', trap());
  assert.doesNotThrow(() => fake.huitou.track('buy'));
  fake.huitou.track('buy', { price: 7 });
  await fake.huitou.flush();
  assert.equal(fake.world.cores.length, 2);
  assert.equal(fake.huitou.state().count, 2, 'the launch from storage, and the event after the trap');
  assert.deepEqual(fake.restarts, [{ message: 'unreachable', restarts: 1 }]);
  assert.equal(fake.huitou.stats().restarts, 1);
  assert.deepEqual(fake.world.calls('dropped').map(([reason]) => reason), [9]);
});

test('a trap anywhere is survived', async () => {
  for (const method of ['set_label', 'set_number', 'label', 'next', 'persisted', 'page', 'flow', 'dropped', 'reply']) {
    const fake = await opened();
    fake.world.fail(method, trap());
    assert.doesNotThrow(() => {
      fake.huitou.track('buy', { kind: 'tea', price: 1, extra: 1 });
      fake.huitou.page('home');
      fake.huitou.flow('purchase', 'view');
    }, method);
    await settled();
    await fake.huitou.sync().catch(() => {});
    await settled();
    assert.equal(fake.world.cores.length, 2, method);
    fake.huitou.track('buy');
    assert.ok(fake.huitou.state().count > 0, method);
  }
});

test('a trap in a command fails that command only', async () => {
  const fake = await opened();
  fake.world.fail('command', trap());
  await assert.rejects(fake.huitou.setUser('u1'), { name: 'HuitouError', code: 'internal' });
  await fake.huitou.setUser('u1');
  assert.equal(fake.huitou.state().user, 'u1');
});

test('a trap in a read fails that read only', async () => {
  const fake = await opened();
  fake.world.fail('command', trap());
  assert.throws(() => fake.huitou.stats(), { name: 'HuitouError', code: 'internal' });
  await fake.huitou.flush();
  assert.equal(fake.huitou.stats().restarts, 1);
});

test('a trap while the queue is handed over loses that call only', async () => {
  const world = new FakeWorld();
  world.fail('set_number', trap());
  const { huitou } = openFake({ world });
  huitou.track('buy', { price: 1 });
  huitou.track('buy', { price: 2 });
  huitou.track('buy', { price: 3 });
  await huitou.ready;
  await huitou.flush();
  assert.equal(world.cores.length, 2);
  assert.equal(huitou.stats().restarts, 1);
  assert.deepEqual(world.calls('set_number').map(([, value]) => value), [1, 2, 3]);
});

test("the app's last word on consent outlives a restart", async () => {
  const fake = await opened({ options: { consent: false } });
  await fake.huitou.consent(true);
  fake.world.fail('track', trap());
  fake.huitou.track('buy');
  await fake.huitou.flush();
  assert.deepEqual(fake.world.calls('boot').map(([boot]) => boot.consent), [false, true]);
});

test('an engine that keeps trapping is left off, quietly', async () => {
  const fake = await opened();
  const errors = [];
  fake.huitou.on('error', ({ code }) => errors.push(code));
  for (let i = 0; i < 4; i++) {
    fake.world.fail('track', trap());
    fake.huitou.track('buy');
    await settled();
  }
  assert.deepEqual(errors, ['disabled']);
  assert.equal(fake.world.cores.length, 4);
  assert.doesNotThrow(() => fake.huitou.track('buy'));
  assert.throws(() => fake.huitou.stats(), { code: 'disabled' });
  await assert.rejects(fake.huitou.setUser('u'), { code: 'disabled' });
});

test('traps far apart do not add up', async () => {
  const fake = await opened();
  for (let i = 0; i < 6; i++) {
    fake.clock.now += 30000;
    fake.world.fail('track', trap());
    fake.huitou.track('buy');
    await settled();
  }
  assert.equal(fake.huitou.stats().restarts, 6);
});

test('an engine that cannot be brought up is let go of', async () => {
  const world = new FakeWorld();
  world.fail('boot', trap());
  const { huitou } = openFake({ world });
  huitou.on('error', () => {});
  await assert.rejects(huitou.ready, { code: 'internal' });
  assert.equal(world.calls('release').length, 1);
});

test('the old engine is left alone: its late answers go nowhere', async () => {
  let answer;
  const fake = await opened({ host: { send: () => new Promise((resolve) => { answer = resolve; }) } });
  const sync = fake.huitou.sync();
  await settled();
  fake.world.fail('track', trap());
  fake.huitou.track('buy');
  await settled();
  answer({ status: 200, headers: {}, body: '{}' });
  await sync;
  assert.deepEqual(fake.world.calls('reply'), []);
});

test('a module that does not load, or a storage that cannot be read, ends it before it began', async () => {
  const cases = [
    [{ instantiate: async () => { throw { errMsg: 'file not found' }; } }, 'no_wasm', /file not found/],
    [{ instantiate: () => { throw new Error('at once'); } }, 'no_wasm', /at once/],
    [{ load: async () => { throw new Error('io'); } }, 'storage_unreadable', /io/],
  ];
  for (const [host, code, message] of cases) {
    const { huitou, world } = openFake({ host });
    const errors = [];
    huitou.on('error', (error) => errors.push(error.code));
    huitou.track('buy');
    await assert.rejects(huitou.ready, { name: 'HuitouError', code, message });
    huitou.track('buy');
    assert.deepEqual(errors, [code]);
    assert.deepEqual(world.calls('track'), []);
  }
});

test('a storage that answers at the third try is believed', async () => {
  let tries = 0;
  const load = async (keys) => {
    tries += 1;
    if (tries < 3) throw new Error('busy');
    return keys.map(() => null);
  };
  const { huitou } = openFake({ host: { load } });
  await huitou.ready;
  assert.equal(tries, 3);
});

test('stored text that is no base64 reaches the engine as nothing', async () => {
  const { huitou, world } = openFake({ host: { load: async () => ['%%%', null] } });
  await huitou.ready;
  assert.deepEqual(world.calls('load'), [[0, '']]);
});
