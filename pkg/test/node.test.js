/** The built entries for Node and for bundlers. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Backend } from './support/backend.js';
import { pathOf, requireBuilt } from './support/built.js';
import { PROGRAM } from './support/program.js';

const huitou = requireBuilt('dist/node/index.cjs');
const server = requireBuilt('dist/node/server.cjs');

const directory = mkdtempSync(join(tmpdir(), 'huitou-'));
after(() => rmSync(directory, { recursive: true }));

/** A backend over HTTP on a free port. */
async function listening(backend) {
  const http = createServer((request, response) => {
    const parts = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => response.end(JSON.stringify(backend.receive(request.headers['content-type'], new Uint8Array(Buffer.concat(parts))))));
  });
  await new Promise((resolve) => http.listen(0, '127.0.0.1', resolve));
  return { url: 'http://127.0.0.1:' + http.address().port, close: () => http.close() };
}

test('files keep what one process counted for the next, and HTTP carries it', async () => {
  const backend = new Backend();
  const { url, close } = await listening(backend);
  const first = huitou.open({ program: PROGRAM, consent: true, host: huitou.hosts.memory({ directory }) });
  first.track('add_cart', { category: 'green' });
  await first.ready;
  await first.close();
  assert.ok(readdirSync(directory).every((file) => /^huitou\.tea-shop\.\d$/.test(file)));
  const second = huitou.open({ program: PROGRAM, url, consent: true, host: huitou.hosts.memory({ directory }) });
  assert.equal((await second.ready).recovered, true);
  second.track('add_cart', { category: 'green' });
  assert.ok((await second.sync()).acked > 0);
  assert.deepEqual(backend.countBy('add_cart', 'category'), { green: 2 });
  await second.close();
  close();
});

test('the default host needs no directory', async () => {
  const h = huitou.open({ program: PROGRAM, consent: true });
  assert.deepEqual((await h.ready).warnings, []);
  await assert.rejects(h.sync(), { name: 'HuitouError', code: 'no_url' });
  await h.close();
});

test('a network that is down is no exception', async () => {
  const h = huitou.open({ program: PROGRAM, consent: true, url: 'http://127.0.0.1:9' });
  h.track('add_cart');
  await assert.rejects(h.sync(), { code: 'sync_failed' });
  assert.ok(h.stats().unsent_rows > 0);
  await h.close();
});

test('a directory that cannot be written to is told', async () => {
  const host = huitou.hosts.memory({ directory: join(directory, 'gone') });
  rmSync(join(directory, 'gone'), { recursive: true });
  const h = huitou.open({ program: PROGRAM, consent: true, host });
  h.on('error', () => {});
  await h.ready;
  await assert.rejects(h.flush(), { code: 'storage_failed' });
});

test('warnings name the part of the program that is off', async () => {
  const program = Object.assign({}, PROGRAM, { events: [{ name: 'Bad Name' }, { name: 'good' }] });
  const h = huitou.open({ program, consent: true });
  const { warnings } = await h.ready;
  assert.ok(warnings.some(({ path }) => path === 'events[0].name'), JSON.stringify(warnings));
  h.track('good');
  assert.deepEqual(h.stats().dropped, {});
  await h.close();
});

test('the ES module counts the same on a host of its own', async () => {
  const esm = await import(pathOf('dist/esm/index.mjs'));
  assert.equal(esm.version, huitou.version);
  assert.deepEqual(Object.keys(esm.hosts).sort(), ['browser', 'tt', 'wx']);
  const host = huitou.hosts.memory({ wasm: readFileSync(pathOf('dist/esm/huitou.wasm')) });
  const h = esm.open({ program: PROGRAM, consent: true, host });
  h.track('add_cart', { category: 'black' });
  await h.ready;
  assert.equal(h.state().rows[0].row.e.add_cart.n, 1);
  await h.close();
});

test('the server reads uploads with names it was given, and refuses the rest', async () => {
  const bodies = [];
  const answers = ['{"acks":[],"names":true}'];
  const send = async ({ body }) => {
    bodies.push(Uint8Array.from(body));
    return { status: 200, headers: {}, body: answers.shift() || '{"acks":[]}' };
  };
  const h = huitou.open({ program: PROGRAM, consent: true, url: 'http://unused.example', host: huitou.hosts.memory({ send }) });
  h.track('add_cart', { category: 'green', price_fen: 100 });
  await h.sync().catch(() => {});
  assert.equal(bodies.length, 2, 'asked for its names, the phone sends again with them');
  const unknown = server.decodeUpload(bodies[0], () => undefined);
  assert.deepEqual(Object.keys(unknown), ['unknown']);
  const named = server.decodeUpload(bodies[1]);
  assert.equal(named.names.hash, unknown.unknown);
  const known = server.decodeUpload(bodies[0], (hash) => (hash === named.names.hash ? named.names.bytes : null));
  assert.equal(known.upload.app, 'tea-shop');
  assert.equal(known.names, undefined);
  assert.deepEqual(JSON.parse(JSON.stringify(known.upload.rows)), JSON.parse(JSON.stringify(named.upload.rows)));
  for (const bad of [new Uint8Array(0), new Uint8Array([9, 9, 9]), bodies[1].slice(0, -1), 'text', null]) {
    assert.throws(() => server.decodeUpload(bad, () => null), { name: 'HuitouError', code: 'upload_malformed' });
  }
  await h.close();
});

test('a poisoned instance is never called again, and nothing in it could free what it holds', async () => {
  const host = huitou.hosts.memory();
  const instantiate = host.instantiate.bind(host);
  const instances = [];
  let traps = 1;
  host.instantiate = async (imports) => {
    const exports = Object.assign({}, (await instantiate(imports)).instance.exports);
    if (traps-- > 0) exports.track = () => { throw new WebAssembly.RuntimeError('unreachable'); };
    instances.push(exports);
    return { exports };
  };
  const h = huitou.open({ program: PROGRAM, consent: true, host });
  for (let i = 0; i < 4; i++) {
    h.track('add_cart');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await h.flush();
  assert.equal(instances.length, 2);
  assert.equal(h.stats().restarts, 1);
  assert.deepEqual(Object.keys(instances[0]).filter((name) => name.endsWith('core_free')), []);
});

test('one version everywhere', () => {
  const versions = ['package.json', 'fallback/package.json'].map((file) => JSON.parse(readFileSync(pathOf(file))).version);
  assert.deepEqual(versions, [huitou.version, huitou.version]);
  assert.equal(server.version, huitou.version);
  const manifest = readFileSync(pathOf('../Cargo.toml'), 'utf8');
  assert.match(manifest, new RegExp('^version = "' + huitou.version.replace(/\./g, '\\.') + '"$', 'm'));
});
