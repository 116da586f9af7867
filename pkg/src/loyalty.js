import { toBase64 } from './base64.js';
import { badAnswer, isDeliberate, toHuitouError } from './error.js';

/** Points that lapse within so many days are told at the start. */
const EXPIRING_DAYS = 7;

/** Reasons of lines that bring something other than points. */
const GIFTS = ['coupon', 'ticket', 'prize', 'offer'];

/** Bytes of a transaction's key: never the same twice. */
const KEY_BYTES = 16;

/** Questions that the engine answers at once; the method has the name of the command. */
const QUESTIONS = ['streak', 'points', 'tier', 'membership', 'rewards', 'forecast', 'refused', 'proof'];

/**
 * The loyalty calls, mixed into Huitou; what they promise is written in index.d.ts. Claims and questions are commands of
 * the engine, spending is a transaction of the backend.
 */
export const loyaltyCalls = {
  checkIn() {
    return this._claim({ op: 'check_in' });
  },

  makeUp(day) {
    return this._claim({ op: 'make_up', day });
  },

  earn(name) {
    return this._claim({ op: 'activity', name });
  },

  ledger(options) {
    return this._keeper.read({ op: 'ledger', page: (options && options.page) || 0 });
  },

  explain(id) {
    return this._keeper.read({ op: 'explain', id });
  },

  preview(cart_fen) {
    return this._keeper.read({ op: 'preview', cart_fen });
  },

  redeem(what) {
    const { points, item, orderId } = what || {};
    return this._transact('redeem', { points, item, order_id: orderId });
  },

  draw(lottery) {
    return this._transact('draw', { lottery });
  },

  grant(right) {
    return this._transact('grant', { right });
  },

  /** The engine's outcome, after the write; listeners hear of it before the caller does. */
  _claim(body) {
    return this._keeper.command(body, (outcome) => announce(this._events, outcome));
  },

  /**
   * Asks the backend, under a key for which it does this once, however often it is asked. Claims that wait go first: the
   * points to be spent may come from them.
   */
  async _transact(name, body) {
    await this._keeper.running();
    // Without address or network it is sync that says so.
    if (!this._url || !this._online || this.points().awaiting > 0) await this.sync();
    const what = name + JSON.stringify(body);
    const key = toBase64(await this._keyOf(what));
    const { device, cursor } = this.proof();
    const { status, body: text } = await this._sender.order('/v1/' + name, Object.assign({ device, cursor }, body), key);
    const answer = parsed(text);
    const isDone = status === 200 && answer.n > 0;
    // An answer that says nothing of what was done is none: only the same key again is safe then.
    if (!isDone && (status < 400 || status >= 500)) throw badAnswer(status);
    delete this._keys[what];
    if (!isDone) throw isDeliberate(answer.error) ? toHuitouError(answer.error) : badAnswer(status);
    const { lines } = await this._keeper.told(answer);
    return Object.assign(answer, { lines });
  },

  /** The same call again before there was an answer, also a second tap, is the same transaction. */
  _keyOf(what) {
    this._keys[what] = this._keys[what] || this._host.random(KEY_BYTES);
    return this._keys[what];
  },
};

/** What an answer says; nothing if it is no JSON. */
function parsed(text) {
  try {
    return Object(JSON.parse(text));
  } catch (error) {
    return {};
  }
}

QUESTIONS.forEach((op) => {
  loyaltyCalls[op] = function ask() {
    return this._keeper.read({ op });
  };
});

const sumOf = (entries) => entries.reduce((sum, { points }) => sum + points, 0);

function isGain({ reason, points }) {
  return GIFTS.includes(reason) || (points > 0 && reason !== 'refund_returned');
}

/** Tells the app what became of a claim, an answer or a transaction. */
export function announce(events, { lines = [], reset, refused = [] }) {
  const gained = lines.filter(isGain);
  if (gained.length > 0) events.emit('awarded', { points: sumOf(gained), lines: gained });
  lines.forEach((line) => {
    const [kind] = line.reason.split('_');
    if (kind === 'milestone' || kind === 'tier') events.emit(kind, line);
  });
  refused.forEach((claim) => events.emit('refused', claim));
  if (reset) events.emit('reset', { reason: reset });
}

/** Tells the app of points that are about to lapse. */
export function announceExpiry(events, { expiring }) {
  const soon = expiring.filter(({ in_days }) => in_days <= EXPIRING_DAYS);
  if (soon.length > 0) events.emit('expiring', { points: sumOf(soon), expiring: soon });
}
