// One person's ledger: what her phones claimed and what the shop's server said, judged with the code that runs on the
// phone. docs/loyalty.md says what each rule is for, docs/wire.md what the members mean.
const { heads, replay } = require('huitou/server');

const FACTS_MAX = 32; // a phone takes no more from one answer
const CLAIMS_A_DAY_MAX = 30; // of one phone
const OFFLINE_MS = 3 * 86400000; // a phone may be so much behind its last upload
const DAY_MS = 86400000;

const refuse = (status, code, message) => Object.assign(new Error(message), { status, code });

class Ledger {
  // `held` is plain data, as it was stored: entries in order of number, phones by id.
  constructor({ app, user, programs }, held = {}) {
    Object.assign(this, { app, user, programs, entries: held.entries || [], phones: held.phones || {}, answers: held.answers || {} });
  }

  get stored() {
    return { entries: this.entries, phones: this.phones, answers: this.answers };
  }

  // What only the server knows: an order was paid, a refund made, points granted … Telling it twice changes nothing.
  tell(act, id, now) {
    if (this.entries.some((entry) => entry.id === id)) return;
    this.join([Object.assign({ id, at: now, tz: 480, rev: this.newest.revision }, act)]);
  }

  // Points for a discount or for a thing of the mall; `key` makes a repeated request the same one.
  redeem({ points, item, order_id }, key, now) {
    if (this.answers[key]) return this.answers[key];
    const thing = (this.newest.mall || []).find(({ id }) => id === item);
    if (item !== undefined && !thing) throw refuse(409, 'not_offered', 'no such thing');
    const last = Math.max(0, ...this.counted.map(({ at }) => at));
    const spent = { kind: 'redeem', points: thing ? thing.points : points, order_id, item };
    const entry = Object.assign({ id: `redeem:${key}`, at: Math.max(now, last + 1000), tz: 480, rev: this.newest.revision }, spent);
    const { results } = this.replay(this.counted.concat(entry), now);
    if (results[entry.id]) throw refuse(409, results[entry.id], 'the rules refuse this; nothing has changed');
    const { step, fen_per_step } = this.state(now).points.redeem;
    this.join([entry]);
    const gain = thing ? { points: thing.points, cash_fen: thing.cash_fen || 0 } : { discount_fen: Math.floor(points / step) * fen_per_step };
    this.answers[key] = Object.assign({ n: entry.n }, gain);
    return this.answers[key];
  }

  // Judges the claims of an upload. The answer's `ledger`, without receipt; null if the phone should try again later.
  take(device, claims, { cursor, now }) {
    if (!this.programs.some(({ revision }) => revision === claims.rev)) return null;
    const phone = this.phones[device] || { seq: 0, seen_at: now };
    this.phones[device] = phone;
    const list = claims.list.map((claim, i) => this.named(claim, { device, seq: claims.first + i, rev: claims.rev }));
    const chain = this.chain(device, list, claims.first);
    if (chain === null) return this.reset('gap', now);
    const isHeld = ({ seq }) => seq <= phone.seq;
    const isChanged = list.some((claim, i) => isHeld(claim) && this.claim(device, claim.seq).head !== chain[i + 1]);
    if (isChanged || chain[chain.length - 1] !== claims.head) return this.reset('forked', now);
    const agrees = this.digestOn(device, list, cursor) === claims.digest;
    const fresh = list.map((claim, i) => Object.assign(claim, { head: chain[i + 1], received_at: now })).filter((claim) => !isHeld(claim));
    this.judge(fresh, phone, now);
    this.join(fresh);
    Object.assign(phone, { seq: Math.max(phone.seq, claims.first + list.length - 1), seen_at: now });
    if (claims.base) return this.reset('asked', now);
    return agrees ? { refused: this.refusedFrom(device, claims.first) } : this.reset('digest', now);
  }

  // What a phone lacks, and how far its claims are held: only as far as these entries tell.
  news(device, cursor) {
    const facts = this.entries.filter(({ n, verdict }) => n > cursor && !verdict).slice(0, FACTS_MAX);
    const upTo = facts.length === FACTS_MAX ? facts[FACTS_MAX - 1].n : Infinity;
    const own = this.entries.filter((entry) => entry.device === device && entry.n <= upTo).pop();
    const genesis = () => heads({ app: this.app, user: this.user, device, programs: this.programs, claims: [] })[0];
    return { facts: facts.map(sent), seq: own ? own.seq : 0, head: own ? own.head : genesis() };
  }

