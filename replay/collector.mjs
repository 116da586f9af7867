/** A collector to replay to, and what is in its database. */
import { spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { exchange } from './http.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const BUILDS = ['target/server', 'target/release', 'target/debug'];

/** Where the collector's program is: the newest one built, or what HUITOU_COLLECTOR names. */
export function collectorProgram() {
  const builtAt = (file) => statSync(file).mtimeMs;
  const built = BUILDS.map((folder) => `${ROOT}${folder}/huitou-collector`).filter((file) => existsSync(file));
  const [newest] = built.sort((a, b) => builtAt(b) - builtAt(a));
  const found = process.env.HUITOU_COLLECTOR || newest;
  if (!found) throw new Error('no collector: run `cargo build --profile server -p huitou-collector`');
  return found;
}

/**
 * Starts a collector of its own on a free port.
 * @param {string} db SQLite file
 * @param {string} program file of the program that it serves
 * @param {string[]} [more] flags
 */
export async function startCollector(db, program, more = []) {
  const flags = ['serve', '--demo', '--listen', '127.0.0.1:0', '--db', db, '--program', program, '--log-level', 'error', ...more];
  const child = spawn(collectorProgram(), flags, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => { child.once('exit', resolve); });
  const early = ended.then((code) => { throw new Error('the collector ended with ' + code); });
  const { value } = await Promise.race([createInterface({ input: child.stdout })[Symbol.asyncIterator]().next(), early]);
  early.catch(() => {});
  return {
    url: value.replace('listening on ', ''),
    pid: child.pid,
    stop() {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

/** A function that gives tokens, as the demonstration's login server makes them. */
export function login(url, app) {
  return async ({ user }) => {
    const { status, body } = await exchange({ url: url + '/v1/login', method: 'POST', body: JSON.stringify({ user, app }) });
    if (status !== 200) throw new Error('login: ' + status + ' ' + body);
    return JSON.parse(body).token;
  };
}

/** The lines that a command of the collector prints. */
async function* linesOf(args) {
  const child = spawn(collectorProgram(), args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => { child.once('exit', resolve); });
  for await (const line of createInterface({ input: child.stdout })) yield line;
  const code = await ended;
  if (code !== 0) throw new Error(args[0] + ' ended with ' + code);
}

/** The rows that the database holds, one after the other. */
export async function* storedRows(db) {
  for await (const line of linesOf(['export', '--db', db, '--table', 'rows', '--format', 'ndjson'])) yield JSON.parse(line);
}

/** The whole ledger of a user, as the collector exports it. */
export async function exportedLedger(db, user) {
  let text = '';
  for await (const line of linesOf(['export-ledger', '--db', db, '--user', user])) text += line;
  return JSON.parse(text);
}
