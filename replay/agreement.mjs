/** Whether the phone, the collector and an account in SQL that knows neither agree on a household's points. */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { exportedLedger } from './collector.mjs';
import { dayOf, OFFSET_MIN } from './orders.mjs';

const server = createRequire(import.meta.url)('../pkg/dist/node/server.cjs');

/** The account in SQL: `{granted, taken_back, growth}` by user. */
function accounts(households, seen) {
  const orders = households.flatMap(({ user, baskets }) => (
    baskets.map(({ orderId, at, paidFen }) => [user, Number(orderId), at, paidFen])
  ));
  const days = [...seen].map(([user, { at }]) => [user, dayOf(at)]);
  const script = fileURLToPath(new URL('points.py', import.meta.url));
  const { status, stdout, stderr } = spawnSync('python3', [script], { input: JSON.stringify({ orders, seen: days }), maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error('points.py: ' + stderr);
  return new Map(JSON.parse(stdout).map(({ user, ...account }) => [user, account]));
}

const sumOf = (lines, reason) => lines.filter((line) => line.reason === reason).reduce((sum, { points }) => sum + points, 0);

/** The collector's ledger in the words of the account, and what is wrong with it in itself. */
function fromLedger(exported, at) {
  const { programs, entries } = exported;
  const { digest, state, lines } = server.replay({ programs, entries, observe_at: at, tz: OFFSET_MIN });
  // Not "-sum": minus zero would differ from zero.
  const account = { granted: sumOf(lines, 'order'), taken_back: 0 - sumOf(lines, 'refund_taken_back'), growth: state.growth };
  return { digest, state, account, granted: account.granted + sumOf(lines, 'check_in'), verdict: server.verifyExport(exported) };
}

/** What one household is told differently. */
function differencesOf({ points, streak, tier, proof }, ledger, account) {
  const common = Object.fromEntries(Object.keys(ledger.state.points).map((name) => [name, points[name]]));
  const compared = {
    'digest on the phone and by its ledger': [proof.digest, ledger.digest],
    'digest on the phone and in its receipt': [proof.digest, proof.receipt && proof.receipt.digest],
    'points on the phone and by its ledger': [common, ledger.state.points],
    'points granted in all and by its lines': [ledger.state.points.granted, ledger.granted],
    'streak on the phone and by its ledger': [streak, ledger.state.streak],
    'tier on the phone and by its ledger': [tier, ledger.state.tier],
    'account by the ledger and in SQL': [ledger.account, account],
    'the exported ledger is right': [ledger.verdict.ok, true],
  };
  const differing = Object.entries(compared).filter(([, [a, b]]) => !isDeepStrictEqual(a, b));
  return differing.map(([what, [a, b]]) => `${what}: ${JSON.stringify(a)}, ${JSON.stringify(b)}`);
}

/**
 * Every difference, as a line of text, and the sums of the accounts.
 * @param {string} db
 * @param {{user: string, baskets: object[]}[]} households
 * @param {Map<string, object>} seen what each phone knows in the end
 */
export async function agreement(db, households, seen) {
  const known = accounts(households, seen);
  const differences = [];
  for (const { user } of households) {
    const phone = seen.get(user);
    const ledger = fromLedger(await exportedLedger(db, user), phone.at);
    differences.push(...differencesOf(phone, ledger, known.get(user)).map((line) => user + ': ' + line));
  }
  const sum = (name) => [...known.values()].reduce((total, account) => total + account[name], 0);
  return { differences, sums: { granted: sum('granted'), taken_back: sum('taken_back'), growth: sum('growth') } };
}
