/** The engine without WebAssembly, in a bare context without WXWebAssembly. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { Backend } from './support/backend.js';
import { settled } from './support/fake-host.js';
import { Phone } from './support/phone.js';

/** Room for far more text than the module's memory has at its start. */
const PROGRAM = {
  app: 'tea-shop',
  revision: 1,
  day_zone: '+08:00',
  events: Array.from({ length: 16 }, (_, e) => ({ name: 'event' + e, dimensions: [{ name: 'a' }, { name: 'b' }] })),
  caps: { labels_per_dimension: 1024 },
};

/** The phone's host with a clock that stands: what is counted then is the same in every run. */
function hostOf(phone) {
  return Object.assign(phone.huitou.hosts.wx(), { now: () => 1790000000000 });
}

function openOn(phone, options) {
  return phone.huitou.open(Object.assign({ program: PROGRAM, url: 'https://api.example.com', consent: true }, options));
}

/** Texts of 60 bytes, a quarter of a megabyte of them. */
function fill(huitou) {
  for (let i = 0; i < 4096; i++) {
    const text = '茶'.repeat(18) + String(100000 + i);
    huitou.track('event' + (i % 16), { a: text, b: i % 7 });
  }
}

async function run(phone, options) {
  const huitou = openOn(phone, Object.assign({ host: hostOf(phone) }, options));
  await huitou.ready;
  fill(huitou);
  await huitou.flush();
  const rows = huitou.state().rows.map(({ row }) => JSON.stringify(Object.assign(row, { s: '' })));
  return { huitou, digest: createHash('sha256').update(rows.join()).digest('hex') };
}

test('it counts as the module does, across the line where the memory grows', async () => {
  const real = new Phone();
  const counted = await run(real);
  const grown = real.start.instances[0].memory.buffer.byteLength;
  const plain = new Phone({ answer: 'none' });
  const fallen = await run(plain, { instantiate: plain.fallback() });
  assert.equal(fallen.digest, counted.digest);
  assert.equal(fallen.huitou.stats().restarts, 0);
  assert.ok(grown > real.start.memoryBytes[0], 'the module had to grow, so the line was crossed');
});

test('its upload can be read', async () => {
  const backend = new Backend();
  const phone = new Phone({ answer: 'none', backend: (request) => backend.answerWx(request) });
  const huitou = openOn(phone, { instantiate: phone.fallback() });
  for (let i = 0; i < 10; i++) huitou.track('event1', { a: '龙井😀' });
  await huitou.sync();
  assert.deepEqual(backend.countBy('event1', 'a'), { '龙井😀': 10 });
});

test('a fresh one takes over after a trap', async () => {
  const backend = new Backend();
  const phone = new Phone({ answer: 'none', backend: (request) => backend.answerWx(request) });
  const made = [];
  const instantiate = phone.fallback();
  const huitou = openOn(phone, {
    instantiate: async (imports) => {
      const exports = Object.assign({}, (await instantiate(imports)).exports);
      made.push(exports);
      return { exports };
    },
  });
  huitou.track('event1');
  await huitou.flush();
  made[0].track = () => { throw new Error('abort'); };
  huitou.track('event1');
  await settled();
  huitou.track('event1');
  await huitou.sync();
  assert.equal(made.length, 2);
  assert.equal(backend.count('event1'), 2);
});
