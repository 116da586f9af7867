/** A shop's back office: tells the collector which orders were paid and which were taken back. */
import { exchange } from './http.mjs';

const DAY_MS = 86400000;

/** Money goes back so long after the order, or at the end of what is replayed. */
const REFUND_AFTER_MS = 3 * DAY_MS;

/** One order in twenty is refunded. */
const REFUND_EVERY = 20n;

/** How often a fact waits for another visit: the ledger takes them in any order. */
const LATE_PROBABILITY = 0.2;

/** A collector started with --demo takes a request for one of that time. */
export const aheadOf = (time) => ({ 'X-Huitou-Demo-Ahead-Ms': String(time - Date.now()) });

/** What goes back of an order, by its number alone: nothing mostly, else the whole or a third. */
export function refundFen({ orderId, paidFen }) {
  const number = BigInt(orderId);
  if (number % REFUND_EVERY !== 7n) return 0;
  return (number / REFUND_EVERY) % 2n === 0n ? paidFen : Math.floor(paidFen / 3);
}

/** The facts of a household's orders, oldest first: `{kind, at, order_id, paid_fen | refund_fen}`. */
export function factsOf(baskets) {
  const end = baskets[baskets.length - 1].at;
  const paid = baskets.map(({ at, orderId, paidFen }) => ({ kind: 'order_paid', at, order_id: orderId, paid_fen: paidFen }));
  const refunds = baskets.filter((basket) => refundFen(basket) > 0).map((basket) => (
    { kind: 'refund', at: Math.min(basket.at + REFUND_AFTER_MS, end), order_id: basket.orderId, refund_fen: refundFen(basket) }
  ));
  // An order stands before its refund: sorting keeps the order of what happened at the same time.
  return [...paid, ...refunds].sort((a, b) => a.at - b.at);
}

/** One household's orders at the back office. */
export class BackOffice {
  /** @param {{user: string, baskets: object[], url: string, app: string, random: import('./random.mjs').Random, figures: object}} options */
  constructor({ user, baskets, url, app, random, figures }) {
    Object.assign(this, { user, url, app, random, figures });
    this._waiting = factsOf(baskets);
  }

  /** Tells what has happened up to then; some of it is late, and stays for the next time. */
  async tell(time) {
    const told = this._waiting.filter(({ at }) => at <= time && !this.random.chance(LATE_PROBABILITY));
    this._waiting = this._waiting.filter((fact) => !told.includes(fact));
    for (const fact of this._inAnyOrder(told)) await this._send(fact, time);
  }

  /** Tells all that is left. */
  async tellAll(time) {
    while (this._waiting.length > 0) await this.tell(time);
  }

  _inAnyOrder(facts) {
    const isEarly = facts.map(() => this.random.chance(0.5));
    return [...facts.filter((_, at) => isEarly[at]), ...facts.filter((_, at) => !isEarly[at])];
  }

  async _send(fact, time) {
    const body = JSON.stringify({ app: this.app, user: this.user, ...fact });
    const { status, body: text } = await exchange({ url: this.url + '/demo/fact', method: 'POST', headers: aheadOf(time), body });
    if (status === 200) {
      this.figures.facts += 1;
    } else if (fact.kind === 'refund' && text.includes('unknown_order')) {
      // It overtook its order. A merchant's queue tries again later.
      this.figures.facts_repeated += 1;
      this._waiting.push(fact);
    } else {
      throw new Error(`${this.user}: ${JSON.stringify(fact)}: ${status} ${text}`);
    }
  }
}
