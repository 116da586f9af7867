/** Starts a receiver of examples/receivers as its own process, in a folder of its own. */
import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SECRET = 'a secret of the login server';
export const MERCHANT_KEY = 'a key of the shop';
export const RECEIPT_KEY = 'a key for receipts';

const { dictionaries, cases } = JSON.parse(readFileSync(join(ROOT, 'tests/vectors/wire.json'), 'utf8'));
export { cases, dictionaries };

/** The case of tests/vectors/wire.json with that name. */
export function caseNamed(name) {
  const found = cases.find((each) => each.name === name);
  if (!found) throw new Error(`tests/vectors/wire.json has no case ${name}`);
  return found;
}

export const KINDS = {
  python: {
    folder: () => copied('python/receiver.py'),
    command: (folder, port) => ['python3', join(folder, 'receiver.py'), port, join(folder, 'huitou.db')],
  },
  node: {
    folder() {
      if (!existsSync(join(ROOT, 'pkg/dist/node/server.cjs'))) throw new Error('run `cargo xtask build` first');
      const folder = copied('node/receiver.mjs');
      mkdirSync(join(folder, 'node_modules'));
      symlinkSync(join(ROOT, 'pkg'), join(folder, 'node_modules/huitou'));
      return folder;
    },
    command: (folder, port) => ['node', join(folder, 'receiver.mjs'), port, join(folder, 'huitou.ndjson')],
  },
  cloud: {
    folder() {
      const folder = mkdtempSync(join(tmpdir(), 'huitou-cloud-'));
      cpSync(join(ROOT, 'examples/cloud-function'), folder, { recursive: true });
      mkdirSync(join(folder, 'node_modules'));
      symlinkSync(join(ROOT, 'pkg'), join(folder, 'node_modules/huitou'));
      return folder;
    },
    command: (folder, port) => ['node', join(folder, 'serve.js'), port],
    environment: (folder) => ({ HUITOU_FILE: join(folder, 'ledgers.json'), MERCHANT_KEY, RECEIPT_KEY }),
  },
};

function copied(file) {
  const folder = mkdtempSync(join(tmpdir(), 'huitou-receiver-'));
  copyFileSync(join(ROOT, 'examples/receivers', file), join(folder, file.split('/')[1]));
  return folder;
}

/** A token as the login server makes it. */
export function token({ app = 'tea-shop', user = '', exp = Date.now() / 1000 + 600, secret = SECRET } = {}) {
  const signed = `h1.${Buffer.from(JSON.stringify({ app, user, exp })).toString('base64url')}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

/** A running receiver: `post`, `rows`, `restart` (by a kill that it can't handle) and `close`. */
export async function receiver(kind) {
  const { folder: prepare, command, environment = () => ({}) } = KINDS[kind];
  const folder = prepare();
  let running = await start(command(folder, '0'), environment(folder));
  return {
    folder,
    get url() {
      return running.url;
    },
    async post(body, { type = 'application/json', bearer = token(), path = '/v1/sync' } = {}) {
      const headers = { 'Content-Type': type, ...(bearer && { Authorization: `Bearer ${bearer}` }) };
      const response = await fetch(running.url + path, { method: 'POST', headers, body });
      return { status: response.status, content: await response.json() };
    },
    async rows() {
      const rows = await (await fetch(`${running.url}/rows`)).json();
      return rows.sort((one, two) => `${one.s}${one.d}`.localeCompare(`${two.s}${two.d}`));
    },
    async restart() {
      await stop(running.child);
      running = await start(command(folder, '0'), environment(folder));
    },
    async close() {
      await stop(running.child);
      rmSync(folder, { recursive: true });
    },
  };
}

async function start([program, ...args], further) {
  const environment = { ...process.env, HUITOU_SECRET: SECRET, ...further };
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: environment });
  let complaint = '';
  child.stderr.on('data', (text) => (complaint += text));
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /^listening on (http:\S+)$/.exec(line);
    if (url) return { child, url: url[1] };
  }
  throw new Error(`${program} did not start: ${complaint}`);
}

function stop(child) {
  return new Promise((resolve) => {
    child.once('exit', resolve);
    child.kill('SIGKILL');
  });
}
