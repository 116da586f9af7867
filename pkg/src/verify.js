import { createHash } from 'node:crypto';
import { HuitouError } from './error.js';

/** Members of an exported line beside what happened. */
const OF_THE_LINE = ['n', 'id', 'at', 'tz', 'rev', 'received_at', 'told_at', 'moment', 'verdict', 'link', 'device', 'seq', 'head'];

const NO_LINK = '0'.repeat(64);

const seconds = (ms) => Math.floor(ms / 1000);

/** Thrown inside, told outside: the number of the entry that does not follow, and why. */
class Broken extends Error {
  constructor(n, problem) {
    super(problem);
    this.n = n;
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new HuitouError('ledger_not_json', error.message);
  }
}

/** What happened, in the members' own order: the text that the ledger's chain runs over. */
function bodyOf(line) {
  return JSON.stringify(Object.fromEntries(Object.entries(line).filter(([name]) => !OF_THE_LINE.includes(name))));
}

/** The ledger's own chain: everything that arrived and how it was dated. */
function linkAfter(before, line) {
  const { n, seq = 0, told_at, moment, tz, received_at, rev, aside, device = '' } = line;
  const hash = createHash('sha256').update(Buffer.from(before, 'hex'));
  const numbers = [n, seq, seconds(told_at), seconds(moment), tz, seconds(received_at), rev, Number(aside)];
  hash.update(new Uint8Array(BigInt64Array.from(numbers, BigInt).buffer));
  return hash.update(device).update(bodyOf(line.body)).digest('hex');
}

function checkLinks(lines) {
  let link = NO_LINK;
  lines.forEach((line) => {
    link = linkAfter(link, line);
    if (link !== line.link) throw new Broken(line.n, 'it was changed, or something before it is missing');
  });
  return link;
}

/** Each phone's claims, from its first head to its last. */
function checkPhones(heads, { app, user, programs, phones }, lines) {
  phones.forEach((phone) => {
    const own = lines.filter(({ device }) => device === phone.device);
    const claims = own.map((line) => Object.assign({}, line.body, { at: line.told_at }));
    const chain = heads({ app, user, device: phone.device, programs, claims });
    own.forEach((line, i) => {
      if (line.seq !== i + 1 || line.head !== chain[i + 1]) throw new Broken(line.n, "it does not continue its phone's chain");
    });
    const isWhole = own.length === 0 || (phone.seq === own.length && phone.head === chain[own.length]);
    if (!isWhole) throw new Broken(null, 'phone ' + phone.device + ': its chain ends elsewhere');
  });
}

/** A phone's clock never goes back. */
function checkMoments(lines) {
  const newest = new Map();
  lines.filter(({ device, aside }) => device && !aside).forEach(({ n, device, told_at, moment }) => {
    const counts = Math.max(told_at, newest.has(device) ? newest.get(device) : told_at);
    newest.set(device, counts);
    if (moment !== counts) throw new Broken(n, 'it counts at another moment than it should');
  });
}

/** Codes that are remarks: the entry counts all the same. */
const isRemark = (code) => code === 'clock_went_back';

function checkResult(replay, { programs, entries, observe_at, result }, link) {
  const { digest, state, results } = replay({ programs, entries, observe_at });
  entries.forEach(({ n, id, verdict }) => {
    const code = isRemark(results[id]) ? undefined : results[id];
    if (verdict !== code) throw new Broken(n, 'it is marked ' + (verdict || 'counted') + ', and by the rules it is ' + (code || 'counted'));
  });
  const found = { link, digest, points: state.points.available };
  const differs = Object.keys(found).find((name) => found[name] !== result[name]);
  if (differs) throw new Broken(null, 'the result is ' + differs + ' ' + found[differs] + ', and not ' + result[differs]);
  return found;
}

/** Everything that arrived, in order. */
function linesOf({ entries, aside }) {
  const marked = (list, isAside) => list.map((line) => Object.assign({}, line, { body: line, aside: isAside }));
  return marked(entries, false).concat(marked(aside, true)).sort((a, b) => a.n - b.n);
}

/**
 * Makes `verifyExport`.
 * @param {(ledger: object) => object} replay
 * @param {(asked: object) => string[]} heads
 */
export function createVerify(replay, heads) {
  return function verifyExport(ledger) {
    const exported = typeof ledger === 'string' ? parsed(ledger) : ledger;
    try {
      const lines = linesOf(exported);
      const link = checkLinks(lines);
      checkPhones(heads, exported, lines);
      checkMoments(lines);
      return Object.assign({ ok: true, entries: lines.length }, checkResult(replay, exported, link));
    } catch (error) {
      if (error instanceof Broken) return { ok: false, n: error.n, problem: error.message };
      throw error;
    }
  };
}
