/** Real traps of the real module, in a bare context: the app notices nothing, and nothing stored is lost. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Backend } from './support/backend.js';
import { settled } from './support/fake-host.js';
import { Phone } from './support/phone.js';
import { PROGRAM } from './support/program.js';

function openOn(phone) {
  return phone.huitou.open({ program: PROGRAM, url: 'https://api.example.com', consent: true });
}

async function started() {
  const backend = new Backend();
  const phone = new Phone({ backend: (request) => backend.answerWx(request) });
  const huitou = openOn(phone);
  const heard = { restarts: [], errors: [] };
  huitou.on('restart', (detail) => heard.restarts.push(detail));
  huitou.on('error', ({ code }) => heard.errors.push(code));
  await huitou.ready;
  huitou.track('add_cart', { category: 'green' });
  await huitou.flush();
  return { backend, phone, huitou, heard };
}

/** Overwrites everything above the stack and the constants: the heap, and with it the engine's state. */
function spoil({ memory }) {
  const bytes = new Uint8Array(memory.buffer);
  bytes.fill(0xff, Math.floor(bytes.length / 2));
}

test('a module with a spoilt memory is replaced, and only that call is lost', async () => {
  const { backend, phone, huitou, heard } = await started();
  spoil(phone.start.instances[0]);
  for (let i = 0; i < 3; i++) assert.doesNotThrow(() => huitou.track('add_cart', { category: 'black', city: 'x' + i, price_fen: 1 }));
  await huitou.flush();
  await settled();
  huitou.track('view_product', { product: 'biluochun' });
  await huitou.sync();
  assert.equal(phone.start.instances.length, 2);
  assert.equal(heard.restarts.length, 1);
  assert.equal(backend.countBy('add_cart', 'category').green, 1, 'what was stored is kept');
  assert.equal(backend.count('view_product'), 1, 'what came after is counted');
  assert.equal(backend.drops().restart, 1, 'the backend learns of it');
});

test('a poisoned instance (a trap inside a call leaves it borrowed) is not used again', async () => {
  const { backend, phone, huitou, heard } = await started();
  const [exports] = phone.start.instances;
  const { track } = exports;
  let traps = 1;
  exports.track = (...args) => {
    if (traps-- > 0) throw new WebAssembly.RuntimeError('unreachable');
    return track(...args);
  };
  huitou.track('add_cart', { category: 'black' });
  huitou.track('add_cart', { category: 'green' });
  await huitou.sync();
  assert.deepEqual([phone.start.instances.length, heard.restarts.length, heard.errors.length], [2, 1, 0]);
  assert.deepEqual(backend.countBy('add_cart', 'category'), { green: 2 });
});

test('two accounts of one sum: restarts never count an event twice', async () => {
  const { backend, phone, huitou } = await started();
  for (let round = 0; round < 3; round++) {
    huitou.track('add_cart', { category: 'green' });
    await huitou.sync();
    spoil(phone.start.instances[phone.start.instances.length - 1]);
    huitou.track('add_cart', { category: 'black', city: 'anywhere' });
    await settled();
    await huitou.flush();
  }
  await huitou.sync();
  assert.equal(backend.countBy('add_cart', 'category').green, 4);
});

test('a module that keeps trapping is left off, and the app goes on', async () => {
  const { phone, huitou, heard } = await started();
  for (let round = 0; round < 4; round++) {
    spoil(phone.start.instances[phone.start.instances.length - 1]);
    huitou.track('add_cart', { category: 'black', city: 'c' + round });
    await settled();
    await huitou.flush().catch(() => {});
  }
  assert.equal(phone.start.instances.length, 4);
  assert.deepEqual(heard.errors, ['disabled']);
  huitou.track('add_cart');
  huitou.page('home');
  const next = openOn(phone.begin());
  assert.equal((await next.ready).recovered, true, 'the next start of the app has a fresh chance');
});
