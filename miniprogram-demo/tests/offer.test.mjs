import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shop } from './support.mjs';

const SERVED = { app: 'tea-shop', items: [['longjing', 'green', 1, 255, 0]], neighbours: 'AQA=' };

/** Asks the server, which answers so; gives what the shop sent and what came of it. */
async function asked(world, answer) {
  const offer = world.require('../services/offer');
  const pending = offer.refresh();
  const { options } = world.calls.at(-1);
  if (answer) options.success(answer);
  else options.fail({ errMsg: 'request:fail' });
  return { header: options.header, newer: await pending.catch((error) => error.message), latest: offer.latest() };
}

test('the server\'s catalogue is kept over restarts and asked for by its tag', async () => {
  const world = shop();
  assert.equal(world.require('../services/offer').latest().items.length, 18, 'the shop\'s own until one came');
  const first = await asked(world, { statusCode: 200, data: SERVED, header: { ETag: '"a"' } });
  assert.deepEqual([first.header, first.newer, first.latest], [{}, SERVED, SERVED]);
  const next = shop();
  world.stored.forEach((value, key) => next.stored.set(key, value));
  const second = await asked(next, { statusCode: 304, data: '', header: { etag: '"a"' } });
  assert.deepEqual([second.header, second.newer, second.latest], [{ 'If-None-Match': '"a"' }, null, SERVED]);
});

test('what is no catalogue changes nothing', async () => {
  const bad = [
    { statusCode: 404, data: { error: {} }, header: {} }, { statusCode: 200, data: '<html>', header: {} },
    { statusCode: 200, data: null, header: {} }, { statusCode: 500, data: '', header: {} }, null,
  ];
  for (const answer of bad) {
    const { newer, latest } = await asked(shop(), answer);
    assert.ok(newer === null || newer === '网络不给力，请稍后再试');
    assert.equal(latest.neighbours, undefined);
  }
});
