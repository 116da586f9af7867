/** The way between phone and collector, with what goes wrong on it. */
import { exchange } from './http.mjs';

/** What may happen to a request, and how often. What is left over arrives. */
const FAULTS = [
  ['request_lost', 0.05],
  ['answer_lost', 0.06],
  ['status_500', 0.05],
  ['busy_503', 0.02],
  ['duplicated', 0.06],
  ['repeated_late', 0.04],
];

/** Chooses a fault, or 'none'. */
function chooseFault(random) {
  let left = random.next();
  for (const [fault, probability] of FAULTS) {
    if (left < probability) return fault;
    left -= probability;
  }
  return 'none';
}

/** A household's network. `figures` counts what went through it. */
export class Network {
  /**
   * @param {import('./random.mjs').Random} random
   * @param {object} figures requests, request_bytes, faults
   * @param {() => number} now the phone's clock
   */
  constructor(random, figures, now) {
    this._random = random;
    this._figures = figures;
    this._now = now;
    this._late = [];
    this._underWay = new Set();
    /** Headers of a request that is made at a time of the phone's. */
    this.headersAt = () => ({});
    /** Off for the last word of a phone. */
    this.faulty = true;
  }

  /** As a host's `send`. */
  send(request) {
    const sending = this._send(request);
    this._underWay.add(sending);
    const done = () => this._underWay.delete(sending);
    sending.then(done, done);
    return sending;
  }

  /** Resolves when nothing is on its way. */
  async quiet() {
    while (this._underWay.size > 0) await Promise.allSettled(this._underWay);
  }

  /** Delivers what a router kept for later: old bodies after newer ones. */
  async deliverLate() {
    for (const request of this._late.splice(0)) await this._deliver(request);
  }

  async _send(request) {
    const fault = this.faulty ? chooseFault(this._random) : 'none';
    this._figures.requests += 1;
    this._figures.request_bytes += request.body.length;
    this._figures.faults[fault] = (this._figures.faults[fault] || 0) + 1;
    switch (fault) {
      case 'request_lost': throw new Error('the request was lost');
      case 'status_500': return { status: 500, headers: {}, body: 'no backend' };
      case 'busy_503': return { status: 503, headers: { 'Retry-After': '120' }, body: '' };
      case 'duplicated': await this._deliver(request); break;
      case 'repeated_late': this._late.push({ ...request, body: request.body.slice() }); break;
    }
    const answer = await this._deliver(request);
    if (fault === 'answer_lost') throw new Error('the answer was lost');
    return answer;
  }

  async _deliver(request) {
    const headers = { ...request.headers, ...this.headersAt(this._now()) };
    const answer = await exchange({ ...request, headers });
    return { ...answer, body: this._inItsTime(answer.body) };
  }

  /** A server of that day would have told that day's time, not today's; with today's the phone would correct its clock. */
  _inItsTime(text) {
    const answer = JSON.parse(text);
    return JSON.stringify(answer.time === undefined ? answer : { ...answer, time: this._now() });
  }
}
