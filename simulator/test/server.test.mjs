// The server: headers, bounds, a busy port, the relay.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createSimulatorServer, listen } from '../server.mjs';
import { temporaryFolder } from './fixture.mjs';

describe('the server', () => {
  const folder = temporaryFolder();
  const root = path.join(folder, 'out');
  let server;
  let url;

  before(async () => {
    fs.mkdirSync(root);
    fs.writeFileSync(path.join(folder, 'secret.txt'), 'secret');
    for (const file of ['index.html', 'a.wasm.br', 'a.wasm', 'a.js', 'a.svg']) fs.writeFileSync(path.join(root, file), 'x');
    server = createSimulatorServer(root);
    url = await listen(server, 0);
  });
  after(() => {
    server.close();
    fs.rmSync(folder, { recursive: true });
  });

  /** A plain request: fetch would inflate and normalise. */
  const get = (target, headers = {}, method = 'GET') => new Promise((resolve, reject) => {
    const { port } = new URL(url);
    http.request({ port, host: '127.0.0.1', path: target, headers, method }, (response) => {
      response.resume().on('end', () => resolve(response));
    }).on('error', reject).end();
  });

  it('listens on this computer alone', () => assert.equal(server.address().address, '127.0.0.1'));

  it('answers a compressed module so that the browser inflates it', async () => {
    const { statusCode, headers } = await get('/a.wasm.br');
    assert.equal(statusCode, 200);
    assert.equal(headers['content-encoding'], 'br');
    assert.equal(headers['content-type'], 'application/wasm');
    assert.equal((await get('/a.wasm')).headers['content-encoding'], undefined);
  });

  it('forbids caching, and eval in pages', async () => {
    const { headers } = await get('/');
    assert.equal(headers['cache-control'], 'no-store');
    assert.match(headers['content-security-policy'], /script-src 'self' 'wasm-unsafe-eval'/);
    assert.equal((await get('/a.js?x=1')).headers['content-type'], 'text/javascript; charset=utf-8');
  });

  it('serves nothing outside of its folder', async () => {
    for (const target of ['/../secret.txt', '/%2e%2e/secret.txt', '/..%2fsecret.txt', '/nope', '/%ff', '/.']) {
      assert.equal((await get(target)).statusCode, 404, target);
    }
    assert.equal((await get('/a.js', {}, 'DELETE')).statusCode, 405);
  });

  it('refuses other names for this computer', async () => {
    assert.equal((await get('/', { host: 'evil.example' })).statusCode, 403);
  });

  it('says in one line that a port is busy', async () => {
    const { port } = server.address();
    await assert.rejects(listen(createSimulatorServer(root), port), { message: `port ${port} is busy: choose another one with --port` });
  });

  it('says in one line that a folder is not a build', () => {
    assert.throws(() => createSimulatorServer(folder), /is not a built mini-program: run simulator\/build\.mjs first$/);
  });

  it('relays only for its own pages', async () => {
    assert.equal((await get('/simulator/request', {}, 'POST')).statusCode, 400);
    const asked = { 'x-simulator-url': `${url}a.js`, 'x-simulator-method': 'GET', 'x-simulator-header': '%7B%7D' };
    const { statusCode, headers } = await get('/simulator/request', asked, 'POST');
    assert.deepEqual([statusCode, headers['x-simulator-status']], [200, '200']);
    const wrong = [{ 'x-simulator-url': 'file:///etc/passwd' }, { 'x-simulator-url': 'a.js' }, { 'x-simulator-method': 'G T' }, { 'x-simulator-header': '{"a":"%0A"}' }];
    for (const change of wrong) assert.equal((await get('/simulator/request', { ...asked, ...change }, 'POST')).statusCode, 400, JSON.stringify(change));
    assert.equal((await get('/simulator/request', asked)).statusCode, 400, 'only POST');
    assert.equal((await get('/simulator/request', {}, 'OPTIONS')).headers['access-control-allow-origin'], undefined);
  });
});
