/** Points that lapse within so many days are told at the start. */
const EXPIRING_DAYS = 7;

/** Reasons of lines that bring something other than points. */
const GIFTS = ['coupon', 'ticket', 'prize', 'offer'];

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

  /** What waits goes first: the points to be spent may come from it. */
  async _transact(name, body) {
    await this._keeper.running();
    this._requireUrl();
    this._requireNetwork();
    if (this.points().awaiting > 0) await this.sync();
    return this._transactions.run(name, body);
  },
};

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
    if (line.reason === 'milestone') events.emit('milestone', line);
    if (/^tier_/.test(line.reason)) events.emit('tier', line);
  });
  refused.forEach((claim) => events.emit('refused', claim));
  if (reset) events.emit('reset', { reason: reset });
}

/** Tells the app of points that are about to lapse. */
export function announceExpiry(events, { expiring }) {
  const soon = expiring.filter(({ in_days }) => in_days <= EXPIRING_DAYS);
  if (soon.length > 0) events.emit('expiring', { points: sumOf(soon), expiring: soon });
}
