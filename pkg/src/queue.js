/** Calls kept while there is no engine: before `ready` and during a restart. Enough for a first screen. */
const CALLS_MAX = 100;

/**
 * Calls waiting for an engine, each with the instant it was made at, in order. Past the limit new calls are refused
 * and counted, so that the oldest (launch, the first page) stay.
 */
export class Queue {
  constructor() {
    this._calls = [];
    this._refused = null;
  }

  /**
   * Keeps a call; false if there is no room.
   * @param {{method: string, a: unknown, b: unknown, at: number, offset: number}} call
   */
  push(call) {
    if (this._calls.length < CALLS_MAX) {
      this._calls.push(call);
      return true;
    }
    if (this._refused === null) this._refused = { count: 0, at: call.at, offset: call.offset };
    this._refused.count += 1;
    return false;
  }

  /** Puts a call before all others, whatever the limit. */
  unshift(call) {
    this._calls.unshift(call);
  }

  /** How many calls wait. */
  get size() {
    return this._calls.length;
  }

  /** The next call, or undefined. */
  shift() {
    return this._calls.shift();
  }

  /** How many calls found no room since the last question, with the instant of the first; null for none. */
  takeRefused() {
    const refused = this._refused;
    this._refused = null;
    return refused;
  }

  /** Empties the queue; the answer holds what was in it. */
  clear() {
    return this._calls.splice(0);
  }
}
