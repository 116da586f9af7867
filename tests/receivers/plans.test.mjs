/** docs/recipes: plans carried out by the cloud function, by a webhook in Node, and by cron over the collector's database. */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Plans } from '../../examples/cloud-function/plans.js';

const require = createRequire(import.meta.url);
const huitou = require('../../pkg/dist/node/index.cjs');
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DAY_MS = 86400000;
const NOW = Date.UTC(2026, 10, 22, 4);
const PROGRAM = {
  app: 'tea-shop', revision: 1,
  journeys: [
    { id: 'cart', enter_on: 'cart_changed', exit_on: ['order_paid'], steps: [
      { after: '1h', do: { kind: 'message', template: 'waits' } }, { after: '1d', do: { kind: 'coupon', ref: 'five' } }] },
    { id: 'hello', enter_on: 'visit', re_entry: 'never', steps: [{ do: { kind: 'coupon', ref: 'welcome' } }] },
  ],
};

const trip = (more = {}) => ({
  journey: 'cart', key: '', at: NOW - 3600000, standing: 'running', ended: NOW - 3600000, variation: 0, held_out: false,
  once: false, by_order: false, cancel_on: ['order_paid'], done: [],
  due: [{ step: 0, at: NOW, kind: 'message', ref: 'waits', service: false }, { step: 1, at: NOW + 23 * 3600000, kind: 'coupon', ref: 'five', service: false }],
  ...more,
});

const refs = (plans, now) => plans.due(now).map(({ ref }) => ref);

describe('plans in the cloud function', () => {
  const plans = () => new Plans(PROGRAM.journeys, undefined);

  test('are due to the millisecond, once', () => {
    const one = plans();
    assert.equal(one.take({ rev: 7, trips: [trip()] }, 'a'), 7);
    assert.deepEqual([refs(one, NOW - 1), refs(one, NOW)], [[], ['waits']]);
    one.begin(one.due(NOW)[0], NOW);
    assert.deepEqual([refs(one, NOW), refs(one, NOW + 23 * 3600000)], [[], ['five']]);
    assert.deepEqual(one.results('a', NOW), [{ journey: 'cart', key: '', at: NOW - 3600000, step: 0, outcome: 'sent' }]);
    assert.deepEqual(one.results('b', NOW), []);
    one.take({ rev: 8, trips: [trip({ done: [[0, 'sent']], due: [] })] }, 'a');
    assert.deepEqual(one.results('a', NOW), [], 'the phone knows');
  });

  test('end with what the server sees, for that order only', () => {
    const one = plans();
    one.take({ rev: 1, trips: [trip(), trip({ key: 'o-1', by_order: true })] }, 'a');
    one.stop({ kind: 'order_paid', at: NOW - 7200000 });
    assert.equal(refs(one, NOW).length, 2, 'before the beginning');
    one.stop({ kind: 'order_paid', at: NOW, order_id: 'o-2' });
    assert.deepEqual(one.due(NOW).map((action) => action.trip.key), ['o-1']);
    one.stop({ kind: 'order_paid', at: NOW, order_id: 'o-1' });
    one.take({ rev: 2, trips: [trip()] }, 'a');
    assert.deepEqual(refs(one, NOW), [], 'an upload does not revive it');
  });

  test('are one for two phones, and only what the program declares', () => {
    const one = plans();
    one.take({ rev: 1, trips: [trip()] }, 'a');
    one.take({ rev: 1, trips: [trip({ at: NOW - 1800000 }), trip({ journey: 'forged' })] }, 'b');
    assert.deepEqual(one.due(NOW).map((action) => [action.ref, action.trip.device]), [['waits', 'b']]);
    const once = (at, device) => one.take({ rev: 5, trips: [trip({ journey: 'hello', once: true, at, due: [], done: [[0, 'done']] })] }, device);
    once(NOW - 1000, 'a');
    once(NOW - 2000, 'b');
    assert.deepEqual(one.due(NOW).filter(({ ref }) => ref === 'welcome').map((action) => action.trip.at), [NOW - 2000]);
    const late = plans();
    late.take({ rev: 1, trips: [trip({ held_out: true, key: 'h' }), trip({ due: [{ step: 0, at: NOW - DAY_MS }] })] }, 'a');
    assert.deepEqual(refs(late, NOW), [], 'held out, or a day late');
  });

  test('a phone\'s plan is kept, done by the timer and told back, through a restart', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'huitou-plans-'));
    process.env.HUITOU_FILE = join(folder, 'store.json');
    Object.assign(process.env, { HUITOU_SECRET: 'a secret of the login server', RECEIPT_KEY: 'a key for receipts', MERCHANT_KEY: 'm' });
    const path = require.resolve('../../examples/cloud-function/programs.json');
    const fresh = () => {
      ['index.js', 'store.js'].forEach((name) => delete require.cache[require.resolve(`../../examples/cloud-function/${name}`)]);
      require.cache[path] = { id: path, filename: path, loaded: true, exports: [PROGRAM] };
      return require('../../examples/cloud-function/index.js');
    };
    const huitouServer = require('../../pkg/dist/node/server.cjs');
    const { Module } = require('node:module');
    const load = Module._load;
    Module._load = (name, ...rest) => (name === 'huitou/server' ? huitouServer : load(name, ...rest));
    try {
      let backend = fresh();
      const host = huitou.hosts.memory({ offset_min: () => 480 });
      host.send = async ({ url, method, headers, body }) => {
        const isText = typeof body === 'string';
        const event = { httpMethod: method, path: new URL(url).pathname, headers, body: isText ? body : Buffer.from(body).toString('base64'), isBase64Encoded: !isText };
        const { statusCode, body: text } = await backend.main(event);
        return { status: statusCode, headers: {}, body: text, text };
      };
      const payload = Buffer.from(JSON.stringify({ app: 'tea-shop', user: 'u1', exp: Date.now() / 1000 + 600 })).toString('base64url');
      const signature = createHmac('sha256', process.env.HUITOU_SECRET).update(`h1.${payload}`).digest('base64url');
      const shop = huitou.open({ program: PROGRAM, url: 'http://127.0.0.1:1', consent: true, token: () => `h1.${payload}.${signature}`, host });
      await shop.ready;
      await shop.setUser('u1');
      shop.cart([{ item: 'a', category: 'tea', price_fen: 900 }]);
      await shop.sync();
      const outcomeOf = (id) => shop.journeys().find(({ journey }) => journey === id);
      assert.ok(outcomeOf('cart'), JSON.stringify(shop.journeys()));
      const sent = [];
      const send = async (action) => { sent.push(action.ref); return 'sent'; };
      await backend.timer(send);
      assert.deepEqual(sent, ['welcome'], 'it came at once on the phone');
      backend = fresh();
      await backend.timer(send, Date.now() + 3700000);
      await backend.timer(send, Date.now() + 3700000);
      assert.deepEqual(sent, ['welcome', 'waits']);
      await shop.sync();
      assert.match(JSON.stringify(outcomeOf('hello')), /"sent"/);
      await shop.close();
    } finally {
      Module._load = load;
      delete require.cache[path];
      rmSync(folder, { recursive: true });
    }
  });
});

