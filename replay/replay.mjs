#!/usr/bin/env node
/** Real orders through the built package to a running collector: `node replay/replay.mjs ORDERS` (`--help` says more). */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { login, startCollector } from './collector.mjs';
import { readHouseholds } from './orders.mjs';
import { Phone } from './phone.mjs';
import { Random } from './random.mjs';
import { differences, holdsAny } from './verify.mjs';
import { lastWord, visit } from './visit.mjs';

const HELP = `node replay/replay.mjs ORDERS [--households N] [--seed S] [--collector URL --db FILE]

Each household of ORDERS (NDJSON, may be gzipped: user, at, order_id, total_fen, items) is a phone that shops as the
file says, with crashes and a bad network. Dates move by whole weeks to end just before now. Without --collector it
starts one of its own with a new database. In the end the database must equal the file, household by household.`;

const OPTIONS = {
  households: { type: 'string', default: '100000' },
  seed: { type: 'string', default: '1' },
  collector: { type: 'string' },
  db: { type: 'string' },
  help: { type: 'boolean', default: false },
};

/** Phones that shop at the same time. */
const PHONES_AT_ONCE = 16;

const PROGRAM_FILE = fileURLToPath(new URL('program.json', import.meta.url));

function emptyFigures() {
  return {
    households: 0, baskets: 0, events: 0, starts: 0, crashes: 0, lost_events: 0, requests: 0, request_bytes: 0, faults: {},
    writes: 0, sync_writes: 0, written_bytes: 0, stored_bytes_max: 0,
  };
}

/** Lets one household shop. */
async function replayHousehold({ user, baskets }, { url, token, program, seed, figures }) {
  const phone = new Phone({ user, url, token, program, random: new Random(seed + user), figures });
  for (const basket of baskets) {
    await visit(phone, basket);
    figures.baskets += 1;
  }
  await lastWord(phone);
  figures.households += 1;
}

/** Lets all of them shop, some at a time. */
export async function replayAll(households, { url, seed, onHousehold = () => {} }) {
  const figures = emptyFigures();
  const program = JSON.parse(readFileSync(PROGRAM_FILE, 'utf8'));
  const setting = { url, token: login(url), program, seed, figures };
  const waiting = [...households];
  const shop = async () => {
    while (waiting.length > 0) {
      await replayHousehold(waiting.shift(), setting);
      onHousehold(figures);
    }
  };
  await Promise.all(Array.from({ length: PHONES_AT_ONCE }, shop));
  return figures;
}

function report(figures, seconds) {
  const each = (count, of) => (count / of).toFixed(1);
  const faults = Object.entries(figures.faults).sort().map(([name, count]) => `${name} ${count}`).join(', ');
  return `
  ${figures.households} households, ${figures.baskets} baskets, ${figures.events} events in ${seconds.toFixed(0)} s
  ${figures.starts} starts; ${figures.crashes} crashes lost ${figures.lost_events} events, at most 1 each, made again
  ${figures.requests} requests of ${each(figures.request_bytes, figures.requests)} B on average, ${each(figures.request_bytes, figures.baskets)} B a basket (${faults})
  ${figures.writes} writes (${figures.sync_writes} synchronous), ${each(figures.written_bytes, figures.events)} B an event; at most ${figures.stored_bytes_max} B on a phone at the end`;
}

function progress(total) {
  let told = 0;
  return ({ households, baskets }) => {
    if (households < total && Date.now() - told < 2000) return;
    told = Date.now();
    process.stderr.write(`  ${households} of ${total} households, ${baskets} baskets\n`);
  };
}

/** The collector to use: the one given, or one of its own. */
async function collectorFor({ collector, db }) {
  if (collector) return { url: collector, db, end: async () => {} };
  const folder = mkdtempSync(join(tmpdir(), 'huitou-replay-'));
  const file = db || join(folder, 'replay.sqlite');
  const own = await startCollector(file, PROGRAM_FILE);
  const end = async () => {
    await own.stop();
    rmSync(folder, { recursive: true });
  };
  return { url: own.url, db: file, end };
}

async function verify(db, households) {
  const found = await differences(db, households);
  found.slice(0, 20).forEach((line) => console.error('  ' + line));
  if (found.length > 0) throw new Error(`${found.length} figures in the database differ from the file`);
  console.log('  orders, fen, items by category and active days of every household equal the file');
}

async function run(file, { collector, db, households: limit, seed }) {
  const households = readHouseholds(file, Date.now(), Number(limit));
  if (collector && !db) throw new Error('--collector needs --db, to compare in the end');
  const target = await collectorFor({ collector, db });
  try {
    if (await holdsAny(target.db, households)) {
      console.log('  these households are in the database already: nothing to replay');
    } else {
      const began = Date.now();
      const figures = await replayAll(households, { url: target.url, seed, onHousehold: progress(households.length) });
      console.log(report(figures, (Date.now() - began) / 1000));
    }
    await verify(target.db, households);
  } finally {
    await target.end();
  }
}

async function main() {
  const { values, positionals } = parseArgs({ options: OPTIONS, allowPositionals: true });
  if (values.help || positionals.length !== 1) {
    console.log(HELP);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  try {
    await run(positionals[0], values);
  } catch (error) {
    console.error('replay: ' + error.message);
    process.exitCode = 1;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