  // What follows from everything, seen now.
  state(now) {
    return this.replay(this.counted, now).state;
  }

  replay(entries, now) {
    return replay({ programs: this.programs, entries, observe_at: now, tz: 480 });
  }

  get newest() {
    return this.programs[this.programs.length - 1];
  }

  // Everything but what was put aside for good.
  get counted() {
    return this.entries.filter(({ aside }) => !aside);
  }

  claim(device, seq) {
    return this.entries.find((entry) => entry.device === device && entry.seq === seq);
  }

  // A claim with its number; an activity by name, as ledgers have it.
  named({ activity, ...claim }, its) {
    const declared = this.programs.find(({ revision }) => revision === its.rev).points;
    const name = activity === undefined ? {} : { name: declared.activities[activity].name };
    return Object.assign(claim, name, its, { id: `${its.device}:${its.seq}` });
  }

  // The heads before the first and after each claim; null if claims before the first are missing.
  chain(device, claims, first) {
    const before = this.claim(device, first - 1);
    if (first > 1 && !before) return null;
    return heads({ app: this.app, user: this.user, device, head: before && before.head, programs: this.programs, claims });
  }

  // The digest that an honest phone has: of what it has heard, and of its own claims as it dates them.
  digestOn(device, claims, cursor) {
    const heard = this.entries.filter(({ n, verdict }) => n <= cursor && !verdict);
    const own = claims.filter(({ seq }) => !heard.some((entry) => entry.device === device && entry.seq === seq));
    return this.replay(heard.concat(own).map(({ received_at, ...entry }) => entry)).digest;
  }

  // Puts aside what comes too late or too often; the rest is for the rules to judge.
  judge(claims, phone, now) {
    claims.forEach((claim, i) => {
      const sameDay = (other) => other.device === claim.device && Math.abs(other.at - claim.at) < DAY_MS;
      const before = this.entries.concat(claims.slice(0, i)).filter(sameDay).length;
      const code = (claim.at < Math.min(phone.seen_at, now) - OFFLINE_MS && 'too_late') || (before >= CLAIMS_A_DAY_MAX && 'too_many');
      if (code) Object.assign(claim, { aside: true, verdict: code });
    });
  }

  // Numbers new entries and has the rules judge everything anew: what comes late may change what stood.
  join(fresh) {
    const last = this.entries.length;
    fresh.forEach((entry, i) => Object.assign(entry, { n: last + i + 1 }));
    this.entries.push(...fresh);
    const undone = (verdicts) => this.counted.some(({ id, device, verdict }) => !device && !verdict && verdicts[id] && !fresh.some((entry) => entry.id === id));
    if (undone(this.verdicts())) fresh.forEach((entry) => Object.assign(entry, { aside: true, verdict: 'too_late' }));
    const verdicts = this.verdicts();
    this.counted.forEach((entry) => { entry.verdict = verdicts[entry.id]; });
  }

  // Codes by id. That a clock went back is a remark: the entry counts.
  verdicts() {
    const { results } = this.replay(this.counted);
    return Object.fromEntries(Object.entries(results).filter(([, code]) => code !== 'clock_went_back'));
  }

  refusedFrom(device, first) {
    return this.entries.filter((entry) => entry.device === device && entry.seq >= first && entry.verdict).map(({ seq, verdict }) => [seq, verdict]);
  }

  // The server wins: the phone starts from its state.
  reset(reason) {
    const { bytes } = this.replay(this.counted);
    const moment = Math.max(0, ...this.counted.map(({ at }) => at));
    return { reset: reason, refused: [], base: { state: Buffer.from(bytes, 'hex').toString('base64'), moment: Math.floor(moment / 1000), n: this.entries.length } };
  }
}

// An entry as phones get it.
function sent({ id, received_at, verdict, aside, head, ...entry }) {
  return entry;
}

module.exports = { Ledger, refuse };