describe('a webhook in Node', () => {
  const key = 'webhook-key-webhook-key-webhook-key';
  let child;
  let url;
  let folder;
  const told = [];

  async function start() {
    child = spawn('node', [join(ROOT, 'examples/recipes/webhook.mjs'), '0', join(folder, 'done.ndjson')], { env: { ...process.env, WEBHOOK_KEY: key } });
    const lines = createInterface({ input: child.stdout });
    url = await new Promise((resolve) => {
      lines.on('line', (line) => (line.startsWith('listening on ') ? resolve(line.slice(13)) : told.push(line)));
    });
  }
  before(async () => { folder = mkdtempSync(join(tmpdir(), 'huitou-webhook-')); await start(); });
  after(() => { child.kill(); rmSync(folder, { recursive: true }); });

  async function post(body, { timestamp = Math.floor(Date.now() / 1000), signedWith = key } = {}) {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const signature = createHmac('sha256', signedWith).update(`${timestamp}.${text}`).digest('hex');
    const answer = await fetch(url, { method: 'POST', body: text, headers: { 'X-Huitou-Timestamp': `${timestamp}`, 'X-Huitou-Signature': signature } });
    return [answer.status, (await answer.json()).outcome];
  }

  test('does a key once, also after kill -9, and nothing that is not signed', async () => {
    const action = { key: 'k1', user: 'u1', kind: 'coupon', ref: 'five' };
    assert.deepEqual(await Promise.all([post(action), post(action)]), [[200, 'sent'], [200, 'sent']]);
    child.kill('SIGKILL');
    await start();
    assert.deepEqual(await post(action), [200, 'sent']);
    assert.deepEqual(told, ['coupon five for u1']);
    assert.deepEqual((await post(action, { signedWith: 'another' }))[0], 401);
    assert.deepEqual((await post(action, { timestamp: 1 }))[0], 401);
    assert.deepEqual((await post('no json'))[0], 400);
    assert.deepEqual((await post('x'.repeat(70000)))[0], 413);
    assert.equal(readFileSync(join(folder, 'done.ndjson'), 'utf8').trim().split('\n').length, 1);
  });
});

describe('cron over the database', () => {
  test('takes what is due once, however many run at the same time', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'huitou-cron-'));
    const file = join(folder, 'db.sqlite');
    const sql = ['schema', 'ledger', 'journeys'].map((name) => readFileSync(join(ROOT, `collector/src/storage/sqlite/${name}.sql`), 'utf8'));
    const views = readFileSync(join(ROOT, 'collector/src/storage/sqlite/insight_views.sql'), 'utf8').split(/(?=DROP VIEW)/).filter((text) => /^DROP VIEW IF EXISTS (pending_actions|delivery_sums)/.test(text));
    const now = Date.now();
    const dueOf = (at) => (at === 1 ? now + 60000 : at === 2 ? now - 2 * DAY_MS : now - 1000);
    const rows = Array.from({ length: 50 }, (_, at) => `
      INSERT INTO trips VALUES ('s', 'u${at}', 'cart', '', 1, 'd', 1, 1, 'running', 1, 0, ${at % 5 === 0 ? 1 : 0}, 0, 0, '[]', '[]', 480, NULL);
      INSERT INTO actions VALUES ('s', 'u${at}', 'cart', '', 1, 0, ${dueOf(at)}, ${dueOf(at)}, 'message', 't', 0, 0);`);
    execFileSync('python3', ['-c', 'import sqlite3, sys; sqlite3.connect(sys.argv[1]).executescript(sys.stdin.read())', file], { input: [...sql, ...views, ...rows].join('\n') });
    const run = () => new Promise((resolve, reject) => {
      const child = spawn('python3', [join(ROOT, 'examples/recipes/cron.py'), file]);
      let out = '';
      let err = '';
      child.stdout.on('data', (part) => { out += part; });
      child.stderr.on('data', (part) => { err += part; });
      child.on('close', (code) => (code === 0 ? resolve(out.split('\n').filter(Boolean)) : reject(new Error(err))));
    });
    const done = (await Promise.all([run(), run(), run()])).flat();
    assert.equal(done.length, 38, '50 but those held out, one not yet due and one two days late');
    assert.equal(new Set(done).size, 38);
    assert.deepEqual(await run(), []);
    rmSync(folder, { recursive: true });
  });
});
