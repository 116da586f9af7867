#!/usr/bin/env node
/** Real orders through the built package to a running collector: `node replay/replay.mjs ORDERS` (`--help` says more). */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { agreement } from './agreement.mjs';
import { aheadOf, BackOffice } from './backoffice.mjs';
import { login, startCollector } from './collector.mjs';
import { readHouseholds } from './orders.mjs';
import { Phone } from './phone.mjs';
import { Random } from './random.mjs';
import { differences, holdsAny } from './verify.mjs';
import { lastWord, visit } from './visit.mjs';

const HELP = `node replay/replay.mjs ORDERS [--households N] [--seed S] [--mall | --collector URL --db FILE]

Each household of ORDERS (NDJSON, may be gzipped: user, at, order_id, total_fen, items) is a phone that shops as the
file says, with crashes and a bad network. Dates move by whole weeks to end just before now. Without --collector it
starts one of its own with a new database. In the end the database must equal the file, household by household.

With --mall people also check in and earn points (mall.json), a back office tells what was paid and, for one order in
twenty, refunded, and in the end phones, collector, and SQL over the orders must agree on every household's points.`;

const OPTIONS = {
  households: { type: 'string', default: '100000' },
  seed: { type: 'string', default: '1' },
  mall: { type: 'boolean', default: false },
  collector: { type: 'string' },
  db: { type: 'string' },
  help: { type: 'boolean', default: false },
};

/** Phones that shop at the same time. */
const PHONES_AT_ONCE = 16;

const fileOf = (name) => fileURLToPath(new URL(name, import.meta.url));

/** The program that is replayed with. */
export const programFile = (mall) => fileOf(mall ? 'mall.json' : 'program.json');

function emptyFigures() {
  return {
    households: 0, baskets: 0, events: 0, starts: 0, crashes: 0, lost_events: 0, requests: 0, request_bytes: 0, faults: {},
    writes: 0, sync_writes: 0, written_bytes: 0, stored_bytes_max: 0,
    check_ins: 0, claim_crashes: 0, facts: 0, facts_repeated: 0, resets: {},
  };
}

/** What a phone knows of its person's points, and when it was asked. */
function loyaltyOf(phone, h) {
  return { at: phone.time, points: h.points(), streak: h.streak(), tier: h.tier(), proof: h.proof() };
}

/** Nobody tells a collector without rules what was paid. */
const NO_OFFICE = { tell: async () => {}, tellAll: async () => {} };

/** Lets one household shop. Resolves to what its phone knows in the end. */
async function replayHousehold({ user, baskets }, { url, token, program, seed, mall, figures }) {
  const phone = new Phone({ user, url, token, program, random: new Random(seed + user), figures });
  const random = new Random(seed + 'office' + user);
  const office = mall ? new BackOffice({ user, baskets, url, app: program.app, random, figures }) : NO_OFFICE;
  phone.checksIn = mall;
  if (mall) phone.network.headersAt = aheadOf;
  for (const basket of baskets) {
    await office.tell(basket.at);
    await visit(phone, basket);
    figures.baskets += 1;
  }
  await office.tellAll(phone.time);
  const seen = await lastWord(phone, (h) => loyaltyOf(phone, h));
  figures.households += 1;
  return seen;
}

/** Lets all of them shop, some at a time. Resolves to `{figures, seen}`: what each phone knows in the end, by user. */
export async function replayAll(households, { url, seed, mall = false, onHousehold = () => {} }) {
  const figures = emptyFigures();
  const program = JSON.parse(readFileSync(programFile(mall), 'utf8'));
  const setting = { url, token: login(url, program.app), program, seed, mall, figures };
  const waiting = [...households];
  const seen = new Map();
  const shop = async () => {
    while (waiting.length > 0) {
      const household = waiting.shift();
      seen.set(household.user, await replayHousehold(household, setting));
      onHousehold(figures);
    }
  };
  await Promise.all(Array.from({ length: PHONES_AT_ONCE }, shop));
  return { figures, seen };
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
async function collectorFor({ collector, db, mall }) {
  if (collector) return { url: collector, db, end: async () => {} };
  const folder = mkdtempSync(join(tmpdir(), 'huitou-replay-'));
  const file = db || join(folder, 'replay.sqlite');
  const own = await startCollector(file, programFile(mall));
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

/** Phones, collector and SQL: one account of every household. */
async function agree(db, households, { figures, seen }) {
  const { check_ins: made, claim_crashes: crashes, facts, facts_repeated: repeated, resets } = figures;
  console.log(`  ${made} check-ins, ${crashes} crashes right after one; ${facts} facts, ${repeated} told again; resets ${JSON.stringify(resets)}`);
  const { differences: found, sums } = await agreement(db, households, seen);
  found.slice(0, 20).forEach((line) => console.error('  ' + line));
  if (found.length > 0) throw new Error(`${found.length} figures of points differ`);
  console.log(`  phones, collector and SQL agree on the points of every household: ${JSON.stringify(sums)}`);
}

async function run(file, { collector, db, households: limit, seed, mall }) {
  if (collector && mall) throw new Error('--mall needs a collector of its own: its program has other rules');
  const households = readHouseholds(file, Date.now(), Number(limit));
  if (collector && !db) throw new Error('--collector needs --db, to compare in the end');
  const target = await collectorFor({ collector, db, mall });
  try {
    if (await holdsAny(target.db, households)) {
      console.log('  these households are in the database already: nothing to replay');
    } else {
      const began = Date.now();
      const done = await replayAll(households, { url: target.url, seed, mall, onHousehold: progress(households.length) });
      console.log(report(done.figures, (Date.now() - began) / 1000));
      if (mall) await agree(target.db, households, done);
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
