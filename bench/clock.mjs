/** A clock that stands still until it is told to go on, with the timers that hang on it. */

/** Node's turn: promises settle, and real work of the engine's start (WebAssembly) comes back. */
export const turn = () => new Promise((resolve) => { setImmediate(resolve); });

/** Longest delay of a timer; a longer one fires at once, in browsers and in Node. */
const DELAY_MS_MAX = 2 ** 31 - 1;

/** The earliest of the timers; of equal ones the oldest. */
function earliest(timers) {
  return timers.reduce((first, timer) => (first === null || timer.at < first.at ? timer : first), null);
}

export class Clock {
  /** @param {number} start ms since 1970 */
  constructor(start) {
    this.now = start;
    this._timers = [];
    this._count = 0;
  }

  /** Calls back in `delay` ms, while `owner` lives. */
  set(callback, delay, owner) {
    const wait = Number(delay) > DELAY_MS_MAX ? 1 : Math.max(Number(delay) || 0, 1);
    this._count += 1;
    this._timers.push({ id: this._count, at: this.now + wait, callback, owner });
    return this._count;
  }

  /** Forgets a timer. */
  clear(id) {
    this._timers = this._timers.filter((timer) => timer.id !== id);
  }

  /** Forgets the timers of a start that is over. */
  clearOwned(owner) {
    this._timers = this._timers.filter((timer) => timer.owner !== owner);
  }

  /** Lets `ms` pass; what is due happens in its order. */
  async advance(ms) {
    const end = this.now + ms;
    await turn();
    for (;;) {
      const next = earliest(this._timers.filter(({ at }) => at <= end));
      if (next === null) break;
      this.clear(next.id);
      this.now = Math.max(this.now, next.at);
      next.callback();
      await turn();
    }
    this.now = end;
  }
}
